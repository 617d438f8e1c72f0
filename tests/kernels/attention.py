"""Attention in several forms: online softmax, masks, score functions, backward, linear attention."""

import math

import torch

import helion
import helion.language as hl


# inputs: q_in=f16[2,3,37,16]; k_in=f16[2,3,53,16]; v_in=f16[2,3,53,16]
# Small scores at full size: the kernel rounds them to bfloat16, the reference on float32 inputs does not.
# full: q_in=bf16[4,16,2048,64]:uniform(-1,1); k_in=bf16[4,16,2048,64]:uniform(-1,1); v_in=bf16[4,16,2048,64]
@helion.kernel(static_shapes=True)
def attention(q_in: torch.Tensor, k_in: torch.Tensor, v_in: torch.Tensor) -> torch.Tensor:
    m_dim = q_in.size(-2)
    n_dim = k_in.size(-2)
    assert n_dim == v_in.size(-2)
    head_dim = hl.specialize(q_in.size(-1))
    assert head_dim == k_in.size(-1) == v_in.size(-1)
    q_view = q_in.reshape([-1, m_dim, head_dim])
    v_view = v_in.reshape([-1, n_dim, head_dim])
    k_view = k_in.reshape([-1, n_dim, head_dim]).transpose(1, 2)
    out = torch.empty_like(q_view)
    sm_scale = 1.0 / math.sqrt(head_dim)
    qk_scale = sm_scale * 1.44269504
    for tile_b, tile_m in hl.tile([q_view.size(0), m_dim]):
        m_i = hl.full([tile_b, tile_m], float("-inf"), dtype=torch.float32)
        l_i = torch.full_like(m_i, 1.0)
        acc = hl.zeros([tile_b, tile_m, head_dim], dtype=torch.float32)
        q = q_view[tile_b, tile_m, :]
        for tile_n in hl.tile(v_view.size(1)):
            k = k_view[tile_b, :, tile_n]
            qk = torch.bmm(q, k) * qk_scale
            qk = torch.where(tile_n.index[None, None, :] < n_dim, qk, float("-inf"))
            m_ij = torch.maximum(m_i, torch.amax(qk, -1))
            qk = qk - m_ij[:, :, None]
            p = torch.exp2(qk)
            l_ij = torch.sum(p, -1)
            alpha = torch.exp2(m_i - m_ij)
            l_i = l_i * alpha + l_ij
            acc = acc * alpha[:, :, None]
            v = v_view[tile_b, tile_n, :]
            p = p.to(v.dtype)
            acc = torch.baddbmm(acc, p, v)
            m_i = m_ij
        m_i += torch.log2(l_i)
        acc = acc / l_i[:, :, None]
        out[tile_b, tile_m, :] = acc.to(out.dtype)
    return out.view(q_in.size())


def attention_reference(q_in, k_in, v_in):
    # A product of halves is rounded to a half, and so is its product with a Python number.
    products = (q_in.float() @ k_in.float().transpose(-1, -2)).to(q_in.dtype)
    scores = (products * (1.44269504 / math.sqrt(q_in.size(-1)))).float()
    weights = torch.exp2(scores - scores.amax(-1, keepdim=True))
    # Like the kernel, this rounds the weights to the inputs' type for the product; their sum is not rounded.
    sums = weights.to(q_in.dtype).float() @ v_in.float()
    return (sums / weights.sum(-1, keepdim=True)).to(q_in.dtype)


def causal(score, batch, row, column):
    return torch.where(row[:, None] >= column[None, :], score, float("-inf"))


def relative(score, batch, row, column):
    return score + (row[:, None] - column[None, :]) * 0.125


