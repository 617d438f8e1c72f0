"""Takes a run of bench/gpu_examples.sh over into the repository, and prints its table for docs/benchmarks.md.

    python3 bench/collect.py RUN_FOLDER NAME          NAME as 2026-11-24-h200-first-light
    python3 bench/collect.py --table bench/results/NAME.json

RUN_FOLDER holds store.tar and summary.json. The summary goes to bench/results/NAME.json as it is, the store to
notebooks/data/NAME, without the date before it. Both must be new. Refuses a store above --limit-mib and anything in the
archive that is not a Parquet file of a store. Needs no packages.
"""

import argparse
import json
import re
import shutil
import sys
import tarfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
STORE_FILE = re.compile(r"(\./)?store/((?:sweeps|tasks|trials)/(?:[\w=.,-]+/)*[\w=.,-]+\.parquet)")


def members(archive):
    """(member, path below the store) of the store's files."""
    found = []
    for member in archive.getmembers():
        name = member.name.rsplit("/", 1)[-1]
        if member.isdir() or name.startswith((".", "_")):
            continue
        match = STORE_FILE.fullmatch(member.name)
        if not match or not member.isfile() or ".." in member.name:
            raise SystemExit(f"`{member.name}` is no file of a store.")
        found.append((member, match.group(2)))
    return found


def refuse_estimates(summary):
    """Ends where a case has latencies that nobody measured."""
    for case in summary["cases"]:
        if case["best_ns"] and not case.get("measured", bool(summary.get("device"))):
            raise SystemExit(f"The latencies of `{case['command']}` are estimates, and only measurements are kept.")


def install(run, name, limit_mib):
    """Copies summary and store; returns the summary's place."""
    results = ROOT / "bench" / "results" / f"{name}.json"
    data = ROOT / "notebooks" / "data" / re.sub(r"^\d{4}-\d\d-\d\d-", "", name)
    for place in (results, data):
        if place.exists():
            raise SystemExit(f"`{place.relative_to(ROOT)}` is there already; remove it or choose another name.")
    summary = json.loads((run / "summary.json").read_text())
    refuse_estimates(summary)
    with tarfile.open(run / "store.tar") as archive:
        files = members(archive)
        size = sum(member.size for member, _ in files)
        if not files or size > limit_mib << 20:
            raise SystemExit(f"The store has {len(files)} files of {size / 2**20:.1f} MiB together; the limit is {limit_mib} MiB.")
        sweeps = {path.split("/")[1].removeprefix("sweep=") for _, path in files if path.startswith("trials/")}
        missing = [c["sweep"] for c in summary["cases"] if c.get("sweep") and c["sweep"] not in sweeps]
        if missing:
            raise SystemExit(f"The store lacks trials of {', '.join(missing)}, which the summary names.")
        for member, path in files:
            place = data / path
            place.parent.mkdir(parents=True, exist_ok=True)
            with archive.extractfile(member) as source, place.open("wb") as copy:
                shutil.copyfileobj(source, copy)
    results.parent.mkdir(parents=True, exist_ok=True)
    results.write_text(json.dumps(summary, indent=1) + "\n")
    print(f"{len(files)} files, {size / 2**20:.1f} MiB in {data.relative_to(ROOT)}; {results.relative_to(ROOT)}", file=sys.stderr)
    return results


def micros(nanos):
    """Microseconds with three or more digits, for a table; a dash for none."""
    return f"{nanos / 1e3:,.2f}" if nanos else "–"


def times(other, best):
    """How many times as long the other takes."""
    return f"{other / best:.2f}x" if other and best else "–"


def own_rate(case):
    """Distinct configurations a second: compiled, checked and timed, or failed on the way; duplicates left out."""
    own = (case.get("trials") or 0) - (case.get("outcomes") or {}).get("duplicate", 0)
    return f"{own / case['search_seconds']:.1f}" if case.get("search_seconds") else "–"


def modes(cases):
    """The keys of torch.compile's latencies in the order they were taken."""
    keys = [key for case in cases for key in case["torch"] if re.fullmatch(r"torch_compile\w*(?<!_spread)_ns", key)]
    return list(dict.fromkeys(keys))


def table(summary, source):
    """The page's part for one run, as Markdown."""
    device = summary.get("device") or {}
    cases = summary["cases"]
    compiled = modes(cases)
    names = ["torch.compile" + key.removeprefix("torch_compile").removesuffix("_ns").replace("_", " ") for key in compiled]
    lines = [
        f"{device.get('name')} (driver {device.get('driver')}), torch {summary.get('torch')}, Triton {summary.get('triton')},"
        f" {summary['date'][:10]}" + (f", commit {summary['commit']}" if summary.get("commit") else "") + f". Raw: `{source}`.",
        "",
        "Latencies in microseconds, medians of single calls with a cold L2 cache.",
        "",
        "| # | arguments | tuned | default | torch eager | " + "".join(f"{name} | " for name in names)
        + "tuned against default | against the best of torch | trials | of these own | own a second | wall s |",
        "|---|---|" + "---|" * (3 + len(names)) + "---|" * 6,
    ]
    for number, case in enumerate(cases, 1):
        torch = case["torch"]
        others = [torch.get("torch_eager_ns"), *(torch.get(key) for key in compiled)]
        known = [nanos for nanos in others if nanos]
        words = case["command"].split()
        arguments = ", ".join(words[i + 1] for i, word in enumerate(words) if word == "--arg")
        best = case["best_ns"]
        own = (case.get("trials") or 0) - (case.get("outcomes") or {}).get("duplicate", 0)
        kernel = words[2].split("::")[-1]
        cells = [
            f"{number}", f"`{kernel}` {arguments}", micros(best), micros(case["default_ns"]),
            *(micros(nanos) for nanos in others), times(case["default_ns"], best),
            times(min(known, default=None), best), str(case.get("trials")), str(own), own_rate(case), f"{case['wall_seconds']:.1f}",
        ]
        lines.append("| " + " | ".join(cells) + " |")
    lines += ["", "Commands:", ""]
    lines += [f"{number}. `{case['command']}`" for number, case in enumerate(cases, 1)]
    return "\n".join(lines)


def main():
    """Installs a run, or prints the table of one that is installed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("run", nargs="?", type=Path)
    parser.add_argument("name", nargs="?")
    parser.add_argument("--table", type=Path)
    parser.add_argument("--limit-mib", type=int, default=4)
    options = parser.parse_args()
    if options.table:
        results = options.table.resolve()
        refuse_estimates(json.loads(results.read_text()))
    elif options.run and options.name and re.fullmatch(r"[\w.-]+", options.name):
        results = install(options.run, options.name, options.limit_mib)
    else:
        parser.error("Give RUN_FOLDER and NAME, or --table FILE.")
    print(table(json.loads(results.read_text()), results.relative_to(ROOT) if results.is_relative_to(ROOT) else results.name))


if __name__ == "__main__":
    main()
