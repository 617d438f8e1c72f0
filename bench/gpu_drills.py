"""Everything that goes wrong on a GPU, on a real one: does the next configuration come out right, and is nothing left over?

    python3 bench/gpu_drills.py OUT.json [--run-limit 3]

Needs torch, Triton, pyarrow and a GPU. Acts as the Java side does: it holds one GPU worker, a fork of a server, kills
both process groups when a limit passes, and has the next one forked after a fault. Each drill is followed by a good
configuration, whose time must be near the one at the start. Prints a table, writes JSON; exit status 1 on anything unexpected.
The drills without a GPU, through Java, are GpuDrillsTest.
"""

import argparse
import contextlib
import json
import os
import select
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))

import product  # noqa: F401 (puts the product's package on the path)
from gpu_worker_smoke import POLICY, SOFTMAX, USER_FILE, tensor

from perihelion.worker import frames

SHAPE = [4096, 2560]
ARGUMENTS = [tensor("x", "float16", SHAPE)]
NEAR = 0.05
# What tells a broken host function: it would break the compile worker too.
HOST_ONLY = ("while True", "_exit(", "1 << 40", "PHW1")
PREPARE_SECONDS = 120.0


class Died(Exception):
    """The process ended or was killed; the message says which."""


class Process:
    """One worker process, as WorkerProcess.java has it: in a group of its own, killed as a group."""

    def __init__(self, kind, *options, program=("-u", "-m", "perihelion.worker"), folder=None):
        command = [sys.executable, *program, kind, *options]
        environment = {**os.environ, "TMPDIR": folder} if folder else None
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, start_new_session=True, env=environment
        )
        self.stream = frames.FrameStream(self.process.stdout, self.process.stdin)
        # The fork that it stands for, once that has said hello.
        self.fork = None

    def read(self, seconds):
        """The next frame; kills the group after so many seconds."""
        limit = threading.Timer(seconds, self.kill)
        limit.daemon = True
        limit.start()
        begun = time.monotonic()
        try:
            # What is in the reader's buffer is not seen here, but then reading does not wait.
            if not self.process.stdout.peek(1):
                raise Died("run_timeout" if time.monotonic() - begun >= seconds else "worker_died")
            return self.stream.read()
        except frames.ProtocolError:
            raise Died("run_timeout" if time.monotonic() - begun >= seconds else "worker_died") from None
        finally:
            limit.cancel()

    def kill(self):
        """Ends the group, and the fork's."""
        for group in (self.process.pid, self.fork):
            if group is not None:
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(group, signal.SIGKILL)

    def pid(self):
        """Of the process that does the work."""
        return self.fork or self.process.pid


class Gpu:
    """A worker that a server forks."""

    def __init__(self, run_limit):
        self.run_limit = run_limit
        self.restart_seconds = []
        self.running = self.server = None
        self.pids = []
        self.folder = tempfile.mkdtemp(prefix="perihelion-drills-")
        self.hello = self.start()
        self.restart_seconds.clear()

    def start(self):
        """Has a worker forked, by a new server where there is none; returns its hello."""
        begun = time.monotonic()
        if self.server is None or self.server.process.poll() is not None:
            folder = tempfile.mkdtemp(dir=self.folder)
            self.server = Process("gpu", "--fork-server", "socket", folder=folder)
            self.server.socket = os.path.join(folder, "socket")
            self.pids.append(self.server.process.pid)
        self.running = Process(
            "gpu", "--socket", self.server.socket, "--server", str(self.server.process.pid),
            program=("-S", "-m", "perihelion.worker.fork_client"), folder=tempfile.mkdtemp(dir=self.folder),
        )
        hello, _ = self.running.read(PREPARE_SECONDS)
        if "error" in hello:
            raise SystemExit(hello["error"])
        self.running.fork = hello["pid"]
        self.pids += [self.running.process.pid, hello["pid"]]
        self.restart_seconds.append(time.monotonic() - begun)
        return hello

    def ask(self, header, payload=b"", on_phase=None):
        """The answer, as (header, payload). A dead worker's answer is its outcome."""
        if self.running.process.poll() is not None:
            self.start()
        try:
            self.running.stream.write({"id": "drill", **header}, payload)
            limit = PREPARE_SECONDS
            while True:
                answer, body = self.running.read(limit)
                if "phase" not in answer:
                    break
                limit = self.run_limit
                if on_phase:
                    on_phase(answer["phase"], self.running.pid())
        except (Died, BrokenPipeError) as error:
            self.running.kill()
            begun = time.monotonic()
            self.running.process.wait(60)
            return {"outcome": str(error) if isinstance(error, Died) else "worker_died",
                    "reason": f"gone {time.monotonic() - begun:.2f} s after SIGKILL"}, b""
        if answer.get("fatal"):
            self.running.process.wait(60)
        return answer, body

    def close(self):
        """Ends both; returns how many of all processes ever started are still there."""
        for each in (self.running, self.server):
            each.kill()
            each.process.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)
        give_up = time.monotonic() + 10
        while any(Path(f"/proc/{pid}").exists() for pid in self.pids) and time.monotonic() < give_up:
            time.sleep(0.05)
        return sum(Path(f"/proc/{pid}").exists() for pid in self.pids)


