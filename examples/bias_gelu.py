"""Bias and GELU in one pass: an elementwise kernel over two-dimensional tiles, with a broadcast row."""

import torch

import helion
import helion.language as hl


@helion.kernel
def bias_gelu(x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """GELU (tanh form) of ``x`` [rows, columns] plus ``bias`` [columns]."""
    rows, columns = x.size()
    out = torch.empty_like(x)
    for tile_row, tile_column in hl.tile([rows, columns]):
        shifted = x[tile_row, tile_column] + bias[tile_column]
        out[tile_row, tile_column] = torch.nn.functional.gelu(shifted, approximate="tanh")
    return out


def bias_gelu_reference(x: torch.Tensor, bias: torch.Tensor) -> torch.Tensor:
    """What the kernel must compute; also what PyTorch users would write."""
    return torch.nn.functional.gelu(x + bias, approximate="tanh")
