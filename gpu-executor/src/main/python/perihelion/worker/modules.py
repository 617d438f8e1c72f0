"""Loads Python text as modules. Triton reads a kernel's source from its file, so every text gets a real one."""

import hashlib
import importlib.util
import itertools
import linecache
import os
import re
import sys
import types
from contextlib import contextmanager
from pathlib import Path

from perihelion.worker import folders
from perihelion.worker.errors import JobError, describe

_counter = itertools.count()
# By process: a fork makes its own.
_folders = {}


def _temporary_folder():
    own = os.getpid()
    if own not in _folders:
        _folders[own] = Path(folders.make("perihelion-modules-"))
    return _folders[own]


def _import(name, path):
    specification = importlib.util.spec_from_file_location(name, path)
    module = importlib.util.module_from_spec(specification)
    sys.modules[name] = module
    try:
        specification.loader.exec_module(module)
    except BaseException:
        del sys.modules[name]
        raise
    return module


def load_text(text):
    """The module made of this text; each call makes a new one. Whatever its code raises goes through."""
    name = f"perihelion_module_{next(_counter)}"
    path = _temporary_folder() / f"{name}.py"
    path.write_text(text, encoding="utf-8")
    try:
        return _import(name, path)
    except BaseException:
        path.unlink(missing_ok=True)
        raise


def unload(module):
    """Forgets a module that load_text made: its file, its source lines, and Triton's note of its kernels."""
    path = getattr(module, "__file__", None)
    sys.modules.pop(module.__name__, None)
    jit = sys.modules.get("triton.runtime.jit")
    registry = getattr(jit, "_triton_jit_function_registry", {})
    for key in [key for key in registry if key.startswith(module.__name__ + ":")]:
        del registry[key]
    if path:
        linecache.cache.pop(path, None)
        Path(path).unlink(missing_ok=True)


class NamedKernel:
    """Stands for a `@triton.jit` function where only its host function runs: its name, its parameters, their defaults.

    Triton's own object reads and scans the source for the compiler's sake, which costs milliseconds.
    """

    def __init__(self, function):
        code = function.__code__
        self.fn = function
        self.__name__ = function.__name__
        self.arg_names = list(code.co_varnames[: code.co_argcount + code.co_kwonlyargcount])
        values = function.__defaults__ or ()
        given = dict(zip(self.arg_names[code.co_argcount - len(values) : code.co_argcount], values))
        self.defaults = {**given, **(function.__kwdefaults__ or {})}

    def __call__(self, *_args, **_options):
        raise RuntimeError(f"The kernel `{self.__name__}` can only be launched here by its host function.")


def _named(function=None, **_options):
    return NamedKernel if function is None else NamedKernel(function)


# Only as the compiler writes it; anything else keeps Triton's own decorator, which works too.
_DECORATOR = re.compile(r"^@triton\.jit\b", re.MULTILINE)
_KERNEL = re.compile(r"(^@triton\.jit\ndef [^\n]*\):\n)((?:[ \t][^\n]*\n|\n)*)", re.MULTILINE)


def without_bodies(text):
    """A module's text with nothing in its kernels; every line stays where it is.

    Python's compiler takes most of its time for what only Triton's ever looks at, and the GPU waits meanwhile.
    """
    return _KERNEL.sub(lambda found: f"{found[1]}    pass" + "\n" * max(1, found[2].count("\n")), text)


def _host_code(text, file):
    try:
        return _compiled(without_bodies(text), file)
    except SyntaxError:
        # A string over several lines may look like the end of a body.
        return _compiled(text, file)


def _compiled(text, file):
    return compile(_DECORATOR.sub("@_perihelion_named", text), file, "exec", dont_inherit=True)


@contextmanager
def hosted(text, kernel_name):
    """The same as `generated` for a launcher that needs no compiler: kernels are NamedKernels, and there is no file."""
    module = types.ModuleType(f"perihelion_module_{next(_counter)}")
    module.__dict__["_perihelion_named"] = _named
    # errors.describe knows a module's lines by this name, inspect finds them by it.
    file = f"<{module.__name__}>"
    linecache.cache[file] = (len(text), None, text.splitlines(True), file)
    sys.modules[module.__name__] = module
    try:
        try:
            exec(_host_code(text, file), module.__dict__)
        except Exception as error:
            raise JobError("compile_error", f"The module cannot be imported: {describe(error)}") from error
        host = getattr(module, kernel_name, None)
        if not callable(host):
            raise JobError("compile_error", f"The module has no function `{kernel_name}`.")
        yield host
    finally:
        linecache.cache.pop(file, None)
        unload(module)


@contextmanager
def generated(text, kernel_name):
    """The host function of a generated module, for the time of a `with`. Raises JobError where it cannot be had."""
    try:
        module = load_text(text)
    except Exception as error:
        raise JobError("compile_error", f"The module cannot be imported: {describe(error)}") from error
    try:
        host = getattr(module, kernel_name, None)
        if not callable(host):
            raise JobError("compile_error", f"The module has no function `{kernel_name}`.")
        yield host
    finally:
        unload(module)


_user_files = {}


def load_user_file(path, text):
    """The user's file as a module, kept for the next job with the same text.

    Where `path` exists with this very text it is imported in place; else the text is, and the path's folder, where it
    exists, can still be imported from. Where helion is not installed, its imports are answered by the stub.
    """
    digest = hashlib.sha256(text.encode()).hexdigest()
    key = (str(path), digest)
    if key in _user_files:
        return _user_files[key]
    enable_stubs()
    place = Path(path) if path else None
    if place is not None and place.parent.is_dir() and str(place.parent) not in sys.path:
        sys.path.append(str(place.parent))
    try:
        if place is not None and place.is_file() and place.read_bytes() == text.encode():
            module = _import(f"perihelion_user_{digest[:16]}", place)
        else:
            module = load_text(text)
    except Exception as error:
        raise JobError("infrastructure", f"The kernel file `{path}` cannot be imported: {describe(error)}") from error
    _user_files[key] = module
    return module


def user_function(path, text, name):
    """A function of the user's file; a kernel's decorator of the stub is taken off."""
    found = getattr(load_user_file(path, text), name, None)
    found = getattr(found, "__perihelion_function__", found)
    if not callable(found):
        raise JobError("infrastructure", f"The kernel file `{path}` has no function `{name}`.")
    return found


def enable_stubs():
    """Makes `import helion` work where helion is not installed."""
    if "helion" in sys.modules or importlib.util.find_spec("helion") is not None:
        return
    folder = os.path.join(os.path.dirname(os.path.dirname(os.path.abspath(__file__))), "stubs")
    sys.path.append(folder)
