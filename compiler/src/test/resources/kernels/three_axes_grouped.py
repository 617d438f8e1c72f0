# kernel: three_axes
# arg x: f32[50,60,70]
# arg y: f32[60,70]
# config: {"block_sizes":[1,8,32],"loop_orders":[[2,0,1]],"l2_groupings":[4]}
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def three_axes(x, y):
    out = torch.empty_like(x)
    for tile_a, tile_b, tile_c in hl.tile(x.size()):
        out[tile_a, tile_b, tile_c] = x[tile_a, tile_b, tile_c] * y[tile_b, tile_c][None, :, :] + tile_b.index[None, :, None]
    return out
