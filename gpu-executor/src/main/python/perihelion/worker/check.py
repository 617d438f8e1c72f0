"""Compares a kernel's results with a reference's. The tolerances are one table, explained in docs/measuring.md."""

import math
from dataclasses import dataclass

import torch

_CHUNK = 1 << 26
# Elements of a reference for which the terms of a comparison are kept.
_LARGEST_KEPT = 1 << 29

# Name of a precision -> (rtol, atol). An element may differ by atol x RMS of the reference + rtol x |reference|.
TOLERANCES = {
    "float64": (1e-7, 1e-7),
    "float32": (1e-4, 1e-4),
    "tf32": (2e-3, 5e-3),
    "float16": (1e-2, 1e-2),
    "bfloat16": (2e-2, 2e-2),
    "float8_e4m3": (1.25e-1, 6.25e-2),
    "float8_e5m2": (2.5e-1, 1.25e-1),
}
_ORDER = list(TOLERANCES)
# The table holds for results of this many additions; rounding errors of a sum grow like the root of its length.
REDUCTION_LENGTH = 1024
_GROWTH = (0.5, 4.0)
# Below this RMS the reference counts as noise around zero.
_LEAST_SCALE = 1e-6


@dataclass(frozen=True)
class CheckResult:
    """max_error: the largest difference as a fraction of what is allowed (may be infinite); reason: None where right."""

    max_error: float
    reason: str | None = None


def precision_of(dtype):
    """The table's row for a dtype, or None for integers and booleans, which must be equal."""
    if dtype in (torch.float64, torch.complex128):
        return "float64"
    if dtype in (torch.float32, torch.complex64):
        return "float32"
    name = str(dtype).removeprefix("torch.")
    if name in ("float16", "bfloat16"):
        return name
    if name.startswith("float8_e4m3"):
        return "float8_e4m3"
    return "float8_e5m2" if name.startswith("float8") else None


def tolerance(output_dtype, input_dtypes, uses_dot, reduction_length=REDUCTION_LENGTH):
    """(rtol, atol) for an output: the row of the coarsest of its own dtype and those of the floating inputs.

    A kernel may keep intermediate values in its inputs' precision. Products of float8 inputs are exact, so such inputs
    count as float16. Float32 products may go through TF32 (`uses_dot`). reduction_length: additions behind one element,
    with whose root the row grows; but for float8 rows, where the last rounding is all.
    """
    rows = [precision_of(output_dtype)]
    for dtype in input_dtypes:
        row = precision_of(dtype)
        rows.append("float16" if row and row.startswith("float8") else row)
    coarsest = max((row for row in rows if row), key=_ORDER.index, default="float32")
    if uses_dot and coarsest == "float32":
        coarsest = "tf32"
    rtol, atol = TOLERANCES[coarsest]
    if coarsest.startswith("float8"):
        return rtol, atol
    growth = min(max(math.sqrt(reduction_length / REDUCTION_LENGTH), _GROWTH[0]), _GROWTH[1])
    return rtol * growth, atol * growth


def tensors_in(value):
    """The tensors of a result in order, out of tuples, lists and dicts; numbers become tensors without dimensions."""
    if value is None:
        return []
    if isinstance(value, torch.Tensor):
        return [value]
    if isinstance(value, (bool, int, float)):
        return [torch.tensor(value)]
    if isinstance(value, dict):
        return [tensor for key in sorted(value) for tensor in tensors_in(value[key])]
    if isinstance(value, (tuple, list)):
        return [tensor for item in value for tensor in tensors_in(item)]
    return []


