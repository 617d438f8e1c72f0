# kernel: integer_reductions
# arg x: i32[9,35]
# arg y: u8[9,35]
# arg z: i8[9,35]
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def integer_reductions(x, y, z):
    n = x.size(0)
    sums = torch.empty([n], dtype=torch.int64, device=x.device)
    high = torch.empty([n], dtype=torch.int32, device=x.device)
    low = torch.empty([n], dtype=torch.int32, device=x.device)
    byte_high = torch.empty([n], dtype=torch.uint8, device=x.device)
    byte_low = torch.empty([n], dtype=torch.uint8, device=x.device)
    small_high = torch.empty([n], dtype=torch.int8, device=x.device)
    for tile in hl.tile(n):
        sums[tile] = x[tile, :].sum(1)
        high[tile] = torch.amax(-x[tile, :] - 60, 1)
        low[tile] = torch.amin(x[tile, :] + 60, 1)
        byte_high[tile] = torch.amax(y[tile, :], 1)
        byte_low[tile] = torch.amin(y[tile, :], 1)
        small_high[tile] = torch.amax(z[tile, :], 1)
    return sums, high, low, byte_high, byte_low, small_high
