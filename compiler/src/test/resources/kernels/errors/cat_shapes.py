# kernel: k
# arg x: f32[37,53]
import torch

import helion
import helion.language as hl


@helion.kernel
def k(x):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        out[tile, :] = torch.cat([x[tile, :].T, x[0:3, :].T], 1).sum(1)[None, :]
    return out
