# kernel: strided
# arg x: f32[20,30]:strides(1,20)
# arg y: f32[20,30]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def strided(x, y):
    out = torch.empty([x.size(0), x.size(1)], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([x.size(0), x.size(1)]):
        out[tile_m, tile_n] = x[tile_m, tile_n] - y[tile_m, tile_n]
    return out
