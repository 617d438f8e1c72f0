"""Loops, branches, inlined functions and what is carried through them."""

import math

import torch

import helion
import helion.language as hl

WIDTH = 4


def halve(v, by=2.0):
    """Inlined by the compiler."""
    return v / by


def apply_twice(function, v):
    return function(function(v))


# inputs: x=f32[41]
@helion.kernel
def swapped(x):
    """A Fibonacci loop: both carried values change places."""
    out = torch.empty_like(x)
    other = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        a = x[tile]
        b = x[tile] * 0.5
        for _i in range(7):
            a, b = b, a + b
        c = a * 1.0
        for _i in range(3):
            previous = c
            c = a - c * 0.25
            a = previous
        out[tile] = b
        other[tile] = a + c
    return out, other


def swapped_reference(x):
    a, b = x, x * 0.5
    for _i in range(7):
        a, b = b, a + b
    c = a
    for _i in range(3):
        a, c = c, a - c * 0.25
    return b, a + c


# inputs: x=f32[33]; times=0
# inputs: x=f32[33]; times=5
@helion.kernel
def runtime_loop(x, times):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        value = x[tile]
        for i in range(times):
            value = value * 0.5 + i
        out[tile] = value
    return out


def runtime_loop_reference(x, times):
    for i in range(times):
        x = x * 0.5 + i
    return x


# inputs: x=f32[29,8]; threshold=0.0
# inputs: x=f32[3,5]; threshold=100.0
@helion.kernel
def runtime_branch(x, threshold):
    rows = x.size(0)
    out = torch.empty_like(x)
    for row in hl.grid(rows):
        total = x[row, :].sum()
        if total > threshold:
            value = x[row, :] * 2.0
            shift = total
        elif total > threshold - 1.0:
            value = x[row, :] - 1.0
            shift = total * 0.0
        else:
            value = x[row, :]
            shift = -total
        out[row, :] = value + shift
    return out


def runtime_branch_reference(x, threshold):
    rows = []
    for row in x:
        total = row.sum()
        if total > threshold:
            rows.append(row * 2 + total)
        elif total > threshold - 1.0:
            rows.append(row - 1)
        else:
            rows.append(row - total)
    return torch.stack(rows)


# inputs: x=f32[26]
@helion.kernel
def unrolled(x):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        value = hl.zeros([tile], dtype=torch.float32)
        for i in hl.static_range(WIDTH):
            value = value + x[tile] * i
        for factor, offset in ((1.0, 2), (0.5, 3)):
            value = value * factor + offset
        for i, extra in enumerate([math.pi, math.sqrt(2.0)]):
            value = value + extra * i
        shift = lambda v: v + WIDTH  # noqa: E731
        value = apply_twice(halve, shift(value))
        out[tile] = value if WIDTH > 2 else -value
    return out


def unrolled_reference(x):
    value = x * sum(range(WIDTH))
    value = (value * 1.0 + 2) * 0.5 + 3
    value = value + math.sqrt(2.0) + WIDTH
    return value / 4


# inputs: x=f32[6,40]; lengths=i32[6]:randint(0,41)
# inputs: x=f32[3,7]; lengths=i64[3]:randint(0,8)
@helion.kernel
def ragged(x, lengths):
    """A loop whose length is loaded."""
    rows = x.size(0)
    out = torch.empty([rows], dtype=x.dtype, device=x.device)
    for row in hl.grid(rows):
        length = lengths[row]
        total = 0.0
        for tile in hl.tile(0, length):
            total = total + torch.cos(x[row, tile]).sum()
        out[row] = total
    return out


def ragged_reference(x, lengths):
    return torch.stack([x[i, : int(lengths[i])].cos().sum() for i in range(x.size(0))])


# inputs: x=f32[50,12]
@helion.kernel
def sub_tiles(x):
    """Tiles of tiles."""
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        for inner, column in hl.tile([tile.begin, 0], [tile.end, x.size(1)]):
            out[inner, column] = x[inner, column] + inner.index[:, None] * 10
    return out


def sub_tiles_reference(x):
    return x + torch.arange(x.size(0))[:, None] * 10


# inputs: x=f32[45]
@helion.kernel
def tile_facts(x):
    """Numbers of tiles that do not depend on the block size chosen."""
    n = x.size(0)
    out = torch.empty([3, n], dtype=torch.int32, device=x.device)
    for tile in hl.tile(n, block_size=8):
        out[0, tile] = tile.begin + tile.id
        out[1, tile] = tile.end - tile.begin + tile.count
        out[2, tile] = tile.index + tile.block_size
    return out


def tile_facts_reference(x):
    i = torch.arange(x.size(0), dtype=torch.int32)
    begin = i // 8 * 8
    end = torch.clamp(begin + 8, max=x.size(0))
    return torch.stack([begin + i // 8, end - begin + -(-x.size(0) // 8), i + 8])


# inputs: x=f32[9,9]
@helion.kernel
def stepped_grid(x):
    out = torch.zeros_like(x)
    for i, j in hl.grid([0, 1], [9, 9], step=[2, 3]):
        out[i, j] = x[i, j] * 2.0
    return out


def stepped_grid_reference(x):
    out = torch.zeros_like(x)
    out[0:9:2, 1:9:3] = x[0:9:2, 1:9:3] * 2
    return out


# inputs: x=f32[34]
@helion.kernel
def tile_mean(x):
    """The mean of a tile counts only what is there."""
    out = torch.empty([5], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0), block_size=8):
        out[tile.id] = x[tile].mean(0)
    return out


def tile_mean_reference(x):
    return torch.stack([part.mean() for part in x.split(8)])


# inputs: x=f32[24]
@helion.kernel
def names_of_triton(x):
    """Names that mean something in the generated file."""
    tl = x.size(0)
    pid = torch.empty_like(x)
    for triton in hl.tile(tl):
        kernel = x[triton]
        _maximum = torch.maximum(kernel, 0.25)
        range_ = _maximum * 2
        pid[triton] = range_ + kernel
    return pid


def names_of_triton_reference(x):
    return x.clamp(min=0.25) * 2 + x


# inputs: x=f32[19]; n=i32[3]:arange; f=f32[2]:zeros
# inputs: x=f32[1]; n=i32[3]:arange; f=f32[2]:ones
@helion.kernel
def either(x, n, f):
    """`and`, `or` of numbers give one of them, not a truth value."""
    out = torch.empty([6, x.size(0)], dtype=torch.float32, device=x.device)
    for tile in hl.tile(x.size(0)):
        zero, two, real = n[0], n[2], f[1]
        out[0, tile] = x[tile] * (zero or 5)
        out[1, tile] = x[tile] * (two or 5)
        out[2, tile] = x[tile] * (two and 7)
        out[3, tile] = x[tile] * (zero or two)
        out[4, tile] = x[tile] * (two and real or 3)
        if zero or two:
            out[5, tile] = x[tile] + 1
        else:
            out[5, tile] = x[tile] - 1
    return out


def either_reference(x, n, f):
    two, real = int(n[2]), float(f[1])
    return torch.stack([x * 5, x * two, x * 7, x * two, x * (two and real or 3), x + 1])
