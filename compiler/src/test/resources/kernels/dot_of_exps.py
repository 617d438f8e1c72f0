# kernel: dot_of_exps
# arg x: f16[18,37]
# arg y: f16[37,20]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def dot_of_exps(x, y):
    """Operands whose padding is not zero; the shared axis is a tile's."""
    out = torch.empty([x.size(0), y.size(1)], dtype=torch.float32, device=x.device)
    for tile_m, tile_n in hl.tile([x.size(0), y.size(1)]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(x.size(1)):
            left = torch.exp(x[tile_m, tile_k] * 0.25)
            right = y[tile_k, tile_n] + 1.0
            acc = hl.dot(left, right, acc=acc)
        out[tile_m, tile_n] = acc
    return out
