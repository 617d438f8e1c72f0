"""How well latency estimates order what a GPU measured.

    estimates.py STORE [STORE ...] [--target cuda:90] [--report FILE.json] [--rows FILE.jsonl]
    estimates.py --speed bench/results/DATE-speed-rows.jsonl.xz ...

A STORE is a folder that `perihelion tune` or `sweep` wrote on a machine with a GPU. Each measured trial is generated again from
the stored source, arguments and configuration, and estimated from what its binary's compiler said then (registers, spills,
shared memory, threads, programs): the estimate of today's compiler, beside the latency that the GPU measured. Trials whose
program today's compiler writes otherwise are left out, as that was not measured; --changed keeps them. --speed does the same with
the programs of a run of bench/speed, whose kernels must still be those in bench/speed/kernels; their texts are not compared.

Printed for each task and over all: the number of trials, Spearman's rho and Kendall's tau-b between estimate and latency, and
the regret of the estimate's first 1, 5 and 10: how much slower the fastest of these is than the fastest of all. Duplicates count
once. Needs Java, numpy and, for stores, pyarrow; no GPU. --rows keeps every trial with both sides.
"""

import argparse
import json
import lzma
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np

HERE = Path(__file__).resolve().parent
for place in (HERE, HERE / "speed"):
    if str(place) not in sys.path:
        sys.path.insert(0, str(place))

import candidates
import kernel_cases
import product

FACTS = ("registers", "spill_bytes", "shared_bytes", "threads", "programs")
FIRST = (1, 5, 10)


def main():
    """Reads the command line, estimates, prints the table."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("stores", nargs="*", type=Path)
    parser.add_argument("--speed", type=Path, nargs="+", default=[])
    parser.add_argument("--target", help="whose facts to estimate with (default: the target of each trial)")
    parser.add_argument("--changed", action="store_true", help="keep trials whose program is written otherwise today")
    parser.add_argument("--report", type=Path, help="the table as JSON")
    parser.add_argument("--rows", type=Path)
    options = parser.parse_args()
    if not options.stores and not options.speed:
        parser.error("Name a store, or rows of bench/speed with --speed.")
    with tempfile.TemporaryDirectory() as folder:
        rows = [row for store in options.stores for row in of_store(store, Path(folder))]
        rows += [row for path in options.speed for row in of_speed(path)]
        if not rows:
            raise SystemExit("There is no measured trial; estimates are compared with measurements only.")
        estimate(rows, options.target, Path(folder))
    lost = [row for row in rows if "error" in row]
    changed = [row for row in rows if row.get("same") is False and not options.changed]
    rows = [row for row in rows if "error" not in row and (options.changed or row.get("same") is not False)]
    if options.rows:
        options.rows.write_text("".join(json.dumps(row) + "\n" for row in rows))
    if not rows:
        raise SystemExit(f"None of {len(lost) + len(changed)} trials has the program that today's compiler writes; --changed keeps them.")
    table = summarize(rows)
    if options.report:
        options.report.write_text(json.dumps(table, indent=1) + "\n")
    show(table)
    if changed:
        print(f"\nLeft out, as today's compiler writes their programs otherwise: {len(changed)}.")
    if lost:
        print(f"\nLeft out, as today's compiler refuses them: {len(lost)}, the first: {lost[0]['error'].splitlines()[0]}")


def of_store(store, folder):
    """The measured trials of a store, each with its kernel file written out below a folder."""
    import pyarrow.parquet as pq

    def read(path):
        with pq.ParquetFile(path) as file:
            return file.read().to_pylist()

    rows = []
    for path in sorted((store / "tasks").glob("sweep=*/task=*.parquet")):
        task = read(path)[0]
        name = path.stem.removeprefix("task=")
        place = folder / f"{len(list(folder.iterdir()))}-{Path(task['kernel_file']).name}"
        place.write_text(task["source"])
        seen = set()
        for part in sorted((store / "trials" / path.parent.name / path.stem).glob("*.parquet")):
            for trial in read(part):
                if trial["outcome"] == "measured" and trial["trial"] not in seen and trial["registers"] is not None:
                    seen.add(trial["trial"])
                    rows.append({
                        "task": name, "kernel": f"{place}::{task['kernel']}", "args": json.loads(task["argument_values"]),
                        "config": json.loads(trial["config"]), "target": trial["target"], "device": trial["device"],
                        "latency_ns": trial["latency_ns"], "sha256": trial["text_sha256"], **{fact: trial[fact] for fact in FACTS},
                    })
    return rows


def of_speed(path):
    """The timed programs of a run of bench/speed, without those written by hand."""
    cases = {
        candidates.task_name(case.kernel, case.inputs): case for case in kernel_cases.read([HERE / "speed" / "kernels"])
    }
    rows = []
    with lzma.open(path, "rt") as lines:
        for row in map(json.loads, lines):
            if row["outcome"] == "timed" and row["kind"] != "hand":
                case = cases[row["task"]]
                rows.append({
                    "task": row["task"], "kernel": f"{case.file}::{case.kernel}", "args": case.inputs, "config": row["config"],
                    "target": "cuda:90", "device": None, "latency_ns": row["latency_ns"], **{fact: row[fact] for fact in FACTS},
                })
    return rows


def estimate(rows, target, folder):
    """Adds estimate_ns (None: it would not run) and the work to each row, or error."""
    for number, row in enumerate(rows):
        row["id"] = f"e{number:06}"
    for one in sorted({target or row["target"] for row in rows}):
        mine = {row["id"]: row for row in rows if (target or row["target"]) == one}
        requests = folder / "requests.jsonl"
        requests.write_text("".join(
            json.dumps({
                "id": row["id"], "kernel": row["kernel"], "args": row["args"], "config": row["config"],
                "facts": {fact: row[fact] for fact in FACTS},
            }) + "\n" for row in mine.values()
        ))
        command = [str(product.ROOT / "perihelion"), "compile", "--batch", str(requests), "--output", str(folder / "out")]
        done = subprocess.run([*command, "--target", one], stdout=subprocess.PIPE, text=True, check=True)
        for answer in map(json.loads, done.stdout.splitlines()):
            row = mine[answer["id"]]
            if answer["ok"]:
                row.update(estimate_ns=answer["estimate_ns"], work=answer["work"], same=answer["sha256"] == row["sha256"] if "sha256" in row else None)
            else:
                row["error"] = answer["error"]


def ranks(values):
    """Ranks from 0, equal values sharing the mean of theirs."""
    values = np.asarray(values, dtype=float)
    _, inverse, counts = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(counts) - (counts + 1) / 2)[inverse]


def spearman(left, right):
    """Spearman's rho; None where one side is constant."""
    a, b = ranks(left), ranks(right)
    a, b = a - a.mean(), b - b.mean()
    scale = np.sqrt((a * a).sum() * (b * b).sum())
    return float((a * b).sum() / scale) if scale else None


