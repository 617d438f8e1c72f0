"""RMSNorm's gradient by hand: as many programs as the device holds, each sums the weight's gradient over its rows."""

import torch
import triton
import triton.language as tl

CONFIGS = [
    {"PROGRAMS": 132 * programs, "ROWS": rows, "num_warps": warps, "num_stages": stages}
    for programs, rows, warps, stages in [
        (1, 1, 8, 1), (1, 1, 16, 1), (1, 1, 16, 2), (2, 1, 8, 1), (2, 1, 8, 2), (2, 1, 16, 1), (4, 1, 8, 1), (4, 1, 4, 1),
        (1, 2, 16, 1), (1, 2, 32, 1),
    ]
]
CONFIG = CONFIGS[0]


@triton.jit
def _kernel(
    grad, x, weight, inverse, grad_x, partial, rows, columns, PROGRAMS: tl.constexpr, ROWS: tl.constexpr, COLUMNS: tl.constexpr
):
    column = tl.arange(0, COLUMNS)
    within = column < columns
    factor = tl.load(weight + column, within, other=0.0).to(tl.float32)
    total = tl.zeros([COLUMNS], tl.float32)
    for first in tl.range(tl.program_id(0) * ROWS, rows, PROGRAMS * ROWS):
        row = first + tl.arange(0, ROWS)
        inside = (row < rows)[:, None] & within[None, :]
        place = row[:, None] * columns + column[None, :]
        scale = tl.load(inverse + row, row < rows, other=0.0)[:, None]
        g = tl.load(grad + place, inside, other=0.0).to(tl.float32)
        normal = tl.load(x + place, inside, other=0.0).to(tl.float32) * scale
        weighted = g * factor[None, :]
        common = tl.sum(weighted * normal, 1)[:, None] / columns
        tl.store(grad_x + place, (weighted - normal * common) * scale, inside)
        total += tl.sum(g * normal, 0)
    tl.store(partial + tl.program_id(0) * columns + column, total, within)


def _launch(kernel, grid, *args, **options):
    kernel[grid](*args, **options)


def rms_norm_backward(grad, x, weight, inverse, *, _launcher=_launch):
    rows, columns = x.shape
    grad_x = torch.empty_like(x)
    partial = torch.empty([CONFIG["PROGRAMS"], columns], dtype=torch.float32, device=x.device)
    wide = triton.next_power_of_2(columns)
    _launcher(
        _kernel, (CONFIG["PROGRAMS"],), grad, x, weight, inverse, grad_x, partial, rows, columns, COLUMNS=wide, **CONFIG
    )
    return grad_x, partial.sum(0).to(weight.dtype)
