# kernel: slices
# arg x: f32[9,20]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def slices(x):
    out = torch.empty([x.size(0), 6], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[tile, 0] = x[tile, 3:8].sum(1)
        out[tile, 1] = x[tile, -1]
        out[tile, 2] = x[tile, 1:20:3].sum(-1)
        out[tile, -3] = x[tile, :-2].sum(1)
        out[tile, 4] = torch.amax(x[tile, ...], 1)
        out[tile, 5] = (x[tile, hl.arange(5)] * hl.arange(5)[None, :]).sum(1)
    return out
