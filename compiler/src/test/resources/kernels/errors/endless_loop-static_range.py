# kernel: unrolled
# arg x: f32[37]
import helion
import helion.language as hl
import torch


@helion.kernel
def unrolled(x):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        total = x[tile]
        for i in hl.static_range(0, 100000, 2):
            total = total + i
        out[tile] = total
    return out
