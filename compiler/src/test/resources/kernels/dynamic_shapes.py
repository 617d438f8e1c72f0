# kernel: dynamic_shapes
# arg x: f32[37,53]
# arg y: f32[53,41]
# arg bias: f32[41]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel(static_shapes=False)
def dynamic_shapes(x, y, bias):
    """The launch passes extents and strides; the axis of `bias` that is read as a whole is a constant."""
    m, k = x.size()
    n = y.size(1)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tile_m in hl.tile(m):
        acc = hl.zeros([tile_m, n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = torch.addmm(acc, x[tile_m, tile_k], y[tile_k, :])
        out[tile_m, :] = acc + bias[None, :] / k
    return out
