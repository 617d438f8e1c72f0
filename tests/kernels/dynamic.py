"""Kernels with dynamic shapes: one module is right for other sizes. `# others:` names these."""

import math

import torch

import helion
import helion.language as hl


# inputs: x=f32[37,53]; y=f32[37,53]
# others: x=f32[64,31]; y=f32[64,31]
# others: x=f32[1,2]; y=f32[1,2]
@helion.kernel(static_shapes=False)
def add(x, y):
    m, n = x.shape
    out = torch.empty_like(x)
    for i, j in hl.tile([m, n]):
        out[i, j] = x[i, j] + y[i, j] / n
    return out


def add_reference(x, y):
    return x + y / x.shape[1]


# inputs: x=f32[37,53]; y=f32[53,41]
# others: x=f32[64,32]; y=f32[32,16]
# others: x=f32[5,70]; y=f32[70,90]
@helion.kernel(static_shapes=False)
def mm(x, y):
    m, k = x.size()
    k2, n = y.size()
    assert k == k2
    out = torch.empty([m, n], dtype=torch.promote_types(x.dtype, y.dtype), device=x.device)
    for tm, tn in hl.tile([m, n]):
        acc = hl.zeros([tm, tn], dtype=torch.float32)
        for tk in hl.tile(k):
            acc = torch.addmm(acc, x[tm, tk], y[tk, tn])
        out[tm, tn] = acc.to(out.dtype)
    return out


def mm_reference(x, y):
    return x @ y


# inputs: x=f32[37,53]
# others: x=f32[12,53]
@helion.kernel(static_shapes=False)
def softmax(x):
    m, n = x.size()
    out = torch.empty_like(x)
    for t in hl.tile(m):
        out[t, :] = torch.softmax(x[t, :], dim=-1)
    return out


def softmax_reference(x):
    return torch.softmax(x, -1)


# inputs: x=f32[37,53]
# others: x=f32[64,32]
# others: x=f32[2,17]
@helion.kernel(static_shapes=False)
def row_sums(x):
    m, n = x.size()
    out = x.new_empty([m])
    block = hl.register_block_size(n)
    parts = x.new_zeros([m, helion.cdiv(n, block)])
    for i, t in hl.tile([m, n], block_size=[None, block]):
        parts[i, t.id] = x[i, t].sum(-1)
    return parts.sum(-1)


def row_sums_reference(x):
    return x.sum(-1)


# inputs: x=f32[37,53]
# others: x=f32[64,32]
# others: x=f32[2,17]
@helion.kernel(static_shapes=False)
def shifted(x):
    m, n = x.size()
    flat = x.view(-1)
    out = torch.empty_like(flat)
    total = m * n
    scale = 1.0 / math.sqrt(n)
    for t in hl.tile(total):
        out[t] = flat[t] + hl.load(flat, [t + 1], extra_mask=t.index + 1 < total) * scale
    return out.view(m, n)


def shifted_reference(x):
    f = x.reshape(-1)
    g = torch.cat([f[1:], torch.zeros(1, dtype=x.dtype)])
    return (f + g / math.sqrt(x.shape[1])).view(x.shape)


# inputs: x=f32[6,40]; lengths=i64[6]:randint(1,41)
# others: x=f32[9,30]; lengths=i64[9]:randint(1,31)
@helion.kernel(static_shapes=False)
def jag(x, lengths):
    b = lengths.size(0)
    total = int(lengths.sum().item())
    offs = torch.zeros(b + 1, dtype=torch.int64, device=x.device)
    offs[1:] = torch.cumsum(lengths, 0)
    out = torch.empty([total], dtype=x.dtype, device=x.device)
    for i in hl.grid(b):
        s = offs[i]
        e = offs[i + 1]
        for t in hl.tile(0, e - s):
            out[s + t.index] = x[i, t]
    return out


def jag_reference(x, lengths):
    return torch.cat([x[i, :n] for i, n in enumerate(lengths.tolist())])


# inputs: x=f32[37,53]
# others: x=f32[64,32]
@helion.kernel(static_shapes=False)
def branch(x):
    m, n = x.size()
    out = torch.empty_like(x)
    if n > 20:
        k = 2
    else:
        k = 3
    for i, j in hl.tile([m, n]):
        v = x[i, j]
        if m > 40:
            v = v + 1
        out[i, j] = v * k + m
    return out


def branch_reference(x):
    return (x + (1 if x.shape[0] > 40 else 0)) * (2 if x.shape[1] > 20 else 3) + x.shape[0]


# inputs: x=f32[37,53]; t=f32[53,37]:strides(1,53)
# others: x=f32[64,32]; t=f32[32,64]:strides(1,32)
@helion.kernel(static_shapes=False)
def strided(x, t):
    m, n = x.size()
    out = torch.empty_like(x)
    y = t.t()
    for i, j in hl.tile([m, n]):
        out[i, j] = x[i, j] - y[i, j] + t[j, i].T
    return out


def strided_reference(x, t):
    return x
