"""Puts the figures of bench/gpu_examples.sh together.

    summarize.py row WORK_FOLDER NUMBER STATUS SECONDS COMMAND     one case as a JSON line
    summarize.py table ROWS.jsonl SUMMARY.json                     the summary, and a table on standard output

Latencies are in nanoseconds. default_ns and best_ns are those of the last comparison, default and fastest in turns, where
there was one, else those of the search (`compared` tells). trials_per_second counts every answered trial; own_per_second
leaves out duplicates, which cost neither compiler nor GPU.
"""

import datetime
import json
import os
import sys
from pathlib import Path


def read(path):
    """A JSON file, or an empty object where a step left none."""
    try:
        return json.loads(Path(path).read_text())
    except (OSError, ValueError):
        return {}


def row(folder, number, status, seconds, command):
    """One case."""
    results = read(f"{folder}/results-{number}.json")
    task = (results.get("tasks") or [{}])[0]
    confirmation = task.get("confirmation") or {}
    best = task.get("best") or {}
    own = (task.get("trials") or 0) - (task.get("outcomes") or {}).get("duplicate", 0)
    search = task.get("search_seconds")
    print(json.dumps({
        "command": command,
        "sweep": results.get("sweep"),
        "exit_status": int(status),
        "measured": task.get("measured"),
        "wall_seconds": round(float(seconds), 1),
        "search_seconds": search,
        "trials_per_second": task.get("trials_per_second"),
        "own_per_second": own / search if search else None,
        "trials": task.get("trials"),
        "outcomes": task.get("outcomes"),
        "default_ns": confirmation.get("default_ns", task.get("default_latency_ns")),
        "best_ns": best.get("latency_ns"),
        "compared": bool(confirmation),
        "noise": confirmation.get("noise"),
        "accepted": confirmation.get("accepted"),
        "config": best.get("config"),
        "torch": read(f"{folder}/torch-{number}.json"),
    }))


def micros(nanos, digits=2):
    """Nanoseconds as microseconds for a table; a dash for none."""
    return f"{nanos / 1e3:.{digits}f}" if nanos else "-"


def table(rows_file, summary_file):
    """The summary file and the table."""
    rows = [json.loads(line) for line in Path(rows_file).read_text().splitlines()]
    first = next((r["torch"] for r in rows if r["torch"].get("device")), {})
    summary = {
        "date": datetime.datetime.now(datetime.timezone.utc).isoformat(timespec="seconds"),
        "commit": os.environ.get("PERIHELION_COMMIT") or None,
        "device": first.get("device"), "torch": first.get("torch"), "triton": first.get("triton"), "cases": rows,
    }
    Path(summary_file).write_text(json.dumps(summary, indent=1) + "\n")
    print(f"device {json.dumps(first.get('device'))} torch {first.get('torch')} triton {first.get('triton')}")
    print("best us | default us | eager us | compile us | trials | own per s | wall s | outcomes | command")
    for r in rows:
        torch = r["torch"]
        rate = f"{r['own_per_second']:.1f}" if r["own_per_second"] else "-"
        note = "" if r["measured"] else " (no measurement)"
        print(
            micros(r["best_ns"]) + note, micros(r["default_ns"]), micros(torch.get("torch_eager_ns")),
            micros(torch.get("torch_compile_ns")), r["trials"], rate, r["wall_seconds"], json.dumps(r["outcomes"]),
            r["command"], sep=" | ",
        )


if __name__ == "__main__":
    {"row": row, "table": table}[sys.argv[1]](*sys.argv[2:])
