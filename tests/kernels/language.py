"""Corners of the language: unrolled tuples, branches, constants, scalars, nested loops, views of tiles."""

import functools
import math

import torch

import helion
import helion.language as hl

THREE = 3
SCALE: float = 0.5
WEIGHTS = (1.0, 2.0, 4.0)


def add_weighted(values, weights):
    total = values[0] * weights[0]
    for value, weight in zip(values[1:], weights[1:]):
        total = total + value * weight
    return total


# inputs: xs=(f32[45],f32[45],f32[45])
@helion.kernel
def weighted_sum_of_tuple(xs):
    (length,) = xs[0].shape
    out = torch.zeros([length], dtype=xs[0].dtype, device=xs[0].device)
    for tile in hl.tile(length):
        total = hl.zeros([tile], dtype=torch.float32)
        for x, weight in zip(xs, WEIGHTS):
            total = total + x[tile] * weight
        for i in range(len(xs)):
            total += xs[i][tile]
        out[tile] = total + add_weighted([x[tile] for x in xs], WEIGHTS)
    return out


def weighted_sum_of_tuple_reference(xs):
    weighted = sum(x * w for x, w in zip(xs, WEIGHTS))
    return 2 * weighted + sum(xs)


# inputs: x=f32[45]; mode="square"; shift=none
# inputs: x=f32[45]; mode="cube"; shift=2.5
# inputs: x=f32[45]; mode="else"; shift=1.5
@helion.kernel
def by_mode(x, mode: str, shift=None):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        value = x[tile]
        if mode == "square":
            value = value * value
        elif mode == "cube":
            value = value**3
        else:
            value = value * SCALE + THREE
        if shift is not None:
            value = value + shift
        assert mode in ("square", "cube", "else")
        out[tile] = value
    return out


def by_mode_reference(x, mode, shift):
    value = {"square": x * x, "cube": x**3}.get(mode, x * SCALE + THREE)
    return value if shift is None else value + shift


# inputs: x=f32[45]; n=3; flag=true; limit=0.5
# inputs: x=f32[45]; n=7; flag=false; limit=-0.5
@helion.kernel
def runtime_scalars(x, n: int, flag: bool, limit: float):
    out = torch.empty_like(x)
    half = n // 2
    ratio = limit / (n + 1)
    for tile in hl.tile(x.size(0)):
        value = x[tile]
        if flag and n > 5:
            value = value + 100
        elif n > 5:
            value = value - 100
        if not flag:
            value = value * 2
        if limit > 0:
            value = torch.where(value > limit, value, limit)
        out[tile] = value + half + ratio + (n % 2) + tile.begin * 0
    return out


def runtime_scalars_reference(x, n, flag, limit):
    value = x
    if flag and n > 5:
        value = value + 100
    elif n > 5:
        value = value - 100
    if not flag:
        value = value * 2
    if limit > 0:
        value = torch.where(value > limit, value, torch.tensor(limit))
    return value + n // 2 + limit / (n + 1) + n % 2


# inputs: x=f32[5,33,21]
@helion.kernel
def grid_inside_tiles(x):
    a, b, c = x.size()
    out = torch.empty([b, c], dtype=x.dtype, device=x.device)
    for tile_b, tile_c in hl.tile((b, c)):
        total = hl.zeros([tile_b, tile_c])
        for i in hl.grid(a):
            total += x[i, tile_b, tile_c] * (i + 1)
        for i in hl.grid(1, a, step=2):
            total -= x[i, tile_b, tile_c]
        out[tile_b, tile_c] = total
    return out


def grid_inside_tiles_reference(x):
    weights = torch.arange(1, 6).view(5, 1, 1)
    return (x * weights).sum(0) - x[1::2].sum(0)


# inputs: x=f32[3,7,40]
@helion.kernel
def grid_of_two(x):
    a, b, n = x.shape
    out = torch.empty([a, b], dtype=x.dtype, device=x.device)
    for i, j in hl.grid([a, b]):
        total = hl.zeros([], dtype=torch.float32)
        for tile in hl.tile(n):
            total = total + x[i, j, tile].sum()
        out[i, j] = total
    return out


def grid_of_two_reference(x):
    return x.sum(-1)


# inputs: x=f32[70]; y=f32[3]
@helion.kernel
def scalars_from_memory(x, y):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        threshold = y[0]
        if threshold > 0:
            factor = y[1]
        else:
            factor = y[2] * 2
        out[tile] = x[tile] * factor + y[-1]
    return out


def scalars_from_memory_reference(x, y):
    factor = y[1] if y[0] > 0 else y[2] * 2
    return x * factor + y[-1]


