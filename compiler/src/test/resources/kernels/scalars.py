# kernel: scalars
# arg x: f32[15,22]
# arg y: f16[15,22]
# arg n: 3
# arg flag: true
# arg limit: none
# arg dtype: torch.float16
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def scalars(x, y, n, flag, limit, dtype):
    """Arguments of every kind, at run time and when compiling."""
    doubled = n * 2
    out = torch.empty(x.size(), dtype=dtype, device=x.device)
    for tile in hl.tile(x.size()):
        value = x[tile] + y[tile] * n - doubled
        if limit is not None:
            value = torch.clamp(value, max=limit)
        if flag:
            value = value + n
        else:
            value = value * 0.5
        out[tile] = value.to(dtype)
    return out
