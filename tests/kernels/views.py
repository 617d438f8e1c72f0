"""Reshapes, joins and other views of device tensors, whose padding must not leak."""

import torch

import helion
import helion.language as hl


# inputs: x=f32[37,8,16]
# inputs: x=f32[1,2,4]
@helion.kernel
def merged_axes(x):
    """Exponentials of padding are 1: sums show what leaks."""
    m, a, b = x.size()
    out = torch.empty([m], dtype=x.dtype, device=x.device)
    rows = torch.empty([(m + 4) * a], dtype=x.dtype, device=x.device)
    for tile in hl.tile(m):
        block = torch.exp(x[tile, :, :])
        out[tile] = block.reshape(tile, a * b).sum(1)
    for tile in hl.tile(m, block_size=4):
        block = torch.exp(x[tile, :, :])
        sums = block.reshape([tile.block_size * a, b]).sum(-1)
        rows[tile.begin * a + hl.arange(4 * a)] = sums
    return out, rows[: m // 4 * 4 * a]


def merged_axes_reference(x):
    sums = x.exp().sum(2)
    return sums.sum(1), sums.flatten()[: x.size(0) // 4 * 4 * x.size(1)]


# inputs: x=f32[37,12]
# inputs: x=f32[3,5]
@helion.kernel
def merged_tiles(x):
    m, n = x.size()
    total = torch.zeros([1], dtype=x.dtype, device=x.device)
    largest = torch.full([m], -1.0, dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        block = torch.exp(x[tile_m, tile_n])
        hl.atomic_add(total, [0], block.view(-1).sum(0))
        back = block.flatten().reshape(tile_m, tile_n)
        hl.atomic_max(largest, [tile_m], torch.amax(back, 1))
    return total, largest


def merged_tiles_reference(x):
    return x.exp().sum().view(1), x.exp().amax(1)


# inputs: x=f32[38]
# inputs: x=f32[2]
@helion.kernel
def pairs(x):
    """A tile cut into pairs: half of it is a lane's worth."""
    n = x.size(0)
    block = hl.register_block_size(2, 64)
    sums = torch.zeros([n // 2], dtype=x.dtype, device=x.device)
    whole = torch.zeros([2], dtype=x.dtype, device=x.device)
    swapped = torch.empty_like(x)
    for tile in hl.tile(n, block_size=block):
        values = torch.exp(x[tile])
        two = values.reshape(block // 2, 2)
        hl.atomic_add(whole, [slice(None)], two.sum(0))
        a, b = hl.split(two)
        swapped[tile] = hl.join(b, a).reshape(block)
        positions = (tile.begin // 2) + hl.arange(block // 2)
        hl.store(sums, [positions], two.sum(1), extra_mask=positions < n // 2)
    return sums, whole, swapped


def pairs_reference(x):
    two = x.exp().view(-1, 2)
    return two.sum(1), two.sum(0), two.flip(1).flatten()


# inputs: x=f32[13,6]; y=f32[13,6]
@helion.kernel
def stacks(x, y):
    """Stacks of two and of three, at every place."""
    m, n = x.size()
    out = torch.empty([m, 2, n], dtype=x.dtype, device=x.device)
    last = torch.empty([m, n, 3], dtype=x.dtype, device=x.device)
    flat = torch.empty([m, 3], dtype=x.dtype, device=x.device)
    for tile in hl.tile(m):
        a = torch.exp(x[tile, :])
        b = torch.exp(y[tile, :])
        out[tile, :, :] = torch.stack([a, b], dim=1)
        three = torch.stack((a, b, a * b), -1)
        last[tile, :, :] = three
        flat[tile, 0] = three.sum(2).sum(1)
        flat[tile, 1] = torch.stack([a, b, a, b], dim=0).sum(0).sum(1)
        flat[tile, 2] = torch.cat([a, b], dim=0).reshape(2, tile, n).sum(0).sum(-1)
    return out, last, flat


def stacks_reference(x, y):
    a, b = x.exp(), y.exp()
    columns = [(a + b + a * b).sum(1), (2 * a + 2 * b).sum(1), (a + b).sum(1)]
    return torch.stack([a, b], 1), torch.stack([a, b, a * b], -1), torch.stack(columns, 1)


# inputs: x=i32[9,10]
@helion.kernel
def bits(x):
    out = torch.empty([9, 10], dtype=torch.float32, device=x.device)
    back = torch.empty_like(x)
    for tile in hl.tile(x.size()):
        value = x[tile] & 0x3FFFFFFF
        as_float = value.view(torch.float32)
        out[tile] = as_float
        back[tile] = as_float.view(dtype=torch.int32)
    return out, back


def bits_reference(x):
    value = x & 0x3FFFFFFF
    return value.view(torch.float32), value


# inputs: x=f32[11,3]
@helion.kernel
def repeats(x):
    m, n = x.size()
    out = torch.empty([m, 4 * n], dtype=x.dtype, device=x.device)
    sums = torch.empty([m, 3], dtype=x.dtype, device=x.device)
    for tile in hl.tile(m):
        value = torch.exp(x[tile, :])
        sums[tile, 0] = value.repeat(1, 4).sum(1)
        sums[tile, 1] = value.repeat_interleave(2, dim=1).sum(1)
        sums[tile, 2] = hl.subscript(value, [slice(None), None, slice(None)]).squeeze(1).view_as(value).sum(1)
        out[tile, :] = value.repeat_interleave(4, dim=1)
    return out, sums


def repeats_reference(x):
    value = x.exp()
    sums = value.sum(1)
    return value.repeat_interleave(4, 1), torch.stack([4 * sums, 2 * sums, sums], 1)


# inputs: x=f32[21,24]
@helion.kernel
def sized_tiles(x):
    """A slice of twice a block's length meets a stack of two blocks."""
    m, n = x.size()
    half = n // 2
    out = torch.zeros([m], dtype=x.dtype, device=x.device)
    block = hl.register_block_size(half)
    for tile_m in hl.tile(m):
        acc = hl.zeros([tile_m])
        for tile_n in hl.tile(half, block_size=block):
            a = x[tile_m, tile_n.begin * 2 : tile_n.begin * 2 + tile_n.block_size * 2]
            b = x[tile_m, tile_n]
            twice = torch.stack([b, b + 1], dim=2).reshape(tile_m, tile_n.block_size * 2)
            acc += (a * twice).sum(1)
        out[tile_m] = acc
    return out


def sized_tiles_reference(x):
    b = x[:, : x.size(1) // 2]
    return (x * torch.stack([b, b + 1], 2).flatten(1)).sum(1)


# inputs: x=f32[5,7,1,4]
@helion.kernel
def axes(x):
    out = torch.empty([4, 5, 7], dtype=x.dtype, device=x.device)
    for tile in hl.tile(5):
        block = x[tile, :, :, :].squeeze()
        out[:, tile, :] = block.permute(2, 0, 1) + block.unflatten(2, (2, 2)).flatten(2).permute([2, 0, 1])
    return out


def axes_reference(x):
    return 2 * x.squeeze().permute(2, 0, 1)


# inputs: x=f32[5,6]
@helion.kernel
def single(x):
    """Down to a number without axes, and up again."""
    out = torch.empty([5, 2], dtype=x.dtype, device=x.device)
    for row in hl.grid(5):
        one = torch.exp(x[row, :]).sum(0, keepdim=True).squeeze()
        out[row, 0] = one
        out[row, :] = one.reshape(1).expand(2)
    return out


def single_reference(x):
    return x.exp().sum(1, keepdim=True).expand(5, 2)
