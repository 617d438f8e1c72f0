"""Atomic operations on host tensors."""

import torch

import helion
import helion.language as hl


# inputs: x=f32[37,19]
# inputs: x=f32[1,5]
@helion.kernel
def column_sums(x):
    m, n = x.size()
    out = torch.zeros([n], dtype=torch.float32, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        hl.atomic_add(out, [tile_n], x[tile_m, tile_n].sum(0))
    return out


def column_sums_reference(x):
    return x.sum(0)


# inputs: x=f32[37,19]
@helion.kernel
def whole_rows(x):
    """The value covers a whole axis, and its sum is one number."""
    m, n = x.size()
    rows = torch.zeros([n], dtype=torch.float32, device=x.device)
    total = torch.zeros([1], dtype=torch.float32, device=x.device)
    count = torch.zeros([], dtype=torch.int32, device=x.device)
    for tile_m in hl.tile(m):
        block = x[tile_m, :]
        hl.atomic_add(rows, [slice(None)], block.sum(0), sem="acq_rel")
        hl.atomic_add(total, [0], block.sum())
        hl.atomic_add(count, [], tile_m.end - tile_m.begin)
    return rows, total, count


def whole_rows_reference(x):
    return x.sum(0), x.sum().view(1), torch.tensor(x.size(0), dtype=torch.int32)


# inputs: values=f32[50]; bins=i64[50]:randint(0,7)
@helion.kernel
def histogram(values, bins):
    sums = torch.zeros([7, 2], dtype=torch.float32, device=values.device)
    for tile in hl.tile(values.size(0)):
        hl.atomic_add(sums, [bins[tile], 0], values[tile])
        hl.atomic_add(sums, [bins[tile], 1], 1.0)
    return sums


def histogram_reference(values, bins):
    sums = torch.zeros([7, 2])
    sums[:, 0].index_add_(0, bins, values)
    sums[:, 1].index_add_(0, bins, torch.ones_like(values))
    return sums


# inputs: x=i32[23]:randint(1,100)
@helion.kernel
def all_kinds(x):
    out = torch.zeros([8], dtype=torch.int32, device=x.device)
    same = torch.zeros_like(x)
    old = torch.empty_like(x)
    swapped = torch.zeros_like(x)
    for tile in hl.tile(x.size(0)):
        value = x[tile]
        zero = hl.zeros([tile], dtype=torch.int32)
        hl.atomic_max(out, [zero], value)
        hl.atomic_min(out, [zero + 1], -value)
        hl.atomic_or(out, [zero + 2], value)
        hl.atomic_xor(out, [zero + 3], value)
        hl.atomic_and(out, [zero + 4], value)
        hl.atomic_xchg(same, [tile], value)
        old[tile] = hl.atomic_add(same, [tile], value) * 10
        hl.atomic_cas(swapped, [tile], 0, value)
        hl.atomic_cas(swapped, [tile], 50, -1)
    return out, same, old, swapped


def all_kinds_reference(x):
    out = torch.zeros([8], dtype=torch.int32)
    out[0] = x.max()
    out[1] = -x.max()
    for value in x:
        out[2] |= value
        out[3] ^= value
    return out, x * 2, x * 10, torch.where(x == 50, -1, x)


# inputs: x=f32[9,30]
@helion.kernel
def turns(x):
    """The previous value gives each program a place of its own."""
    m, n = x.size()
    count = torch.zeros([1], dtype=torch.int64, device=x.device)
    places = torch.zeros([m], dtype=torch.int64, device=x.device)
    for row in hl.grid(m):
        place = hl.atomic_add(count, [0], 1)
        hl.atomic_add(places, [place], 1, sem="relaxed")
    return count, places


def turns_reference(x):
    return torch.tensor([x.size(0)]), torch.ones(x.size(0), dtype=torch.int64)


# inputs: x=f16[20,3]
@helion.kernel
def split_rows(x):
    """Adds to single elements of an axis of one, and in a loop inside."""
    m, n = x.size()
    out = torch.zeros([1, n], dtype=torch.float32, device=x.device)
    for tile_m in hl.tile(m):
        for tile_n in hl.tile(n):
            hl.atomic_add(out, [0, tile_n], x[tile_m, tile_n].to(torch.float32).sum(0))
            hl.atomic_add(out, [tile_m, tile_n], x[tile_m, tile_n].to(torch.float32))
    return out


def split_rows_reference(x):
    return x.float().sum(0, keepdim=True) * 2
