"""Ten thousand configurations through GPU workers on a real GPU, a fifth of them broken: what is left over?

    python3 bench/gpu_soak.py OUT.json [--jobs 10000] [--broken 0.2] [--fatal 0.002] [--seconds 400] [--no-fork]

Needs torch, Triton, pyarrow and a GPU. Good and broken variants of one softmax are compiled once, then sent in random order.
Broken ones give wrong numbers, NaN, leave an element unwritten, ask for too many resources or are refused at the launch; a
few end in an illegal address, which spoils the process: a new one follows. After every fault the next good configuration must
be timed. Memory, file handles and threads of the worker are read from /proc every 250 jobs, and those of the server that forks
the workers at the beginning and the end. With --no-fork each worker is a process that starts from nothing.
"""

import argparse
import collections
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import product  # noqa: F401 (puts the product's package on the path)
from gpu_worker_smoke import POLICY, SOFTMAX, USER_FILE, Worker, tensor

SHAPE = [4096, 2560]


def variants():
    """(name, module text, change of the launch facts, expected outcome) of good and of broken programs."""
    good = [
        (f"warps {warps}", SOFTMAX.replace("num_warps=4", f"num_warps={warps}"), None, "timed") for warps in (2, 4, 8, 16)
    ]
    nan = SOFTMAX.replace("values / tl.sum(values, 0)", "(values - values) / (values - values)")
    hole = SOFTMAX.replace("mask=mask)\n\n\ndef _launch", "mask=offsets < columns - 1)\n\n\ndef _launch")
    broken = [
        ("wrong", SOFTMAX.replace("tl.exp(values", "tl.exp(1.5 * values"), None, "wrong_result"),
        ("nan", nan, None, "wrong_result"),
        ("unwritten", hole, None, "wrong_result"),
        ("threads", SOFTMAX, {"threads": 2048}, "launch_error"),
        ("shared", SOFTMAX, {"shared": 400_000}, "out_of_resources"),
    ]
    fatal = [
        ("illegal", SOFTMAX.replace("tl.store(out + row", "tl.store(out + 1000000000000 + row"), None, "launch_error"),
    ]
    return good, broken, fatal


def state(pid):
    """Resident megabytes, open file handles and threads of a process."""
    status = Path(f"/proc/{pid}/status").read_text()
    resident = next(int(line.split()[1]) for line in status.splitlines() if line.startswith("VmRSS"))
    return {
        "rss_mb": resident / 1024,
        "handles": len(os.listdir(f"/proc/{pid}/fd")),
        "threads": len(os.listdir(f"/proc/{pid}/task")),
    }


def children():
    """The ids of this process's children."""
    return [pid for task in os.listdir("/proc/self/task") for pid in Path(f"/proc/self/task/{task}/children").read_text().split()]


class Forks:
    """The workers as Java starts them: forks of a server, each behind a small process that stands for it."""

    def __init__(self):
        self.folder = tempfile.TemporaryDirectory(prefix="soak-")
        self.server = self._start(["perihelion.worker", "gpu", "--fork-server", "socket"], stdin=subprocess.PIPE)

    def _start(self, command, options=(), **streams):
        environment = {**os.environ, "TMPDIR": self.folder.name}
        return subprocess.Popen([sys.executable, "-u", *options, "-m", *command], env=environment, **streams)

    def worker(self):
        """A worker that said hello."""
        socket = os.path.join(self.folder.name, "socket")
        command = ["perihelion.worker.fork_client", "gpu", "--socket", socket, "--server", str(self.server.pid)]
        return Worker("gpu", self._start(command, ["-S"], stdin=subprocess.PIPE, stdout=subprocess.PIPE))

    def close(self):
        """Ends the server; its exit status."""
        self.server.stdin.close()
        status = self.server.wait(60)
        self.folder.cleanup()
        return status


