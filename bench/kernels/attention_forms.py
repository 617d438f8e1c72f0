"""Attention in many forms: forward, backward, paged, split, ragged, windowed, with functions for scores."""

from __future__ import annotations

import math
from typing import Callable

import torch

import helion
import helion.language as hl


# inputs: q=f16[2,3,37,16]; k=f16[2,3,53,16]; v=f16[2,3,53,16]
# inputs: q=bf16[1,2,16,32]; k=bf16[1,2,64,32]; v=bf16[1,2,64,32]
# full: q=f16[2,32,1024,64]; k=f16[2,32,512,64]; v=f16[2,32,512,64]
# Small scores in bfloat16: the kernel rounds them, the reference does not.
# full: q=bf16[4,16,2048,128]:uniform(-1,1); k=bf16[4,16,2048,128]:uniform(-1,1); v=bf16[4,16,2048,128]
@helion.kernel(static_shapes=True)
def flash_forward(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    seq_q = q.size(-2)
    seq_k = k.size(-2)
    assert seq_k == v.size(-2)
    head_dim = hl.specialize(q.size(-1))
    assert head_dim == k.size(-1) == v.size(-1)
    qf = q.reshape([-1, seq_q, head_dim])
    vf = v.reshape([-1, seq_k, head_dim])
    kf = k.reshape([-1, seq_k, head_dim]).transpose(1, 2)
    out = torch.empty_like(qf)
    scale = 1.0 / math.sqrt(head_dim)
    log2_scale = scale * 1.44269504
    for tile_b, tile_m in hl.tile([qf.size(0), seq_q]):
        m_i = hl.full([tile_b, tile_m], float("-inf"), dtype=torch.float32)
        l_i = torch.full_like(m_i, 1.0)
        acc = hl.zeros([tile_b, tile_m, head_dim], dtype=torch.float32)
        q_blk = qf[tile_b, tile_m, :]
        for tile_n in hl.tile(vf.size(1)):
            k_blk = kf[tile_b, :, tile_n]
            s = torch.bmm(q_blk, k_blk)
            m_new = torch.maximum(m_i, torch.amax(s, -1) * log2_scale)
            s = s * log2_scale - m_new[:, :, None]
            p = torch.exp2(s)
            row = torch.sum(p, -1)
            alpha = torch.exp2(m_i - m_new)
            l_i = l_i * alpha + row
            acc = acc * alpha[:, :, None]
            v_blk = vf[tile_b, tile_n, :]
            acc = torch.baddbmm(acc, p.to(v_blk.dtype), v_blk)
            m_i = m_new
        m_i += torch.log2(l_i)
        acc = acc / l_i[:, :, None]
        out[tile_b, tile_m, :] = acc.to(out.dtype)
    return out.view(q.size())


def flash_forward_reference(q, k, v):
    return torch.nn.functional.scaled_dot_product_attention(q.float(), k.float(), v.float()).to(q.dtype)


# inputs: q=f32[3,45,16]; k=f32[3,45,16]; v=f32[3,45,24]
# full: q=f16[32,1024,64]; k=f16[32,1024,64]; v=f16[32,1024,64]
@helion.kernel
def causal_with_lse(q, k, v):
    bh, n, d = q.shape
    dv = v.size(-1)
    d = hl.specialize(d)
    dv = hl.specialize(dv)
    out = torch.empty([bh, n, dv], dtype=q.dtype, device=q.device)
    lse = torch.empty([bh, n], dtype=torch.float32, device=q.device)
    sm = d**-0.5
    block_m = hl.register_block_size(16, n)
    block_n = hl.register_block_size(16, n)
    for tile_b, tile_m in hl.tile([bh, n], block_size=[1, block_m]):
        b = tile_b.begin
        top = hl.zeros([tile_m], dtype=torch.float32) - 1e30
        den = hl.zeros([tile_m], dtype=torch.float32)
        acc = hl.zeros([tile_m, dv], dtype=torch.float32)
        qb = q[b, tile_m, :]
        for tile_n in hl.tile(0, tile_m.end, block_size=block_n):
            s = hl.dot(qb, k[b, tile_n, :].T) * sm
            s = torch.where(tile_m.index[:, None] >= tile_n.index[None, :], s, float("-inf"))
            new = torch.maximum(top, s.amax(1))
            p = torch.exp(s - new[:, None])
            fix = torch.exp(top - new)
            den = den * fix + p.sum(1)
            acc = hl.dot(p.to(v.dtype), v[b, tile_n, :], acc=acc * fix[:, None])
            top = new
        out[b, tile_m, :] = (acc / den[:, None]).to(out.dtype)
        lse[b, tile_m] = top + torch.log(den)
    return out, lse


def causal_with_lse_reference(q, k, v):
    s = (q @ k.transpose(1, 2)) * q.size(-1) ** -0.5
    n = q.size(1)
    s = s.masked_fill(~torch.ones(n, n, dtype=torch.bool, device=q.device).tril(), float("-inf"))
    return s.softmax(-1) @ v, s.logsumexp(-1)


# inputs: q=f32[2,35,16]; k=f32[2,41,16]; v=f32[2,41,16]; do=f32[2,35,16]; lse=f32[2,35]:uniform(3,4); delta=f32[2,35]
# full: q=f16[16,1024,64]; k=f16[16,1024,64]; v=f16[16,1024,64]; do=f16[16,1024,64]; lse=f32[16,1024]:uniform(6,8); delta=f32[16,1024]
@helion.kernel(dot_precision="ieee")
def attention_backward_two_roots(q, k, v, do, lse, delta):
    """First the keys' and values' gradients, then the queries': two loops, one launch."""
    b, m, d = q.shape
    n = k.size(1)
    d = hl.specialize(d)
    dq = torch.empty_like(q)
    dk = torch.empty_like(k)
    dv = torch.empty_like(v)
    scale = 1.0 / math.sqrt(d)
    for tile_b, tile_n in hl.tile([b, n], block_size=[1, None]):
        i = tile_b.id
        kb = k[i, tile_n, :]
        vb = v[i, tile_n, :]
        dk_acc = hl.zeros([tile_n, d], dtype=torch.float32)
        dv_acc = hl.zeros([tile_n, d], dtype=torch.float32)
        for tile_m in hl.tile(m):
            qb = q[i, tile_m, :]
            p = torch.exp(torch.matmul(qb, kb.transpose(0, 1)) * scale - lse[i, tile_m][:, None])
            dob = do[i, tile_m, :]
            dv_acc = torch.addmm(dv_acc, p.T.to(do.dtype), dob)
            dp = torch.matmul(dob, vb.T)
            ds = p * (dp - delta[i, tile_m][:, None]) * scale
            dk_acc = torch.addmm(dk_acc, ds.T.to(q.dtype), qb)
        dk[i, tile_n, :] = dk_acc.to(dk.dtype)
        dv[i, tile_n, :] = dv_acc.to(dv.dtype)
    for tile_b2, tile_m2 in hl.tile([b, m], block_size=[1, None]):
        j = tile_b2.begin
        qb2 = q[j, tile_m2, :]
        dob2 = do[j, tile_m2, :]
        dq_acc = hl.zeros([tile_m2, d], dtype=torch.float32)
        for tile_n2 in hl.tile(n):
            kb2 = k[j, tile_n2, :]
            s2 = torch.matmul(qb2, kb2.T) * scale
            p2 = torch.exp(s2 - lse[j, tile_m2].unsqueeze(1))
            ds2 = p2 * (torch.matmul(dob2, v[j, tile_n2, :].T) - delta[j, tile_m2].unsqueeze(-1))
            dq_acc = torch.addmm(dq_acc, (ds2 * scale).to(k.dtype), kb2)
        dq[j, tile_m2, :] = dq_acc.to(dq.dtype)
    return dq, dk, dv


def attention_backward_two_roots_reference(q, k, v, do, lse, delta):
    scale = q.size(-1) ** -0.5
    q, k, v, do = q.to(lse.dtype), k.to(lse.dtype), v.to(lse.dtype), do.to(lse.dtype)
    p = torch.exp(q @ k.transpose(1, 2) * scale - lse[..., None])
    dv = p.transpose(1, 2) @ do
    ds = p * (do @ v.transpose(1, 2) - delta[..., None]) * scale
    return ds @ k, ds.transpose(1, 2) @ q, dv


def alibi(score, b, h, q_index, k_index):
    return score + (q_index - k_index) * (-0.125) * (h + 1)


def causal_mask(b, h, q_index, k_index):
    return q_index >= k_index


def softcap(score, b, h, q_index, k_index):
    return 5.0 * torch.tanh(score / 5.0)


def window_mask(b, h, q_index, k_index):
    return (q_index >= k_index) & (q_index - k_index < 7)


# inputs: q=f32[2,2,29,16]; k=f32[2,2,29,16]; v=f32[2,2,29,16]; score_mod=@alibi; mask_mod=@causal_mask
# inputs: q=f32[1,2,40,16]; k=f32[1,2,40,16]; v=f32[1,2,40,16]; score_mod=@softcap; mask_mod=@window_mask
# full: q=f16[2,8,512,64]; k=f16[2,8,512,64]; v=f16[2,8,512,64]; score_mod=@alibi; mask_mod=@causal_mask
@helion.kernel
def flexible_attention(q, k, v, score_mod: Callable, mask_mod: Callable):
    batch, heads, m, d = q.shape
    n = k.size(2)
    d = hl.specialize(d)
    out = torch.empty_like(q)
    scale = 1.0 / d**0.5
    for tile_b, tile_h, tile_m in hl.tile([batch, heads, m], block_size=[1, 1, None]):
        b = tile_b.begin
        h = tile_h.begin
        m_i = hl.full([tile_m], float("-inf"), dtype=torch.float32)
        l_i = hl.full([tile_m], 0.0, dtype=torch.float32)
        acc = hl.zeros([tile_m, d], dtype=torch.float32)
        q_i = q[b, h, tile_m, :]
        for tile_n in hl.tile(n):
            s = hl.dot(q_i, k[b, h, tile_n, :].T) * scale
            q_index = tile_m.index[:, None]
            k_index = tile_n.index[None, :]
            s = score_mod(s, b, h, q_index, k_index)
            keep = mask_mod(b, h, q_index, k_index)
            s = torch.where(keep, s, float("-inf"))
            m_new = torch.maximum(m_i, torch.amax(s, dim=1))
            m_safe = torch.where(m_new == float("-inf"), 0.0, m_new)
            p = torch.exp(s - m_safe[:, None])
            alpha = torch.exp(m_i - m_safe)
            l_i = l_i * alpha + p.sum(dim=1)
            acc = acc * alpha[:, None] + hl.dot(p, v[b, h, tile_n, :].to(torch.float32))
            m_i = m_new
        out[b, h, tile_m, :] = (acc / l_i[:, None]).to(out.dtype)
    return out


def flexible_attention_reference(q, k, v, score_mod, mask_mod):
    b, h, m, d = q.shape
    n = k.size(2)
    at = lambda *shape: torch.arange(shape[0]).view(shape[1:])  # noqa: E731
    bi, hi = at(b, b, 1, 1, 1), at(h, 1, h, 1, 1)
    qi, ki = at(m, 1, 1, m, 1), at(n, 1, 1, 1, n)
    s = score_mod(q @ k.transpose(2, 3) / d**0.5, bi, hi, qi, ki)
    s = s.masked_fill(~mask_mod(bi, hi, qi, ki).expand_as(s), float("-inf"))
    return s.softmax(-1) @ v


# inputs: q=f32[2,50,16]; k=f32[2,50,16]; v=f32[2,50,16]; window=9
# full: q=f16[16,1024,64]; k=f16[16,1024,64]; v=f16[16,1024,64]; window=128
@helion.kernel
def sliding_window(q, k, v, window: int):
    bh, n, d = q.shape
    d = hl.specialize(d)
    window = hl.specialize(window)
    out = torch.empty_like(q)
    for tile_b, tile_m in hl.tile([bh, n], block_size=[1, None]):
        b = tile_b.begin
        m_i = hl.full([tile_m], -1.0e9, dtype=torch.float32)
        l_i = hl.zeros([tile_m], dtype=torch.float32)
        acc = hl.zeros([tile_m, d], dtype=torch.float32)
        qq = q[b, tile_m, :] * (d**-0.5)
        low = max(0, tile_m.begin - window + 1)
        for tile_n in hl.tile(low, tile_m.end):
            s = qq @ k[b, tile_n, :].T
            gap = tile_m.index[:, None] - tile_n.index[None, :]
            s = torch.where((gap >= 0) & (gap < window), s, -1.0e9)
            new = torch.maximum(m_i, s.amax(-1))
            p = torch.where((gap >= 0) & (gap < window), torch.exp(s - new[:, None]), 0.0)
            alpha = torch.exp(m_i - new)
            l_i = l_i * alpha + p.sum(-1)
            acc = acc * alpha[:, None] + p @ v[b, tile_n, :]
            m_i = new
        out[b, tile_m, :] = acc / l_i[:, None]
    return out


def sliding_window_reference(q, k, v, window):
    n = q.size(1)
    gap = torch.arange(n)[:, None] - torch.arange(n)[None, :]
    s = q @ k.transpose(1, 2) * q.size(-1) ** -0.5
    return s.masked_fill((gap < 0) | (gap >= window), float("-inf")).softmax(-1) @ v


# inputs: q=f32[3,4,16]; k_cache=f32[9,8,2,16]; v_cache=f32[9,8,2,16]; table=i32[3,4]:randint(0,9); lengths=i32[3]:randint(1,32)
@helion.kernel
def paged_decode(q, k_cache, v_cache, table, lengths):
    batch, heads, d = q.shape
    page = hl.specialize(k_cache.size(1))
    kv_heads = k_cache.size(2)
    group = heads // kv_heads
    d = hl.specialize(d)
    keys = k_cache.view(-1, kv_heads, d)
    values = v_cache.view(-1, kv_heads, d)
    out = torch.empty_like(q)
    scale = 1.0 / math.sqrt(d)
    for b, kv in hl.grid([batch, kv_heads]):
        length = lengths[b]
        q_heads = kv * group + hl.arange(group)
        qb = q[b, q_heads, :]
        top = hl.full([group], -1e9, dtype=torch.float32)
        den = hl.zeros([group], dtype=torch.float32)
        acc = hl.zeros([group, d], dtype=torch.float32)
        for tile_n in hl.tile(length):
            slots = table[b, tile_n.index // page] * page + tile_n.index % page
            kk = keys[slots, kv, :]
            s = (qb[:, None, :] * kk[None, :, :]).sum(-1) * scale
            s = torch.where(tile_n.index[None, :] < length, s, -1e9)
            new = torch.maximum(top, s.amax(1))
            p = torch.exp(s - new[:, None])
            alpha = torch.exp(top - new)
            den = den * alpha + p.sum(1)
            vv = values[slots, kv, :]
            acc = acc * alpha[:, None] + (p[:, :, None] * vv[None, :, :]).sum(1)
            top = new
        out[b, q_heads, :] = acc / den[:, None]
    return out


def paged_decode_reference(q, k_cache, v_cache, table, lengths):
    out = torch.empty_like(q)
    page = k_cache.size(1)
    for b in range(q.size(0)):
        n = int(lengths[b])
        at = torch.arange(n)
        k = k_cache[table[b, at // page].long(), at % page]
        v = v_cache[table[b, at // page].long(), at % page]
        group = q.size(1) // k.size(1)
        k, v = k.repeat_interleave(group, 1), v.repeat_interleave(group, 1)
        s = torch.einsum("hd,nhd->hn", q[b], k) / math.sqrt(q.size(-1))
        out[b] = torch.einsum("hn,nhd->hd", s.softmax(-1), v)
    return out


# inputs: q=f32[3,16]; k=f32[3,70,16]; v=f32[3,70,16]
@helion.kernel
def split_decode(q, k, v):
    """Each part of the keys by its own program, then all parts together behind a barrier."""
    heads, d = q.shape
    n = k.size(1)
    splits = 4
    per = helion.cdiv(n, splits)
    partial = torch.empty([heads, splits, d], dtype=torch.float32, device=q.device)
    tops = torch.empty([heads, splits], dtype=torch.float32, device=q.device)
    dens = torch.empty([heads, splits], dtype=torch.float32, device=q.device)
    out = torch.empty_like(q)
    for tile_h, tile_s in hl.tile([heads, n], block_size=[1, per]):
        h = tile_h.begin
        top = hl.full([], -1e9, dtype=torch.float32)
        den = hl.zeros([], dtype=torch.float32)
        acc = hl.zeros([d], dtype=torch.float32)
        for tile_n in hl.tile(tile_s.begin, tile_s.end):
            s = (q[h, :][None, :] * k[h, tile_n, :]).sum(1) * 0.25
            new = torch.maximum(top, s.amax())
            p = torch.exp(s - new)
            alpha = torch.exp(top - new)
            den = den * alpha + p.sum()
            acc = acc * alpha + (p[:, None] * v[h, tile_n, :]).sum(0)
            top = new
        partial[h, tile_s.id, :] = acc
        tops[h, tile_s.id] = top
        dens[h, tile_s.id] = den
    hl.barrier()
    for tile_g in hl.tile(heads):
        m = tops[tile_g, :]
        best = m.amax(1, keepdim=True)
        w = torch.exp(m - best)
        total = (w * dens[tile_g, :]).sum(1)
        mixed = (partial[tile_g, :, :] * w[:, :, None]).sum(1)
        out[tile_g, :] = mixed / total[:, None]
    return out


def split_decode_reference(q, k, v):
    s = torch.einsum("hd,hnd->hn", q, k) * 0.25
    return torch.einsum("hn,hnd->hd", s.softmax(-1), v)


# inputs: q=f16[83,2,16]; k=f16[83,2,16]; v=f16[83,2,16]; lengths=i32[4]:randint(5,20); causal=true
# inputs: q=f16[83,2,16]; k=f16[83,2,16]; v=f16[83,2,16]; lengths=i32[4]:randint(5,20); causal=false
# full: q=f16[4096,8,64]; k=f16[4096,8,64]; v=f16[4096,8,64]; lengths=i32[8]:randint(100,500); causal=true
@helion.kernel
def varlen_attention(q, k, v, lengths, causal: hl.constexpr):
    cu = torch.nn.functional.pad(torch.cumsum(lengths, 0), (1, 0)).to(torch.int32)
    total, heads, d = q.shape
    d = hl.specialize(d)
    out = torch.zeros_like(q)
    sequences = cu.size(0) - 1
    for seq, h in hl.grid([sequences, heads]):
        start = cu[seq]
        end = cu[seq + 1]
        for tile_m in hl.tile(start, end):
            qb = q[tile_m, h, :]
            m_i = hl.full([tile_m], -float("inf"), dtype=torch.float32)
            l_i = hl.zeros([tile_m], dtype=torch.float32)
            acc = hl.zeros([tile_m, d], dtype=torch.float32)
            stop = tile_m.end if causal else end
            for tile_n in hl.tile(start, stop):
                s = hl.dot(qb, k[tile_n, h, :].transpose(0, 1), out_dtype=torch.float32) * d**-0.5
                if causal:
                    s = torch.where(tile_m.index[:, None] >= tile_n.index[None, :], s, float("-inf"))
                new = torch.maximum(m_i, s.amax(1))
                p = torch.exp(s - new[:, None])
                alpha = torch.exp(m_i - new)
                l_i = l_i * alpha + p.sum(1)
                acc = acc * alpha[:, None]
                acc = hl.dot(p.to(torch.float16), v[tile_n, h, :], acc=acc)
                m_i = new
            out[tile_m, h, :] = (acc / l_i[:, None]).to(out.dtype)
    return out


def varlen_attention_reference(q, k, v, lengths, causal):
    out = torch.zeros_like(q)
    start = 0
    for n in lengths.tolist():
        a = [t[start : start + n].transpose(0, 1).float() for t in (q, k, v)]
        done = torch.nn.functional.scaled_dot_product_attention(*a, is_causal=causal)
        out[start : start + n] = done.transpose(0, 1).to(q.dtype)
        start += n
    return out


# inputs: q=f32[60,2,16]; k=f32[60,2,16]; v=f32[60,2,16]; offsets=i64[4]:arange; bias=f32[64]; max_len=20
@helion.kernel
def hstu_attention(q, k, v, offsets, bias, max_len: int):
    """SiLU of scores in place of softmax, over ragged rows; sequence i begins at 20 * i."""
    total, heads, d = q.shape
    d = hl.specialize(d)
    starts = offsets * 20
    out = torch.empty_like(v)
    alpha = 1.0 / d
    for tile_b, tile_h, tile_q in hl.tile([starts.size(0) - 1, heads, max_len], block_size=[1, 1, None]):
        start = starts[tile_b.begin]
        end = starts[tile_b.begin + 1] - 3
        length = end - start
        if tile_q.begin < length:
            mask_q = tile_q.index < length
            qb = hl.load(q, [tile_q.index + start, tile_h.begin, slice(None)], extra_mask=mask_q[:, None])
            acc = hl.zeros([tile_q, d], dtype=torch.float32)
            for tile_kv in hl.tile(0, tile_q.end, block_size=None):
                mask_kv = tile_kv.index < length
                kb = hl.load(k, [tile_kv.index + start, tile_h.begin, slice(None)], extra_mask=mask_kv[:, None])
                vb = hl.load(v, [tile_kv.index + start, tile_h.begin, slice(None)], extra_mask=mask_kv[:, None])
                scores = torch.nn.functional.silu(torch.matmul(qb, kb.T) * alpha) / max_len
                gap = tile_q.index.unsqueeze(1) - tile_kv.index.unsqueeze(0)
                keep = (gap >= 0) & mask_q[:, None] & mask_kv[None, :]
                near = bias[torch.clamp(gap, min=0)]
                scores = torch.where(keep, scores + near, 0.0)
                acc = acc + torch.matmul(scores.to(v.dtype), vb)
            hl.store(out, [tile_q.index + start, tile_h.begin, slice(None)], acc.to(out.dtype), extra_mask=mask_q[:, None])
    for tile_r in hl.tile(starts.size(0) - 1):
        ends = starts[tile_r] + 17
        for j in range(3):
            out[ends + j, :, :] = hl.full([tile_r, heads, d], 0.0)
    return out


def hstu_attention_reference(q, k, v, offsets, bias, max_len):
    out = torch.zeros_like(v)
    for i in range(offsets.numel() - 1):
        at = slice(20 * i, 20 * i + 17)
        s = torch.einsum("qhd,khd->hqk", q[at], k[at]) / q.size(-1)
        gap = torch.arange(17)[:, None] - torch.arange(17)[None, :]
        s = torch.nn.functional.silu(s) / max_len + bias[gap.clamp(min=0)]
        s = torch.where(gap >= 0, s, 0.0)
        out[at] = torch.einsum("hqk,khd->qhd", s, v[at])
    return out


# inputs: q=f32[2,32,16]; k=f32[2,48,16]; v=f32[2,48,16]; blocks=i32[2,2,2]:randint(0,3); counts=i32[2,2]:randint(0,3)
@helion.kernel
def block_sparse_attention(q, k, v, blocks, counts):
    """Each block of 16 queries looks at `counts` listed blocks of 16 keys."""
    h, m, d = q.shape
    out = torch.empty_like(q)
    for tile_h, tile_m in hl.tile([h, m], block_size=[1, 16]):
        m_i = hl.full([tile_m], -1e30, torch.float32)
        l_i = hl.full([tile_m], 1e-6, torch.float32)
        acc = hl.zeros([tile_m, d])
        count = counts[tile_h.id, tile_m.id]
        for j in hl.grid(count):
            which = blocks[tile_h.id, tile_m.id, j]
            keys = which * 16 + hl.arange(16)
            kb = k[tile_h.begin, keys, :]
            s = torch.mm(q[tile_h.begin, tile_m, :], kb.t()) * 0.25
            new = torch.maximum(m_i, s.amax(1))
            p = torch.exp(s - new[:, None])
            f = torch.exp(m_i - new)
            l_i = l_i * f + p.sum(1)
            acc = torch.addmm(acc * f[:, None], p, v[tile_h.begin, keys, :])
            m_i = new
        out[tile_h.begin, tile_m, :] = acc / l_i[:, None]
    return out


def block_sparse_attention_reference(q, k, v, blocks, counts):
    out = torch.zeros_like(q)
    for h in range(q.size(0)):
        for i in range(2):
            n = int(counts[h, i])
            if not n:
                continue
            at = torch.cat([torch.arange(16) + 16 * int(b) for b in blocks[h, i, :n]])
            s = q[h, 16 * i : 16 * i + 16] @ k[h, at].T * 0.25
            out[h, 16 * i : 16 * i + 16] = s.softmax(-1) @ v[h, at]
    return out


# inputs: q=bf16[1,2,33,32]; k=bf16[1,2,33,32]; v=bf16[1,2,33,32]; table=f32[2,65]
# full: q=bf16[2,8,256,64]; k=bf16[2,8,256,64]; v=bf16[2,8,256,64]; table=f32[8,511]
@helion.kernel(dot_precision="ieee")
def relative_bias_attention(q, k, v, table):
    b, h, n, d = q.size()
    d = hl.specialize(d)
    out = q.new_empty(q.shape)
    for tile_bh, tile_m in hl.tile([b * h, n], block_size=[1, None]):
        bi = tile_bh.begin // h
        hi = tile_bh.begin % h
        top = q.new_full([tile_m], -1e30, dtype=torch.float32)
        den = q.new_zeros([tile_m], dtype=torch.float32)
        acc = q.new_zeros([tile_m, d], dtype=torch.float32)
        for tile_n in hl.tile(n):
            s = (q[bi, hi, tile_m, :] @ k[bi, hi, tile_n, :].mT).float() * 0.125
            s += table[hi, tile_m.index[:, None] - tile_n.index[None, :] + (n - 1)]
            new = torch.max(top, torch.max(s, dim=1)[0])
            p = (s - new.unsqueeze(1)).exp()
            f = (top - new).exp()
            den = den * f + p.sum(dim=1)
            acc = acc * f.unsqueeze(1) + hl.dot(p.to(v.dtype), v[bi, hi, tile_n, :])
            top = new
        out[bi, hi, tile_m, :] = acc / den.unsqueeze(1)
    return out


def relative_bias_attention_reference(q, k, v, table):
    n = q.size(2)
    s = (q @ k.transpose(2, 3)).float() * 0.125
    s = s + table[:, torch.arange(n)[:, None] - torch.arange(n)[None, :] + n - 1]
    return (s.softmax(-1) @ v.float()).to(q.dtype)


# inputs: q=f32[2,6,33,16]; k=f32[2,2,33,16]; v=f32[2,2,33,16]
@helion.kernel
def grouped_query(q, k, v):
    b, hq, n, d = q.shape
    hkv = k.size(1)
    reps = hq // hkv
    qv = q.view(b, hkv, reps, n, d)
    out = torch.empty_like(qv)
    for tile_b, tile_kv, tile_r, tile_m in hl.tile([b, hkv, reps, n], block_size=[1, 1, None, None]):
        i, j = tile_b.begin, tile_kv.begin
        rows = qv[i, j, tile_r, tile_m, :].reshape(tile_r.block_size * tile_m.block_size, d)
        m_i = hl.full([tile_r.block_size * tile_m.block_size], float("-inf"), dtype=torch.float32)
        l_i = torch.zeros_like(m_i)
        acc = torch.zeros_like(rows)
        for tile_n in hl.tile(n):
            s = torch.matmul(rows, k[i, j, tile_n, :].transpose(-1, -2)) * 0.25
            new = torch.maximum(m_i, s.amax(-1))
            p = torch.exp(s - new[:, None])
            f = torch.exp(m_i - new)
            l_i = l_i * f + p.sum(-1)
            acc = torch.addmm(acc * f[:, None], p, v[i, j, tile_n, :])
            m_i = new
        done = acc / l_i[:, None]
        out[i, j, tile_r, tile_m, :] = done.reshape(tile_r.block_size, tile_m.block_size, d)
    return out.view(b, hq, n, d)


def grouped_query_reference(q, k, v):
    k, v = k.repeat_interleave(3, 1), v.repeat_interleave(3, 1)
    return torch.nn.functional.scaled_dot_product_attention(q, k, v)
