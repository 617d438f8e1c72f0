"""Runs requests in worker processes that may crash, hang or poison their GPU context: each such request costs only itself.

Parent: `Pool(...).run(groups)`. Child: `serve(handle)`. Both speak JSON lines, over the child's standard input and a pipe
of its own, so that what a kernel prints does no harm. A group's requests run one after another in one process, which may
therefore keep their inputs; groups are given out in order.
"""

import contextlib
import ctypes
import json
import os
import select
import signal
import subprocess
import sys
import tempfile
import threading
import time

PIPE_VARIABLE = "BENCH_RESULT_PIPE"
DEFAULT_LIMITS = {"starting": 180.0, "preparing": 120.0, "compiling": 60.0, "running": 30.0}
OVER = "The run's time was over."
LATE = {"compiling": "compile_timeout", "running": "run_timeout"}


def serve(handle):
    """The child's loop. handle(request, tell) gives the answer, a dictionary; an answer with `fatal` is the last one.

    `tell(phase)` says what comes next, from which its limit counts.
    """
    # The parent's end is this process's end, also in the middle of a kernel.
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)
    with os.fdopen(int(os.environ[PIPE_VARIABLE]), "w") as pipe:

        def send(message):
            pipe.write(json.dumps(message) + "\n")
            pipe.flush()

        send({"phase": "ready"})
        for line in sys.stdin:
            answer = handle(json.loads(line), lambda phase: send({"phase": phase}))
            send(answer)
            if answer.get("fatal"):
                return


class _Gone(Exception):
    """The process ended or was ended; outcome and reason say how."""

    def __init__(self, outcome, reason):
        super().__init__(reason)
        self.outcome = outcome


class _Worker:
    """One child process."""

    def __init__(self, command, environment, limits, end):
        self._limits = limits
        self._end = end
        self._errors = tempfile.TemporaryFile()
        self._pipe, child = os.pipe()
        self._buffer = b""
        self._process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=self._errors, pass_fds=(child,),
            env={**environment, PIPE_VARIABLE: str(child)}, start_new_session=True,
        )
        os.close(child)
        try:
            self._wait("starting", lambda message: message.get("phase") == "ready")
        except _Gone:
            self.close()
            raise

    def ask(self, request):
        """The answer; raises _Gone."""
        try:
            self._process.stdin.write(json.dumps(request).encode() + b"\n")
            self._process.stdin.flush()
        except BrokenPipeError:
            raise _Gone("worker_died", self._last_words()) from None
        return self._wait("preparing", lambda message: "phase" not in message)

    def _wait(self, phase, wanted):
        begun = time.monotonic()
        while True:
            line = self._line(min(begun + self._limits[phase], self._end) - time.monotonic())
            if line is None and time.monotonic() > self._end:
                raise _Gone("not_run", OVER)
            if line is None:
                raise _Gone(LATE.get(phase, "infrastructure"), f"Still {phase} after {self._limits[phase]:.0f} s.")
            message = json.loads(line)
            if wanted(message):
                return message
            phase, begun = message["phase"], time.monotonic()

    def _line(self, seconds):
        """The next line, or None when the time is over; raises _Gone where the process has ended."""
        end = time.monotonic() + seconds
        while b"\n" not in self._buffer:
            if not select.select([self._pipe], [], [], max(0.0, end - time.monotonic()))[0]:
                return None
            part = os.read(self._pipe, 1 << 20)
            if not part:
                raise _Gone("worker_died", self._last_words())
            self._buffer += part
        line, self._buffer = self._buffer.split(b"\n", 1)
        return line

    def _last_words(self):
        try:
            status = self._process.wait(10)
        except subprocess.TimeoutExpired:
            status = "none"
        self._errors.seek(max(0, self._errors.seek(0, os.SEEK_END) - 4000))
        lines = [line for line in self._errors.read().decode(errors="replace").splitlines() if line.strip()]
        return f"The process ended with status {status}" + (f": {lines[-1].strip()[:300]}" if lines else ".")

    def close(self):
        """Ends the process and what it started."""
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()
        with contextlib.suppress(BrokenPipeError):
            self._process.stdin.close()
        os.close(self._pipe)
        self._errors.close()


class Pool:
    """jobs: processes; limits: seconds for each phase; deadline: time.monotonic() at which the run ends."""

    def __init__(self, command, jobs, limits=None, deadline=float("inf"), environment=None):
        self._command = command
        self._jobs = jobs
        self._limits = {**DEFAULT_LIMITS, **(limits or {})}
        self._deadline = deadline
        self._environment = dict(os.environ if environment is None else environment)

    def run(self, groups, on_answer):
        """Asks every request of every group; on_answer(request, answer) is called once for each, never at the same time.

        groups: any iterable; it may wait for what it gives next. An answer has `outcome`; a request that the deadline
        left out gets `not_run`.
        """
        waiting, lock, taking = iter(groups), threading.Lock(), threading.Lock()
        threads = [
            threading.Thread(target=self._work, args=(waiting, taking, lock, on_answer)) for _ in range(self._jobs)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    def _work(self, waiting, taking, lock, on_answer):
        worker = None
        while True:
            with taking:
                group = next(waiting, None)
            if group is None:
                break
            for request in group:
                if time.monotonic() > self._deadline:
                    answer = {"outcome": "not_run", "reason": OVER}
                else:
                    worker, answer = self._ask(worker, request)
                with lock:
                    on_answer(request, answer)
        if worker:
            worker.close()

    def _ask(self, worker, request):
        """(worker or None where it must not be used again, answer)"""
        try:
            worker = worker or _Worker(self._command, self._environment, self._limits, self._deadline)
            answer = worker.ask(request)
        except _Gone as gone:
            answer = {"outcome": gone.outcome, "reason": str(gone), "fatal": True}
        if answer.get("fatal"):
            if worker:
                worker.close()
            worker = None
        return worker, answer
