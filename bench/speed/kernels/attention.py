"""Attention forward without a mask: softmax along the way, in base 2, over [batch x heads, sequence, head]."""

import math

import torch

import helion
import helion.language as hl


# inputs: q=bf16[2,70,64]; k=bf16[2,70,64]; v=bf16[2,70,64]
# full: q=bf16[64,2048,64]; k=bf16[64,2048,64]; v=bf16[64,2048,64]
# full: q=bf16[64,2048,128]; k=bf16[64,2048,128]; v=bf16[64,2048,128]
@helion.kernel
def attention(q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
    heads, queries, _ = q.size()
    keys = k.size(1)
    width = hl.specialize(q.size(2))
    scale = 1.0 / math.sqrt(width) * math.log2(math.e)
    out = torch.empty_like(q)
    turned = k.transpose(1, 2)
    for head, rows in hl.tile([heads, queries], block_size=[1, None]):
        query = q[head.begin, rows, :]
        highest = hl.full([rows], float("-inf"), dtype=torch.float32)
        weight = hl.zeros([rows], dtype=torch.float32)
        total = hl.zeros([rows, width], dtype=torch.float32)
        for columns in hl.tile(keys):
            scores = hl.dot(query, turned[head.begin, :, columns]) * scale
            newest = torch.maximum(highest, torch.amax(scores, dim=1))
            shares = torch.exp2(scores - newest[:, None])
            fade = torch.exp2(highest - newest)
            weight = weight * fade + torch.sum(shares, dim=1)
            total = hl.dot(shares.to(v.dtype), v[head.begin, columns, :], acc=total * fade[:, None])
            highest = newest
        out[head.begin, rows, :] = (total / weight[:, None]).to(out.dtype)
    return out


def attention_reference(q, k, v):
    return torch.nn.functional.scaled_dot_product_attention(q, k, v)
