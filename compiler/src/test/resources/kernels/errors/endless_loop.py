# kernel: k
# arg x: f32[37,53]
import torch

import helion
import helion.language as hl


@helion.kernel
def k(x):
    for tile in hl.tile(x.size(0)):
        n = 1
        while n > 0:
            n = n + 1
        x[tile, :] = n
