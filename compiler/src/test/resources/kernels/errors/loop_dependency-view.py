# kernel: k
# arg x: f32[37,53]
import torch

import helion
import helion.language as hl


@helion.kernel
def k(x):
    out = torch.empty_like(x)
    flat = out.view(-1)
    for tile in hl.tile(x.size(0)):
        out[tile, :] = x[tile, :]
    for tile in hl.tile(x.numel()):
        flat[tile] = flat[tile] + 1
    return out
