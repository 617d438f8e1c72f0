# kernel: k
# arg x: f32[37,8]
# arg y: i32[8,8]
import torch

import helion
import helion.language as hl


@helion.kernel
def k(x, y):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        out[tile, :] = x[tile, :].to(torch.int32) @ y[:, :]
    return out
