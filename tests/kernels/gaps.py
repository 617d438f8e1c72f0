"""Parts of the language that few kernels use."""

import torch

import helion
import helion.language as hl


# inputs: x=f32[19,5]; y=f16[19,12]; z=f32[19,1]
# inputs: x=f32[1,33]; y=f16[1,1]; z=f32[1,64]
@helion.kernel
def cat_unequal(x, y, z):
    """Tensors of several lengths and types behind each other, along either axis."""
    m = x.size(0)
    a, b, c = x.size(1), y.size(1), z.size(1)
    out = torch.empty([m, a + b + c], dtype=torch.float32, device=x.device)
    other = torch.empty([a + c, m], dtype=torch.float32, device=x.device)
    for tile in hl.tile(m):
        out[tile, :] = torch.cat([x[tile, :], y[tile, :], z[tile, :]], dim=1)
        other[:, tile] = torch.concat((z[tile, :].T, x[tile, :].T), 0)
    return out, other


def cat_unequal_reference(x, y, z):
    return torch.cat([x, y.float(), z], 1), torch.cat([z.T, x.T], 0)


# inputs: x=f32[7,13,11]
# inputs: x=i32[1,32,5]
# inputs: x=f16[3,1,2]
@helion.kernel
def orders(x):
    """Orders along axes that are not the last."""
    k, m, n = x.size()
    values = torch.empty_like(x)
    places = torch.empty([k, m, n], dtype=torch.int64, device=x.device)
    last = torch.empty_like(x)
    top = torch.empty([k, 1, n], dtype=x.dtype, device=x.device)
    where = torch.empty([k, 1, n], dtype=torch.int64, device=x.device)
    for tile in hl.tile(k):
        block = x[tile, :, :]
        values[tile, :, :], places[tile, :, :] = torch.sort(block, dim=1)
        last[tile, :, :] = block.sort(dim=-2, descending=True).values
        best, at = torch.topk(block, 1, dim=1)
        top[tile, :, :] = best
        where[tile, :, :] = at * 0 + torch.argsort(block, 1, descending=True).sum(1, keepdim=True)
    return values, places, last, top, where


def orders_reference(x):
    values, places = torch.sort(x, dim=1, stable=True)
    last, down = torch.sort(x, dim=1, descending=True, stable=True)
    return values, places, last, last[:, :1], down.sum(1, keepdim=True)


