"""Builds a host function's arguments from their JSON form, on any device, from a seed.

The form is described in docs/workers.md. Every tensor draws from a generator of its own, seeded by the job's seed and
the tensor's position, so that one argument's shape does not change another's values.
"""

import base64
import enum
import functools
import hashlib
import inspect
import json
import types
import zlib

import torch

from perihelion.worker.errors import JobError


class _Unknown:
    """What a placeholder cannot know. It is equal to all, so that a module's check of it passes."""

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 0


class _Names(tuple):
    """Names of which the last place stands for all that are not among them."""

    def index(self, name):
        return super().index(name) if name in self else len(self)


class Placeholder(_Unknown):
    """Stands for a function or another object of the user's file where that file is not at hand; refuses to run.

    seen: the tensors that a function took from around it, by name, which a generated module asks it for. Other values that
    it saw, and the object's attributes, are built into the module, which only checks them: they are taken to be right.
    """

    def __init__(self, name, seen=None):
        self.__name__ = name
        self.__code__ = types.SimpleNamespace(co_freevars=_Names(seen or {}))
        values = [*(seen or {}).values(), _Unknown()]
        self.__closure__ = tuple(types.SimpleNamespace(cell_contents=value) for value in values)

    def __getattr__(self, name):
        if name.startswith("__"):
            raise AttributeError(name)
        return _Unknown()

    def __call__(self, *_args, **_options):
        raise RuntimeError(f"The function `{self.__name__}` of the user's file is not available here.")


def dtype_of(name):
    """torch's dtype of this name; raises JobError."""
    found = getattr(torch, str(name), None)
    if not isinstance(found, torch.dtype):
        raise JobError("infrastructure", f"`{name}` is not a torch dtype.")
    return found


def build(arguments, device, seed=0, functions=None):
    """The arguments as a list of values.

    arguments: the JSON list, parsed; device: `meta`, `cpu`, `cuda` ...; functions: gives what a Python expression of
    the user's names is (or None). Raises JobError (infrastructure) where the form is wrong.
    """
    return [_value(spec, device, seed, (index,), functions) for index, spec in enumerate(arguments)]


def _value(spec, device, seed, position, functions):
    kind = spec.get("kind") if isinstance(spec, dict) else None
    if kind == "tensor":
        return _tensor(spec, device, seed, position)
    if kind in ("int", "float", "bool", "str"):
        return {"int": int, "float": float, "bool": bool, "str": str}[kind](spec["value"])
    if kind == "none":
        return None
    if kind == "dtype":
        return dtype_of(spec["value"])
    if kind in ("list", "tuple"):
        items = [
            _value(item, device, seed, (*position, index), functions) for index, item in enumerate(spec["items"])
        ]
        return items if kind == "list" else tuple(items)
    if kind == "function":
        found = functions(spec["value"]) if functions else None
        if found is not None:
            return found
        seen = {
            name: _value(item, device, seed, (*position, name), functions)
            for name, item in (spec.get("seen") or {}).items()
        }
        return Placeholder(spec.get("named") or spec["value"], seen)
    raise JobError("infrastructure", f"`{json.dumps(spec)[:120]}` is not an argument.")


def _tensor(spec, device, seed, position):
    dtype = dtype_of(spec["dtype"])
    shape = [int(size) for size in spec["shape"]]
    strides = spec.get("strides")
    count = 1
    for size in shape:
        count *= size
    if strides is None:
        extent = count
    else:
        extent = 1 + sum((size - 1) * int(stride) for size, stride in zip(shape, strides)) if count else 0
    if str(device) == "meta":
        flat = torch.empty(extent, dtype=dtype, device="meta")
    else:
        fill = spec.get("fill") or {"kind": "normal"}
        flat = _filled(fill, extent, dtype, device, _seed_of(seed, position), spec)
    return flat.view(shape) if strides is None else flat.as_strided(shape, [int(stride) for stride in strides])


def _seed_of(seed, position):
    return int.from_bytes(hashlib.sha256(f"{seed}:{position}".encode()).digest()[:7], "big")


def _filled(fill, count, dtype, device, seed, spec):
    """A flat tensor of `count` elements; with strides, `arange` numbers the storage and not the logical elements."""
    generator = torch.Generator(device=device).manual_seed(seed)
    kind = fill.get("kind", "normal")
    inexact = dtype.is_floating_point or dtype.is_complex
    work = torch.float64 if dtype == torch.float64 else dtype if dtype.is_complex else torch.float32
    if kind == "zeros":
        return torch.zeros(count, dtype=torch.uint8, device=device).to(dtype)
    if kind == "ones":
        return torch.ones(count, dtype=torch.uint8, device=device).to(dtype)
    if kind == "arange":
        return torch.arange(count, device=device).to(dtype)
    if kind == "data":
        return _data(fill["zlib"], count, dtype, spec).to(device)
    if kind == "randint" or not inexact:
        low, high = fill.get("low"), fill.get("high")
        if low is None or high is None:
            low, high = (0, 2) if dtype == torch.bool else (0, 10)
        return torch.randint(int(low), int(high), (count,), generator=generator, device=device).to(dtype)
    if kind == "normal":
        drawn = torch.randn(count, generator=generator, dtype=work, device=device)
        return (drawn * float(fill.get("std", 1.0)) + float(fill.get("mean", 0.0))).to(dtype)
    if kind == "uniform":
        low, high = float(fill.get("low", 0.0)), float(fill.get("high", 1.0))
        return (torch.rand(count, generator=generator, dtype=work, device=device) * (high - low) + low).to(dtype)
    raise JobError("infrastructure", f"Argument `{spec.get('name')}` has an unknown fill `{kind}`.")


