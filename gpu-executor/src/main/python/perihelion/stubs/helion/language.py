"""Answers imports from `helion.language`; see the package."""

from helion import StubValue


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return StubValue(f"helion.language.{name}")


# A package to whoever imports from below it.
__path__ = []
