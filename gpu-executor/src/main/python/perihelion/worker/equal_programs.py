"""Recognises, early in a compilation, a program that was compiled before under another configuration.

Many parameters have no effect on some kernels: Triton pipelines only loops around a matrix product, say, so that without one
`num_stages` changes nothing. Such configurations are equal once Triton's passes over its own GPU dialect are done, before LLVM
and ptxas, which take most of the time. Here the module's text after these passes, with the options that later
stages read, is looked up among those of all processes of one compile server.

A process that finds another one at work on the same program waits for it, which costs no core.
"""

import contextlib
import fcntl
import hashlib
import json
import os
import types

import triton
from triton import knobs

# The stage after Triton's own passes. AMD's backend schedules instructions later, by options; its programs are compiled.
_STAGE = "llir"
# Options that have done their work by then, or that only name the compilation.
_SPENT = {"num_stages", "hash"}
_MOST_PROGRAMS = 4096

_folder = None


def share(folder):
    """Keeps programs in a folder, for this process and those that it forks; None: none are kept."""
    global _folder
    _folder = folder


class Known(Exception):
    """Ends a compilation whose program is known.

    metadata: what Triton told of it, by name; binary: bytes.
    """

    def __init__(self, metadata, binary):
        super().__init__("The program is known.")
        self.metadata = types.SimpleNamespace(**metadata)
        self.binary = binary


class _Program:
    """What one compilation has found out about its program."""

    def __init__(self, folder):
        self._folder = folder
        self._path = None
        self._lock = None

    def look_up(self, module, options):
        """Raises Known, or notes the program's name, under which `keep` will put it."""
        spent = {name: value for name, value in vars(options).items() if name not in _SPENT}
        text = f"{triton.__version__}\n{sorted(spent.items(), key=str)}\n{_text(module)}"
        self._path = os.path.join(self._folder, hashlib.sha256(text.encode()).hexdigest())
        self._lock = os.open(self._path + ".lock", os.O_RDWR | os.O_CREAT, 0o600)
        fcntl.flock(self._lock, fcntl.LOCK_EX)
        try:
            with open(self._path, "rb") as file:
                head = json.loads(file.readline())
                raise Known(head, file.read())
        except FileNotFoundError:
            return

    def keep(self, metadata, binary):
        """Keeps what came of it, for others."""
        if self._path is None or len(os.listdir(self._folder)) > 2 * _MOST_PROGRAMS:
            return
        plain = {name: value for name, value in metadata._asdict().items() if _is_plain(value)}
        with open(self._path + ".new", "wb") as file:
            file.write(json.dumps(plain).encode() + b"\n" + binary)
        os.replace(self._path + ".new", self._path)

    def close(self):
        """Lets go of those that wait."""
        if self._lock is not None:
            os.close(self._lock)


def _text(module):
    """Without places in source files, which differ between equal programs."""
    return module.str_nodebug() if hasattr(module, "str_nodebug") else str(module)


def _is_plain(value):
    return value is None or isinstance(value, (bool, int, float, str))


class _Off:
    """Where nothing is kept."""

    def keep(self, metadata, binary):
        """Does nothing."""


@contextlib.contextmanager
def watching(target):
    """For the time of a `with`: Triton's compilations for this target end with Known where the program is known.

    Gives an object whose `keep(metadata, binary)` takes what came of a compilation that did not.
    """
    if _folder is None or target.backend != "cuda" or not hasattr(knobs.runtime, "add_stages_inspection_hook"):
        yield _Off()
        return
    program = _Program(_folder)

    def hook(_backend=None, stages=None, options=None, _language=None, _capability=None):
        if stages is not None and _STAGE in stages:
            stages[_STAGE] = _looking_up(program, stages[_STAGE], options)
        # What Triton puts into the key of its own cache, where it asks.
        return "perihelion", "perihelion"

    before = knobs.runtime.add_stages_inspection_hook
    knobs.runtime.add_stages_inspection_hook = hook
    try:
        yield program
    finally:
        knobs.runtime.add_stages_inspection_hook = before
        program.close()


def _looking_up(program, stage, options):
    def run(module, metadata):
        program.look_up(module, options)
        return stage(module, metadata)

    return run