def _data(text, count, dtype, spec):
    """Elements that were sent as they are: zlib's format of the little-endian bytes, in base64 for URLs."""
    try:
        data = zlib.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
        return torch.frombuffer(bytearray(data), dtype=dtype, count=count).clone() if count else torch.empty(0, dtype=dtype)
    except (ValueError, zlib.error) as error:
        name = spec.get("name")
        raise JobError("infrastructure", f"The data of `{name}` is not that of {count} elements: {error}.") from error


def bound(function, specs, values, **options):
    """A function with its arguments, to be called: by name where it has parameters of these names, else by position.

    Arguments whose defaults no specification can tell are left out, so that positions alone may be wrong.
    """
    names = [spec.get("name") for spec in specs]
    try:
        parameters = inspect.signature(function).parameters
    except (TypeError, ValueError):  # Some of Python's own functions tell nothing.
        parameters = {}
    if all(name in parameters for name in names):
        return functools.partial(function, **dict(zip(names, values)), **options)
    return functools.partial(function, *values, **options)


def describe(names, values, module=None):
    """The JSON form of a list of values, the inverse of build; raises JobError for a value that has none.

    module: the user's, where functions are looked for.
    """
    return [{"name": name, **_describe(value, name, module)} for name, value in zip(names, values)]


def _describe(value, name, module):
    if isinstance(value, torch.Tensor):
        contiguous = value.is_contiguous()
        dtype = str(value.dtype).removeprefix("torch.")
        return {
            "kind": "tensor",
            "dtype": dtype,
            "shape": list(value.shape),
            "strides": None if contiguous else list(value.stride()),
            "fill": _fill_of(value),
        }
    if value is None:
        return {"kind": "none"}
    for kind, python in (("bool", bool), ("int", int), ("float", float), ("str", str)):
        if isinstance(value, python):
            return {"kind": kind, "value": value}
    if isinstance(value, torch.dtype):
        return {"kind": "dtype", "value": str(value).removeprefix("torch.")}
    if isinstance(value, (list, tuple)):
        kind = "list" if isinstance(value, list) else "tuple"
        return {"kind": kind, "items": [_describe(item, name, module) for item in value]}
    for known, found in vars(module).items() if module else ():
        if found is value or getattr(found, "__perihelion_function__", found) is value:
            return {"kind": "function", "value": known}
    if isinstance(value, enum.Enum):
        return {"kind": "function", "value": f"{type(value).__name__}.{value.name}"}
    if callable(value) and module:
        reason = f"The function for `{name}` has no name in the file; assign it at the top of the file."
        raise JobError("infrastructure", reason)
    if callable(value) and getattr(value, "__name__", None):
        return {"kind": "function", "value": value.__name__}
    raise JobError("infrastructure", f"Argument `{name}` has a type that cannot be sent: `{type(value).__name__}`.")


# Longest text of one tensor's data. It travels with every job of a task.
_LONGEST_DATA = 1 << 18


def _fill_of(value):
    """How to make such a tensor again.

    Whole numbers and truth values go as they are, since offsets, indices and masks mean something; where that would be too
    long, they keep their range. Floats keep what their kernel may rely on: not to be negative, to be all zeros or ones.
    """
    inexact = value.dtype.is_floating_point or value.dtype.is_complex
    if value.device.type == "meta" or value.numel() == 0:
        return {"kind": "normal"} if inexact else {"kind": "randint", "low": 0, "high": 2}
    if inexact:
        return _float_fill_of(value)
    if value.dtype.itemsize * value.numel() <= 64 * _LONGEST_DATA:
        storage = value.as_strided((_extent(value),), (1,)).cpu().numpy()
        packed = zlib.compress(storage.astype(storage.dtype.newbyteorder("<")).tobytes(), 9)
        text = base64.urlsafe_b64encode(packed).decode().rstrip("=")
        if len(text) <= _LONGEST_DATA:
            return {"kind": "data", "zlib": text}
    return {"kind": "randint", "low": int(value.min()), "high": int(value.max()) + 1}


def _extent(value):
    """Elements of storage that a tensor spans."""
    return 1 + sum((size - 1) * stride for size, stride in zip(value.shape, value.stride()))


_MOST_UNIFORM = 1e6


def _float_fill_of(value):
    if value.dtype.is_complex or value.dtype.itemsize < 2:
        return {"kind": "normal"}
    low, high = float(value.min()), float(value.max())
    if low == high and low in (0.0, 1.0):
        return {"kind": "zeros" if low == 0.0 else "ones"}
    # Larger ones are most likely memory that torch.empty found.
    if 0.0 <= low <= high <= _MOST_UNIFORM:
        return {"kind": "uniform", "low": low, "high": max(high, low * 1.001)}
    return {"kind": "normal"}