# inputs: x=u8[37,50]; y=u8[50,19]; z=i8[50,19]
# inputs: x=u8[1,16]; y=u8[16,65]; z=i8[16,65]
@helion.kernel
def bytes_products(x, y, z):
    """Products of unsigned bytes are exact, also with signed ones."""
    m, k = x.size()
    n = y.size(1)
    both = torch.empty([m, n], dtype=torch.int32, device=x.device)
    mixed = torch.empty([m, n], dtype=torch.int32, device=x.device)
    turned = torch.empty([n, m], dtype=torch.float32, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.int32)
        other = hl.zeros([tile_m, tile_n], dtype=torch.int32)
        last = hl.zeros([tile_n, tile_m], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = hl.dot(x[tile_m, tile_k], y[tile_k, tile_n], acc=acc)
            other += hl.dot(x[tile_m, tile_k], z[tile_k, tile_n])
            last = hl.dot(z[tile_k, tile_n].T, x[tile_m, tile_k].T, acc=last)
        both[tile_m, tile_n] = acc
        mixed[tile_m, tile_n] = other
        turned[tile_n, tile_m] = last
    return both, mixed, turned


def bytes_products_reference(x, y, z):
    mixed = (x.double() @ z.double()).to(torch.int32)
    return (x.double() @ y.double()).to(torch.int32), mixed, mixed.T.float()


# inputs: x=u8[13,24]
# inputs: x=u8[1,1]
@helion.kernel
def pairs(x):
    """4-bit numbers, two in a byte."""
    m, n = x.size()
    packed = x.view(torch.float4_e2m1fn_x2)
    out = torch.empty([m, n, 2], dtype=torch.float32, device=x.device)
    same = torch.empty([m, n], dtype=torch.float32, device=x.device)
    raw = torch.empty_like(x)
    for tile_m, tile_n in hl.tile([m, n]):
        low, high = hl.float4_e2m1fn_x2_to_float32(packed[tile_m, tile_n])
        out[tile_m, tile_n, :] = hl.join(low, high)
        other, _ = hl.float4_e2m1fn_x2_to_float32(x[tile_m, tile_n])
        same[tile_m, tile_n] = other
        raw[tile_m, tile_n] = packed[tile_m, tile_n].view(torch.uint8)
    return out, same, raw


def pairs_reference(x):
    table = torch.tensor([0.0, 0.5, 1, 1.5, 2, 3, 4, 6, -0.0, -0.5, -1, -1.5, -2, -3, -4, -6], device=x.device)
    low, high = table[(x & 15).long()], table[(x >> 4).long()]
    return torch.stack([low, high], -1), low, x.clone()


# inputs: x=f32[6,50]
# inputs: x=f32[1,3]
@helion.kernel
def noise_in_parts(x):
    """Random numbers do not depend on how loops cut a tensor up, parts of tiles included."""
    m, n = x.size()
    whole = torch.empty_like(x)
    parts = torch.empty_like(x)
    placed = torch.empty_like(x)
    rows = torch.empty([m, n], dtype=torch.int32, device=x.device)
    for tile_m in hl.tile(m):
        for tile_n in hl.tile(n):
            whole[tile_m, tile_n] = hl.rand([tile_m, tile_n], seed=7)
            for inner in hl.tile(tile_n.begin, tile_n.end):
                parts[tile_m, inner] = hl.rand([tile_m, inner], seed=7)
                line = tile_m.index[:, None] * n + inner.index[None, :]
                placed[tile_m, inner] = hl.rand([tile_m, inner], seed=7, offsets=line)
        rows[tile_m, :] = hl.randint([tile_m, n], 0, 10, seed=3)
    return (whole == parts).float() * (whole == placed), (whole < 1).float() * (whole >= 0).float(), (rows >= 0) & (rows < 10)


def noise_in_parts_reference(x):
    return torch.ones_like(x), torch.ones_like(x), torch.ones_like(x, dtype=torch.bool)


# inputs: x=f32[9,16]
# inputs: x=f32[1,1]
# inputs: x=f32[3,2]
@helion.kernel
def half_blocks(x):
    """Halves of blocks, which are never empty."""
    m, n = x.size()
    block = hl.register_block_size(n)
    out = torch.empty_like(x)
    for tile_m, tile_n in hl.tile([m, n], block_size=[None, block]):
        for inner in hl.tile(tile_n.begin, tile_n.end, block_size=(block + 1) // 2):
            out[tile_m, inner] = x[tile_m, inner] * 2
    return out


def half_blocks_reference(x):
    return x * 2


# inputs: x=f32[9,64]
# inputs: x=f32[1,16]
@helion.kernel
def parts_of_blocks(x):
    """Quarters of blocks: shorter blocks are not in the space."""
    m, n = x.size()
    block = hl.register_block_size(4, n)
    other = hl.register_block_size(n)
    out = torch.empty_like(x)
    double = torch.empty_like(x)
    for tile_m, tile_n in hl.tile([m, n], block_size=[None, block]):
        for inner in hl.tile(tile_n.begin, tile_n.end, block_size=block // 4):
            out[tile_m, inner] = x[tile_m, inner] * 2
        for tile_k in hl.tile(n, block_size=other):
            for inner in hl.tile(tile_k.begin, tile_k.end, block_size=other // 2):
                double[tile_m, inner] = x[tile_m, inner] + 1
    return out, double


def parts_of_blocks_reference(x):
    return x * 2, x + 1