def programs():
    """(drill, module, change of the launch facts, allowed outcomes) of programs that fail."""
    store = "    tl.store(out + row * columns + offsets, values.to(out.dtype.element_ty), mask=mask)"
    loop = "    while tl.load(x) == tl.load(x):\n        tl.atomic_add(out.to(tl.pointer_type(tl.int32)), 0)\n"
    # Two bytes beyond a multiple of 16, and the compiler is told that it is one: the vector store is misaligned.
    skewed = "    skewed = (out.to(tl.int64) + 2).to(tl.pointer_type(tl.int64))\n"
    skewed += "    tl.store(skewed + tl.arange(0, 128), tl.full((128,), 0, tl.int64))\n"
    allocation = "    out = torch.empty_like(x)"
    return [
        ("endless kernel", SOFTMAX.replace(store, loop + store), None, {"run_timeout"}),
        ("illegal address", SOFTMAX.replace("tl.store(out + row", "tl.store(out + 1000000000000 + row"), None, {"launch_error"}),
        ("misaligned access", SOFTMAX.replace(store, skewed + store), None, {"launch_error"}),
        ("trap", SOFTMAX.replace(store, store + "\n    tl.inline_asm_elementwise('trap; mov.u32 $0, $1;', '=r,r', "
         "[tl.program_id(0)], dtype=tl.int32, is_pure=False, pack=1)"), None, {"launch_error"}),
        ("out of device memory", SOFTMAX.replace(allocation, "    huge = torch.empty(1 << 40, device=x.device)\n" + allocation),
         None, {"out_of_resources"}),
        ("wrong result", SOFTMAX.replace("tl.exp(values", "tl.exp(1.5 * values"), None, {"wrong_result"}),
        ("NaN", SOFTMAX.replace("values / tl.sum(values, 0)", "(values - values) / (values - values)"), None, {"wrong_result"}),
        ("unwritten output", SOFTMAX.replace("mask=mask)\n\n\ndef _launch", "mask=offsets < columns - 1)\n\n\ndef _launch"), None,
         {"wrong_result"}),
        ("launch refused", SOFTMAX, {"threads": 2048}, {"launch_error"}),
        ("too much shared memory", SOFTMAX, {"shared": 400_000}, {"out_of_resources"}),
        ("host function that hangs", SOFTMAX.replace(allocation, "    while True:\n        pass"), None, {"run_timeout"}),
        ("rubbish on standard output", "import os\nprint('PHW1')\nos.write(1, b'PHW1rubbish' * 9999)\n" + SOFTMAX, None, {"timed"}),
        ("host function that exits", SOFTMAX.replace(allocation, "    import os\n    os._exit(7)"), None, {"worker_died"}),
    ]


def compiled(compiler, text, change=None):
    """A request to measure, and the binary. Where only the host function is broken, the good one is compiled in its place."""
    own = text if not any(word in text for word in HOST_ONLY) else SOFTMAX
    request = {"id": "c", "op": "compile", "kernel": "softmax", "arguments": ARGUMENTS, "target": compiler.target}
    compiler.stream.write({**request, "module": own})
    answer, binary = compiler.read(PREPARE_SECONDS)
    if answer["outcome"] != "compiled":
        raise SystemExit(f"A drill cannot be compiled: {answer}")
    reference = {"kind": "function", "file": {"path": None, "text": USER_FILE}, "function": "softmax"}
    return {
        "op": "measure", "module": text, "kernel": "softmax", "arguments": ARGUMENTS, "reference": reference,
        "launch": {**answer["launch"], **(change or {})}, "binaries": [len(binary)], "policy": POLICY, "seed": 1,
        "reduction_length": SHAPE[1],
    }, binary


