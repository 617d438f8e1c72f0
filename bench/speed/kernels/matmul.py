"""Matrix product, accumulated in float32."""

import torch

import helion
import helion.language as hl


# inputs: x=bf16[65,72]; y=bf16[72,40]
# full: x=bf16[4096,4096]; y=bf16[4096,4096]
@helion.kernel
def matmul(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    m, k = x.size()
    n = y.size(1)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for rows, columns in hl.tile([m, n]):
        total = hl.zeros([rows, columns], dtype=torch.float32)
        for inner in hl.tile(k):
            total = hl.dot(x[rows, inner], y[inner, columns], acc=total)
        out[rows, columns] = total.to(x.dtype)
    return out


def matmul_reference(x, y):
    return torch.matmul(x, y)
