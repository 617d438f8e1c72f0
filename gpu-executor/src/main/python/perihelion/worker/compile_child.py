"""The compile server's child: does one job after another, in a process group of its own, and never returns."""

import contextlib
import os
import re
import resource
import signal
import tempfile
import time
import traceback

from perihelion.worker import frames, process_groups
from perihelion.worker.errors import JobError, deepest, describe

LOG_NAME = "stderr.log"

# How libraries and tools say that they were refused memory: the C++ library, LLVM, torch, ptxas.
NO_MEMORY = re.compile(
    r"bad_alloc|LLVM ERROR: out of memory|can't allocate memory|not enough memory: you tried|memory allocation failure",
    re.IGNORECASE,
)


def run(channel, folder, server, memory_limit, handlers):
    """Serves requests from the socket `channel` until it ends.

    folder: for all temporary files and for stderr; server: the process that forked this one; memory_limit: bytes that a
    job may ask for beyond what the process has now.
    """
    os.setsid()
    process_groups.die_with_parent(server)
    process_groups.be_killed_first()
    process_groups.give_way()
    for number in (signal.SIGCHLD, signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)
    log = os.open(os.path.join(folder, LOG_NAME), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, 1)
    os.dup2(log, 2)
    os.close(log)
    os.environ["TMPDIR"] = tempfile.tempdir = folder
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    with contextlib.suppress(OSError, ValueError):
        # Stops one huge request at once, where watching from outside would come too late.
        asked = process_groups.data_bytes() + memory_limit
        resource.setrlimit(resource.RLIMIT_DATA, (asked, resource.RLIM_INFINITY))
    stream = frames.FrameStream(channel.makefile("rb"), channel.makefile("wb"))
    own = os.getpid()
    while True:
        message = stream.read()
        if message is None:
            os._exit(0)
        os.ftruncate(2, 0)
        answer, body = _answer(message[0], handlers, memory_limit)
        if os.getpid() != own:
            # The module forked, and this is its copy.
            os._exit(0)
        answer["leftover"] = answer.get("leftover") or _leftover()
        stream.write(answer, body)


def _answer(header, handlers, memory_limit):
    answer = {"id": header.get("id")}
    started = time.perf_counter()
    body = b""
    try:
        result, body = handlers[header["op"]](header)
        answer.update(result)
    except Exception as error:
        if _wanted_memory(error):
            # The next job starts in a fresh process; this one may keep much of what it got.
            answer.update(outcome="out_of_resources", reason=memory_reason(memory_limit), leftover=True)
        elif isinstance(error, JobError):
            answer.update(error.facts, outcome=error.outcome, reason=error.reason)
        else:
            traceback.print_exc()
            answer.update(outcome="infrastructure", reason=f"The compile worker failed: {describe(deepest(error))}")
    except (SystemExit, KeyboardInterrupt) as error:
        answer.update(outcome="compile_error", reason=f"The module ended the compiler: {describe(error)}.")
    answer["worker_ms"] = (time.perf_counter() - started) * 1e3
    return answer, body


def _wanted_memory(error):
    """Whether Python, or a library under it, was refused memory somewhere beneath an exception."""
    seen = set()
    while error is not None and id(error) not in seen:
        seen.add(id(error))
        if isinstance(error, MemoryError) or NO_MEMORY.search(str(error)):
            return True
        error = error.__cause__ or error.__context__
    return False


def memory_reason(limit):
    """One line for a job that wanted more memory than it may have."""
    return f"The compiler needed more than its limit of {limit / (1 << 30):.3g} GiB of host memory."


def _leftover():
    """Whether the job left threads or processes behind, which the next job must not meet."""
    try:
        while os.waitpid(-1, os.WNOHANG)[0]:
            pass
        return True
    except ChildProcessError:
        pass
    try:
        return len(os.listdir("/proc/self/task")) > 1
    except OSError:
        return False
