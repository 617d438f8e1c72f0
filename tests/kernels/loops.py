"""Several root loops, barriers, while loops, ragged tiles, fixed and registered block sizes."""

import torch

import helion
import helion.language as hl


# inputs: x=f32[67,33]; y=f32[41]
@helion.kernel
def two_roots(x, y):
    a = torch.empty_like(x)
    b = torch.empty_like(y)
    for tile_m, tile_n in hl.tile([x.size(0), x.size(1)]):
        a[tile_m, tile_n] = x[tile_m, tile_n] * 2
    for tile in hl.tile(y.size(0)):
        b[tile] = y[tile] + 1
    return a, b


def two_roots_reference(x, y):
    return x * 2, y + 1


# inputs: x=f32[67,33]
@helion.kernel
def column_sums_by_parts(x):
    m, n = x.shape
    block_m = hl.register_block_size(m)
    parts = torch.empty([helion.cdiv(m, block_m), n], dtype=torch.float32, device=x.device)
    out = torch.empty([n], dtype=x.dtype, device=x.device)
    for tile_m in hl.tile(m, block_size=block_m):
        parts[tile_m.id, :] = x[tile_m, :].sum(0)
    hl.barrier()
    for tile_n in hl.tile(n):
        out[tile_n] = parts[:, tile_n].sum(0)
    return out


def column_sums_by_parts_reference(x):
    return x.sum(0)


# inputs: x=i32[37]:randint(1,90)
@helion.kernel
def collatz_steps_of_tile(x):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        value = x[tile]
        steps = value * 0
        while value.amax() > 1:
            odd = value % 2 == 1
            following = torch.where(odd, 3 * value + 1, value // 2)
            running = value > 1
            steps = steps + running.to(torch.int32)
            value = torch.where(running, following, value)
        out[tile] = steps
    return out


def collatz_steps_of_tile_reference(x):
    steps = []
    for value in x.tolist():
        count = 0
        while value > 1:
            value = 3 * value + 1 if value % 2 else value // 2
            count += 1
        steps.append(count)
    return torch.tensor(steps, dtype=x.dtype)


# inputs: values=f32[97,5]; starts=i64[13]:arange; lengths=i64[13]:randint(0,20)
@helion.kernel
def ragged_sums(values, starts, lengths):
    rows = starts.size(0)
    n = values.size(1)
    out = torch.empty([rows, n], dtype=values.dtype, device=values.device)
    for tile in hl.tile(rows):
        begin = starts[tile]
        count = lengths[tile]
        total = hl.zeros([tile, n])
        for inner in hl.jagged_tile(count):
            index = begin[:, None] + inner.index[None, :]
            total = total + hl.load(values, [index, slice(None)]).sum(1)
        out[tile, :] = total
    return out


def ragged_sums_reference(values, starts, lengths):
    rows = []
    for begin, count in zip(starts.tolist(), lengths.tolist()):
        rows.append(values[begin : begin + count].sum(0))
    return torch.stack(rows)


# inputs: x=f32[47]
@helion.kernel
def ten_at_a_time(x):
    out = torch.empty([(x.size(0) + 9) // 10], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0), block_size=10):
        out[tile.id] = x[tile].sum()
    return out


def ten_at_a_time_reference(x):
    return torch.stack([part.sum() for part in x.split(10)])


# inputs: x=f32[23,41]
@helion.kernel
def last_tile_of_a_loop(x):
    out = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        for _i in range(3):
            biggest = x[tile, :].amax(-1)
        out[tile] = biggest
    return out


def last_tile_of_a_loop_reference(x):
    return x.amax(-1)


# inputs: x=f32[300]
@helion.kernel
def by_block_size(x):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        if tile.block_size > 16:
            value = x[tile] + x[tile]
        else:
            value = 2.0 * x[tile]
        out[tile] = value + min(tile.block_size, 1)
    return out


def by_block_size_reference(x):
    return 2 * x + 1


# inputs: x=f32[37,45]
@helion.kernel
def written_then_read(x):
    """Sums of prefixes through memory: each turn reads what the turn before wrote."""
    m, n = x.shape
    out = torch.empty_like(x)
    for tile in hl.tile(m):
        out[tile, 0] = x[tile, 0]
        for i in range(1, n):
            out[tile, i] = out[tile, i - 1] + x[tile, i]
    return out


def written_then_read_reference(x):
    return x.cumsum(1)


# inputs: x=f32[37,45]
# inputs: x=f32[3,5]
@helion.kernel
def summed_by_lane(x):
    """The accumulator has the tile's own axis: lanes outside of the last tile must not count."""
    m, n = x.shape
    block_n = hl.register_block_size(n)
    out = torch.empty([m], dtype=x.dtype, device=x.device)
    top = torch.empty([m], dtype=x.dtype, device=x.device)
    for tile_m in hl.tile(m):
        total = hl.zeros([tile_m, block_n], dtype=torch.float32)
        largest = hl.full([tile_m, block_n], float("-inf"), dtype=torch.float32)
        for tile_n in hl.tile(n, block_size=block_n):
            value = x[tile_m, tile_n]
            total = total + torch.exp(value)
            largest = torch.maximum(largest, value - 10)
        out[tile_m] = total.sum(-1)
        top[tile_m] = largest.amax(-1)
    return out, top


def summed_by_lane_reference(x):
    return x.exp().sum(1), x.amax(1) - 10


# inputs: x=f32[32,64]; first=i64[32]:randint(0,20); last=i64[32]:randint(20,65)
@helion.kernel
def wide_bounds(x, first, last):
    """Bounds of 64 bits: positions have 32 all the same, also those that a loop carries."""
    out = torch.zeros_like(x)
    where = torch.zeros([x.size(0)], dtype=torch.int32, device=x.device)
    for tile in hl.tile(x.size(0)):
        best = hl.full([tile], float("-inf"), dtype=torch.float32)
        at = hl.zeros([tile], dtype=torch.int32)
        for inner in hl.tile(first[tile].amin(), x.size(1)):
            block = x[tile, inner]
            out[tile, inner] = block * 2
            top = block.amax(1)
            at = torch.where(top > best, inner.begin - inner.begin + 1, at)
            best = torch.maximum(best, top)
        for inner in hl.tile(0, last[tile].amax()):
            at = at + inner.begin * 0
        where[tile] = at
    return out[:, 20:], where


def wide_bounds_reference(x, first, last):
    return x[:, 20:] * 2, torch.ones(x.size(0), dtype=torch.int32)
