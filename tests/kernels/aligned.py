"""Tensors whose first element lies where tensor descriptors cannot begin."""

import torch

import helion
import helion.language as hl


# inputs: x=f32[37,68]
# inputs: x=f16[16,136]
@helion.kernel
def odd_begin(x):
    """A view that begins one element behind the tensor."""
    m, n = x.size()
    view = x[:, 1 : n - 3]
    whole = torch.zeros([m, n + 4], dtype=x.dtype, device=x.device)
    out = whole[:, 1 : n - 3]
    for tile_m, tile_n in hl.tile(view.size()):
        out[tile_m, tile_n] = view[tile_m, tile_n] * 2
    return whole


def odd_begin_reference(x):
    whole = torch.zeros([x.size(0), x.size(1) + 4], dtype=x.dtype, device=x.device)
    whole[:, 1 : x.size(1) - 3] = x[:, 1 : x.size(1) - 3] * 2
    return whole


# inputs: x=f32[64,3,32]
# inputs: x=f16[1,3,64]
@helion.kernel
def third_of_rows(x):
    """Parts of an interleaved tensor, all but the first off the alignment of a row."""
    m, _, n = x.size()
    flat = x.view(m, 3 * n)
    first, last = flat[:, :n], flat[:, 2 * n :]
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        out[tile_m, tile_n] = first[tile_m, tile_n] - last[tile_m, tile_n]
    return out


def third_of_rows_reference(x):
    return x[:, 0] - x[:, 2]
