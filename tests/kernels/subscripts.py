"""Every form of subscript on host tensors."""

import torch

import helion
import helion.language as hl


# inputs: x=f32[37,48]
# inputs: x=f32[1,16]
@helion.kernel
def dynamic_slices(x):
    """Slices that begin where a loop says."""
    m, n = x.size()
    out = torch.empty_like(x)
    for tile in hl.tile(m):
        for c in hl.grid(n // 16):
            chunk = x[tile, c * 16 : c * 16 + 16]
            out[tile, c * 16 : (c + 1) * 16] = chunk - chunk.sum(1)[:, None]
    return out


def dynamic_slices_reference(x):
    chunks = x.view(x.size(0), -1, 16)
    return (chunks - chunks.sum(2, keepdim=True)).view_as(x)


# inputs: x=f32[21,50]
# inputs: x=f32[2,3]
@helion.kernel
def tile_bounds(x):
    """Slices over a tile's own bounds, and by its block size."""
    m, n = x.size()
    block = hl.register_block_size(n)
    out = torch.empty_like(x)
    other = torch.empty_like(x)
    for tile in hl.tile(m):
        for part in hl.tile(n, block_size=block):
            out[tile, part] = x[tile, part.begin : part.end] * 2
            other[tile, part.begin : part.begin + block] = x[tile, part.begin + hl.arange(block)] + 1
    return out, other


def tile_bounds_reference(x):
    return x * 2, x + 1


# inputs: x=f32[23]
# inputs: x=f32[2]
@helion.kernel
def shifted(x):
    """Shifts without a mask of the user's own read 0 outside."""
    n = x.size(0)
    out = torch.empty_like(x)
    for tile in hl.tile(n):
        out[tile] = x[tile - 2] + 10 * x[1 + tile] + 100 * x[tile]
    return out


def shifted_reference(x):
    padded = torch.cat([torch.zeros(2), x, torch.zeros(1)])
    n = x.size(0)
    return padded[:n] + 10 * padded[3 : n + 3] + 100 * x


# inputs: x=f32[12,20]
@helion.kernel
def halves(x):
    """A shift inside the tensor, as in rotary embeddings."""
    m, n = x.size()
    half = n // 2
    out = torch.empty_like(x)
    for tile_m, tile_n in hl.tile([m, half]):
        a = x[tile_m, tile_n]
        b = x[tile_m, tile_n + half]
        out[tile_m, tile_n] = a - b
        out[tile_m, tile_n + half] = a + b
    return out


def halves_reference(x):
    a, b = x.chunk(2, 1)
    return torch.cat([a - b, a + b], 1)


# inputs: x=f32[9,11,13]; a=i64[7]:randint(0,9); b=i32[5]:randint(0,11)
@helion.kernel
def grids(x, a, b):
    """Index tensors of one axis each span a grid; of several axes they go together."""
    na, nb, nc = a.size(0), b.size(0), x.size(2)
    grid = torch.empty([na, nb, nc], dtype=x.dtype, device=x.device)
    apart = torch.empty([na, nc], dtype=x.dtype, device=x.device)
    pairs = torch.empty([na, nb, nc], dtype=x.dtype, device=x.device)
    for ta, tb, tc in hl.tile([na, nb, nc]):
        grid[ta, tb, tc] = x[a[ta], b[tb], tc]
        apart[ta, tc] = x[a[ta], 3, tc.index] + x[a[ta], -1, tc]
        pairs[ta, tb, tc] = x[a[ta][:, None], b[tb][None, :], tc]
    return grid, apart, pairs


def grids_reference(x, a, b):
    grid = x[a][:, b.long()]
    return grid, x[a, 3] + x[a, -1], grid


# inputs: x=f32[6,10]
@helion.kernel
def scatter(x):
    """Stores through index tensors; rows are disjoint."""
    m, n = x.size()
    out = torch.zeros_like(x)
    for tile_m, tile_n in hl.tile([m, n]):
        out[tile_m.index[:, None], (tile_n.index[None, :] + 3) % n] = x[tile_m, tile_n]
    return out


def scatter_reference(x):
    return x.roll(3, 1)


# inputs: x=f32[7,30]
@helion.kernel
def aranges(x):
    """Lengths that are no powers of two, beginnings and steps."""
    m = x.size(0)
    out = torch.empty([m, 6], dtype=x.dtype, device=x.device)
    for tile in hl.tile(m):
        out[tile, 0] = x[tile, hl.arange(5)].sum(1)
        out[tile, 1] = x[tile, hl.arange(2, 13)].sum(1)
        out[tile, 2] = x[tile, hl.arange(1, 28, 4)].sum(1)
        out[tile, 3] = x[tile, torch.arange(20, 3, -5)].sum(1)
        out[tile, 4] = (hl.zeros([tile, 5]) + hl.arange(5)[None, :]).sum(1)
        out[tile, 5] = torch.amax(torch.full([tile, 3], -2.0) - torch.arange(3).to(torch.float32), 1)
    return out


def aranges_reference(x):
    columns = [
        x[:, :5].sum(1),
        x[:, 2:13].sum(1),
        x[:, 1:28:4].sum(1),
        x[:, [20, 15, 10, 5]].sum(1),
        torch.full([x.size(0)], 10.0),
        torch.full([x.size(0)], -2.0),
    ]
    return torch.stack(columns, 1)


# inputs: x=f32[19,8]
@helion.kernel
def creations(x):
    """Device tensors of the shapes of others."""
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        value = x[tile, :]
        ones = torch.ones_like(value) + value.new_zeros(value.shape) + torch.full_like(value, 2)
        more = torch.zeros([tile, 8], dtype=torch.int32) + value.new_full([tile, 8], 3)
        out[tile, :] = value * ones + more + value.new_ones(tile, 8) + torch.zeros(tile, 1)
    return out


def creations_reference(x):
    return x * 3 + 4


# inputs: x=f32[13,5]
@helion.kernel
def augmented(x):
    out = torch.zeros([13, 5], device=x.device)
    total = torch.zeros([13], device=x.device)
    for tile in hl.tile(x.size(0)):
        out[tile, :] += x[tile, :]
        out[tile, :] *= 2
        total[tile] -= x[tile, 1]
        for i in range(3):
            out[tile, i] += total[tile]
    return out, total


def augmented_reference(x):
    out = x * 2
    out[:, :3] -= x[:, 1:2]
    return out, -x[:, 1]


# inputs: x=f32[14,3,10]
@helion.kernel
def ellipses(x):
    out = torch.empty([14, 10, 3], dtype=x.dtype, device=x.device)
    rows = torch.empty([14], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[tile, ...] = x[tile].transpose(1, 2)
        rows[tile] = x[tile, 1, None, 2:5].sum(-1).squeeze(1) + x[tile, ..., -2].sum(1)
    return out, rows


def ellipses_reference(x):
    return x.transpose(1, 2), x[:, 1, 2:5].sum(1) + x[..., -2].sum(1)
