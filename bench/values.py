"""Reads the command line's VALUE texts (docs/cli.md) into the JSON form of arguments that workers read (docs/workers.md)."""

import re

DTYPES = {
    "f64": "float64", "f32": "float32", "f16": "float16", "bf16": "bfloat16",
    "f8e4m3": "float8_e4m3fn", "f8e5m2": "float8_e5m2", "bool": "bool",
    "i64": "int64", "i32": "int32", "i16": "int16", "i8": "int8",
    "u64": "uint64", "u32": "uint32", "u16": "uint16", "u8": "uint8",
}
_NAMES = set(DTYPES.values())
_TENSOR = re.compile(r"(?:torch\.)?(\w+)\[([\d, ]*)\]((?:\s*:\s*\w+(?:\([^)]*\))?)*)$")
_SUFFIX = re.compile(r":\s*(\w+)(?:\(([^)]*)\))?")


def arguments(inputs):
    """The JSON list for an ordered mapping of parameter names to VALUEs; raises ValueError."""
    return [{"name": name, **value(text)} for name, text in inputs.items()]


def value(text):
    """One VALUE; raises ValueError."""
    text = text.strip()
    if text[:1] in ("[", "("):
        return {"kind": "list" if text[0] == "[" else "tuple", "items": [value(item) for item in _items(text[1:-1])]}
    if text[:1] in ("'", '"'):
        return {"kind": "str", "value": re.sub(r"\\(.)", r"\1", text[1:-1])}
    if text.startswith("@"):
        return {"kind": "function", "value": text[1:]}
    if text.lower() in ("true", "false"):
        return {"kind": "bool", "value": text.lower() == "true"}
    if text.lower() == "none":
        return {"kind": "none"}
    if text.startswith("torch.") and "[" not in text:
        return {"kind": "dtype", "value": _dtype(text.removeprefix("torch."))}
    if re.fullmatch(r"[-+]?\d+", text):
        return {"kind": "int", "value": int(text)}
    tensor = _TENSOR.match(text)
    return _tensor(*tensor.groups()) if tensor else {"kind": "float", "value": float(text)}


def _dtype(name):
    found = DTYPES.get(name, name)
    if found not in _NAMES:
        raise ValueError(f"`{name}` is not a dtype.")
    return found


def _numbers(text):
    return [int(part) for part in text.split(",") if part.strip()]


def _tensor(dtype, shape, suffixes):
    dtype = _dtype(dtype)
    spec = {"kind": "tensor", "dtype": dtype, "shape": _numbers(shape), "strides": None}
    spec["fill"] = {"kind": "normal"} if dtype.startswith(("float", "bfloat")) else {"kind": "randint", "low": 0, "high": 2}
    for name, inner in _SUFFIX.findall(suffixes):
        if name == "strides":
            spec["strides"] = _numbers(inner)
        elif name in ("uniform", "randint"):
            low, high = inner.split(",")
            number = int if name == "randint" else float
            spec["fill"] = {"kind": name, "low": number(low), "high": number(high)}
        else:
            spec["fill"] = {"kind": name}
    return spec


def _items(text):
    """The parts between commas that stand in no bracket and no string."""
    parts, depth, quote, start = [], 0, None, 0
    for at, character in enumerate(text):
        if quote:
            quote = None if character == quote and text[at - 1] != "\\" else quote
        elif character in "'\"":
            quote = character
        elif character in "[(":
            depth += 1
        elif character in "])":
            depth -= 1
        elif character == "," and depth == 0:
            parts.append(text[start:at])
            start = at + 1
    return [part for part in [*parts, text[start:]] if part.strip()]
