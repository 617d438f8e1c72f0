"""What Linux tells of processes and their groups: memory in use, who is left, who was killed for want of memory."""

import contextlib
import ctypes
import os
import signal
from dataclasses import dataclass

_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_NICENESS = 5
_OOM_SCORE_ADJ = 500


@dataclass(frozen=True)
class Entry:
    """One process. resident_bytes: memory it has in use, shared libraries included."""

    pid: int
    parent: int
    group: int
    resident_bytes: int


def entries():
    """All processes that this one may see."""
    found = []
    for name in os.listdir("/proc"):
        if name.isdigit():
            try:
                with open(f"/proc/{name}/stat", "rb") as file:
                    text = file.read()
            except OSError:
                continue
            # The program's name stands in parentheses and may hold anything, parentheses and blanks too.
            fields = text[text.rindex(b")") + 2 :].split()
            if fields[0] != b"Z":
                found.append(Entry(int(name), int(fields[1]), int(fields[2]), int(fields[21]) * _PAGE_BYTES))
    return found


def resident_bytes(pid):
    """Memory that one process has in use; 0 where it is gone."""
    try:
        with open(f"/proc/{pid}/statm", "rb") as file:
            return int(file.read().split()[1]) * _PAGE_BYTES
    except (OSError, IndexError):
        return 0


def data_bytes():
    """What this process has asked for: all its private writable memory, used or not."""
    with open("/proc/self/status", "rb") as file:
        for line in file:
            if line.startswith(b"VmData:"):
                return int(line.split()[1]) << 10
    return 0


def kill_group(leader, alive=True):
    """Kills a process group; also its leader alone, where that is alive and had no time to make the group."""
    for kill in (os.killpg, os.kill) if alive else (os.killpg,):
        with contextlib.suppress(ProcessLookupError, PermissionError):
            kill(leader, signal.SIGKILL)


def adopt_orphans():
    """From now on processes whose parent died become this process's children, so that it can end them."""
    _prctl(_PR_SET_CHILD_SUBREAPER, 1)


def die_with_parent(parent):
    """Kills this process as soon as its parent ends; it has ended where its id is no longer this one."""
    _prctl(_PR_SET_PDEATHSIG, int(signal.SIGKILL))
    if os.getppid() != parent:
        os._exit(1)


def be_killed_first():
    """Where memory runs out, the kernel shall take this process and not the one that owns it."""
    with contextlib.suppress(OSError), open("/proc/self/oom_score_adj", "w") as file:
        file.write(str(_OOM_SCORE_ADJ))


def give_way():
    """Others on this machine come first: whoever launches kernels must not wait for a core while a GPU waits for it."""
    with contextlib.suppress(OSError):
        os.nice(_NICENESS)


def oom_kills():
    """How many processes the kernel has killed for want of memory so far, here or on the whole machine."""
    total = 0
    for path in ("/proc/vmstat", "/sys/fs/cgroup/memory.events"):
        with contextlib.suppress(OSError), open(path, "rb") as file:
            for line in file:
                if line.startswith(b"oom_kill "):
                    total += int(line.split()[1])
    return total


def _prctl(option, value):
    try:
        ctypes.CDLL(None).prctl(option, value, 0, 0, 0)
    except (OSError, AttributeError):
        # Not Linux: the limits still hold, only a killed server may leave something behind.
        pass
