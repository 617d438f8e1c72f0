# kernel: k
# arg x: f32[37,53]
import torch

import helion
import helion.language as hl


@helion.kernel
def k(x):
    if x.size(0) < 64:
        raise ValueError("at least 64 rows")
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        out[tile, :] = x[tile, :]
    return out
