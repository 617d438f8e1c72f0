"""Answers imports of helion's exceptions; none of them is ever raised here."""


def __getattr__(name):
    if name.startswith("__"):
        raise AttributeError(name)
    return type(name, (Exception,), {})


# A package to whoever imports from below it.
__path__ = []
