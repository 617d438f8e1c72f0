"""Tensors that only their addresses are known of."""

import torch

import helion
import helion.language as hl


# inputs: a=f32[17,33]; b=f32[17,33]; c=f32[17,33]
# inputs: a=f16[1,5]; b=f16[1,5]; c=f16[1,5]
@helion.kernel
def sum_of_stack(a, b, c):
    """Reads all tensors of a stack at once, and each with its own factor."""
    m, n = a.size()
    addresses = torch.tensor([a.data_ptr(), b.data_ptr(), c.data_ptr()], dtype=torch.uint64, device=a.device)
    out = torch.empty([m, n], dtype=torch.float32, device=a.device)
    for tile_m, tile_n in hl.tile([m, n]):
        stack = hl.stacktensor_like(a, addresses[:])
        out[tile_m, tile_n] = stack[tile_m, tile_n].to(torch.float32).sum(0)
    return out


def sum_of_stack_reference(a, b, c):
    return a.to(torch.float32) + b.to(torch.float32) + c.to(torch.float32)


# inputs: x=f32[3,9,20]
# inputs: x=i32[5,1,7]
@helion.kernel
def spread(x):
    """Writes to tensors by tiles of their addresses, with a mask, and by single addresses."""
    k, m, n = x.size()
    parts = torch.zeros_like(x)
    others = torch.zeros_like(x)
    one = parts[0]
    addresses = torch.tensor([part.data_ptr() for part in parts.unbind(0)], dtype=torch.uint64, device=x.device)
    single = torch.tensor([part.data_ptr() for part in others.unbind(0)], dtype=torch.uint64, device=x.device)
    for tile_k, tile_m in hl.tile([k, m]):
        stack = hl.stacktensor_like(one, addresses[tile_k])
        assert stack.dtype == x.dtype
        even = (tile_m.index % 2 == 0)[None, :, None]
        hl.store(stack, [tile_m, slice(None)], x[tile_k, tile_m, :] + 1, extra_mask=even)
        for i in hl.grid(k):
            place = hl.load(single, [i])
            copy = hl.stacktensor_like(one, place)
            copy[tile_m, :] = x[i, tile_m, :] * 2
    return parts, others


def spread_reference(x):
    even = (torch.arange(x.size(1), device=x.device) % 2 == 0)[None, :, None]
    return torch.where(even, x + 1, torch.zeros_like(x)), x * 2


# inputs: x=f32[4,37]
# inputs: x=f32[1,1]
@helion.kernel
def gathers_in_stack(x):
    """Computed places in stacked tensors, and a read with a mask."""
    k, n = x.size()
    addresses = torch.tensor([[row.data_ptr()] for row in x.unbind(0)], dtype=torch.uint64, device=x.device)
    one = x[0]
    out = torch.empty([k, n], dtype=x.dtype, device=x.device)
    odd = torch.empty([k, n], dtype=x.dtype, device=x.device)
    for tile_k, tile_n in hl.tile([k, n]):
        stack = hl.stacktensor_like(one, addresses[tile_k, :])
        out[tile_k, tile_n] = stack[n - 1 - tile_n.index].squeeze(1)
        rows = hl.stacktensor_like(one, addresses[tile_k, 0])
        odd[tile_k, tile_n] = hl.load(rows, [tile_n], extra_mask=(tile_n.index % 2 == 1)[None, :])
    return out, odd


def gathers_in_stack_reference(x):
    odd = torch.arange(x.size(1), device=x.device) % 2 == 1
    return x.flip(1), torch.where(odd, x, torch.zeros_like(x))
