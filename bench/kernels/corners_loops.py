"""Corners of loops, bounds and masks."""

from __future__ import annotations
import math
import torch
import torch.nn.functional as F
from torch import Tensor
import helion
import helion.language as hl


# inputs: q=f32[2,33,16]; k=f32[2,47,16]; v=f32[2,47,16]
@helion.kernel
def inner_tuple_tile(q, k, v):
    bh, m, d = q.shape
    out = torch.empty_like(q)
    for (tile_b, tile_m) in hl.tile([bh, m], block_size=[None, None]):
        acc = hl.zeros([tile_b, tile_m, d])
        den = hl.zeros([tile_b, tile_m])
        for (tile_n,) in hl.tile([k.size(1)]):
            s = torch.bmm(q[tile_b, tile_m, :], k[tile_b, tile_n, :].transpose(-2, -1))
            p = torch.exp(s * 0.1)
            den += p.sum(-1)
            acc = torch.baddbmm(acc, p, v[tile_b, tile_n, :])
        out[tile_b, tile_m, :] = acc / den[..., None]
    return out


def inner_tuple_tile_reference(q, k, v):
    p = torch.exp(q @ k.transpose(1, 2) * 0.1)
    return p @ v / p.sum(-1, keepdim=True)


# inputs: x=f32[40,24]
@helion.kernel
def conditional_store_by_tile_id(x):
    m, n = x.shape
    out = torch.zeros_like(x)
    first = torch.zeros([n], dtype=x.dtype, device=x.device)
    for tm, tn in hl.tile([m, n]):
        v = x[tm, tn]
        if tm.id == 0:
            first[tn] = v.sum(0)
        if tm.begin + tm.block_size >= m:
            out[tm, tn] = v * 2
        else:
            out[tm, tn] = v * 2 + 0 * v
    return out, first * 0


def conditional_store_by_tile_id_reference(x):
    return x * 2, torch.zeros(x.size(1))


# inputs: x=f32[40,24]; y=f32[24,40]
@helion.kernel
def transposed_loads(x, y):
    m, n = x.shape
    out = torch.empty_like(x)
    for tm, tn in hl.tile([m, n]):
        out[tm, tn] = x[tm, tn] + y[tn, tm].T
    return out


def transposed_loads_reference(x, y):
    return x + y.T


# inputs: x=f32[40,24]
@helion.kernel
def accumulate_to_fp16(x):
    m, n = x.shape
    out = torch.empty([m], dtype=torch.float16, device=x.device)
    for tm in hl.tile(m):
        acc = hl.zeros([tm], dtype=torch.float16)
        for tn in hl.tile(n):
            acc = acc + x[tm, tn].sum(-1).to(torch.float16)
        out[tm] = acc
    return out


def accumulate_to_fp16_reference(x):
    return x.sum(-1).half()


# inputs: x=f32[40,24]
@helion.kernel
def accumulator_type_change(x):
    """The accumulator starts as a Python number."""
    m, n = x.shape
    out = torch.empty([m], dtype=torch.float32, device=x.device)
    for i in hl.grid(m):
        total = 0.0
        for j in hl.grid(n):
            total = total + x[i, j]
        out[i] = total
    return out


def accumulator_type_change_reference(x):
    return x.sum(-1)


# inputs: x=f32[40,24]; starts=i32[5]:randint(0,10); ends=i32[5]:randint(10,40)
@helion.kernel
def dynamic_ranges(x, starts, ends):
    g = starts.size(0)
    n = x.size(1)
    out = torch.empty([g, n], dtype=x.dtype, device=x.device)
    for i in hl.grid(g):
        acc = hl.zeros([n])
        for j in range(starts[i], ends[i]):
            acc += x[j, :]
        mx = hl.full([n], float("-inf"))
        for t in hl.tile(starts[i], ends[i]):
            mx = torch.maximum(mx, x[t, :].amax(0))
        out[i, :] = acc + mx
    return out


