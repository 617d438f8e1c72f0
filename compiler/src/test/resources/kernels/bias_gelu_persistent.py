# kernel: bias_gelu
# arg x: f32[1000,512]
# arg bias: f32[512]
# config: {"block_sizes":[32,64],"loop_orders":[[1,0]],"pid_type":"persistent_interleaved","num_sm_multiplier":2}
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def bias_gelu(x, bias):
    rows, columns = x.size()
    out = torch.empty_like(x)
    for tile_row, tile_column in hl.tile([rows, columns]):
        out[tile_row, tile_column] = torch.nn.functional.gelu(
            x[tile_row, tile_column] + bias[tile_column], approximate="tanh"
        )
    return out
