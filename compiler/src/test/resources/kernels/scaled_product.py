# kernel: scaled
# arg x: u8[32,16]
# arg s: u8[32,1]
# arg y: u8[16,32]
# arg t: u8[32,1]
# config: default
import torch

import helion
import helion.language as hl


@helion.kernel
def scaled(x, s, y, t):
    out = torch.empty([32, 32], dtype=torch.float32, device=x.device)
    for tile_m, tile_n in hl.tile([32, 32]):
        acc = hl.zeros([tile_m, tile_n])
        out[tile_m, tile_n] = hl.dot_scaled(x[tile_m, :], s[tile_m, :], "e2m1", y[:, tile_n], t[tile_n, :], "e2m1", acc=acc)
    return out
