"""Bounds of 64 bits, branches within loops, numbers of the host, unequal operands of products."""

from __future__ import annotations
import torch
import torch.nn.functional as F
import helion
import helion.language as hl


# inputs: x=f16[64,128]; starts=i64[8]:randint(0,20); ends=i64[8]:randint(20,64); ids=i64[64]:randint(0,64)
@helion.kernel
def carried_positions(x, starts, ends, ids):
    g = starts.size(0)
    n = x.size(1)
    out = torch.zeros([g, n], dtype=torch.float32, device=x.device)
    pos = torch.zeros([g], dtype=torch.int64, device=x.device)
    for i in hl.grid(g):
        last = hl.zeros([], dtype=torch.int64)
        count = 0
        acc = hl.zeros([n], dtype=torch.float32)
        for j in range(starts[i], ends[i]):
            acc += x[ids[j], :]
            last = ids[j]
            count = count + 1
        for t in hl.tile(starts[i], ends[i]):
            last = torch.maximum(last, t.index.amax() * 0)
        out[i, :] = acc / count
        pos[i] = last * 0 + count
    return out, pos


def carried_positions_reference(x, starts, ends, ids):
    rows = [x[ids[s:e]].float().mean(0) for s, e in zip(starts.tolist(), ends.tolist())]
    return torch.stack(rows), ends - starts


# inputs: x=f16[96,64]; w=f16[4,64,64]; offs=i64[5]:arange
@helion.kernel
def jagged_gemm_int64(x, w, offs):
    k = x.size(1)
    n = w.size(2)
    out = torch.zeros([96, n], dtype=x.dtype, device=x.device)
    for g in hl.grid(4):
        s = offs[g] * 24
        e = offs[g + 1] * 24
        for tm, tn in hl.tile([s, 0], [e, n]):
            acc = hl.zeros([tm, tn], dtype=torch.float32)
            for tk in hl.tile(k):
                acc = hl.dot(x[tm, tk], w[g, tk, tn], acc=acc)
            out[tm, tn] = acc
    return out


def jagged_gemm_int64_reference(x, w, offs):
    return torch.cat([x[24 * g : 24 * g + 24].float() @ w[g].float() for g in range(4)]).half()


# inputs: x=f16[64,64]; n=i64[1]:randint(20,60)
@helion.kernel
def root_from_memory_64(x, n):
    out = torch.zeros_like(x)
    for tm, tn in hl.tile([n[0], x.size(1)]):
        out[tm, tn] = x[tm, tn] * 2
    return out


def root_from_memory_64_reference(x, n):
    out = torch.zeros_like(x)
    out[: int(n)] = x[: int(n)] * 2
    return out


# inputs: x=bf16[32,64]; y=bf16[64,32]
@helion.kernel
def bf16_accumulators(x, y):
    out = torch.empty([32, 32], dtype=x.dtype, device=x.device)
    for tm, tn in hl.tile([32, 32]):
        acc = hl.zeros([tm, tn], dtype=x.dtype)
        for tk in hl.tile(64):
            acc = torch.addmm(acc, x[tm, tk], y[tk, tn])
        out[tm, tn] = torch.tanh(acc) + acc.exp2() * torch.sigmoid(acc)
    return out


def bf16_accumulators_reference(x, y):
    a = x.float() @ y.float()
    return (a.tanh() + a.exp2() * a.sigmoid()).to(x.dtype)


# inputs: x=f16[40,64]; idx=i32[40]:randint(0,40)
@helion.kernel
def branches_of_types(x, idx):
    out = torch.empty_like(x)
    for t in hl.tile(x.size(0), block_size=8):
        first = idx[t.begin]
        if first > 20:
            v = x[t, :].to(torch.float32)
            tmp = v.sum(1)
            v = v / (1 + tmp.abs()[:, None])
        else:
            v = x[t, :].to(torch.float32) * first
            tmp = v.sum()
            v = v + tmp * 0
        out[t, :] = v.to(x.dtype)
    return out


def branches_of_types_reference(x, idx):
    out = torch.empty_like(x)
    for b in range(0, 40, 8):
        f = int(idx[b])
        v = x[b : b + 8].float()
        out[b : b + 8] = (v / (1 + v.sum(1, keepdim=True).abs()) if f > 20 else v * f).half()
    return out


# inputs: x=f16[2,3,64,32]; y=f16[2,3,32,64]
@helion.kernel
def four_dim_bmm(x, y):
    b, h, m, k = x.shape
    n = y.size(-1)
    out = torch.empty([b, h, m, n], dtype=x.dtype, device=x.device)
    for tb, th, tm, tn in hl.tile([b, h, m, n], block_size=[1, 1, None, None]):
        acc = hl.zeros([tb, th, tm, tn], dtype=torch.float32)
        for tk in hl.tile(k):
            a = x[tb, th, tm, tk].reshape(tm, tk)
            c = y[tb, th, tk, tn].reshape(tk, tn)
            acc = acc + hl.dot(a, c)[None, None, :, :]
        out[tb, th, tm, tn] = acc
    return out


def four_dim_bmm_reference(x, y):
    return (x.float() @ y.float()).half()


# inputs: x=f16[64,64]; w=f8e4m3[64,64]:uniform(-1,1); s=f32[64]
@helion.kernel
def mixed_fp8_weight(x, w, s):
    m, k = x.shape
    n = w.size(1)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tm, tn in hl.tile([m, n]):
        acc = hl.zeros([tm, tn], dtype=torch.float32)
        for tk in hl.tile(k):
            acc = torch.addmm(acc, x[tm, tk], w[tk, tn].to(x.dtype))
        out[tm, tn] = (acc * s[tn]).to(x.dtype)
    return out


def mixed_fp8_weight_reference(x, w, s):
    return (x.float() @ w.float() * s).half()


# inputs: x=f16[33,64]; flags=bool[33]
@helion.kernel
def if_inside_device_loop(x, flags):
    m, n = x.shape
    out = torch.zeros([m], dtype=torch.float32, device=x.device)
    for i in hl.grid(m):
        acc = hl.zeros([], dtype=torch.float32)
        for t in hl.tile(n, block_size=16):
            if flags[i]:
                acc += x[i, t].to(torch.float32).sum()
            elif t.begin < 32:
                acc -= x[i, t].to(torch.float32).amax()
        out[i] = acc
    return out


def if_inside_device_loop_reference(x, flags):
    y = x.float()
    other = -(y[:, :16].amax(1) + y[:, 16:32].amax(1))
    return torch.where(flags, y.sum(1), other)


# inputs: x=f16[33,64]; y=f16[64]; scale=2.0; offset=3
@helion.kernel
def scalars_of_host(x, y, scale: float, offset: int):
    m, n = x.shape
    half_scale = scale / 2 + offset
    k = offset * 2
    inv = 1.0 / n
    out = torch.empty_like(x)
    for tm, tn in hl.tile([m, n]):
        v = x[tm, tn] * half_scale + y[tn] * k
        out[tm, tn] = (v * inv + (tm.index[:, None] + offset) % 3).to(x.dtype)
    return out


def scalars_of_host_reference(x, y, scale, offset):
    v = x.float() * (scale / 2 + offset) + y.float() * offset * 2
    return (v / x.size(1) + ((torch.arange(33)[:, None] + offset) % 3)).half()