# inputs: q=f16[3,37,16]; k=f16[3,37,16]; v=f16[3,37,16]; score_mod=@causal
# inputs: q=f16[3,37,16]; k=f16[3,37,16]; v=f16[3,37,16]; score_mod=@relative
@helion.kernel
def flexible_attention(q, k, v, score_mod):
    batch, length, head_dim = q.shape
    head_dim = hl.specialize(head_dim)
    out = torch.empty_like(q)
    scale = 1.0 / math.sqrt(head_dim)
    for tile_b, tile_m in hl.tile([batch, length], block_size=[1, None]):
        m_i = hl.full([tile_m], float("-inf"), dtype=torch.float32)
        l_i = hl.zeros([tile_m], dtype=torch.float32)
        acc = hl.zeros([tile_m, head_dim], dtype=torch.float32)
        q_i = q[tile_b.id, tile_m, :]
        for tile_n in hl.tile(0, length):
            k_j = k[tile_b.begin, tile_n, :]
            scores = hl.dot(q_i, k_j.T) * scale
            scores = score_mod(scores, tile_b.begin, tile_m.index, tile_n.index)
            scores = torch.where(tile_n.index[None, :] < length, scores, float("-inf"))
            m_new = torch.maximum(m_i, scores.amax(-1))
            p = torch.exp(scores - m_new[:, None])
            alpha = torch.exp(m_i - m_new)
            l_i = l_i * alpha + p.sum(-1)
            acc = hl.dot(p.to(v.dtype), v[tile_b.begin, tile_n, :], acc=acc * alpha[:, None])
            m_i = m_new
        out[tile_b.begin, tile_m, :] = acc / l_i[:, None]
    return out


def flexible_attention_reference(q, k, v, score_mod):
    rows = torch.arange(q.size(1))
    scores = q.float() @ k.float().transpose(-1, -2) / math.sqrt(q.size(-1))
    scores = torch.stack([score_mod(scores[i], i, rows, rows) for i in range(q.size(0))])
    return (torch.softmax(scores, -1) @ v.float()).to(q.dtype)


# inputs: q=f32[2,70,16]; k=f32[2,70,16]; v=f32[2,70,16]; decay=f32[2]:uniform(0.8,0.99); chunk=16
# full: q=f32[32,2048,64]; k=f32[32,2048,64]; v=f32[32,2048,64]; decay=f32[32]:uniform(0.8,0.99); chunk=64
@helion.kernel
def chunked_linear_attention(q, k, v, decay, chunk: hl.constexpr):
    """A recurrent state per head, handed on from chunk to chunk."""
    heads, length, width = q.shape
    width = hl.specialize(width)
    out = torch.empty_like(q)
    for head in hl.grid(heads):
        state = hl.zeros([width, width], dtype=torch.float32)
        gamma = decay[head]
        for tile in hl.tile(length, block_size=chunk):
            position = (tile.index - tile.begin).to(torch.float32)
            q_i = q[head, tile, :]
            k_i = k[head, tile, :]
            v_i = v[head, tile, :]
            log_gamma = torch.log(gamma)
            within = torch.exp((position[:, None] - position[None, :]) * log_gamma)
            within = torch.where(position[:, None] >= position[None, :], within, 0.0)
            inner = hl.dot(q_i, k_i.transpose(0, 1)) * within
            local = hl.dot(inner, v_i)
            carried = hl.dot(q_i, state) * torch.exp((position + 1) * log_gamma)[:, None]
            out[head, tile, :] = (local + carried).to(out.dtype)
            left = tile.end - tile.begin
            weight = torch.exp((left - 1 - position) * log_gamma)
            state = state * torch.exp(left * log_gamma) + hl.dot((k_i * weight[:, None]).T, v_i)
    return out


def chunked_linear_attention_reference(q, k, v, decay, chunk):
    out = torch.empty_like(q)
    for head in range(q.size(0)):
        state = torch.zeros(q.size(2), q.size(2), dtype=q.dtype)
        for t in range(q.size(1)):
            state = state * decay[head] + torch.outer(k[head, t], v[head, t])
            out[head, t] = q[head, t] @ state
    return out
