# kernel: k
# arg x: f32[37,53]
import torch

import helion
import helion.language as hl


@helion.kernel
def k(x):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        total = x[tile, 0]
        for inner in hl.tile(53):
            total = total[:, None] + x[tile, inner]
        out[tile, 0] = total
    return out