def dynamic_ranges_reference(x, starts, ends):
    return torch.stack([x[s:e].sum(0) + x[s:e].amax(0) for s, e in zip(starts.tolist(), ends.tolist())])


# inputs: x=f32[40,24]; starts=i32[5]:randint(0,10); ends=i32[5]:randint(10,40)
@helion.kernel
def vector_bounds(x, starts, ends):
    """Many rows at a time, the loop goes over the union of their ranges."""
    g = starts.size(0)
    n = x.size(1)
    out = torch.empty([g, n], dtype=x.dtype, device=x.device)
    for tg, tn in hl.tile([g, n]):
        lo, hi = starts[tg], ends[tg]
        first = lo.amin()
        last = hi.amax()
        acc = hl.zeros([tg, tn])
        for t in hl.tile(first, last):
            inside = (t.index[None, :] >= lo[:, None]) & (t.index[None, :] < hi[:, None])
            acc += (x[t, tn][None, :, :] * inside[:, :, None]).sum(1)
        out[tg, tn] = acc
    return out


def vector_bounds_reference(x, starts, ends):
    return torch.stack([x[s:e].sum(0) for s, e in zip(starts.tolist(), ends.tolist())])


# inputs: x=f32[7,5,6,9]
@helion.kernel
def four_dims_reduce_two(x):
    a, b, c, d = x.shape
    out = torch.empty([a, c], dtype=x.dtype, device=x.device)
    for ta, tc in hl.tile([a, c]):
        v = x[ta, :, tc, :]
        out[ta, tc] = v.sum(-1).amax(1) + v.amax(dim=(1, 3))
    return out


def four_dims_reduce_two_reference(x):
    return x.sum(-1).amax(1) + x.amax(dim=(1, 3))


# inputs: x=f16[64,48]; w=f16[3,48,32]
@helion.kernel
def three_products_loop(x, w):
    m, k = x.shape
    c, _, n = w.shape
    out = torch.empty([c, m, n], dtype=x.dtype, device=x.device)
    for tm, tn in hl.tile([m, n]):
        for i in range(c):
            acc = hl.zeros([tm, tn], dtype=torch.float32)
            for tk in hl.tile(k):
                acc = torch.addmm(acc, x[tm, tk], w[i, tk, tn])
            out[i, tm, tn] = acc.to(x.dtype)
    return out


def three_products_loop_reference(x, w):
    return (x.float() @ w.float()).half()


# inputs: x=f32[64,48]; y=f32[48,32]
@helion.kernel(dot_precision="ieee")
def matmul_then_softmax_full_rows(x, y):
    m, k = x.shape
    n = y.size(1)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tm in hl.tile(m):
        acc = hl.zeros([tm, n], dtype=torch.float32)
        for tk in hl.tile(k):
            acc += torch.matmul(x[tm, tk], y[tk, :])
        out[tm, :] = torch.softmax(acc, dim=1)
    return out


def matmul_then_softmax_full_rows_reference(x, y):
    return (x @ y).softmax(-1)


# inputs: x=f32[33,50]; y=f32[50,20]
@helion.kernel
def non_power_full_dot(x, y):
    m, k = x.shape
    n = y.size(1)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tm in hl.tile(m):
        out[tm, :] = x[tm, :] @ y[:, :]
    return out


def non_power_full_dot_reference(x, y):
    return x @ y


# inputs: x=f32[33,50]; y=f32[20,50]
@helion.kernel
def exp_rows_dot(x, y):
    """exp of padded lanes is 1: they must not count in the product."""
    m, k = x.shape
    n = y.size(0)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tm, tn in hl.tile([m, n]):
        acc = hl.zeros([tm, tn], dtype=torch.float32)
        for tk in hl.tile(k):
            acc = hl.dot(torch.exp(x[tm, tk]), torch.cos(y[tn, tk]).T, acc=acc)
        out[tm, tn] = acc
    return out


def exp_rows_dot_reference(x, y):
    return torch.exp(x) @ torch.cos(y).T


