"""Packed weights, atomics, random masks, views of one input, split sums."""

from __future__ import annotations

from typing import Callable

import torch

import helion
import helion.language as hl


# inputs: a=f16[21,32]; packed=i8[16,24]:randint(-128,127)
# full: a=bf16[2048,4096]; packed=i8[2048,4096]:randint(-128,127)
@helion.kernel
def int4_gemm(a, packed):
    m, k = a.shape
    n = packed.size(1)
    block_k_packed = hl.register_block_size(k // 2)
    out = torch.zeros(m, n, dtype=a.dtype, device=a.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k // 2, block_size=block_k_packed):
            a_begin = tile_k.begin * 2
            a_len = tile_k.block_size * 2
            left = a[tile_m, a_begin : (a_begin + a_len)].to(torch.float32)
            tile = packed[tile_k, tile_n]
            low = ((tile << 4) >> 4).to(torch.int8)
            high = (tile >> 4).to(torch.int8)
            stacked = torch.stack([low.to(a.dtype), high.to(a.dtype)], dim=1)
            unpacked = stacked.reshape(tile_k.block_size * 2, tile_n.block_size).to(torch.float32)
            acc = acc + hl.dot(left, unpacked)
        out[tile_m, tile_n] = acc.to(out.dtype)
    return out


def int4_gemm_reference(a, packed):
    low = ((packed << 4) >> 4).float()
    high = (packed >> 4).float()
    weights = torch.stack([low, high], 1).reshape(-1, packed.size(1))
    return (a.float() @ weights).to(a.dtype)


# inputs: indices=i64[93]:randint(0,7); values=f32[93,12]
@helion.kernel
def segment_sums(indices, values):
    """The indices need not be sorted: every element goes to its place by an atomic."""
    rows, features = values.shape
    out = torch.zeros([8, features], dtype=values.dtype, device=values.device)
    for tile_e, tile_f in hl.tile([rows, features]):
        where = indices[tile_e]
        hl.atomic_add(out, [where, tile_f], values[tile_e, tile_f])
    return out


def segment_sums_reference(indices, values):
    return torch.zeros(8, values.size(1)).index_add(0, indices, values)


# inputs: x=f32[37,64]
@helion.kernel
def geglu(x):
    rows, width = x.shape
    half = width // 2
    out = torch.empty([rows, half], dtype=x.dtype, device=x.device)
    left = x[:, :half]
    right = x[:, half:]
    for tile_m, tile_n in hl.tile([rows, half]):
        gate = torch.nn.functional.gelu(left[tile_m, tile_n].to(torch.float32), approximate="tanh")
        out[tile_m, tile_n] = (gate * right[tile_m, tile_n]).to(x.dtype)
    return out


def geglu_reference(x):
    a, b = x.chunk(2, -1)
    return torch.nn.functional.gelu(a, approximate="tanh") * b


# inputs: x=f32[64,70]; y=f32[70,20]
@helion.kernel
def split_k(x, y):
    m, k = x.shape
    n = y.size(1)
    out = torch.zeros([m, n], dtype=x.dtype, device=x.device)
    split = hl.register_tunable("split_k", helion.autotuner.PowerOfTwoFragment(1, 8, 2))
    k_block = helion.next_power_of_2(helion.cdiv(k, split))
    for tile_m, tile_n, outer_k in hl.tile([m, n, k], block_size=[None, None, k_block]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for inner_k in hl.tile(outer_k.begin, outer_k.end):
            acc = torch.addmm(acc, x[tile_m, inner_k], y[inner_k, tile_n])
        hl.atomic_add(out, [tile_m, tile_n], acc)
    return out


def split_k_reference(x, y):
    return x @ y