def kendall(left, right):
    """Kendall's tau-b; None where one side is constant."""
    a = np.sign(np.subtract.outer(ranks(left), ranks(left)))
    b = np.sign(np.subtract.outer(ranks(right), ranks(right)))
    scale = np.sqrt((a * a).sum() * (b * b).sum())
    return float((a * b).sum() / scale) if scale else None


def regret(estimates, latencies, count):
    """How much slower the fastest of the estimate's first `count` is than the fastest of all, as a fraction."""
    first = np.argsort(np.asarray(estimates, dtype=float), kind="stable")[:count]
    return float(min(latencies[i] for i in first) / min(latencies) - 1)


def summarize(rows):
    """The table: one entry for each task, and the means."""
    tasks = []
    for name in dict.fromkeys(row["task"] for row in rows):
        mine = [row for row in rows if row["task"] == name]
        estimates = [row["estimate_ns"] if row["estimate_ns"] is not None else float("inf") for row in mine]
        latencies = [row["latency_ns"] for row in mine]
        tasks.append({
            "task": name, "device": mine[0]["device"], "trials": len(mine), "spearman": spearman(estimates, latencies),
            "kendall": kendall(estimates, latencies),
            "regret": {str(count): regret(estimates, latencies, count) for count in FIRST},
        })

    def mean(values):
        known = [value for value in values if value is not None]
        return sum(known) / len(known) if known else None

    return {"tasks": tasks, "overall": {
        "tasks": len(tasks), "trials": len(rows), "spearman": mean([task["spearman"] for task in tasks]),
        "kendall": mean([task["kendall"] for task in tasks]),
        "regret": {str(count): mean([task["regret"][str(count)] for task in tasks]) for count in FIRST},
    }}


def show(table):
    """Prints the table as Markdown."""
    print("| task | trials | Spearman's rho | Kendall's tau | " + " | ".join(f"regret of first {count}" for count in FIRST) + " |")
    print("|---|---|---|---|" + "---|" * len(FIRST))
    for row in [*table["tasks"], {"task": "mean over tasks", **table["overall"]}]:
        marks = [f"{row[key]:.2f}" if row[key] is not None else "-" for key in ("spearman", "kendall")]
        regrets = [f"{100 * row['regret'][str(count)]:.1f} %" for count in FIRST]
        print(f"| {row['task']} | {row['trials']} | {' | '.join(marks + regrets)} |")


if __name__ == "__main__":
    main()
