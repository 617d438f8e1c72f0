"""Matrix product: an outer loop over tiles of the result, an inner one over the shared axis."""

import torch

import helion
import helion.language as hl


@helion.kernel
def matmul(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """The product of ``x`` [m, k] and ``y`` [k, n], accumulated in float32."""
    m, k = x.size()
    k2, n = y.size()
    assert k == k2, f"the inner sizes differ: {k} and {k2}"
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = torch.addmm(acc, x[tile_m, tile_k], y[tile_k, tile_n])
        out[tile_m, tile_n] = acc.to(x.dtype)
    return out


def matmul_reference(x: torch.Tensor, y: torch.Tensor) -> torch.Tensor:
    """What the kernel must compute; also what PyTorch users would write."""
    return x @ y
