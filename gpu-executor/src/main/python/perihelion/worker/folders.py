"""Temporary folders that a killed process cannot leave for good.

Each is locked by the process that made it. The next one to make such a folder at the same place removes those whose lock is
free, which is however their owner ended.
"""

import atexit
import contextlib
import fcntl
import os
import shutil
import tempfile

_LOCK = "lock"
# By path. Open as long as the process lives; a fork keeps its parent's locks too, and ends with it.
_held = {}


def make(prefix):
    """The path of a new folder in the place for temporary files; removed when this process ends."""
    parent = tempfile.gettempdir()
    sweep(parent, prefix)
    path = tempfile.mkdtemp(prefix=prefix)
    early = os.path.join(path, f"{_LOCK}.new")
    _held[path] = os.open(early, os.O_RDWR | os.O_CREAT, 0o600)
    fcntl.flock(_held[path], fcntl.LOCK_EX)
    # Whoever finds a lock by its name finds it held.
    os.rename(early, os.path.join(path, _LOCK))
    atexit.register(_remove_own, path, os.getpid())
    return path


def remove(path):
    """Removes a folder that this process made, and gives its lock back."""
    shutil.rmtree(path, ignore_errors=True)
    with contextlib.suppress(KeyError, OSError):
        os.close(_held.pop(path))


def clear(path):
    """Removes what is in a folder, but not the lock."""
    for name in os.listdir(path):
        if name != _LOCK:
            shutil.rmtree(os.path.join(path, name), ignore_errors=True)


def _remove_own(path, maker):
    # A fork that ends in the ordinary way must not take its parent's folder with it.
    if os.getpid() == maker:
        remove(path)


def sweep(parent, prefix):
    """Removes such folders of processes that are gone."""
    with contextlib.suppress(OSError):
        for name in os.listdir(parent):
            path = os.path.join(parent, name)
            if name.startswith(prefix) and path not in _held:
                _remove_if_left(path)


def _remove_if_left(path):
    try:
        lock = os.open(os.path.join(path, _LOCK), os.O_RDWR)
    except OSError:
        return
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        shutil.rmtree(path, ignore_errors=True)
    except OSError:
        # In use.
        pass
    finally:
        os.close(lock)
