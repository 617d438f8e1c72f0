"""Subscripts: gathers, slices, shifts, masks, stores of numbers."""

import torch

import helion
import helion.language as hl


# inputs: table=f32[17,30]; rows=i64[23]:randint(0,17)
# inputs: table=f16[1,5]; rows=i32[3]:randint(0,1)
@helion.kernel
def embedding(table, rows):
    n = rows.size(0)
    width = table.size(1)
    out = torch.empty([n, width], dtype=table.dtype, device=table.device)
    for tile_n, tile_w in hl.tile([n, width]):
        out[tile_n, tile_w] = table[rows[tile_n], tile_w]
    return out


def embedding_reference(table, rows):
    return table[rows.long()]


# inputs: table=f32[12,15]; rows=i32[9,7]:randint(0,12)
@helion.kernel
def gather_pairs(table, rows):
    a, b = rows.size()
    out = torch.empty([a, b], dtype=table.dtype, device=table.device)
    for tile_a, tile_b in hl.tile([a, b]):
        out[tile_a, tile_b] = table[rows[tile_a, tile_b], tile_b.index[None, :]]
    return out


def gather_pairs_reference(table, rows):
    return table[rows.long(), torch.arange(rows.size(1))[None, :]]


# inputs: x=f32[40]
# inputs: x=f32[1]
@helion.kernel
def neighbours(x):
    """Shifted tiles with masks of the user's own."""
    n = x.size(0)
    out = torch.empty_like(x)
    for tile in hl.tile(n):
        left = hl.load(x, [tile - 1], extra_mask=tile.index > 0)
        right = hl.load(x, [tile.index + 1], extra_mask=tile.index + 1 < n)
        out[tile] = left + x[tile] * 10 + right * 100
    return out


def neighbours_reference(x):
    zero = torch.zeros(1, dtype=x.dtype)
    return torch.cat([zero, x[:-1]]) + x * 10 + torch.cat([x[1:], zero]) * 100


# inputs: x=f32[9,20]
@helion.kernel
def slices(x):
    out = torch.empty([x.size(0), 6], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[tile, 0] = x[tile, 3:8].sum(1)
        out[tile, 1] = x[tile, -1]
        out[tile, 2] = x[tile, 1:20:3].sum(-1)
        out[tile, -3] = x[tile, :-2].sum(1)
        out[tile, 4] = torch.amax(x[tile, ...], 1)
        out[tile, 5] = (x[tile, hl.arange(5)] * hl.arange(5)[None, :]).sum(1)
    return out


def slices_reference(x):
    columns = [
        x[:, 3:8].sum(1),
        x[:, -1],
        x[:, 1:20:3].sum(1),
        x[:, :-2].sum(1),
        x.amax(1),
        (x[:, :5] * torch.arange(5)).sum(1),
    ]
    return torch.stack(columns, 1)


# inputs: x=f32[30]
@helion.kernel
def stores_of_numbers(x):
    out = torch.empty([4, 30], dtype=x.dtype, device=x.device)
    flags = torch.empty([30], dtype=torch.bool, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[0, tile] = 1
        out[1, tile] = 2.5
        out[2, tile] = x[tile.begin] * 0.0 + 3.0
        out[3, tile] = hl.full([tile], 7.0, dtype=torch.float32)
        flags[tile] = True
        hl.store(out, [3, tile], -x[tile], extra_mask=x[tile] > 0)
    return out, flags


def stores_of_numbers_reference(x):
    rows = [torch.ones_like(x), torch.full_like(x, 2.5), torch.full_like(x, 3.0), torch.where(x > 0, -x, 7.0)]
    return torch.stack(rows), torch.ones(30, dtype=torch.bool)


# inputs: x=f32[13,21]
@helion.kernel
def transposed_store(x):
    m, n = x.size()
    out = torch.empty([n, m], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        out[tile_n, tile_m] = x[tile_m, tile_n].T * 2 + x[tile_m, tile_n].transpose(0, 1)
    return out


def transposed_store_reference(x):
    return x.T * 3


# inputs: x=f32[10,1]; y=f32[1,12]
@helion.kernel
def outer_of_ones(x, y):
    out = torch.empty([10, 12], dtype=x.dtype, device=x.device)
    for tile_a, tile_b in hl.tile([10, 12]):
        out[tile_a, tile_b] = x[tile_a, 0][:, None] * y[0, tile_b][None, :] + x[tile_a, :] - y[:, tile_b]
    return out


def outer_of_ones_reference(x, y):
    return x * y + x - y


# inputs: x=f32[1,7]
@helion.kernel
def one_row(x):
    out = torch.empty_like(x)
    for tile_a, tile_b in hl.tile(x.size()):
        out[tile_a, tile_b] = x[tile_a, tile_b].sum(0, keepdim=True) + x[tile_a, tile_b]
    return out


def one_row_reference(x):
    return x * 2


# inputs: x=f32[8,20]; y=f32[8,20]
@helion.kernel
def in_place(x, y):
    """Writes its argument and returns nothing."""
    for tile_m, tile_n in hl.tile(x.size()):
        x[tile_m, tile_n] += y[tile_m, tile_n]


def in_place_reference(x, y):
    x += y


# inputs: x=f32[6,10]
@helion.kernel
def reshaped(x):
    flat = x.reshape(-1)
    out = torch.empty([60], dtype=x.dtype, device=x.device)
    for tile in hl.tile(60):
        out[tile] = flat[tile].unsqueeze(1).expand(tile, 4).sum(1)
    return out.view(6, 10)


def reshaped_reference(x):
    return x * 4


# inputs: x=f32[5,9]; s=f32[]
@helion.kernel
def zero_axes(x, s):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size()):
        out[tile] = x[tile] * s
    return out


def zero_axes_reference(x, s):
    return x * s
