"""Prints the tables of docs/benchmarks.md out of measure.py's summaries: `table.py SUMMARY.json...`."""

import json
import sys
from pathlib import Path


def markdown(summaries):
    """Speed, what is behind, and outcomes, as text."""
    tasks = [task for summary in summaries for task in summary["tasks"]]
    parts = [header(summary) for summary in summaries]
    return "\n".join([*parts, "", *speed(tasks), "", *behind(tasks), "", *outcomes(tasks)])


def header(summary):
    """Where the figures come from."""
    device = (summary.get("device") or {}).get("name")
    dry = " DRY RUN, NO FIGURE MEANS ANYTHING." if summary.get("dry") else ""
    return (
        f"{device}, torch {summary.get('torch')}, commit {summary.get('commit')}, {summary.get('date')}, "
        f"{summary.get('seconds')} s: `{summary.get('command')}`.{dry}"
    )


def microseconds(task, name):
    """Of one contender, or None."""
    best = task["bests"].get(name)
    return best["latency_ns"] / 1e3 if best else None


def best_of_all(task):
    """The fastest of ours, us, or None."""
    found = [microseconds(task, kind) for kind in ("default", "suggested", "random")]
    return min((value for value in found if value is not None), default=None)


def best_compiled(task):
    """The fastest of torch.compile's modes, us, or None."""
    found = [microseconds(task, name) for name in task["bests"] if name.startswith("compile:")]
    return min(found, default=None)


def _cell(value, digits=1):
    return "" if value is None else f"{value:.{digits}f}"


def _ratio(one, other):
    return one / other if one is not None and other is not None else None


def speed(tasks):
    """The table of latencies."""
    lines = [
        "| kernel and inputs | default, us | suggested, us | random, us | best, us | by hand, us | eager, us | torch.compile, us |"
        " by hand / random | compile / random | by hand / best | compile / best |",
        "|---" * 12 + "|",
    ]
    for task in tasks:
        ours, random = best_of_all(task), microseconds(task, "random")
        hand, compiled = microseconds(task, "hand"), best_compiled(task)
        cells = [microseconds(task, "default"), microseconds(task, "suggested"), random, ours, hand, microseconds(task, "eager")]
        ratios = [_ratio(hand, random), _ratio(compiled, random), _ratio(hand, ours), _ratio(compiled, ours)]
        name = task["task"] if task.get("confirmed", True) else f"{task['task']} (single trials)"
        row = [name, *map(_cell, [*cells, compiled]), *(_cell(ratio, 2) for ratio in ratios)]
        lines.append("| " + " | ".join(row) + " |")
    return lines


def behind(tasks):
    """A line for each case in which the best random configuration is more than 1 % slower."""
    lines = []
    for task in tasks:
        random = microseconds(task, "random")
        for name, other in (("by hand", microseconds(task, "hand")), ("torch.compile", best_compiled(task))):
            ratio = _ratio(random, other)
            if random is None:
                lines.append(f"- {task['task']}: no random configuration was timed.")
                break
            if ratio is not None and ratio > 1.01:
                lines.append(f"- {task['task']}: {100 * (ratio - 1):.0f} % behind {name}.")
        lines += [f"- {task['task']}: {way} failed: {reason}" for way, reason in task["torch_problems"].items()]
    return lines or ["- No case is behind."]


def outcomes(tasks):
    """The table of what became of the configurations."""
    names = sorted({outcome for task in tasks for outcome in task["outcomes"]}, key=lambda name: (name != "timed", name))
    lines = [
        f"| kernel and inputs | random | {' | '.join(names)} | compile, ms: median | p90 | max |",
        "|---" * (len(names) + 5) + "|",
    ]
    for task in tasks:
        counts = [str(task["outcomes"].get(name, 0)) for name in names]
        millis = [_cell((task["compile_ms"] or {}).get(key), 0) for key in ("median", "p90", "max")]
        lines.append("| " + " | ".join([task["task"], str(task["random"]), *counts, *millis]) + " |")
    return lines


if __name__ == "__main__":
    print(markdown([json.loads(Path(path).read_text()) for path in sys.argv[1:]]))
