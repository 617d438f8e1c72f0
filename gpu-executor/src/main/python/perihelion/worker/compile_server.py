"""Compiles many jobs at once: one process that has imported everything, and forks children that do the work.

One thread, one loop: requests come in on stdin and go to an idle child, to a new one, or wait; each child's answer goes
out on stdout as it comes. The parent runs no job itself, so that a job can cost no more than its child: its crash, its
hang and its hunger for memory are seen from here, and its whole process group is killed.

There must be no other thread in this process: a fork copies only the thread that asks for it, with all locks as they are.
"""

import contextlib
import gc
import os
import select
import shutil
import signal
import socket
import sys
import tempfile
import time
import traceback
from collections import deque

from perihelion.worker import compile_child, compile_worker, equal_programs, folders, frames, process_groups
from perihelion.worker.compile_children import Child

DEFAULT_LIMIT_MILLIS = 60_000

_BUSY_SECONDS = 0.1
_IDLE_SECONDS = 1.0
_SCAN_SECONDS = 1.0
_LAST_WAIT_SECONDS = 2.0
_OWNERS_FOLDER = "perihelion-compile-"
# A fork is cheap, but each page that a new child touches costs a fault, which for all of torch and triton takes longer than
# a small kernel's compilation. So a child serves many jobs, until it keeps much more memory than it began with.
_JOBS_OF_A_CHILD = 256
_GROWTH_BYTES = 1 << 30


