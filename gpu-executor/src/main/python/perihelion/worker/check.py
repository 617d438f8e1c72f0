"""Compares a kernel's results with a reference's. The tolerances are one table, explained in docs/measuring.md."""

from dataclasses import dataclass

import torch

_CHUNK = 1 << 26

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


def tolerance(output_dtype, input_dtypes, uses_dot):
    """(rtol, atol) for an output: the row of the coarsest of its own dtype and those of the floating inputs.

    A kernel may keep intermediate values in its inputs' precision. Products of float8 inputs are exact, so such inputs
    count as float16. Float32 products may go through TF32 (`uses_dot`).
    """
    rows = [precision_of(output_dtype)]
    for dtype in input_dtypes:
        row = precision_of(dtype)
        rows.append("float16" if row and row.startswith("float8") else row)
    coarsest = max((row for row in rows if row), key=_ORDER.index, default="float32")
    if uses_dot and coarsest == "float32":
        coarsest = "tf32"
    return TOLERANCES[coarsest]


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


def same(one, other):
    """Whether two tensors hold the same values, NaN being the same as NaN."""
    if one.dtype.is_floating_point and one.element_size() == 1:
        one, other = one.float(), other.float()
    different = one != other
    if one.dtype.is_floating_point or one.dtype.is_complex:
        different &= ~(torch.isnan(one) & torch.isnan(other))
    return not bool(different.any())


def compare_all(got, expected, input_dtypes=(), uses_dot=False, names=None):
    """Compares lists of tensors pairwise; the first that differs gives the reason."""
    if len(got) != len(expected):
        reason = f"The kernel gives {len(got)} results, the reference {len(expected)}."
        return CheckResult(float("inf"), reason)
    worst = 0.0
    for index, (one, other) in enumerate(zip(got, expected)):
        name = names[index] if names else f"Result {index}"
        result = compare(one, other, tolerance(one.dtype, input_dtypes, uses_dot), name)
        worst = max(worst, result.max_error)
        if result.reason:
            return CheckResult(worst, result.reason)
    return CheckResult(worst)


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
    place = [int(i) for i in torch.unravel_index(torch.tensor(where), shape)]
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
    work = torch.float64 if torch.float64 in (got.dtype, expected.dtype) else torch.float32
    # What the reference would be in the result's own type: a float16 result may rightly overflow.
    rounded = expected.to(got.dtype).to(work)
    one, other = got.to(work), expected.to(work)
    finite = torch.isfinite(one) & torch.isfinite(rounded)
    alike = (one == rounded) | (torch.isnan(one) & torch.isnan(rounded))
    fraction = (one - other).abs() / (other.abs() * rtol + atol)
    return torch.where(finite, fraction, torch.where(alike, 0.0, float("inf")))


def _rms(expected):
    total, count = 0.0, 0
    for start in range(0, expected.numel(), _CHUNK):
        part = expected[start : start + _CHUNK].to(torch.float64)
        part = part[torch.isfinite(part)]
        total += float((part * part).sum())
        count += part.numel()
    return max((total / count) ** 0.5 if count else 0.0, _LEAST_SCALE)


def _number(value):
    return f"{value.item():.6g}" if value.dtype.is_floating_point else str(value.item())
