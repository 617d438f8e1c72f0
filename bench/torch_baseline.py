"""Times torch on a kernel's reference function with the product's own clock.

    python3 bench/torch_baseline.py FILE KERNEL ARGUMENTS.json [--modes default,max-autotune-no-cudagraphs] [--limit SECONDS]

FILE has KERNEL_reference; ARGUMENTS.json is the argument list as workers read it. Starts the product's GPU worker and
asks it to time the function eagerly and under torch.compile, once for each mode: device events, cold L2 cache, median.
Prints one JSON object; latencies are in nanoseconds. What fails or takes longer than the limit is named in it and costs
only itself. Needs PYTHONPATH to the worker package, torch, triton, pyarrow and a GPU; exit status 1 where no worker starts.
"""

import argparse
import json
import subprocess
import sys
import threading
from pathlib import Path

from perihelion.worker import frames

POLICY = {
    "timer": "events", "l2": "cold", "screen_calls": 4, "screen_ratio": 3.0,
    "rank_millis": 100.0, "min_calls": 15, "max_calls": 1000, "run_timeout_millis": 60_000,
}
GPU_WORKER = [sys.executable, "-u", "-m", "perihelion.worker", "gpu"]


class Worker:
    """The GPU worker; it is ended when an answer takes longer than `limit` seconds."""

    def __init__(self, limit, command=None):
        self._limit = limit
        self._process = subprocess.Popen(command or GPU_WORKER, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        self._stream = frames.FrameStream(self._process.stdout, self._process.stdin)
        message = self._read()
        self.hello = message[0] if message else {"error": "The worker ended before it said hello."}

    def _read(self):
        self._late = threading.Event()
        timer = threading.Timer(self._limit, self._end_late)
        timer.start()
        try:
            return self._stream.read()
        except frames.ProtocolError:
            return None
        finally:
            timer.cancel()

    def _end_late(self):
        self._late.set()
        self._process.kill()

    def ask(self, request):
        """The answer's header; one with the outcome `worker_died` where there is none."""
        try:
            self._stream.write({"id": "baseline", **request})
        except BrokenPipeError:
            return {"outcome": "worker_died", "reason": "The worker is gone."}
        while True:
            message = self._read()
            if message is None:
                reason = f"No answer within {self._limit:.0f} s." if self._late.is_set() else "The worker died."
                return {"outcome": "worker_died", "reason": reason}
            if "phase" not in message[0]:
                return message[0]

    def close(self):
        """Ends it as its owner would: stdin ends."""
        try:
            self._process.stdin.close()
            self._process.wait(30)
        except (BrokenPipeError, subprocess.TimeoutExpired):
            self._process.kill()


def main():
    """Times one kernel's reference every way."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file")
    parser.add_argument("kernel")
    parser.add_argument("arguments")
    parser.add_argument("--modes", default="default", help="torch.compile's modes, with commas between them")
    parser.add_argument("--limit", type=float, default=90.0, help="seconds for each")
    options = parser.parse_args()
    ways = {"torch_eager": {"compile": False}}
    for mode in options.modes.split(","):
        plain = mode == "default"
        name = "torch_compile" if plain else f"torch_compile_{mode.replace('-', '_')}"
        ways[name] = {"compile": True, "mode": None if plain else mode}
    request = {
        "op": "time_function",
        "file": {"path": options.file, "text": Path(options.file).read_text()},
        "function": f"{options.kernel}_reference",
        "arguments": json.loads(Path(options.arguments).read_text()),
        "policy": POLICY,
        "seed": 0,
    }
    result = {}
    worker = None
    for name, how in ways.items():
        worker = worker or Worker(options.limit)
        if "error" in worker.hello:
            raise SystemExit(worker.hello["error"])
        result.update({key: worker.hello.get(key) for key in ("device", "torch", "triton")})
        answer = worker.ask({**request, **how})
        result[f"{name}_ns"] = answer.get("latency_ns")
        result[f"{name}_spread_ns"] = answer.get("spread_ns")
        if answer["outcome"] != "timed":
            result[f"{name}_problem"] = answer.get("reason")
        if answer["outcome"] == "worker_died" or answer.get("fatal"):
            worker.close()
            worker = None
    if worker:
        worker.close()
    print(json.dumps(result))


if __name__ == "__main__":
    main()