class Soak:
    """The jobs, their outcomes and what the workers' processes looked like."""

    def __init__(self, options):
        self.options = options
        self.random = random.Random(7)
        self.outcomes, self.unexpected, self.states = collections.Counter(), [], []
        self.restarts, self.restart_seconds, self.slowest_ms = 0, [], 0.0

    def compile(self, compiler, groups):
        """A request for each variant, ready to be sent, and its binary."""
        arguments = [tensor("x", "float16", SHAPE)]
        reference = {"kind": "function", "file": {"path": None, "text": USER_FILE}, "function": "softmax"}
        ready = []
        for group in groups:
            ready.append([])
            for name, text, change, want in group:
                answer, binary = compiler.ask(
                    {"op": "compile", "module": text, "kernel": "softmax", "arguments": arguments, "target": "cuda:90"}
                )
                if answer["outcome"] != "compiled":
                    raise SystemExit(f"{name}: {answer}")
                request = {
                    "op": "measure", "module": text, "kernel": "softmax", "arguments": arguments,
                    "launch": {**answer["launch"], **(change or {})}, "reference": reference,
                    "binaries": [len(binary)], "policy": POLICY, "seed": 1,
                }
                ready[-1].append((name, request, binary, want))
        return ready

    def run(self):
        """Sends the jobs; returns the summary."""
        compiler = Worker("compile")
        good, broken, fatal = self.compile(compiler, variants())
        compiler.close()
        forks = Forks() if self.options.fork else None
        start_worker = forks.worker if forks else lambda: Worker("gpu")
        worker = start_worker()
        hello = worker.hello
        servers = [state(forks.server.pid)] if forks else []
        begin, done, after_fault = time.monotonic(), 0, False
        while done < self.options.jobs and time.monotonic() - begin < self.options.seconds:
            draw = self.random.random()
            if after_fault:
                group = good
            elif draw < self.options.fatal:
                group = fatal
            else:
                group = broken if draw < self.options.broken else good
            name, request, binary, want = self.random.choice(group)
            start = time.perf_counter()
            answer, _ = worker.ask(request, binary)
            self.outcomes[answer["outcome"]] += 1
            if answer["outcome"] != want:
                self.unexpected.append(f"job {done}, {name}: {answer['outcome']}: {answer.get('reason')}")
            after_fault = want != "timed"
            if answer.get("fatal"):
                restart = time.perf_counter()
                worker.process.wait(60)
                worker = start_worker()
                self.restart_seconds.append(time.perf_counter() - restart)
                self.restarts += 1
            else:
                self.slowest_ms = max(self.slowest_ms, (time.perf_counter() - start) * 1e3)
            if done % 250 == 0:
                self.states.append({"job": done, "worker": self.restarts, **state(worker.hello["pid"])})
            done += 1
        self.states.append({"job": done, "worker": self.restarts, **state(worker.hello["pid"])})
        seconds = time.monotonic() - begin
        status = worker.close()
        if forks:
            servers.append(state(forks.server.pid))
            status = status or forks.close()
        return {
            "commit": os.environ.get("PERIHELION_COMMIT"),
            "device": hello["device"], "torch": hello["torch"], "triton": hello["triton"], "jobs": done,
            "seconds": seconds, "a_second": done / seconds, "outcomes": dict(self.outcomes), "restarts": self.restarts,
            "restart_seconds": self.restart_seconds, "fork_server": servers, "slowest_ms": self.slowest_ms,
            "unexpected": self.unexpected[:20], "unexpected_count": len(self.unexpected),
            "children_left": len(children()), "last_exit_status": status, "states": self.states, "growth": self.growth(),
        }

    def growth(self):
        """The largest growth within the life of one worker, its first reading (which builds inputs) left out."""
        by_worker = collections.defaultdict(list)
        for reading in self.states:
            by_worker[reading["worker"]].append(reading)
        lives = [readings[1:] for readings in by_worker.values() if len(readings) > 2]
        return {
            key: max((readings[-1][key] - readings[0][key] for readings in lives), default=None)
            for key in ("rss_mb", "handles", "threads")
        }


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output")
    parser.add_argument("--jobs", type=int, default=10_000)
    parser.add_argument("--broken", type=float, default=0.2, help="share of broken configurations, fatal ones included")
    parser.add_argument("--fatal", type=float, default=0.002, help="share of those that spoil the process")
    parser.add_argument("--seconds", type=float, default=400.0)
    parser.add_argument("--no-fork", dest="fork", action="store_false")
    options = parser.parse_args()
    summary = Soak(options).run()
    Path(options.output).write_text(json.dumps(summary, indent=1))
    print({key: value for key, value in summary.items() if key not in ("states", "device")})
    return 1 if summary["unexpected_count"] or summary["children_left"] else 0


if __name__ == "__main__":
    sys.exit(main())
