"""Times torch on the kernels' reference functions with the product's own clock.

    python3 bench/torch_baseline.py FILE KERNEL ARGUMENTS.json

FILE has KERNEL_reference; ARGUMENTS.json is the argument list as workers read it. Starts the product's GPU worker and
asks it to time the function eagerly and under torch.compile: device events, cold L2 cache, median. Prints one JSON object.
Needs PYTHONPATH to the worker package, torch, triton, pyarrow and a GPU.
"""

import json
import subprocess
import sys
from pathlib import Path

from perihelion.worker import frames

POLICY = {
    "timer": "events", "l2": "cold", "screen_calls": 4, "screen_ratio": 3.0,
    "rank_millis": 100.0, "min_calls": 15, "max_calls": 1000, "run_timeout_millis": 60_000,
}


def main():
    """Times one kernel's reference both ways."""
    file, kernel, arguments = sys.argv[1:]
    worker = subprocess.Popen(
        [sys.executable, "-u", "-m", "perihelion.worker", "gpu"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    stream = frames.FrameStream(worker.stdout, worker.stdin)
    hello = stream.read()[0]
    result = {"device": hello.get("device"), "torch": hello.get("torch"), "triton": hello.get("triton")}
    for compiled in (False, True):
        stream.write({
            "op": "time_function", "id": "baseline", "file": {"path": file, "text": Path(file).read_text()},
            "function": f"{kernel}_reference", "arguments": json.loads(Path(arguments).read_text()),
            "compile": compiled, "policy": POLICY, "seed": 0,
        }, b"")
        answer = {"phase": ""}
        while "phase" in answer:
            answer = stream.read()[0]
        name = "torch_compile" if compiled else "torch_eager"
        result[f"{name}_ns"] = answer.get("latency_ns")
        if answer["outcome"] != "timed":
            result[f"{name}_problem"] = answer.get("reason")
    worker.stdin.close()
    worker.wait(60)
    print(json.dumps(result))


if __name__ == "__main__":
    main()
