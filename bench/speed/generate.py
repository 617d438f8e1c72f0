"""Generates the programs to be timed: `generate.py OUTPUT.json.xz [--random N] [--seed S] [--only NAME] [--size small]`.

For each kernel of speed/kernels and each of its inputs: the default configuration, those the compiler suggests, N random
ones, and the kernel written by hand in each of its own configurations. Needs Java; the result runs without.
"""

import argparse
import json
import subprocess
import sys
import tempfile
from pathlib import Path

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE.parent))

import candidates
import kernel_cases
import product

SUGGESTED = 12


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output")
    parser.add_argument("--random", type=int, default=200)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--target", default="cuda:90")
    parser.add_argument("--only", default="", help="kernels whose name contains this")
    parser.add_argument("--size", choices=("full", "small"), default="full")
    options = parser.parse_args()
    cases = [
        case for case in kernel_cases.read([HERE / "kernels"]) if options.only in case.kernel and case.size == options.size
    ]
    tasks, programs = [], []
    for case in cases:
        name = candidates.task_name(case.kernel, case.inputs)
        tasks.append({
            "name": name, "kernel": case.kernel, "file": case.file.name, "source": case.file.read_text(),
            "inputs": case.inputs,
        })
        wanted = [("default", "default")]
        wanted += [("suggested", f"suggested:{number}") for number in range(SUGGESTED)]
        wanted += [("random", f"random:{options.seed * 100_000 + number}") for number in range(options.random)]
        for kind, config in wanted:
            programs.append({"task": name, "kind": kind, "config": config, "kernel": f"{case.file}::{case.kernel}", "args": case.inputs})
    for number, program in enumerate(programs):
        program["id"] = f"p{number:05}"
    programs = compile_all(programs, options.target)
    for task in tasks:
        for number, (config, text) in enumerate(candidates.by_hand(task["kernel"])):
            identity = f"h{len(programs):05}-{number}"
            programs.append({
                "id": identity, "task": task["name"], "kind": "hand", "config": config, "text": text, "error": None
            })
    commit = subprocess.run(
        ["git", "rev-parse", "--short", "HEAD"], cwd=product.ROOT, stdout=subprocess.PIPE, text=True, check=False
    ).stdout.strip()
    candidates.write(options.output, {"target": options.target, "commit": commit, "tasks": tasks, "candidates": programs})
    for task in tasks:
        own = [program for program in programs if program["task"] == task["name"]]
        counts = {kind: sum(program["kind"] == kind and bool(program["text"]) for program in own) for kind in candidates.KINDS}
        refused = [program["error"].splitlines()[0] for program in own if program["error"]]
        print(f"{task['name']}: {counts}, {len(refused)} refused{': ' + refused[0] if refused else ''}")
    print(f"{Path(options.output).stat().st_size / 1e6:.2f} MB in {options.output}")


def compile_all(programs, target):
    """The programs with text and true configuration, or error. Suggestions that do not exist are left out."""
    with tempfile.TemporaryDirectory() as folder:
        requests = Path(folder) / "requests.jsonl"
        keys = ("id", "kernel", "args", "config")
        requests.write_text("".join(json.dumps({key: program[key] for key in keys}) + "\n" for program in programs))
        command = [str(product.ROOT / "perihelion"), "compile", "--batch", str(requests), "--output", f"{folder}/out"]
        done = subprocess.run([*command, "--target", target], stdout=subprocess.PIPE, text=True, check=True)
        answers = {answer["id"]: answer for answer in map(json.loads, done.stdout.splitlines())}
        result = []
        for program in programs:
            answer = answers[program["id"]]
            if not answer["ok"] and program["kind"] == "suggested":
                continue
            more = {key: value for key, value in answer.items() if key not in ("id", "ok", "error", "millis")}
            row = {key: program[key] for key in ("id", "task", "kind", "config")}
            row.update(more, text=None, error=answer["error"])
            if answer["ok"]:
                row["text"] = Path(folder, "out", f"{program['id']}.py").read_text()
                lines = [line for line in row["text"].splitlines()[:10] if line.startswith("# Configuration: ")]
                row["config"] = json.loads(lines[0].removeprefix("# Configuration: "))
            result.append(row)
        return result


if __name__ == "__main__":
    main()
