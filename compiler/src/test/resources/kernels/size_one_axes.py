# kernel: size_one_axes
# arg x: f32[31,18]
# arg y: f32[1,18]
# arg z: f32[31,1]
# arg s: f32[1]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def size_one_axes(x, y, z, s):
    out = torch.empty_like(x)
    for tile_m, tile_n in hl.tile(x.size()):
        out[tile_m, tile_n] = x[tile_m, tile_n] * y[tile_m, tile_n] + z[tile_m, tile_n] - s[tile_n]
    return out
