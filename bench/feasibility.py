"""Compares what the compiler says of random configurations before compiling with what Triton then says.

    feasibility.py --kernels DIR_OR_FILE... [--configurations N] [--seed S] [--size full|small] [--target cuda:90]
                   [--jobs J] [--compile-limit 60] [--limit SECONDS] [--report FILE.jsonl]
    feasibility.py --from REPORT.jsonl[.xz]

For each kernel and set of inputs (see kernel_cases.py), N random configurations. All of them are compiled for the target,
those that the compiler refuses too; no GPU is needed. `fails` is out of shared memory or registers, a compile error, or a
compilation over the limit. Two figures count: of the refused, how many would have worked; of the sent, how many fail.
Needs Java, torch and Triton. The report has a line for each configuration with both sides. --from reads the report of a
run of differential.py on a GPU instead, whose programs were launched too.
"""

import argparse
import json
import lzma
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import kernel_cases
import product
import values
from pool import Pool

CHILD = [sys.executable, "-u", str(product.ROOT / "bench" / "speed" / "compile_child.py")]


def main():
    """Reads the command line, compiles, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    source = parser.add_mutually_exclusive_group(required=True)
    source.add_argument("--kernels", nargs="+")
    source.add_argument("--from", dest="known", type=Path)
    parser.add_argument("--configurations", type=int, default=50)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--size", choices=("full", "small"), default="full")
    parser.add_argument("--target", default="cuda:90")
    parser.add_argument("--jobs", type=int, default=os.cpu_count())
    parser.add_argument("--compile-limit", type=float, default=60.0, help="seconds for one program")
    parser.add_argument("--limit", type=float, default=float("inf"), help="seconds for everything")
    parser.add_argument("--report", type=Path)
    options = parser.parse_args()
    if options.known:
        rows = read(options.known)
        return show(rows, len(rows))
    cases = [case for case in kernel_cases.read(options.kernels) if case.size == options.size]
    rows = predict(cases, options)
    compile_all(rows, options)
    done = [row for row in rows if row["outcome"] not in ("not_run", "refused_configuration", "infrastructure")]
    if options.report:
        options.report.write_text("".join(json.dumps({k: v for k, v in row.items() if k != "module"}) + "\n" for row in done))
    show(done, len(rows))


def read(path):
    """The rows of a report of differential.py. A wrong result is not a question of resources."""
    with (lzma.open if path.suffix == ".xz" else open)(path, "rt") as lines:
        rows = [json.loads(line) for line in lines]
    ran = ("checked", "wrong_result", "launch_error", "run_timeout")
    kept = [row for row in rows if row["outcome"] not in ("duplicate", "refused", "not_run", "infrastructure")]
    for row in kept:
        row.update(predicted={"refusal": row["infeasible"]}, outcome="compiled" if row["outcome"] in ran else row["outcome"])
    return kept


def predict(cases, options):
    """A row for each case and configuration, with the compiler's word and the module's text."""
    rows = []
    for case in cases:
        for number in range(options.configurations):
            rows.append({
                "id": f"f{len(rows):05}", "kernel": case.kernel, "file": case.file, "inputs": case.inputs,
                "config": f"unchecked:{options.seed * 100_000 + number}",
            })
    with tempfile.TemporaryDirectory() as folder:
        requests = Path(folder) / "requests.jsonl"
        requests.write_text("".join(
            json.dumps({"id": row["id"], "kernel": f"{row['file']}::{row['kernel']}", "args": row["inputs"], "config": row["config"]})
            + "\n" for row in rows
        ))
        command = [str(product.ROOT / "perihelion"), "compile", "--batch", str(requests), "--output", f"{folder}/out"]
        answered = subprocess.run([*command, "--target", options.target], stdout=subprocess.PIPE, text=True, check=True)
        answers = {answer["id"]: answer for answer in map(json.loads, answered.stdout.splitlines())}
        for row in rows:
            answer = answers[row["id"]]
            row.update(file=row["file"].name, predicted=answer.get("feasibility"), outcome="not_run")
            if answer["ok"]:
                row["module"] = Path(folder, "out", f"{row['id']}.py").read_text()
                row["config"] = json.loads(row["module"].split("# Configuration: ", 1)[1].split("\n", 1)[0])
            else:
                row.update(outcome="refused_configuration", reason=answer["error"].splitlines()[0])
    return rows


def compile_all(rows, options):
    """Adds outcome, reason and facts to the rows."""
    by_id = {row["id"]: row for row in rows}
    with tempfile.TemporaryDirectory() as work:

        def note(request, answer):
            row = by_id[request["id"]]
            row.update(outcome=answer["outcome"], reason=answer.get("reason", ""), **answer.get("facts", {}))

        groups = [
            [{
                "id": row["id"], "module": row["module"], "kernel": row["kernel"], "target": options.target,
                "arguments": values.arguments(row["inputs"]), "binary": f"{work}/{row['id']}.bin",
            }]
            for row in rows if "module" in row
        ]
        end = time.monotonic() + options.limit
        Pool(CHILD, options.jobs, {"compiling": options.compile_limit}, end).run(groups, note)


def show(rows, total):
    """Prints the table."""
    works = {row["id"]: row["outcome"] == "compiled" for row in rows}
    print("| kernel | configurations | refused | of these would work | sent | of these fail | longest compile, s |")
    print("|---|---|---|---|---|---|---|")
    names = list(dict.fromkeys((row["file"], row["kernel"], json.dumps(row["inputs"])) for row in rows))
    groups = [([row for row in rows if (row["file"], row["kernel"], json.dumps(row["inputs"])) == name], name[1]) for name in names]
    for mine, name in [*groups, (rows, "all")]:
        refused = [row for row in mine if row["predicted"]["refusal"]]
        sent = [row for row in mine if not row["predicted"]["refusal"]]
        wrong, failed = sum(works[row["id"]] for row in refused), sum(not works[row["id"]] for row in sent)
        longest = max(row.get("compile_ms") or 0 for row in mine) / 1e3
        print(
            f"| {name} | {len(mine)} | {len(refused)} | {wrong} ({share(wrong, refused)}) | {len(sent)} |"
            f" {failed} ({share(failed, sent)}) | {longest:.1f} |"
        )
    pairs = [(row["shared_bytes"], row["predicted"]["shared_bytes"]) for row in rows if row.get("shared_bytes", 0) > 16_384]
    if pairs:
        near = sum(abs(real - said) <= 0.1 * real for real, said in pairs)
        print(f"\nOf {len(pairs)} programs with more than 16 KiB of shared memory, {near} within 10 %.")
    if len(rows) < total:
        print(f"{total - len(rows)} of {total} were not compiled: time over, or not a configuration.")
    reasons = Counter(row["reason"][:90] for row in rows if not row["predicted"]["refusal"] and not works[row["id"]])
    for reason, count in reasons.most_common(8):
        print(f"  sent and failed, {count}: {reason}")
    slow = statistics.quantiles([row.get("compile_ms") or 0 for row in rows], n=100)[98] if len(rows) > 1 else 0
    print(f"99 % of compilations took under {slow / 1e3:.1f} s.")


def share(part, whole):
    """Percent, or a dash."""
    return f"{100 * part / len(whole):.1f} %" if whole else "-"


if __name__ == "__main__":
    main()
