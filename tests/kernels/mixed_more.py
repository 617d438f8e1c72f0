"""Packed weights, atomics, random masks, views of one input, split sums."""

from __future__ import annotations

from typing import Callable

import torch

import helion
import helion.language as hl


# inputs: a=f16[21,32]; packed=i8[16,24]:randint(-128,127)
# full: a=bf16[2048,4096]; packed=i8[2048,4096]:randint(-128,127)
@helion.kernel
def int4_gemm(a, packed):
    m, k = a.shape
    n = packed.size(1)
    block_k_packed = hl.register_block_size(k // 2)
    out = torch.zeros(m, n, dtype=a.dtype, device=a.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k // 2, block_size=block_k_packed):
            a_begin = tile_k.begin * 2
            a_len = tile_k.block_size * 2
            left = a[tile_m, a_begin : (a_begin + a_len)].to(torch.float32)
            tile = packed[tile_k, tile_n]
            low = ((tile << 4) >> 4).to(torch.int8)
            high = (tile >> 4).to(torch.int8)
            stacked = torch.stack([low.to(a.dtype), high.to(a.dtype)], dim=1)
            unpacked = stacked.reshape(tile_k.block_size * 2, tile_n.block_size).to(torch.float32)
            acc = acc + hl.dot(left, unpacked)
        out[tile_m, tile_n] = acc.to(out.dtype)
    return out


def int4_gemm_reference(a, packed):
    low = ((packed << 4) >> 4).float()
    high = (packed >> 4).float()
    weights = torch.stack([low, high], 1).reshape(-1, packed.size(1))
    return (a.float() @ weights).to(a.dtype)


# inputs: indices=i64[93]:randint(0,7); values=f32[93,12]
@helion.kernel
def segment_sums(indices, values):
    """The indices need not be sorted: every element goes to its place by an atomic."""
    rows, features = values.shape
    out = torch.zeros([8, features], dtype=values.dtype, device=values.device)
    for tile_e, tile_f in hl.tile([rows, features]):
        where = indices[tile_e]
        hl.atomic_add(out, [where, tile_f], values[tile_e, tile_f])
    return out


def segment_sums_reference(indices, values):
    return torch.zeros(8, values.size(1)).index_add(0, indices, values)


# inputs: x=f32[37,64]
@helion.kernel
def geglu(x):
    rows, width = x.shape
    half = width // 2
    out = torch.empty([rows, half], dtype=x.dtype, device=x.device)
    left = x[:, :half]
    right = x[:, half:]
    for tile_m, tile_n in hl.tile([rows, half]):
        gate = torch.nn.functional.gelu(left[tile_m, tile_n].to(torch.float32), approximate="tanh")
        out[tile_m, tile_n] = (gate * right[tile_m, tile_n]).to(x.dtype)
    return out


def geglu_reference(x):
    a, b = x.chunk(2, -1)
    return torch.nn.functional.gelu(a, approximate="tanh") * b


# inputs: x=f32[64,70]; y=f32[70,20]
@helion.kernel
def split_k(x, y):
    m, k = x.shape
    n = y.size(1)
    out = torch.zeros([m, n], dtype=x.dtype, device=x.device)
    split = hl.register_tunable("split_k", helion.autotuner.PowerOfTwoFragment(1, 8, 2))
    k_block = helion.next_power_of_2(helion.cdiv(k, split))
    for tile_m, tile_n, outer_k in hl.tile([m, n, k], block_size=[None, None, k_block]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for inner_k in hl.tile(outer_k.begin, outer_k.end):
            acc = torch.addmm(acc, x[tile_m, inner_k], y[inner_k, tile_n])
        hl.atomic_add(out, [tile_m, tile_n], acc)
    return out


def split_k_reference(x, y):
    return x @ y


# inputs: x=f32[17,50]; y=f32[17,50]; beta=0.3; labels=none
# inputs: x=f32[17,50]; y=f32[17,50]; beta=0.0; labels=none
# inputs: x=f32[17,50]; y=f32[17,50]; beta=1.0; labels=i64[17]:randint(0,3)
# full: x=f32[1024,16000]; y=f32[1024,16000]; beta=0.5; labels=i64[1024]:randint(0,3)
@helion.kernel
def jensen_shannon(x, y, beta: float, labels):
    n, v = x.shape
    loss = torch.zeros([n], device=x.device)
    dx = torch.empty_like(x)
    non_ignored = (labels != 2).sum() if labels is not None else n
    one = torch.tensor(1.0)
    for tile_n in hl.tile(n):
        total = hl.zeros([tile_n], dtype=torch.float32)
        for tile_v in hl.tile(v):
            lx = x[tile_n, tile_v].float()
            ly = y[tile_n, tile_v].float()
            if beta == 0.0:
                p = torch.exp(ly)
                d = p * (ly - lx)
                g = -p
            elif beta == 1.0:
                q = torch.exp(lx)
                d = q * (lx - ly)
                g = d + q
            else:
                p, q = torch.exp(ly), torch.exp(lx)
                m = beta * p + (1 - beta) * q
                lm = torch.log(m)
                d = beta * p * (ly - lm) + (1 - beta) * q * (lx - lm)
                g = (1 - beta) * q * (lx - lm)
            if labels is not None:
                keep = labels[tile_n] != 2
                d = torch.where(keep[:, None], d, 0.0)
                g = torch.where(keep.unsqueeze(1), g, 0.0)
            total += d.sum(1)
            dx[tile_n, tile_v] = g
        loss[tile_n] = total
    return loss, dx


def jensen_shannon_reference(x, y, beta, labels):
    p, q = torch.exp(y), torch.exp(x)
    if beta == 0.0:
        d, g = p * (y - x), -p
    elif beta == 1.0:
        d = q * (x - y)
        g = d + q
    else:
        lm = torch.log(beta * p + (1 - beta) * q)
        d = beta * p * (y - lm) + (1 - beta) * q * (x - lm)
        g = (1 - beta) * q * (x - lm)
    if labels is not None:
        keep = (labels != 2)[:, None]
        d, g = torch.where(keep, d, 0.0), torch.where(keep, g, 0.0)
    return d.sum(1), g


# inputs: x=f16[11,64]:uniform(-4,4); group=16
# full: x=f16[4096,4096]:uniform(-4,4); group=128
@helion.kernel
def quantise_groups(x, group: int):
    """Each group of a row to fp8, with its own scale."""
    m, n = x.shape
    group = hl.specialize(group)
    q = torch.empty([m, n], dtype=torch.float8_e4m3fn, device=x.device)
    scales = torch.empty([m, n // group], dtype=torch.float32, device=x.device)
    for tile_m, tile_g in hl.tile([m, n], block_size=[None, group]):
        values = x[tile_m, tile_g].to(torch.float32)
        top = torch.amax(torch.abs(values), dim=-1).clamp(min=1e-4)
        scale = top * (1.0 / 448.0)
        q[tile_m, tile_g] = torch.clamp(values / scale[:, None], -448.0, 448.0).to(torch.float8_e4m3fn)
        scales[tile_m, tile_g.id] = scale
    return q.float(), scales


def quantise_groups_reference(x, group):
    v = x.float().view(x.size(0), -1, group)
    s = v.abs().amax(-1).clamp(min=1e-4) / 448
    return (v / s[..., None]).clamp(-448, 448).to(torch.float8_e4m3fn).float().view(x.shape), s


# inputs: cb=f32[2,3,2,16,16]; x=f32[2,48,4,20]; dt=f32[2,4,3,16]:uniform(0,1); da=f32[2,4,3,16]:uniform(-1,0); c=f32[2,48,2,8]; states=f32[2,3,4,20,8]; d=f32[4]
# full: cb=f16[2,4,1,256,256]:uniform(-0.2,0.2); x=f16[2,1024,8,64]; dt=f16[2,8,4,256]:uniform(0,0.5); da=f16[2,8,4,256]:uniform(-1,0); c=f16[2,1024,1,128]:uniform(-0.2,0.2); states=f16[2,4,8,64,128]; d=f16[8]
@helion.kernel()
def state_space_chunk_scan(cb, x, dt, da, c, states, d):
    batch, nchunks, ngroups, chunk, _ = cb.shape
    _, seqlen, nheads, headdim = x.shape
    _, _, _, dstate = c.shape
    assert nchunks == (seqlen + chunk - 1) // chunk
    block_m = hl.register_block_size(chunk)
    block_n = hl.register_block_size(headdim)
    block_k = hl.register_block_size(16, 64)
    dstate = hl.specialize(dstate)
    dtype = cb.dtype
    accum = torch.float32
    out = torch.empty_like(x)
    p = 1.44269504
    for tile_h, tile_m, tile_n, tile_b, tile_c in hl.tile(
        [nheads, chunk, headdim, batch, nchunks], block_size=[1, block_m, block_n, 1, 1]
    ):
        acc_o = hl.zeros([tile_m, tile_n], dtype=accum)
        da_m = da[tile_b.begin, tile_h.begin, tile_c.begin, tile_m].to(torch.float32)
        scale_m = torch.exp2(da_m * p)
        c_local = c[
            tile_b.begin,
            tile_m.index + tile_c.begin * chunk,
            tile_h.begin // (nheads // ngroups),
            :,
        ]
        prev = states[tile_b.begin, tile_c.begin, tile_h.begin, tile_n, :]
        acc_o = hl.dot(c_local, prev.T, acc=acc_o)
        acc_o *= scale_m[:, None]
        for tile_k in hl.tile((tile_m.id + 1) * block_m, block_size=block_k):
            cb_local = cb[tile_b.begin, tile_c.begin, tile_h.begin // (nheads // ngroups), tile_m, tile_k]
            da_k = da[tile_b.begin, tile_h.begin, tile_c.begin, tile_k].to(torch.float32)
            cb_local *= torch.exp2(da_m[:, None] * p - da_k[None, :] * p)
            dt_k = dt[tile_b.begin, tile_h.begin, tile_c.begin, tile_k].to(torch.float32)
            cb_local = (cb_local * dt_k[None, :]).to(dtype)
            pred = (tile_m.index + 0)[:, None] >= (tile_k.index + 0)[None, :]
            cb_local = torch.where(pred, cb_local, torch.zeros_like(cb_local))
            x_local = x[tile_b.begin, tile_c.begin * chunk + tile_k.index, tile_h.begin, tile_n]
            acc_o = hl.dot(cb_local, x_local, acc=acc_o)
        d_local = d[tile_h.begin].to(torch.float32)
        x_res = x[tile_b.begin, tile_c.begin * chunk + tile_m.index, tile_h.begin, tile_n].to(torch.float32)
        acc_o += x_res * d_local
        out[tile_b.begin, tile_c.begin * chunk + tile_m.index, tile_h.begin, tile_n] = acc_o.to(dtype=dtype)
    return out


def state_space_chunk_scan_reference(cb, x, dt, da, c, states, d):
    b, n, g, q, _ = cb.shape
    h = x.size(2)
    cb = cb.repeat_interleave(h // g, 2)
    cc = c.repeat_interleave(h // g, 2).view(b, n, q, h, -1)
    xx = x.view(b, n, q, h, -1)
    decay = torch.exp(da[..., :, None] - da[..., None, :]).tril()
    w = cb.permute(0, 2, 1, 3, 4) * decay * dt[..., None, :]
    out = torch.einsum("bhnmk,bnkhp->bnmhp", w, xx)
    out = out + torch.einsum("bnmhs,bnhps,bhnm->bnmhp", cc, states, torch.exp(da))
    return (out + xx * d[:, None]).reshape(x.shape)
