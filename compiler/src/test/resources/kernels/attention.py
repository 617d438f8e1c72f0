# kernel: attention
# arg q: f16[100,64]
# arg k: f16[120,64]
# arg v: f16[120,64]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def attention(q, k, v):
    """One head: three carried values, a transposed operand, rescaling."""
    m, d = q.size()
    n = k.size(0)
    d = hl.specialize(d)
    out = torch.empty_like(q)
    scale = 0.25
    for tile_m in hl.tile(m):
        high = hl.full([tile_m], float("-inf"), dtype=torch.float32)
        total = torch.full_like(high, 0.0)
        acc = hl.zeros([tile_m, d], dtype=torch.float32)
        rows = q[tile_m, :]
        for tile_n in hl.tile(n):
            scores = hl.dot(rows, k[tile_n, :].T) * scale
            scores = torch.where((tile_n.index < n)[None, :], scores, float("-inf"))
            larger = torch.maximum(high, torch.amax(scores, -1))
            p = torch.exp(scores - larger[:, None])
            shrink = torch.exp(high - larger)
            total = total * shrink + p.sum(-1)
            acc = acc * shrink[:, None]
            acc = torch.addmm(acc, p.to(v.dtype), v[tile_n, :])
            high = larger
        out[tile_m, :] = (acc / total[:, None]).to(out.dtype)
    return out
