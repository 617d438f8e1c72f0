# kernel: matmul_epilogue
# arg x: f16[100,64]
# arg y: f16[64,72]
# arg bias: f16[72]
# config: default
# target: hip:gfx942
import torch

import helion
import helion.language as hl


@helion.kernel(static_shapes=True, dot_precision="ieee")
def matmul_epilogue(x, y, bias):
    m, k = x.size()
    n = y.size(1)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc += x[tile_m, tile_k] @ y[tile_k, tile_n]
        out[tile_m, tile_n] = torch.relu(acc + bias[tile_n]).to(x.dtype)
    return out
