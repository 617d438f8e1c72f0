"""How many configurations a second one GPU worker loads, checks and times, all of them compiled beforehand.

    bench/speed/generate.py PACK.json.xz --only matmul --random 150          # where Java is
    python3 bench/gpu_rate.py PACK.json.xz OUT.json [--processes 14] [--limit 20] [--seconds 200]

Needs torch, Triton, pyarrow and a GPU. Compiles the pack's programs on many processes, then sends each to one GPU worker over
the product's own protocol, with the best so far as the incumbent, as a search does. Prints a table by task: configurations,
outcomes, rate, where the worker's time went, and what NVML says of the device's use meanwhile.
"""

import argparse
import collections
import concurrent.futures
import json
import multiprocessing
import statistics
import sys
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
sys.path.insert(0, str(Path(__file__).resolve().parent / "speed"))

import candidates
import product  # noqa: F401 (puts the product's package on the path)
import values
from gpu_worker_smoke import POLICY, Worker


def compile_one(request):
    """(answer, binary) of one program; a failure is an answer."""
    from perihelion.worker import compile_worker
    from perihelion.worker.errors import JobError

    try:
        return compile_worker.compile_job(request)
    except JobError as error:
        return {"outcome": error.outcome, "reason": error.reason}, b""


class Use:
    """Samples NVML's share of time in which some kernel ran, percent."""

    def __init__(self):
        self.samples = []
        self._end = threading.Event()
        self._thread = threading.Thread(target=self._run, daemon=True)

    def _run(self):
        import ctypes

        library = ctypes.CDLL("libnvidia-ml.so.1")
        library.nvmlInit_v2()
        handle = ctypes.c_void_p()
        library.nvmlDeviceGetHandleByIndex_v2(0, ctypes.byref(handle))
        rates = (ctypes.c_uint * 2)()
        while not self._end.wait(0.1):
            if library.nvmlDeviceGetUtilizationRates(handle, rates) == 0:
                self.samples.append(rates[0])

    def __enter__(self):
        self._thread.start()
        return self

    def __exit__(self, *_):
        self._end.set()
        self._thread.join()

    def mean(self):
        """Percent; NaN without samples."""
        return statistics.mean(self.samples) if self.samples else float("nan")


def measure(worker, task, compiled, deadline):
    """One task's programs through the worker; returns its row."""
    outcomes, walls, phases = collections.Counter(), [], collections.Counter()
    best, baseline, errors = None, None, []
    busy = 0.0
    with Use() as use:
        begin = None
        for program, answer, binary in compiled:
            if time.monotonic() > deadline:
                break
            if answer["outcome"] != "compiled":
                continue
            header = {
                "op": "measure", "module": program["text"], "kernel": task["kernel"], "arguments": task["arguments"],
                "launch": answer["launch"], "binaries": [len(binary)], "policy": POLICY, "seed": 1,
                "reference": {
                    "kind": "function", "function": task["kernel"] + "_reference",
                    "file": {"path": None, "text": task["source"]},
                },
            }
            if best is not None:
                header["incumbent_ns"] = best
            start = time.perf_counter()
            result, _ = worker.ask(header, binary)
            wall = time.perf_counter() - start
            outcomes[result["outcome"]] += 1
            if result["outcome"] == "timed":
                if best is None:
                    # The first one also pays for inputs, reference and warm-up: the clock starts behind it.
                    begin, best = time.perf_counter(), result["latency_ns"]
                    continue
                best = min(best, result["latency_ns"])
                busy += result.get("busy_ms", 0.0)
                phases.update({name: value for name, value in result.get("phases_ms", {}).items()})
                walls.append(wall * 1e3)
            else:
                errors.append(result.get("reason", ""))
                if result.get("fatal"):
                    worker.process.wait(60)
                    worker = Worker("gpu")
        seconds = time.perf_counter() - begin if begin else float("nan")
    count = len(walls)
    return worker, {
        "task": task["name"], "programs": count + len(errors), "outcomes": dict(outcomes), "seconds": seconds,
        "a_second": (count + len(errors)) / seconds, "median_ms": statistics.median(walls) if walls else None,
        "slowest_ms": max(walls, default=None), "best_us": best / 1e3 if best else None, "busy_ms": busy,
        "nvml_percent": use.mean(), "phases_ms": {name: value / max(1, count) for name, value in phases.items()},
        "errors": errors[:5],
    }


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("pack")
    parser.add_argument("output")
    parser.add_argument("--processes", type=int, default=14)
    parser.add_argument("--limit", type=float, default=20.0, help="seconds for all that is still compiling at the end")
    parser.add_argument("--seconds", type=float, default=200.0, help="for everything")
    options = parser.parse_args()
    deadline = time.monotonic() + options.seconds
    pack = candidates.read(options.pack)
    for task in pack["tasks"]:
        task["arguments"] = values.arguments(task["inputs"])
    tasks = {task["name"]: task for task in pack["tasks"]}
    programs = [program for program in pack["candidates"] if program["text"] and program["kind"] != "hand"]
    done = collections.defaultdict(list)
    begin = time.perf_counter()
    pool = concurrent.futures.ProcessPoolExecutor(options.processes, multiprocessing.get_context("spawn"))
    futures = {}
    for program in programs:
        task = tasks[program["task"]]
        request = {
            "module": program["text"], "kernel": task["kernel"], "arguments": task["arguments"], "target": pack["target"]
        }
        futures[pool.submit(compile_one, request)] = program
    waited = options.seconds * 0.5
    try:
        for future in concurrent.futures.as_completed(futures, waited):
            program = futures[future]
            answer, binary = future.result()
            done[program["task"]].append((program, answer, binary))
    except concurrent.futures.TimeoutError:
        print("some programs were still compiling and are left out")
    compile_seconds = time.perf_counter() - begin
    compiled = sum(answer["outcome"] == "compiled" for rows in done.values() for _, answer, _ in rows)
    print(f"{compiled} of {len(programs)} programs compiled in {compile_seconds:.1f} s")
    for process in list(pool._processes.values()):
        process.kill()
    worker = Worker("gpu")
    rows = []
    for name, task in tasks.items():
        order = {program["id"]: number for number, program in enumerate(programs)}
        done[name].sort(key=lambda row: order[row[0]["id"]])
        worker, row = measure(worker, task, done[name], deadline)
        rows.append(row)
    summary = {
        "device": worker.hello["device"], "torch": worker.hello["torch"], "triton": worker.hello["triton"],
        "commit": pack["commit"], "policy": POLICY, "compiled": compiled, "compile_seconds": compile_seconds,
        "processes": options.processes, "tasks": rows,
    }
    Path(options.output).write_text(json.dumps(summary, indent=1))
    worker.close()
    for row in rows:
        phases = " ".join(f"{key} {value:.1f}" for key, value in row["phases_ms"].items())
        print(
            f"{row['task'][:44]:44} {row['programs']:4} in {row['seconds']:6.1f} s  {row['a_second']:5.1f}/s  median "
            f"{row['median_ms'] or 0:.1f} ms  slowest {row['slowest_ms'] or 0:.0f} ms  NVML {row['nvml_percent']:.0f} %  "
            f"best {row['best_us'] or 0:.2f} us  {row['outcomes']}  [{phases}]"
        )


if __name__ == "__main__":
    main()
