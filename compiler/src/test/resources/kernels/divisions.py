# kernel: divisions
# arg x: i32[70]
# arg y: i32[70]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def divisions(x, y):
    out = torch.empty([6, x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[0, tile] = x[tile] // y[tile]
        out[1, tile] = x[tile] % y[tile]
        out[2, tile] = x[tile] // 3
        out[3, tile] = x[tile] % -3
        out[4, tile] = torch.div(x[tile], y[tile], rounding_mode="floor")
        out[5, tile] = 17 // y[tile]
    return out
