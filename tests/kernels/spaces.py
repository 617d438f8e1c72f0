"""Kernels whose spaces have every key: flattened loops, grids of several axes, descriptors, unrolled loops, sub-tiles."""

import torch

import helion
import helion.language as hl


# inputs: x=f32[32,64]; y=f32[32,64]
# inputs: x=f16[37,24]; y=f16[37,24]
# inputs: x=f32[1,17]; y=f32[1,17]
# inputs: x=f16[33,16]:strides(1,40); y=f16[33,16]
@helion.kernel
def flat_pairs(x, y):
    """All elements may be one axis; inputs may lie the other way round."""
    out = torch.empty(x.shape, dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([x.size(0), x.size(1)]):
        out[tile_m, tile_n] = x[tile_m, tile_n] * 2.0 + y[tile_m, tile_n]
    return out


def flat_pairs_reference(x, y):
    return x * 2.0 + y


# inputs: x=f32[5,16,24]
# inputs: x=f32[3,7,16]
# inputs: x=f16[4,8,8]:strides(64,1,8)
@helion.kernel
def flat_boxes(x):
    out = torch.empty_like(x)
    for tile_a, tile_b, tile_c in hl.tile([x.size(0), x.size(1), x.size(2)]):
        out[tile_a, tile_b, tile_c] = torch.sigmoid(x[tile_a, tile_b, tile_c])
    return out


def flat_boxes_reference(x):
    return torch.sigmoid(x)


# inputs: x=f32[6,20,16]
# inputs: x=f32[2,13,8]
@helion.kernel
def inner_pairs(x):
    """The inner loop over two axes may be one over all elements, and changes places of its axes."""
    out = torch.empty_like(x)
    for row in hl.grid(x.size(0)):
        for tile_b, tile_c in hl.tile([x.size(1), x.size(2)]):
            out[row, tile_b, tile_c] = x[row, tile_b, tile_c] + 1.0
    return out


def inner_pairs_reference(x):
    return x + 1.0


# inputs: x=f16[40,48]; y=f16[48,32]
# inputs: x=f16[33,16]; y=f16[16,40]
# inputs: x=f16[64,32]; y=f16[32,64]:strides(1,32)
# inputs: x=f32[16,64]:strides(1,16); y=f32[64,20]
# inputs: x=f16[40,48]; y=f16[48,33]
@helion.kernel(dot_precision="ieee")
def blocks_product(x, y):
    """Descriptors where strides allow them: rows or columns contiguous, some not aligned."""
    m, k = x.size()
    n = y.size(1)
    out = torch.empty([m, n], dtype=torch.float32, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = hl.dot(x[tile_m, tile_k], y[tile_k, tile_n], acc=acc)
        out[tile_m, tile_n] = acc
    return out


def blocks_product_reference(x, y):
    return x.float() @ y.float()


# inputs: x=f32[4,33,16]; y=f32[4,16,24]
# inputs: x=f16[3,16,32]; y=f16[3,32,16]
@helion.kernel(dot_precision="ieee")
def scalar_batch(x, y):
    """A batch axis of single positions among the blocks."""
    out = torch.empty([x.size(0), x.size(1), y.size(2)], dtype=torch.float32, device=x.device)
    for b in hl.grid(x.size(0)):
        for tile_m in hl.tile(x.size(1)):
            acc = hl.zeros([tile_m, y.size(2)], dtype=torch.float32)
            for tile_k in hl.tile(x.size(2)):
                acc = hl.dot(x[b, tile_m, tile_k], y[b, tile_k, :], acc=acc)
            out[b, tile_m, :] = acc
    return out


def scalar_batch_reference(x, y):
    return torch.bmm(x.float(), y.float())


# inputs: x=f32[20,40]
# inputs: x=f32[7,16]
# inputs: x=f16[16,64]
@helion.kernel
def blocks_softmax(x):
    """Whole rows, or chunks of them, by every kind of access."""
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        row = x[tile, :].to(torch.float32)
        weights = torch.exp(row - row.amax(-1, keepdim=True))
        out[tile, :] = (weights / weights.sum(-1, keepdim=True)).to(x.dtype)
    return out


def blocks_softmax_reference(x):
    return torch.softmax(x, -1)


# inputs: x=f32[19,8]
# inputs: x=f32[32,5]
@helion.kernel
def short_loops(x):
    """Loops that may be unrolled whole."""
    out = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        total = hl.zeros([tile], dtype=torch.float32)
        for column in hl.grid(x.size(1)):
            total = total + x[tile, column]
        for tile_n in hl.tile(x.size(1)):
            total = total + x[tile, tile_n].sum(-1)
        out[tile] = total
    return out


def short_loops_reference(x):
    return 2 * x.sum(-1)


# inputs: x=f32[24,40]
# inputs: x=f32[9,17]
@helion.kernel
def partial_sums(x):
    """A loop over another loop's tile is not longer than that tile."""
    out = torch.zeros([x.size(0)], dtype=torch.float32, device=x.device)
    for tile_m, outer in hl.tile([x.size(0), x.size(1)]):
        total = hl.zeros([tile_m], dtype=torch.float32)
        for inner in hl.tile(outer.begin, outer.end):
            total = total + x[tile_m, inner].sum(-1)
        hl.atomic_add(out, [tile_m], total)
    return out


def partial_sums_reference(x):
    return x.sum(-1)


# inputs: x=f32[24,32]; keep=bool[24,32]
# inputs: x=f32[17,40]; keep=bool[17,40]
@helion.kernel
def masked_blocks(x, keep):
    """A further mask beside blocks."""
    out = torch.zeros_like(x)
    for tile_m, tile_n in hl.tile([x.size(0), x.size(1)]):
        mask = keep[tile_m, tile_n]
        value = hl.load(x, [tile_m, tile_n], extra_mask=mask)
        hl.store(out, [tile_m, tile_n], value + 1.0, extra_mask=mask)
    return out


def masked_blocks_reference(x, keep):
    return torch.where(keep, x + 1.0, torch.zeros_like(x))


# inputs: x=f32[24,33]; bias=f32[33]
# inputs: x=f32[8,16]; bias=f32[16]
@helion.kernel
def part_of_rows(x, bias):
    """A loop that ends before the tensor does."""
    out = torch.zeros_like(x)
    n = x.size(1) - 5
    for tile_m, tile_n in hl.tile([x.size(0), n]):
        out[tile_m, tile_n] = x[tile_m, tile_n] + bias[tile_n]
    return out


def part_of_rows_reference(x, bias):
    out = torch.zeros_like(x)
    out[:, :-5] = (x + bias)[:, :-5]
    return out
