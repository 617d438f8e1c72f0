"""SwiGLU's elementwise part: silu(a) times b."""

import torch

import helion
import helion.language as hl


# inputs: a=bf16[33,130]; b=bf16[33,130]
# full: a=bf16[8192,11008]; b=bf16[8192,11008]
@helion.kernel
def swiglu(a: torch.Tensor, b: torch.Tensor) -> torch.Tensor:
    out = torch.empty_like(a)
    for rows, columns in hl.tile([a.size(0), a.size(1)]):
        gate = a[rows, columns].to(torch.float32)
        out[rows, columns] = (gate * torch.sigmoid(gate) * b[rows, columns].to(torch.float32)).to(a.dtype)
    return out


def swiglu_reference(a, b):
    return torch.nn.functional.silu(a) * b
