# kernel: runtime_branch
# arg x: f32[29,8]
# arg threshold: 0.5
# config: default
# target: cuda:90
import torch

import helion
import helion.language as hl


@helion.kernel
def runtime_branch(x, threshold):
    rows = x.size(0)
    out = torch.empty_like(x)
    for row in hl.grid(rows):
        total = x[row, :].sum()
        if total > threshold:
            value = x[row, :] * 2.0
            shift = total
        elif total > threshold - 1.0:
            value = x[row, :] - 1.0
            shift = total * 0.0
        else:
            value = x[row, :]
            shift = -total
        out[row, :] = value + shift
    return out
