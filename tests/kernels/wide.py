"""Tensors that reach further than 32 bits count. Only pages that a kernel touches exist, so that they fit on the CPU."""

import torch

import helion
import helion.language as hl


# inputs: x=f32[5,37]
# inputs: x=f32[3,1]
@helion.kernel
def far_rows(x):
    """Rows that lie further apart than 2**30 elements."""
    m, n = x.size()
    far = torch.empty([m, 1100000000], dtype=torch.uint8, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        far[tile_m, tile_n] = (x[tile_m, tile_n] > 0).to(torch.uint8)
    return far[:, :n].to(torch.float32)


def far_rows_reference(x):
    return (x > 0).to(torch.float32)


# inputs: x=f32[57]
@helion.kernel
def far_tiles(x):
    """An axis longer than 2**31, of which the middle is written, also by computed places and atomically."""
    n = x.size(0)
    begin = 2**31 - 20
    far = torch.empty([2**31 + 100], dtype=torch.int8, device=x.device)
    counts = torch.empty([2**31 // 4 + 100], dtype=torch.int32, device=x.device)
    counts[begin // 4 :] = 0
    for tile in hl.tile(begin, begin + n):
        value = (x[tile.index - begin] > 0).to(torch.int8)
        far[tile] = value
        hl.atomic_add(counts, [tile.index // 4], value.to(torch.int32))
    return far[begin : begin + n].to(torch.float32), counts[begin // 4 :]


def far_tiles_reference(x):
    begin = 2**31 - 20
    counts = torch.zeros(2**31 // 4 + 100 - begin // 4, dtype=torch.int32, device=x.device)
    positive = (x > 0).to(torch.int32)
    places = torch.arange(begin, begin + x.size(0), device=x.device) // 4 - begin // 4
    return (x > 0).to(torch.float32), counts.index_add(0, places, positive)


# inputs: x=f32[5,37]
# inputs: x=f32[1,64]
@helion.kernel(index_dtype=torch.int64)
def wide_positions(x):
    """Positions are int64 where the kernel says so."""
    m, n = x.size()
    out = torch.empty_like(x)
    places = torch.empty([m, n], dtype=torch.int64, device=x.device)
    for tile_m in hl.tile(m):
        for tile_n in hl.tile(n):
            assert tile_n.index.dtype == torch.int64
            big = tile_m.index[:, None] * 3000000000 + tile_n.index[None, :] + tile_n.begin * 0
            places[tile_m, tile_n] = big + tile_n.end * 0 + tile_m.id * 0
            out[tile_m, tile_n] = x[tile_m, tile_n] + hl.arange(1).sum()
    return out, places


def wide_positions_reference(x):
    m, n = x.size()
    rows = torch.arange(m, device=x.device)[:, None] * 3000000000
    return x.clone(), rows + torch.arange(n, device=x.device)


# inputs: x=f32[37]; a=70000; b=80000
@helion.kernel
def wide_numbers(x, a: int, b: int):
    """Python's numbers do not overflow."""
    out = torch.empty([x.size(0)], dtype=torch.int64, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[tile] = (x[tile] > 0).to(torch.int64) * (a * b) + b
    return out


def wide_numbers_reference(x, a, b):
    return (x > 0).to(torch.int64) * (a * b) + b


# inputs: x=f32[40,5]; rows=u8[33]; columns=i8[7]
@helion.kernel
def narrow_places(x, rows, columns):
    """Places of narrow types, whose strides they would not hold."""
    wide = torch.zeros([256, 1000], dtype=x.dtype, device=x.device)
    wide[:40, :5] = x
    out = torch.empty([33], dtype=x.dtype, device=x.device)
    first = torch.empty([33], dtype=x.dtype, device=x.device)
    for tile in hl.tile(33):
        out[tile] = wide[rows[tile], 3]
        first[tile] = wide[rows[tile], :5].sum(1)
    return out, first


def narrow_places_reference(x, rows, columns):
    wide = torch.zeros([256, 1000], dtype=x.dtype, device=x.device)
    wide[:40, :5] = x
    return wide[rows.long(), 3], wide[rows.long(), :5].sum(1)