class Server:
    """source, sink: file descriptors; size: how many jobs run at once; memory_limit: bytes for one job."""

    def __init__(self, source, sink, size, memory_limit):
        self._source = source
        self._sink = sink
        self._size = size
        self._memory_limit = memory_limit
        self._requests = frames.FrameParser()
        self._waiting = deque()
        # By the file descriptor of the connection; those that were killed and are not yet gone, by process id.
        self._children = {}
        self._dying = {}
        self._idle = []
        self._warm = set()
        self._owner = os.getppid()
        self._next_watch = 0.0
        self._next_scan = 0.0
        self._scan_wanted = False
        self._poll = select.poll()
        self._poll.register(source, select.POLLIN)

    def serve(self, hello):
        """Serves until stdin ends or the owner is gone, and kills what still runs then."""
        self._write(hello)
        try:
            while os.getppid() == self._owner and self._turn():
                pass
        finally:
            for child in list(self._children.values()):
                self._end(child)
            give_up = time.monotonic() + _LAST_WAIT_SECONDS
            while self._dying and time.monotonic() < give_up:
                self._reap()
                time.sleep(0.005)

    def _turn(self):
        """Waits for something to happen and sees to it. False where stdin has ended."""
        quiet = not self._dying and not self._busy()
        for descriptor, _event in self._poll.poll((_IDLE_SECONDS if quiet else _BUSY_SECONDS) * 1e3):
            if descriptor in self._children:
                self._read_child(self._children[descriptor])
            elif descriptor == self._source and not self._read_requests():
                return False
        self._reap()
        self._watch()
        self._dispatch()
        return True

    def _busy(self):
        return [child for child in self._children.values() if child.job is not None]

    def _read_requests(self):
        data = os.read(self._source, 1 << 20)
        self._requests.feed(data)
        while (message := self._requests.next()) is not None:
            header = message[0]
            if header.get("op") == "cancel":
                self._cancel(header.get("id"))
            elif header.get("op") in compile_worker.HANDLERS:
                self._waiting.append(header)
            else:
                self._answer(header, "infrastructure", f"The compile worker has no operation `{header.get('op')}`.")
        return bool(data)

    def _cancel(self, identity):
        """Forgets a job that nobody waits for any more; there is no answer."""
        self._waiting = deque(job for job in self._waiting if job.get("id") != identity)
        for child in self._busy():
            if child.job.get("id") == identity:
                self._end(child)

    def _dispatch(self):
        while self._waiting and (self._idle or len(self._children) < self._size):
            job = self._waiting.popleft()
            target = job.get("target")
            if self._idle and not self._idle[-1].knows(target):
                self._end(self._idle[-1])
            if not self._idle:
                self._warm_up(target)
                self._fork()
            child = self._idle.pop()
            try:
                child.give(job, job.get("limit_ms", DEFAULT_LIMIT_MILLIS) / 1e3)
            except OSError:
                # It died while it was idle, which is no fault of this job.
                self._end(child)
                self._waiting.appendleft(job)

    def _warm_up(self, target):
        """Compiles something small here, once for each target, so that no child has to import and look up things again."""
        if target is None or target in self._warm:
            return
        self._warm.add(target)
        try:
            compile_worker.warm_up(target)
        except Exception:
            # The job itself will say what is wrong.
            traceback.print_exc()
        gc.collect()
        # What is here by now stays; a child's garbage collector shall not touch it, which would copy it.
        gc.freeze()

    def _fork(self):
        own, others = socket.socketpair()
        server = os.getpid()
        pid = os.fork()
        if pid == 0:
            self._be_child(own, others, server)
        others.close()
        child = Child(pid, own, _folder(pid), self._warm)
        self._children[child.descriptor] = child
        self._idle.append(child)
        self._poll.register(child.descriptor, select.POLLIN)

    def _be_child(self, unneeded, channel, server):
        try:
            for child in self._children.values():
                child.close()
            unneeded.close()
            os.close(self._source)
            os.close(self._sink)
            folder = _folder(os.getpid())
            os.mkdir(folder, 0o700)
            compile_child.run(channel, folder, server, self._memory_limit, compile_worker.HANDLERS)
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(70)

    def _read_child(self, child):
        try:
            frame = child.read()
        except EOFError:
            child.wait()
            self._died(child)
            return
        except (OSError, frames.ProtocolError) as error:
            self._give_up(child, "worker_died", f"The compile process did not answer in frames. {error}")
            return
        if frame is not None:
            self._answered(child, *frame)

    def _answered(self, child, header, payload):
        """A child has done its job. It gets another one, unless it is worn out or the job left something behind."""
        if child.job is None or header.get("id") != child.job.get("id"):
            self._give_up(child, "worker_died", "The compile process answered a question that was not asked.")
            return
        if header.get("outcome") == "infrastructure":
            child.copy_log()
        child.job = None
        self._scan_wanted = True
        leftover = header.pop("leftover", False)
        grown = process_groups.resident_bytes(child.pid) - child.first_resident_bytes
        if leftover or child.jobs >= _JOBS_OF_A_CHILD or grown > _GROWTH_BYTES:
            self._end(child)
        else:
            self._idle.append(child)
        self._write(header, payload)

    def _watch(self):
        """Ends children whose time is over or that take too much memory."""
        now = time.monotonic()
        if now < self._next_watch:
            return
        self._next_watch = now + _BUSY_SECONDS
        busy = self._busy()
        groups = {}
        if now >= self._next_scan and (busy or self._scan_wanted):
            self._next_scan = now + _SCAN_SECONDS
            self._scan_wanted = bool(busy)
            groups = self._scan()
        for child in busy:
            # A scan of all processes costs more than a look at one, and what a child starts is small most of the time.
            resident = groups.get(child.pid) or process_groups.resident_bytes(child.pid)
            if resident > self._memory_limit:
                self._give_up(child, "out_of_resources", compile_child.memory_reason(self._memory_limit))
            elif now > child.deadline:
                reason = f"Took longer than the limit of {child.limit:.3g} s and was stopped."
                self._give_up(child, "compile_timeout", reason)
            else:
                child.bound_log()

    def _scan(self):
        """Memory in use by process group. What a job has put into groups of their own, and left behind, is ended."""
        groups = {}
        known = {child.pid for child in self._children.values()} | set(self._dying)
        for entry in process_groups.entries():
            groups[entry.group] = groups.get(entry.group, 0) + entry.resident_bytes
            if entry.parent == os.getpid() and entry.pid not in known:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(entry.pid, signal.SIGKILL)
        return groups

    def _give_up(self, child, outcome, reason):
        """Answers in place of a child, and ends it."""
        job = child.job
        elapsed = child.elapsed_millis()
        self._end(child)
        if job is not None:
            self._answer(job, outcome, reason, elapsed)

    def _died(self, child):
        """Answers for a child that is dead already."""
        if child.job is not None:
            child.copy_log()
        self._give_up(child, *child.cause_of_death())

    def _end(self, child):
        """Kills a child's whole group and forgets it."""
        self._poll.unregister(child.descriptor)
        del self._children[child.descriptor]
        if child in self._idle:
            self._idle.remove(child)
        self._scan_wanted = True
        child.kill()
        if child.status is None:
            self._dying[child.pid] = child
        else:
            child.remove_folder()

    def _reap(self):
        """Takes note of all processes that have ended, also of orphans that a job left."""
        while True:
            try:
                pid, status = os.waitpid(-1, os.WNOHANG)
            except ChildProcessError:
                return
            if pid == 0:
                return
            # Only now is what the process left behind, outside of its group, a child of this one.
            self._scan_wanted = True
            if pid in self._dying:
                self._dying.pop(pid).remove_folder()
            for child in list(self._children.values()):
                if child.pid == pid:
                    child.status = status
                    # Its answer may still be in the connection.
                    while child.descriptor in self._children and child.readable():
                        self._read_child(child)
                    if child.descriptor in self._children:
                        self._died(child)

    def _answer(self, job, outcome, reason, worker_millis=0.0):
        self._write({"id": job.get("id"), "outcome": outcome, "reason": reason, "worker_ms": worker_millis})

    def _write(self, header, payload=b""):
        data = memoryview(frames.encode(header, payload))
        while data:
            data = data[os.write(self._sink, data) :]


def _folder(pid):
    # The owner looks for such names, to end the groups of a server that was killed itself.
    return os.path.join(tempfile.gettempdir(), f"child-{pid}")


def main(source, sink, hello, size, memory_mib):
    """Says hello and serves."""
    process_groups.adopt_orphans()
    signal.signal(signal.SIGTERM, lambda _number, _frame: sys.exit(1))
    facts = {**compile_worker.versions(), "device": None}
    programs = folders.make("perihelion-programs-")
    equal_programs.share(programs)
    try:
        Server(source, sink, size, memory_mib << 20).serve({**hello, **facts})
    finally:
        compile_worker.remove_cache()
        folders.remove(programs)
        folder = tempfile.gettempdir()
        if os.path.basename(folder).startswith(_OWNERS_FOLDER):
            # Its owner ended without ending this process first; nobody else removes it.
            shutil.rmtree(folder, ignore_errors=True)