def differs(one, other):
    """Whether two tensors of one shape and dtype hold different bits, as a tensor on their device: no wait for it."""
    if one.numel() == 0:
        return torch.zeros((), dtype=torch.bool, device=one.device)
    if one.is_contiguous() and other.is_contiguous():
        one, other = one.view(-1), other.view(-1)
        # Few wide words instead of many narrow ones: this reads as fast as memory allows.
        for word in (torch.int64, torch.int32, torch.int16, torch.uint8):
            if all(_fits(tensor, word.itemsize) for tensor in (one, other)):
                return (one.view(word) != other.view(word)).any()
    if one.dtype.is_complex:
        one, other = torch.view_as_real(one), torch.view_as_real(other)
    narrow = {1: torch.uint8, 2: torch.int16, 4: torch.int32, 8: torch.int64}[one.element_size()]
    return (one.view(narrow) != other.view(narrow)).any()


def _fits(flat, size):
    offset = flat.storage_offset() * flat.element_size()
    return flat.numel() * flat.element_size() % size == 0 and offset % size == 0


def fetch(tensors):
    """Numbers of tensors without dimensions, in order, with one wait for each device."""
    values = [0.0] * len(tensors)
    for device in {tensor.device for tensor in tensors}:
        places = [index for index, tensor in enumerate(tensors) if tensor.device == device]
        # float64 where one is: the difference of two float64 may be below what float32 can tell from 0 or 1.
        wide = any(tensors[index].dtype == torch.float64 for index in places)
        kind = torch.float64 if wide else torch.float32
        for index, value in zip(places, torch.stack([tensors[i].to(kind) for i in places]).tolist()):
            values[index] = value
    return values


class Side:
    """What of a comparison belongs to the reference alone, worked out once for all results compared with it."""

    def __init__(self, expected):
        self._expected = expected
        self._terms = {}

    def terms(self, dtype, device, rtol, atol):
        """(reference flat in the working dtype, what each element may differ by), or None where a comparison needs care:
        integers, complex numbers, values that are not finite in this dtype, or too large to keep."""
        key = (dtype, device, rtol, atol)
        if key not in self._terms:
            self._terms[key] = self._made(dtype, device, rtol, atol)
        return self._terms[key]

    def _made(self, dtype, device, rtol, atol):
        expected = self._expected
        if not dtype.is_floating_point or not expected.dtype.is_floating_point or expected.numel() > _LARGEST_KEPT:
            return None
        work = _work(dtype, expected.dtype)
        expected = expected.to(device).reshape(-1)
        if not bool(torch.isfinite(expected.to(dtype).to(work)).all()):
            return None
        other = expected.to(work)
        return other, other.abs().mul_(rtol).add_(atol * _rms(expected))


class Comparison:
    """One result against one reference, in two steps: the first is left to the device, the second needs its verdict.

    worst: a tensor without dimensions on the device, above 1 or NaN where a difference is larger than allowed, or None
    where all is known already.
    """

    def __init__(self, got, side, allowance, name):
        self._got, self._side, self._allowance, self._name = got, side, allowance, name
        self.worst = self._enqueue()

    def _enqueue(self):
        got, expected = self._got, self._side._expected
        if got.shape != expected.shape or got.numel() == 0:
            return None
        if not got.dtype.is_floating_point and got.dtype == expected.dtype and got.device == expected.device:
            return differs(got, expected).to(torch.float32) * 2
        terms = self._side.terms(got.dtype, got.device, *self._allowance)
        if terms is None:
            return None
        other, allowed = terms
        flat = got.reshape(-1)
        parts = []
        for start in range(0, flat.numel(), _CHUNK):
            end = start + _CHUNK
            fraction = flat[start:end].to(other.dtype, copy=True).sub_(other[start:end]).div_(allowed[start:end])
            parts += torch.aminmax(fraction)
        # NaN and infinities of the result come through all of this, and are no fraction that is allowed.
        return torch.stack(parts).abs_().amax()

    def result(self, worst):
        """The verdict, given the number in `worst` (ignored where there is none)."""
        if self.worst is not None and worst <= 1:
            return CheckResult(worst)
        return compare(self._got, self._side._expected, self._allowance, self._name)