# inputs: x=f32[33,50]
@helion.kernel
def chained_masked_reductions(x):
    m, n = x.shape
    a = torch.empty([n], dtype=x.dtype, device=x.device)
    for tn in hl.tile(n):
        acc = hl.full([tn], 1.0)
        low = hl.full([tn], float("inf"))
        for tm in hl.tile(m):
            e = torch.exp(x[tm, tn])
            acc = acc * torch.prod(1 + 0.01 * e, dim=0)
            low = torch.minimum(low, (e + 1).amin(0))
        a[tn] = acc + low
    return a


def chained_masked_reductions_reference(x):
    e = torch.exp(x)
    return (1 + 0.01 * e).prod(0) + (e + 1).amin(0)


# inputs: x=f32[33,50]
@helion.kernel
def variance_forms(x):
    m, n = x.shape
    out = torch.empty([m, 4], dtype=x.dtype, device=x.device)
    for t in hl.tile(m):
        v = x[t, :]
        var, mean = torch.var_mean(v, dim=-1, correction=0)
        out[t, 0] = var
        out[t, 1] = mean
        out[t, 2] = v.std(-1)
        out[t, 3] = torch.logsumexp(v, -1)
    return out


def variance_forms_reference(x):
    return torch.stack([x.var(-1, correction=0), x.mean(-1), x.std(-1), x.logsumexp(-1)], 1)


# inputs: x=f32[33,50]
@helion.kernel
def hl_load_store_forms(x):
    m, n = x.shape
    out = torch.empty_like(x)
    for t, c in hl.tile([m, n]):
        v = hl.load(x, [t, c], eviction_policy="evict_last")
        w = hl.load(x, (t, c))
        ok = (t.index[:, None] + c.index[None, :]) % 2 == 0
        hl.store(out, [t, c], v)
        hl.store(out, [t.index, c.index], w * 2, extra_mask=ok)
    return out


def hl_load_store_forms_reference(x):
    even = (torch.arange(33)[:, None] + torch.arange(50)[None]) % 2 == 0
    return torch.where(even, 2 * x, x)


# inputs: x=f32[33,50]; lut=f32[16]
@helion.kernel
def table_lookup_computed(x, lut):
    out = torch.empty_like(x)
    for t in hl.tile(x.size()):
        q = torch.clamp(torch.floor(x[t] * 4 + 8), 0, 15).to(torch.int64)
        out[t] = lut[q]
    return out


def table_lookup_computed_reference(x, lut):
    return lut[torch.clamp(torch.floor(x * 4 + 8), 0, 15).long()]


# inputs: x=f32[33,50]; perm=i64[33]:randint(0,33)
@helion.kernel
def permute_rows_and_write(x, perm):
    m, n = x.shape
    inverse = torch.argsort(perm, stable=True)
    out = torch.empty_like(x)
    for t in hl.tile(m):
        rows = inverse[t]
        out[t, :] = x[rows, :]
    return out


def permute_rows_and_write_reference(x, perm):
    return x[torch.argsort(perm, stable=True)]


# inputs: x=f32[33,50]; n_valid=i32[1]:randint(10,30)
@helion.kernel
def bound_from_memory_root(x, n_valid):
    out = torch.zeros_like(x)
    for t in hl.tile(n_valid[0]):
        out[t, :] = x[t, :] + 1
    return out


def bound_from_memory_root_reference(x, n_valid):
    out = torch.zeros_like(x)
    k = int(n_valid)
    out[:k] = x[:k] + 1
    return out


# inputs: x=f32[33,50]; w=f32[50]
@helion.kernel
def index_none_order(x, w):
    out = torch.empty([50, 33], dtype=x.dtype, device=x.device)
    for tm, tn in hl.tile([33, 50]):
        a = x[tm, None, tn]
        b = w[None, None, tn]
        c = (a * b).squeeze(1)
        out[tn, tm] = c.transpose(0, 1).contiguous()
    return out


def index_none_order_reference(x, w):
    return (x * w).T.contiguous()
