"""Triton text and Triton functions inside kernels."""

import torch
import triton
import triton.language as tl

import helion
import helion.language as hl

FACTOR: tl.constexpr = tl.constexpr(3)


@triton.jit
def doubled(x):
    return x * 2


@triton.jit
def combined(x, y, scale: tl.constexpr):
    return doubled(x) + y * scale, x - y


# inputs: x=f32[37]; y=f32[37]
# inputs: x=f32[1]; y=f32[1]
@helion.kernel
def texts(x, y):
    out = torch.empty_like(x)
    both = torch.empty([2, x.size(0)], dtype=x.dtype, device=x.device)
    copy = torch.zeros_like(x)
    sums = torch.zeros([1], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        a = x[tile]
        b = y[tile]
        value = hl.inline_triton(
            """
            t = {0} + {1}
            tl.where(t > 0,
                     t, -t)
            """,
            args=(a, b),
            output_like=a,
        )
        out[tile] = value
        hl.atomic_add(sums, [0], (value + 1).sum(0))
        c, d = hl.inline_triton("{p} * 2, {q} * 3", args={"p": a, "q": b}, output_like=(a, b))
        both[0, tile] = c
        both[1, tile] = d
        hl.inline_triton(
            "tl.store({0} + {1}, {2}, {1} < {3})", args=(copy, tile.index, b, x.size(0)), output_like=None
        )
    return out, both, copy, sums


def texts_reference(x, y):
    out = (x + y).abs()
    return out, torch.stack([x * 2, y * 3]), y, (out + 1).sum().view(1)


# inputs: x=f32[9,20]; y=f32[9,20]
@helion.kernel
def functions(x, y):
    a = torch.empty_like(x)
    b = torch.empty_like(x)
    c = torch.empty_like(x)
    for tile in hl.tile(x.size()):
        value = x[tile]
        a[tile], b[tile] = 0, 0
        first, second = hl.triton_kernel(combined, args=(value, y[tile], 5), output_like=(value, value))
        a[tile] = first
        b[tile] = second
        c[tile] = hl.triton_kernel(
            """
            def tripled(x):
                return x * FACTOR
            """,
            args=[value],
            output_like=value,
        )
    return a, b, c


def functions_reference(x, y):
    return 2 * x + 5 * y, x - y, 3 * x
