import torch
import triton
import triton.language as tl


@triton.jit
def _add_kernel(x, y, out, count, BLOCK: tl.constexpr):
    offsets = tl.program_id(0) * BLOCK + tl.arange(0, BLOCK)
    mask = offsets < count
    total = tl.load(x + offsets, mask=mask) + tl.load(y + offsets, mask=mask)
    tl.store(out + offsets, total, mask=mask)


def _launch(kernel, grid, *args, **options):
    kernel[grid](*args, **options)


def vector_add(x, y, *, _launcher=_launch):
    out = torch.empty_like(x)
    grid = (triton.cdiv(x.numel(), 1024),)
    _launcher(_add_kernel, grid, x, y, out, x.numel(), BLOCK=1024, num_warps=4, num_stages=1)
    return out