def compare_all(got, expected, input_dtypes=(), uses_dot=False, reduction_length=REDUCTION_LENGTH):
    """Compares lists of tensors pairwise; the first that differs gives the reason."""
    if len(got) != len(expected):
        return counts_differ(got, expected)
    worst = 0.0
    for index, (one, other) in enumerate(zip(got, expected)):
        allowance = tolerance(one.dtype, input_dtypes, uses_dot, reduction_length)
        result = compare(one, other, allowance, f"Result {index}")
        worst = max(worst, result.max_error)
        if result.reason:
            return CheckResult(worst, result.reason)
    return CheckResult(worst)


def counts_differ(got, expected):
    """The result for lists of other lengths."""
    return CheckResult(math.inf, f"The kernel gives {len(got)} results, the reference {len(expected)}.")


def compare(got, expected, allowance, name="The result"):
    """Compares two tensors; `allowance` is (rtol, atol). Integers and booleans must be equal."""
    if got.shape != expected.shape:
        reason = f"{name} has shape {list(got.shape)}, the reference {list(expected.shape)}."
        return CheckResult(float("inf"), reason)
    expected = expected.to(got.device)
    if got.numel() == 0:
        return CheckResult(0.0)
    if got.dtype.is_complex:
        expected = expected.to(torch.complex128 if got.dtype == torch.complex128 else torch.complex64)
        got, expected = torch.view_as_real(got), torch.view_as_real(expected)
    shape = got.shape
    got, expected = got.reshape(-1), expected.reshape(-1)
    rtol, atol = allowance
    scale = _rms(expected) if got.dtype.is_floating_point else 1.0
    worst, wrong, where = 0.0, 0, None
    for start in range(0, got.numel(), _CHUNK):
        part, other = got[start : start + _CHUNK], expected[start : start + _CHUNK]
        fraction = _fractions(part, other, rtol, atol * scale)
        value, index = torch.max(fraction, 0)
        value = float(value)
        wrong += int((fraction > 1).sum())
        if where is None or value > worst:
            worst, where = max(worst, value), start + int(index)
    if wrong == 0:
        return CheckResult(worst)
    place = _place(where, shape)
    reason = (
        f"{name}: {wrong} of {got.numel()} elements differ; the worst is at {place}: "
        f"{_number(got[where])}, expected {_number(expected[where])}"
        + ("." if worst == float("inf") else f", {worst:.3g} times what is allowed.")
    )
    return CheckResult(worst, reason)


def _fractions(got, expected, rtol, atol):
    """Per element: the difference as a fraction of what is allowed; infinite where NaN, infinities or integers differ."""
    if not got.dtype.is_floating_point:
        wrong = got != (expected if expected.dtype == got.dtype else expected.to(got.dtype))
        return torch.where(wrong, float("inf"), 0.0)
    work = _work(got.dtype, expected.dtype)
    # What the reference would be in the result's own type: a float16 result may rightly overflow.
    rounded = expected.to(got.dtype).to(work)
    one, other = got.to(work), expected.to(work)
    finite = torch.isfinite(one) & torch.isfinite(rounded)
    alike = (one == rounded) | (torch.isnan(one) & torch.isnan(rounded))
    fraction = (one - other).abs() / (other.abs() * rtol + atol)
    return torch.where(finite, fraction, torch.where(alike, 0.0, float("inf")))


def _work(got, expected):
    return torch.float64 if torch.float64 in (got, expected) else torch.float32


def _rms(expected):
    total, count = 0.0, 0
    for start in range(0, expected.numel(), _CHUNK):
        part = expected[start : start + _CHUNK].to(torch.float64)
        part = part[torch.isfinite(part)]
        total += float((part * part).sum())
        count += part.numel()
    return max((total / count) ** 0.5 if count else 0.0, _LEAST_SCALE)


def _place(index, shape):
    """The indices of a flat index. (torch.unravel_index imports a computer algebra system first.)"""
    place = []
    for size in reversed(shape):
        index, rest = divmod(index, size)
        place.append(rest)
    return place[::-1]


def _number(value):
    return f"{value.item():.6g}" if value.dtype.is_floating_point else str(value.item())
