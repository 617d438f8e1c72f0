"""What compile and GPU workers must say in the same way."""


def constant_text(value):
    """A constant argument of a kernel as text, equal on both sides for equal values."""
    value = getattr(value, "value", value)
    name = getattr(value, "__name__", None)
    return name if callable(value) and name else str(value)