# inputs: x=f32[37,20]
@helion.kernel
def axes_of_tiles(x):
    m, n = x.shape
    out = torch.empty([n, m], dtype=x.dtype, device=x.device)
    rows = torch.empty([m], dtype=torch.int64, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        value = x[tile_m, tile_n]
        moved = value.transpose(0, 1).unsqueeze(0).squeeze(0)
        out[tile_n, tile_m] = moved.T.t()[:, :] + value.permute(1, 0) * 0
        rows[tile_m] = tile_m.index
    return out, rows


def axes_of_tiles_reference(x):
    return x.T.contiguous(), torch.arange(x.size(0))


# inputs: x=f32[37]; y=f32[20]
@helion.kernel
def outer_products(x, y):
    out = torch.empty([x.size(0), y.size(0)], dtype=x.dtype, device=x.device)
    for tile_x, tile_y in hl.tile([x.numel(), y.numel()]):
        a = x[tile_x]
        b = y[tile_y]
        product = a[:, None] * b[None, :] + a.unsqueeze(1).expand(tile_x, tile_y) * 0
        out[tile_x, tile_y] = product + torch.zeros_like(product) + hl.full([tile_x, tile_y], 1.0)
    return out


def outer_products_reference(x, y):
    return x[:, None] * y[None, :] + 1


# inputs: x=f16[33,70]; y=f16[70,18]
@helion.kernel(dot_precision="ieee")
def accumulated_in_half(x, y):
    m, k = x.shape
    n = y.size(1)
    out = torch.empty([m, n], dtype=torch.float32, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc += x[tile_m, tile_k] @ y[tile_k, tile_n]
        out[tile_m, tile_n] = acc
    return out


def accumulated_in_half_reference(x, y):
    return x.float() @ y.float()


# inputs: x=f32[33,70]
@helion.kernel
def nested_three_deep(x):
    m, n = x.shape
    out = torch.zeros([m], dtype=x.dtype, device=x.device)
    for tile_m in hl.tile(m):
        best = hl.full([tile_m], float("-inf"))
        count = hl.zeros([tile_m], dtype=torch.int32)
        for tile_n in hl.tile(n):
            part = x[tile_m, tile_n].amax(1)
            for i in range(2):
                for j in hl.static_range(3):
                    part = part + (i - j) * 0.0
                    count = count + 1
            best = torch.maximum(best, part)
        out[tile_m] = best + (count * 0).to(torch.float32)
    return out


def nested_three_deep_reference(x):
    return x.amax(1)


# inputs: x=f32[20,37]
@helion.kernel
def tile_of_part(x):
    """The loop begins behind 0 and its bounds are computed on the host."""
    m, n = x.shape
    start = n // 4
    out = torch.zeros_like(x)
    for tile_m, tile_n in hl.tile([0, start], [m, n - 2]):
        out[tile_m, tile_n] = x[tile_m, tile_n] + tile_n.index
    return out


def tile_of_part_reference(x):
    n = x.size(1)
    out = torch.zeros_like(x)
    out[:, n // 4 : n - 2] = (x + torch.arange(n))[:, n // 4 : n - 2]
    return out


# inputs: x=f32[64,32]
@helion.kernel
def strided_pairs(x):
    out = torch.empty([x.size(0), x.size(1) // 2], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[tile, :] = x[tile, ::2] * x[tile, 1::2]
    return out


def strided_pairs_reference(x):
    return x[:, ::2] * x[:, 1::2]


# inputs: x=f32[30]
@helion.kernel
def walrus_and_conditional(x):
    out = torch.empty_like(x)
    double = True if x.size(0) > 10 else False
    for tile in hl.tile(x.size(0)):
        if (n := tile.block_size) >= 1:
            value = x[tile] * 2 if double else x[tile]
            out[tile] = value + (n - tile.block_size)
    return out


def walrus_and_conditional_reference(x):
    return x * 2


# inputs: x=f32[37]; count=i32[1]:randint(3,9)
@helion.kernel
def turns_from_memory(x, count):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        value = x[tile]
        n = count[0]
        for i in range(n):
            value = value * 0.5 + i
        out[tile] = value
    return out


def turns_from_memory_reference(x, count):
    for i in range(int(count[0])):
        x = x * 0.5 + i
    return x


# inputs: x=f32[37,50]; limits=i64[1]:randint(20,30)
@helion.kernel
def rows_up_to_memory(x, limits):
    out = torch.zeros_like(x)
    for tile_m, tile_n in hl.tile([limits[0], x.size(1)]):
        out[tile_m, tile_n] = x[tile_m, tile_n] + 1
    return out


def rows_up_to_memory_reference(x, limits):
    out = torch.zeros_like(x)
    n = int(limits[0])
    out[:n] = x[:n] + 1
    return out
