"""What the compile server knows of one child."""

import os
import select
import shutil
import signal
import sys
import time

from perihelion.worker import frames, process_groups
from perihelion.worker.compile_child import LOG_NAME, NO_MEMORY
from perihelion.worker.errors import one_line

_SEND_SECONDS = 10.0
_MAX_LOG_BYTES = 8 << 20
_TAIL_BYTES = 16 << 10
_WAIT_SECONDS = 2.0


class Child:
    """job: the request at work, None while idle; status: as waitpid gives it, once it is dead.

    warm: the targets that the server had warmed up for when it forked this child.
    """

    def __init__(self, pid, channel, folder, warm):
        self.pid = pid
        self.descriptor = channel.fileno()
        self.job = None
        self.jobs = 0
        self.limit = 0.0
        self.started = 0.0
        self.deadline = 0.0
        self.status = None
        self.first_resident_bytes = process_groups.resident_bytes(pid)
        self._channel = channel
        self._channel.settimeout(_SEND_SECONDS)
        self._folder = folder
        self._log = os.path.join(folder, LOG_NAME)
        self._warm = frozenset(warm)
        self._parser = frames.FrameParser()
        self._oom_kills = 0

    def knows(self, target):
        """Whether it need not begin with imports and look-ups for this target (None: any)."""
        return target is None or target in self._warm

    def give(self, job, limit_seconds):
        """Starts a job, and its clock."""
        self.job = job
        self.jobs += 1
        self.limit = limit_seconds
        self.started = time.monotonic()
        self.deadline = self.started + limit_seconds
        self._oom_kills = process_groups.oom_kills()
        self._channel.sendall(frames.encode(job))

    def elapsed_millis(self):
        """Since its job began."""
        return (time.monotonic() - self.started) * 1e3

    def read(self):
        """The child's frame once it is whole, else None; raises EOFError, OSError, ProtocolError."""
        data = self._channel.recv(1 << 20)
        if not data:
            raise EOFError
        self._parser.feed(data)
        return self._parser.next()

    def readable(self):
        """Whether read would find something, the end included, without waiting."""
        return bool(select.select([self.descriptor], [], [], 0)[0])

    def wait(self):
        """Waits for a child that has closed its end, which it does by ending."""
        give_up = time.monotonic() + _WAIT_SECONDS
        while self.status is None and time.monotonic() < give_up:
            try:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
            except ChildProcessError:
                return
            if pid:
                self.status = status
            else:
                time.sleep(0.002)

    def cause_of_death(self):
        """(outcome, reason) for a child that ended by itself, or by somebody else's hand.

        A compiler that crashes does so because of what it compiles, which is a fact about the configuration; SIGKILL
        and SIGTERM come from outside.
        """
        words = self._last_words()
        told = f": {words}" if words else "."
        if self.status is None:
            return "worker_died", "The compile process closed its connection."
        if not os.WIFSIGNALED(self.status):
            return "compile_error", f"The compile process ended by itself (exit status {os.WEXITSTATUS(self.status)}){told}"
        number = os.WTERMSIG(self.status)
        try:
            name = signal.Signals(number).name
        except ValueError:
            name = f"signal {number}"
        if number == signal.SIGKILL and process_groups.oom_kills() > self._oom_kills:
            reason = "The machine ran out of memory and its kernel killed the compile process; use fewer workers."
            return "worker_died", reason
        if number in (signal.SIGKILL, signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            return "worker_died", f"The compile process was killed from outside ({name})."
        if words and NO_MEMORY.search(words):
            return "out_of_resources", f"The compiler was refused memory and crashed ({name}): {words}"
        return "compile_error", f"The compiler crashed ({name}){told}"

    def _last_words(self):
        """The line of its stderr that says most: the last that names an error, else the last one."""
        lines = [line.strip() for line in self._tail().splitlines() if line.strip()]
        telling = [line for line in lines if "error" in line.lower() or "assert" in line.lower() or "bad_alloc" in line]
        return one_line((telling or lines or [""])[-1])

    def _tail(self):
        try:
            with open(self._log, "rb") as log:
                log.seek(max(0, os.fstat(log.fileno()).st_size - _TAIL_BYTES))
                return log.read(_TAIL_BYTES).decode(errors="replace")
        except OSError:
            return ""

    def copy_log(self):
        """Writes the end of the child's stderr to this process's own, which is cut where it has grown large."""
        if os.path.isfile("/proc/self/fd/2") and os.fstat(2).st_size > _MAX_LOG_BYTES:
            os.ftruncate(2, 0)
        sys.stderr.write(self._tail())
        sys.stderr.flush()

    def bound_log(self):
        """Empties the child's stderr where it floods it; the child appends, so that it goes on from the start."""
        try:
            if os.stat(self._log).st_size > _MAX_LOG_BYTES:
                os.truncate(self._log, 0)
        except OSError:
            pass

    def close(self):
        """Closes this side's end of the connection."""
        self._channel.close()

    def kill(self):
        """Kills the child's whole group. Harmless where it is dead."""
        self.close()
        process_groups.kill_group(self.pid, alive=self.status is None)

    def remove_folder(self):
        """Removes its temporary files, once it can write no more."""
        shutil.rmtree(self._folder, ignore_errors=True)