class Drills:
    """Runs them, and remembers what was not as it should be."""

    def __init__(self, options):
        self.rows, self.unexpected = [], []
        self.gpu = Gpu(options.run_limit)
        self.compiler = Process("compile")
        hello, _ = self.compiler.read(PREPARE_SECONDS)
        if "error" in hello:
            raise SystemExit(hello["error"])
        self.compiler.target = self.gpu.hello["device"]["target"]
        self.good = compiled(self.compiler, SOFTMAX)
        first = [self.gpu.ask(*self.good)[0] for _ in range(5)]
        if any(answer["outcome"] != "timed" for answer in first):
            raise SystemExit(f"The good configuration is not timed: {first}")
        self.good_ns = statistics.median(answer["latency_ns"] for answer in first)
        print(f"{self.gpu.hello['device']['name']}, good configuration {self.good_ns / 1e3:.2f} us")
        print(f"{'drill':42}{'outcome':18}{'seconds':>8}{'next s':>8}{'next us':>9}  reason")

    def drill(self, name, allowed, run):
        """run: gives an answer. The good configuration comes after it."""
        begun = time.monotonic()
        answer = run()
        seconds, begun = time.monotonic() - begun, time.monotonic()
        after, _ = self.gpu.ask(*self.good)
        after_seconds = time.monotonic() - begun
        row = {
            "drill": name, "outcome": answer["outcome"], "fatal": bool(answer.get("fatal")), "seconds": seconds,
            "next_outcome": after["outcome"], "next_seconds": after_seconds, "next_ns": after.get("latency_ns"),
            "reason": answer.get("reason", ""), "next_reason": after.get("reason", ""),
        }
        self.rows.append(row)
        nanos = after.get("latency_ns", float("nan"))
        print(f"{name:42}{answer['outcome']:18}{seconds:8.2f}{after_seconds:8.2f}{nanos / 1e3:9.2f}  {row['reason'][:100]}")
        self.expect(answer["outcome"] in allowed, f"{name}: {answer['outcome']}, not {sorted(allowed)}")
        right = after["outcome"] == "timed" and abs(nanos / self.good_ns - 1) < NEAR
        self.expect(right, f"after {name}: {after.get('reason') or nanos}")

    def expect(self, right, message):
        """Notes what is not as it should be."""
        if not right:
            self.unexpected.append(message)
            print(f"    UNEXPECTED: {message}")

    def run(self):
        """All of them; returns the summary."""
        for name, text, change, allowed in programs():
            request, binary = compiled(self.compiler, text, change)
            self.drill(name, allowed, lambda r=request, b=binary: self.gpu.ask(r, b)[0])
        for phase in ("running", "timing"):
            self.drill(f"SIGKILL when it says `{phase}`", {"worker_died", "timed"}, lambda p=phase: self.killed(p))
        self.drill("SIGKILL while idle", {"timed"}, self.killed_idle)
        self.drill("SIGKILL of the server", {"timed"}, self.killed_server)
        self.drill("SIGSTOP: never answers", {"run_timeout", "worker_died"}, self.stopped)
        self.drill("race with one that spoils the device", {"launch_error"}, self.spoilt_race)
        locked = Process("gpu")
        # Its lock waits up to a minute; that it does not get the GPU meanwhile is enough.
        ready, _, _ = select.select([locked.process.stdout], [], [], 8)
        if ready:
            hello, _ = locked.read(5)
            self.expect("error" in hello, "a second worker got the same GPU")
        locked.kill()
        locked.process.wait(60)
        restarts = list(self.gpu.restart_seconds)
        left = self.gpu.close()
        self.compiler.process.stdin.close()
        self.compiler.process.wait(60)
        self.expect(left == 0, f"{left} processes are left")
        return {
            "device": self.gpu.hello["device"], "torch": self.gpu.hello["torch"], "good_ns": self.good_ns,
            "restart_seconds": restarts, "drills": self.rows, "unexpected": self.unexpected, "processes_left": left,
        }

    def killed(self, phase):
        """Kills the worker when it says so."""
        def strike(said, pid):
            if said == phase:
                os.kill(pid, signal.SIGKILL)

        return self.gpu.ask(*self.good, on_phase=strike)[0]

    def killed_idle(self):
        """Kills it between two jobs."""
        os.kill(self.gpu.running.pid(), signal.SIGKILL)
        self.gpu.running.process.wait(60)
        return self.gpu.ask(*self.good)[0]

    def killed_server(self):
        """Kills the server, then the worker."""
        self.gpu.server.kill()
        self.gpu.server.process.wait(60)
        os.kill(self.gpu.running.pid(), signal.SIGKILL)
        self.gpu.running.process.wait(60)
        return self.gpu.ask(*self.good)[0]

    def stopped(self):
        """Stops it when it runs, as if it hung in the driver."""
        def strike(said, pid):
            if said == "running":
                os.kill(pid, signal.SIGSTOP)

        return self.gpu.ask(*self.good, on_phase=strike)[0]

    def spoilt_race(self):
        """A race in which the second entrant writes to an illegal address."""
        bad, bad_binary = compiled(self.compiler, programs()[1][1])
        good, binary = self.good
        entrants = [{"name": n, "module": r["module"], "launch": r["launch"]} for n, r in (("good", good), ("bad", bad))]
        request = {
            "op": "race", "entrants": entrants, "kernel": "softmax", "arguments": ARGUMENTS, "reference": good["reference"],
            "policy": POLICY, "race": {"min_rounds": 5, "max_rounds": 20, "budget_millis": 2000, "eliminate": True},
            "seeds": [1, 2], "reduction_length": SHAPE[1], "binaries": [len(binary), len(bad_binary)],
        }
        answer, _ = self.gpu.ask(request, binary + bad_binary)
        self.expect(answer.get("entrant") == 1, f"the race names entrant {answer.get('entrant')}")
        return answer


def main():
    """Reads the command line."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("output")
    parser.add_argument("--run-limit", type=float, default=3.0, help="seconds for a configuration's runs")
    options = parser.parse_args()
    summary = Drills(options).run()
    Path(options.output).write_text(json.dumps(summary, indent=1))
    restarts = summary["restart_seconds"]
    longest = max(restarts, default=0.0)
    print(f"{len(summary['drills'])} drills, {len(restarts)} restarts, the longest {longest:.2f} s, {len(summary['unexpected'])} unexpected")
    return 1 if summary["unexpected"] else 0


if __name__ == "__main__":
    sys.exit(main())
