"""Mends Triton's interpreter, which rounds to 8-bit floating-point numbers wrongly.

It adds the bit it cuts off without carrying into the exponent (-127 becomes -64) and sends ties up, not to even. torch
converts in its place, saturated as Triton's instructions are.
"""

import numpy as np
import torch
import triton.language as tl
from triton.runtime import interpreter

_NARROW = {tl.float8e4nv: torch.float8_e4m3fn, tl.float8e5: torch.float8_e5m2}
_WIDE = {tl.float16: np.float16, tl.float32: np.float32, tl.float64: np.float64}


def install():
    """Puts the conversion in place, once."""
    original = interpreter._convert_float
    if getattr(original, "knows_float8", False):
        return

    def convert(values, source, target, rounding):
        if target in _NARROW and source in _WIDE:
            return _narrowed(values.view(_WIDE[source]), _NARROW[target])
        if source in _NARROW and target in _WIDE:
            return _widened(values, _NARROW[source], _WIDE[target])
        return original(values, source, target, rounding)

    convert.knows_float8 = True
    interpreter._convert_float = convert


def _narrowed(values, dtype):
    """The bits of numbers rounded to nearest, ties to even; what is too large becomes the largest number."""
    wide = torch.from_numpy(np.array(values, dtype=np.float32, order="C"))
    most = torch.finfo(dtype).max
    return wide.clamp(-most, most).to(dtype).view(torch.uint8).numpy()


def _widened(bits, dtype, wide):
    """The bits, as unsigned integers, of the same numbers with more of them."""
    narrow = torch.from_numpy(np.array(bits, order="C").view(np.uint8)).view(dtype)
    values = narrow.to(torch.float32).numpy().astype(wide)
    return values.view(f"u{values.itemsize}")
