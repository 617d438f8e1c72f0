"""Shows a defect of Triton that generated kernels work around: sums of reshaped blocks that come out wrong on a GPU.

    triton_reshaped_sums.py

For blocks of shape [rows, a, b] reshaped to [rows, a * b] and added up along the last axis: as it is, and with a gather of
every element from its own place in between, which is what the compiler prints (lower/Layouts.java). A line for each shape and
number of warps, then how many were wrong of each form. Needs a GPU; takes about half a minute.
"""

import torch
import triton
import triton.language as tl

SHAPES = ((8, 16), (2, 4), (16, 32), (4, 64), (32, 32))
ROWS = (1, 2, 4, 8)
WARPS = (1, 4, 8)


@triton.jit
def row_sums(x, out, ROWS: tl.constexpr, A: tl.constexpr, B: tl.constexpr, GATHERS: tl.constexpr):
    """Adds up one [A, B] block for each of ROWS rows of a program."""
    row = tl.program_id(0) * ROWS + tl.arange(0, ROWS)
    place = row[:, None, None] * (A * B) + tl.arange(0, A)[None, :, None] * B + tl.arange(0, B)[None, None, :]
    values = tl.reshape(tl.exp(tl.load(x + place)), [ROWS, A * B])
    if GATHERS:
        values = tl.gather(values, tl.broadcast_to(tl.arange(0, A * B)[None, :], [ROWS, A * B]), 1)
    tl.store(out + row, tl.sum(values, 1))


def is_right(rows, a, b, warps, gathers):
    """Whether the sums of two programs agree with torch's."""
    x = torch.randn(2 * rows, a, b, device="cuda")
    out = torch.full((2 * rows,), float("nan"), device="cuda")
    row_sums[(2,)](x, out, rows, a, b, gathers, num_warps=warps)
    return torch.allclose(out, x.exp().sum((1, 2)), atol=1e-3, rtol=1e-4)


def main():
    """Prints the comparison."""
    torch.manual_seed(0)
    print(torch.cuda.get_device_name(), "torch", torch.__version__, "triton", triton.__version__)
    wrong = {False: 0, True: 0}
    total = 0
    for a, b in SHAPES:
        for rows in ROWS:
            for warps in WARPS:
                right = {gathers: is_right(rows, a, b, warps, gathers) for gathers in (False, True)}
                total += 1
                for gathers in wrong:
                    wrong[gathers] += not right[gathers]
                if not all(right.values()):
                    print(f"[{rows}, {a}, {b}] {warps} warps: plain {right[False]}, gathered {right[True]}")
    print(f"wrong of {total}: plain {wrong[False]}, gathered {wrong[True]}")


if __name__ == "__main__":
    main()
