"""Host code that shows tensors under other axes, and makes tensors of every kind."""

import math

import torch

import helion
import helion.language as hl


# inputs: x=f32[6,35]
# inputs: x=f32[1,4]
# inputs: x=f32[7,12]:strides(1,7)
@helion.kernel
def doubled_flat(x):
    """reshape copies where a view cannot be."""
    flat = x.reshape(-1)
    out = torch.empty_like(flat)
    for tile in hl.tile(flat.numel()):
        out[tile] = flat[tile] * 2
    return out.view(x.shape)


def doubled_flat_reference(x):
    return x * 2


# inputs: x=f32[3,4,5,2]
# inputs: x=f32[2,3,4,5]:strides(60,1,15,3)
@helion.kernel
def many_views(x):
    a, b, c, d = x.shape
    merged = x.permute(0, 2, 1, 3).flatten(0, 1)
    swapped = merged.transpose(-1, -2).contiguous()
    lifted = swapped.unsqueeze(1).expand(-1, 2, -1, -1)
    first = lifted[:, 0]
    odd = first[::2, 1:]
    out = torch.empty_like(odd)
    for i, j, k in hl.tile([odd.size(0), odd.size(1), odd.size(2)]):
        out[i, j, k] = odd[i, j, k] + merged.size(0)
    return out


def many_views_reference(x):
    merged = x.permute(0, 2, 1, 3).flatten(0, 1)
    return merged.transpose(-1, -2)[::2, 1:] + merged.size(0)


# inputs: x=f32[5,12]; y=f32[12]
# inputs: x=f32[33,6]; y=f32[6]
@helion.kernel
def pieces(x, y):
    """Chunks, splits, rows, and a tuple of them in device code."""
    left, right = x.chunk(2, dim=-1)
    parts = torch.split(y, y.size(0) // 2)
    head, *tail = x.shape
    half = tail[-1] // 2
    out = torch.empty([head, half], dtype=x.dtype, device=x.device)
    for i, j in hl.tile([head, half]):
        out[i, j] = left[i, j] * parts[0][j] + right[i, j] * parts[1][j]
    return out


def pieces_reference(x, y):
    half = x.size(1) // 2
    return x[:, :half] * y[:half] + x[:, half:] * y[half:]


# inputs: x=f32[31]; y=i32[8]:randint(0,31)
@helion.kernel
def host_arithmetic(x, y):
    """Tensors that host code computes before the loop."""
    scaled = (x - x.mean()) / 2
    mask = scaled > 0
    chosen = torch.where(mask, scaled, 0.0).to(torch.float64)
    picked = x[y.long()]
    total = chosen.sum() + picked.sum(dim=0, keepdim=True)
    wide = torch.cat([chosen, total])
    stacked = torch.stack([wide, wide * 2], dim=1)
    out = torch.zeros(stacked.shape, dtype=stacked.dtype, device=x.device)
    for i, j in hl.tile(stacked.shape):
        out[i, j] = stacked[i, j] + 1
    return out, mask


def host_arithmetic_reference(x, y):
    scaled = (x - x.mean()) / 2
    mask = scaled > 0
    chosen = torch.where(mask, scaled, 0.0).to(torch.float64)
    total = chosen.sum() + x[y.long()].sum(dim=0, keepdim=True)
    wide = torch.cat([chosen, total])
    return torch.stack([wide, wide * 2], dim=1) + 1, mask


# inputs: x=f32[4,10]
@helion.kernel
def made_of_numbers(x):
    """Factories of every kind."""
    n, m = x.shape
    positions = torch.arange(m, device=x.device)
    steps = torch.arange(0, 2 * m, 2, dtype=torch.int32, device=x.device)
    weights = torch.tensor([[1.0, 2.0], [3.0, 4.0]], device=x.device)
    eye = torch.eye(n, device=x.device)
    ones = x.new_ones(n, 1)
    sevens = torch.full((m,), 7, device=x.device)
    like = torch.zeros_like(x, dtype=torch.float64)
    strided = torch.empty_strided((n, m), (1, n), dtype=x.dtype, device=x.device)
    for i in hl.tile(n):
        for j in hl.tile(m):
            value = positions[j] + steps[j] + sevens[j]
            strided[i, j] = value[None, :] * ones[i, 0][:, None] + eye[i, 0][:, None] + weights[1, 0]
            like[i, j] = x[i, j].to(torch.float64)
    return strided, like


def made_of_numbers_reference(x):
    n, m = x.shape
    i = torch.arange(m)
    first = torch.zeros(n, 1)
    first[0] = 1
    return (i * 3 + 7)[None, :] + first + 3.0, x.to(torch.float64)


# inputs: x=i32[6,5]:randint(-9,9)
@helion.kernel
def as_bits(x):
    """A view under another dtype, and one of half the length."""
    floats = x.view(torch.float32)
    halves = x.view(torch.int16)
    out = torch.empty(halves.size(), dtype=torch.int32, device=x.device)
    for i, j in hl.tile(halves.size()):
        out[i, j] = halves[i, j] + floats.size(1)
    return out


def as_bits_reference(x):
    return x.view(torch.int16).to(torch.int32) + x.size(1)


# inputs: x=f32[37,20]
@helion.kernel
def partial_sums(x):
    """A tensor whose length a configuration decides."""
    m, n = x.shape
    block = hl.register_block_size(m)
    blocks = (m + block - 1) // block
    partial = torch.empty([blocks, n], dtype=torch.float32, device=x.device)
    for tile in hl.tile(m, block_size=block):
        partial[tile.id, :] = x[tile, :].sum(0)
    return partial.sum(0)


def partial_sums_reference(x):
    return x.sum(0)


# inputs: q=f32[2,6,4]; k=f32[2,9,4]
@helion.kernel
def leading_axes(q, k):
    """Shapes that are cut and put together again."""
    d = q.shape[-1]
    batch = math.prod(q.shape[:-2])
    flat_q = q.reshape([batch, *q.shape[-2:]])
    flat_k = k.reshape(-1, k.size(-2), d).transpose(1, 2)
    out = torch.empty([*q.shape[:-1], k.shape[-2]], dtype=torch.float32, device=q.device)
    flat_out = out.view(batch, q.size(1), k.size(1))
    scale = 1.0 / math.sqrt(d)
    for b in hl.grid(batch):
        for i, j in hl.tile([q.size(1), k.size(1)]):
            acc = hl.zeros([i, j], dtype=torch.float32)
            for c in hl.tile(d):
                acc = acc + (flat_q[b, i, c][:, :, None] * flat_k[b, c, j][None, :, :]).sum(1)
            flat_out[b, i, j] = acc * scale
    return out


def leading_axes_reference(q, k):
    return q @ k.transpose(1, 2) / 2.0
