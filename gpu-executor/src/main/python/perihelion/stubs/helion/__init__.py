"""Stands in for helion where it is not installed, so that a kernel file's references and input functions can be used.

Decorated kernels keep their function but cannot be called; every other name exists and accepts whatever it is given.
"""

import functools
import importlib.abc
import importlib.machinery
import sys
import types

__perihelion_stub__ = True
__version__ = "0"


class StubKernel:
    """A decorated kernel: keeps its function for whoever reads it, refuses to run."""

    def __init__(self, function, options):
        self.fn = function
        self.options = options
        self.__perihelion_function__ = function
        functools.update_wrapper(self, function)

    def __call__(self, *_args, **_options):
        raise RuntimeError(
            f"The kernel `{self.__name__}` was called, but helion is not installed here; a reference must use torch only."
        )

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        raise RuntimeError(f"`{name}` of a kernel was used, but helion is not installed here.")


def kernel(function=None, **options):
    """Keeps the function, whether used bare, with options, or with a configuration."""
    if callable(function):
        return StubKernel(function, options)
    return lambda decorated: StubKernel(decorated, options)


jit = kernel
aot_kernel = kernel


class StubValue:
    """A name of helion: can be called, indexed, read from and used in an annotation, and stays what it is."""

    def __init__(self, name, *args, **options):
        self.name = name
        self.args = args
        self.__dict__.update(options)

    def __call__(self, *args, **options):
        return StubValue(self.name, *args, **options)

    def __getitem__(self, _index):
        return self

    def __or__(self, _other):
        return self

    __ror__ = __or__

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return StubValue(f"{self.name}.{name}")

    def __repr__(self):
        return f"<{self.name}, helion is not installed>"


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return StubValue(f"helion.{name}")


class StubModules(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """Answers imports of modules below helion that have no file here."""

    def find_spec(self, name, _path=None, _target=None):
        """A module for every name of helion's."""
        known = name.startswith("helion.") and __perihelion_stub__
        return importlib.machinery.ModuleSpec(name, self, is_package=True) if known else None

    def create_module(self, spec):
        """An empty module whose every name exists."""
        module = types.ModuleType(spec.name)
        module.__getattr__ = functools.partial(_value_of, spec.name)
        return module

    def exec_module(self, _module):
        """There is nothing to run."""


def _value_of(module, name):
    if name.startswith("__"):
        raise AttributeError(name)
    return StubValue(f"{module}.{name}")


sys.meta_path.append(StubModules())
