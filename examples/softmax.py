"""Softmax over the rows of a matrix: one program reads whole rows and reduces them."""

import torch

import helion
import helion.language as hl


@helion.kernel
def softmax(x: torch.Tensor) -> torch.Tensor:
    """Softmax of each row of ``x`` [rows, columns], computed in float32."""
    rows, columns = x.size()
    out = torch.empty_like(x)
    for tile in hl.tile(rows):
        values = x[tile, :].to(torch.float32)
        largest = torch.amax(values, dim=1)
        exps = torch.exp(values - largest[:, None])
        total = exps.sum(dim=1)
        out[tile, :] = (exps / total[:, None]).to(x.dtype)
    return out


def softmax_reference(x: torch.Tensor) -> torch.Tensor:
    """What the kernel must compute; also what PyTorch users would write."""
    return torch.nn.functional.softmax(x, dim=1)
