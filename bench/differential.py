"""Compares generated kernels with torch, for many kernels, inputs and configurations.

    differential.py generate --kernels DIR_OR_FILE... --output DIR [--configurations N] [--seed S] [--target cuda:90] [--size small|full]
    differential.py run --index DIR [--device cuda|cpu] [--jobs J] [--report FILE.jsonl]

`generate` needs Java, `run` only Python with torch and triton: carry DIR from one machine to the other. Kernel files are
described in kernel_cases.py. Each kernel and set of inputs gets its default configuration and N random ones; modules with
equal text run once. `run` uses Triton's interpreter on the CPU, where inputs of full size are left out.

Every case ends in one outcome: `checked` (right), `refused` (the compiler gave an error), `duplicate` (the text of
another), or one of the product's: wrong_result, compile_error, compile_timeout, out_of_resources, launch_error,
run_timeout, worker_died, infrastructure; `not_run` where the time was over. `infeasible` is what the
compiler said of the target; such programs run all the same. Exit status 1 where something is wrong:
anything but checked, refused, duplicate and out_of_resources.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

import kernel_cases
import product
from pool import Pool

WORKER = [sys.executable, "-u", str(product.ROOT / "bench" / "differential_worker.py")]
FINE = ("checked", "refused", "duplicate", "out_of_resources")
# Cases that one process takes in a row, for the sake of their common inputs and reference.
GROUP = 8


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    steps = parser.add_subparsers(required=True)
    step = steps.add_parser("generate")
    step.add_argument("--kernels", nargs="+", required=True)
    step.add_argument("--output", required=True, type=Path)
    step.add_argument("--configurations", type=int, default=3)
    step.add_argument("--seed", type=int, default=1)
    step.add_argument("--target", default="cuda:90")
    step.add_argument("--size", choices=("small", "full"), help="only inputs of this size")
    step.set_defaults(action=generate)
    step = steps.add_parser("run")
    step.add_argument("--index", required=True, type=Path)
    step.add_argument("--device", choices=("cuda", "cpu"), default="cuda")
    step.add_argument("--jobs", type=int, default=os.cpu_count())
    step.add_argument("--report", type=Path)
    step.add_argument("--only", default="", help="kernels whose `file::name` contains this")
    step.add_argument("--compile-limit", type=float, default=60.0, help="seconds")
    step.add_argument("--run-limit", type=float, default=60.0, help="seconds")
    step.add_argument("--limit", type=float, default=float("inf"), help="seconds for everything")
    step.set_defaults(action=run)
    options = parser.parse_args()
    return options.action(options)


def generate(options):
    """Writes requests.jsonl, compiles them, writes index.json."""
    output = options.output.resolve()
    shutil.rmtree(output, ignore_errors=True)
    (output / "kernels").mkdir(parents=True)
    found = [case for case in kernel_cases.read(options.kernels) if options.size in (None, case.size)]
    places = {}
    for file in dict.fromkeys(case.file for case in found):
        places[file] = f"kernels/{len(places)}/{file.name}"
        (output / places[file]).parent.mkdir()
        shutil.copy(file, output / places[file])
    cases = []
    for case in found:
        for number in range(options.configurations + 1):
            cases.append({
                "id": f"c{len(cases):05}", "kernel": case.kernel, "file": places[case.file], "size": case.size,
                "inputs": case.inputs, "config": f"random:{options.seed * 1000 + number}" if number else "default",
            })
    requests = output / "requests.jsonl"
    with requests.open("w") as lines:
        for case in cases:
            request = {"id": case["id"], "kernel": f"{output / case['file']}::{case['kernel']}", "args": case["inputs"]}
            lines.write(json.dumps({**request, "config": case["config"]}) + "\n")
    command = [str(product.ROOT / "perihelion"), "compile", "--batch", str(requests)]
    command += ["--output", str(output / "modules"), "--target", options.target]
    done = subprocess.run(command, stdout=subprocess.PIPE, text=True, check=True)
    answers = {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}
    seen = {}
    for case in cases:
        _take(case, answers[case["id"]], output, seen)
    index = {"target": options.target, "seed": options.seed, "cases": cases}
    (output / "index.json").write_text(json.dumps(index, indent=1))
    refused = sum(case["error"] is not None for case in cases)
    print(f"{len(cases)} cases of {len(found)} kernels with inputs; {refused} refused; {len(seen)} different modules")
    for error, count in Counter(case["error"].splitlines()[0] for case in cases if case["error"]).most_common(20):
        print(f"{count:6} x {error}")
    return 0


def _take(case, answer, output, seen):
    """Adds what the compiler made of a case: `module` and the true `config`, or `error`, or `duplicate_of`."""
    feasibility = answer.get("feasibility") or {}
    case.update(error=None, module=None, duplicate_of=None, infeasible=feasibility.get("refusal"))
    case.update(generate_ms=round(answer["millis"], 2))
    if not answer["ok"]:
        case["error"] = answer["error"]
        return
    case["module"] = f"modules/{case['id']}.py"
    text = (output / case["module"]).read_text()
    comment, code = [], text
    while code.startswith("#"):
        line, code = code.split("\n", 1)
        comment.append(line)
    for line in comment:
        if line.startswith("# Configuration: "):
            case["config"] = json.loads(line.removeprefix("# Configuration: "))
    key = (case["file"], case["kernel"], str(case["inputs"]), code)
    case["duplicate_of"] = seen.setdefault(key, case["id"])
    if case["duplicate_of"] == case["id"]:
        case["duplicate_of"] = None


def run(options):
    """Runs every module of an index; prints the summary."""
    index = json.loads((options.index / "index.json").read_text())
    folder = options.index.resolve()
    begun = time.monotonic()
    results, groups = [], {}
    for case in index["cases"]:
        if options.only not in f"{case['file']}::{case['kernel']}" or (options.device == "cpu" and case["size"] == "full"):
            continue
        if case["error"]:
            results.append({**case, "outcome": "refused", "reason": case["error"].splitlines()[0]})
        elif case["duplicate_of"]:
            results.append({**case, "outcome": "duplicate", "reason": case["duplicate_of"]})
        else:
            request = {**case, "file": str(folder / case["file"]), "module": str(folder / case["module"]), "seed": index["seed"]}
            groups.setdefault((case["file"], case["kernel"], str(case["inputs"])), []).append(request)
    # Full sizes first: they take longest and would otherwise leave processes without work at the end.
    whole = sorted(groups.values(), key=lambda group: group[0]["size"] != "full")
    pieces = [group[at : at + GROUP] for group in whole for at in range(0, len(group), GROUP)]
    limits = {"compiling": options.compile_limit, "running": options.run_limit}
    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "TRITON_CACHE_DIR": cache}
        if options.device == "cpu":
            environment["TRITON_INTERPRET"] = "1"
        workers = lambda jobs: Pool([*WORKER, options.device], jobs, limits, begun + options.limit, environment)  # noqa: E731
        again = []

        def note(request, answer):
            if answer["outcome"] == "infrastructure" and "memory" in answer.get("reason", ""):
                again.append(request)
            else:
                results.append(_result(request, answer))
                if len(results) % 100 == 0:
                    print(f"{len(results)} cases after {time.monotonic() - begun:.0f} s", file=sys.stderr, flush=True)

        workers(options.jobs).run(pieces, note)
        # What found the device's memory taken by others has it to itself now.
        workers(1).run([again] if again else [], lambda request, answer: results.append(_result(request, answer)))
    results.sort(key=lambda result: result["id"])
    if options.report:
        options.report.parent.mkdir(parents=True, exist_ok=True)
        options.report.write_text("".join(json.dumps(result) + "\n" for result in results))
    return summary(results, time.monotonic() - begun)


def _result(request, answer):
    kept = {key: value for key, value in request.items() if key not in ("error", "duplicate_of", "seed")}
    return {**kept, "file": Path(request["file"]).name, **{key: value for key, value in answer.items() if key != "fatal"}}


def summary(results, seconds):
    """Counts by outcome, then a line for each failure; the exit status."""
    bad = [result for result in results if result["outcome"] not in FINE]
    kernels = {(result["file"], result["kernel"]) for result in results}
    print(f"{len(results)} cases of {len(kernels)} kernels in {seconds:.0f} s")
    for outcome, count in Counter(result["outcome"] for result in results).most_common():
        print(f"{count:6} {outcome}")
    for result in bad:
        inputs = "; ".join(f"{name}={value}" for name, value in result["inputs"].items())
        print(f"{result['outcome']}: {result['kernel']} [{inputs}] {json.dumps(result['config'])}: {result.get('reason')}")
    return 1 if bad else 0


if __name__ == "__main__":
    sys.exit(main())
