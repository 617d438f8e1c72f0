"""Whole `tune` runs on the GPU here: trials a second, how busy the GPU was, the longest stall, and what was claimed.

    PERIHELION_HOME=/tmp/perihelion PERIHELION_PYTHON=python3 python3 bench/gpu_tuning.py OUT [CASE ...] [--seconds 500]

Runs the real command for each case, samples NVML meanwhile, and reads the stored trials afterwards, so that rate, stalls and
use are found independently of what the command says of itself. Leaves OUT/store (all trials), OUT/tuning.json and a log for
each case. Cases are listed by --list.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from pathlib import Path

import pyarrow.parquet as parquet

ROOT = Path(__file__).resolve().parents[1]
SPEED = "bench/speed/kernels"
BACKWARD = ["grad=bf16[2048,8192]", "x=bf16[2048,8192]", "weight=bf16[8192]", "inverse=f32[2048]:uniform(0.5,1.5)"]
CASES = {
    "softmax": ["examples/softmax.py::softmax", ["x=bf16[4096,8192]"], ["--budget", "400"]],
    "rms_norm": [f"{SPEED}/rms_norm.py::rms_norm", ["x=bf16[2048,8192]", "weight=bf16[8192]"], ["--budget", "400"]],
    "matmul": ["examples/matmul.py::matmul", ["x=bf16[4096,4096]", "y=bf16[4096,4096]"], ["--budget", "400"]],
    "rms_norm_backward": [f"{SPEED}/rms_norm.py::rms_norm_backward", BACKWARD, ["--budget", "400"]],
    "rms_norm_backward_1000_random": [
        f"{SPEED}/rms_norm.py::rms_norm_backward", BACKWARD, ["--budget", "1000", "--strategy", "random"]
    ],
}


class Use:
    """NVML's share of time in which some kernel ran, percent, with the time of each reading (seconds since 1970)."""

    def __init__(self):
        self.readings = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        import ctypes

        try:
            library = ctypes.CDLL("libnvidia-ml.so.1")
        except OSError:
            return
        library.nvmlInit_v2()
        handle = ctypes.c_void_p()
        library.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(handle))
        rates = (ctypes.c_uint * 2)()
        while not self._end.wait(0.1):
            if library.nvmlDeviceGetUtilizationRates(handle, rates) == 0:
                self.readings.append((time.time(), rates[0]))

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def mean(self, begin, end):
        """Percent between two times; None without readings."""
        inside = [value for when, value in self.readings if begin <= when <= end]
        return statistics.mean(inside) if inside else None


def run(name, out, seconds):
    """Runs one case; its summary."""
    kernel, arguments, options = CASES[name]
    command = ["./perihelion", "tune", kernel, *sum((["--arg", text] for text in arguments), []), *options, "--seed", "0"]
    store = out / "store" / name
    begin = time.time()
    with Use() as use, open(out / f"{name}.log", "w") as log:
        process = subprocess.Popen([*command, "--store", str(store)], cwd=ROOT, stdout=log, stderr=subprocess.STDOUT)
        try:
            status = process.wait(seconds)
        except subprocess.TimeoutExpired:
            process.send_signal(2)
            status = process.wait(60)
    whole = time.time() - begin
    return {"case": name, "command": " ".join(command), "exit_status": status, "seconds": whole, **read(store, use)}


def read(store, use):
    """What the stored trials and the task say."""
    trials = sorted(store.glob("trials/*/*/*.parquet"))
    tasks = sorted(store.glob("tasks/*/*.parquet"))
    if not trials or not tasks:
        return {"problem": "nothing was stored"}
    rows = [row for file in trials for row in parquet.read_table(file, partitioning=None).to_pylist()]
    task = parquet.read_table(tasks[0], partitioning=None).to_pylist()[0]
    outcomes = {}
    for row in rows:
        outcomes[row["outcome"]] = outcomes.get(row["outcome"], 0) + 1
    asked = min(row["asked_at"].timestamp() for row in rows)
    finished = sorted(row["finished_at"].timestamp() for row in rows)
    gaps = [later - earlier for earlier, later in zip(finished, finished[1:])]
    search = finished[-1] - asked
    measured = [row for row in rows if row["outcome"] == "measured"]
    return {
        "trials": len(rows),
        "outcomes": outcomes,
        "search_seconds": search,
        "trials_a_second": len(rows) / search,
        "measured_a_second": len(measured) / search,
        "first_result_seconds": finished[0] - asked,
        "longest_stall_seconds": max(gaps, default=None),
        "nvml_percent": use.mean(finished[0], finished[-1]),
        "best_us": min((row["latency_ns"] for row in measured), default=float("nan")) / 1e3,
        "statistics": json.loads(task.get("statistics") or "null"),
        "confirmation": json.loads(task["confirmation"] or "null"),
        "state": task["state"],
        "problem": task["problem"],
        "device": json.loads(task["device"] or "null"),
        "toolchain": json.loads(rows[0]["toolchain"]),
    }


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output", nargs="?")
    parser.add_argument("cases", nargs="*", metavar="CASE")
    parser.add_argument("--seconds", type=float, default=500.0, help="for everything; what does not fit is left out")
    parser.add_argument("--list", action="store_true")
    options = parser.parse_args()
    if options.list or not options.output:
        print("\n".join(CASES))
        return 0 if options.list else 2
    out = Path(options.output).resolve()
    out.mkdir(parents=True, exist_ok=True)
    deadline = time.time() + options.seconds
    rows = []
    for name in options.cases or CASES:
        left = deadline - time.time()
        if left < 30:
            print(f"{name}: no time left")
            continue
        rows.append(run(name, out, left))
        (out / "tuning.json").write_text(json.dumps({"commit": os.environ.get("PERIHELION_COMMIT"), "cases": rows}, indent=1))
    print(f"{'case':32}{'trials':>7}{'/s':>7}{'meas/s':>7}{'NVML %':>7}{'busy':>6}{'stall s':>8}{'search s':>9}{'all s':>7}{'best us':>9}")
    for row in rows:
        if "trials" not in row:
            print(f"{row['case']:32}{row.get('problem')} (exit status {row['exit_status']})")
            continue
        busy = (row["statistics"] or {}).get("gpu_busy_share")
        print(
            f"{row['case']:32}{row['trials']:7}{row['trials_a_second']:7.1f}{row['measured_a_second']:7.1f}"
            f"{row['nvml_percent'] or float('nan'):7.0f}{busy if busy is not None else float('nan'):6.2f}"
            f"{row['longest_stall_seconds']:8.2f}{row['search_seconds']:9.1f}{row['seconds']:7.1f}{row['best_us']:9.2f}"
            f"  {row['outcomes']} {json.dumps(row['confirmation'])[:300]}"
        )
    return 0 if all(row["exit_status"] == 0 for row in rows) else 1


if __name__ == "__main__":
    sys.exit(main())
