"""Attention forward by hand: softmax along the way, through pointers or the tensor memory accelerator."""

import math

import torch
import triton
import triton.language as tl

CONFIGS = [
    {"TMA": tma, "M": m, "N": n, "num_warps": warps, "num_stages": stages}
    for tma in (False, True)
    for m, n, warps, stages in [
        (64, 64, 4, 2), (64, 64, 4, 3), (128, 64, 4, 3), (128, 64, 8, 3), (128, 64, 8, 2), (128, 128, 8, 2), (128, 128, 8, 3),
    ]
]
CONFIG = CONFIGS[0]


@triton.jit
def _kernel(q, k, v, out, queries, keys, scale, WIDTH: tl.constexpr, TMA: tl.constexpr, M: tl.constexpr, N: tl.constexpr):
    first = tl.program_id(0) * M
    head = tl.program_id(1)
    row = first + tl.arange(0, M)
    wide = tl.arange(0, WIDTH)
    key = tl.arange(0, N)
    q += head * queries * WIDTH
    out += head * queries * WIDTH
    k += head * keys * WIDTH
    v += head * keys * WIDTH
    place = row[:, None] * WIDTH + wide[None, :]
    if TMA:
        k_tiles = tl.make_tensor_descriptor(k, [keys, WIDTH], [WIDTH, 1], [N, WIDTH])
        v_tiles = tl.make_tensor_descriptor(v, [keys, WIDTH], [WIDTH, 1], [N, WIDTH])
    query = tl.load(q + place, (row < queries)[:, None], other=0.0)
    highest = tl.full([M], float("-inf"), tl.float32)
    weight = tl.zeros([M], tl.float32)
    total = tl.zeros([M, WIDTH], tl.float32)
    for at in tl.range(0, keys, N):
        within = key < keys - at
        if TMA:
            k_part = k_tiles.load([at, 0])
        else:
            k_part = tl.load(k + (at + key)[:, None] * WIDTH + wide[None, :], within[:, None], other=0.0)
        scores = tl.where(within[None, :], tl.dot(query, k_part.T) * scale, float("-inf"))
        newest = tl.maximum(highest, tl.max(scores, 1))
        shares = tl.exp2(scores - newest[:, None])
        fade = tl.exp2(highest - newest)
        weight = weight * fade + tl.sum(shares, 1)
        if TMA:
            v_part = v_tiles.load([at, 0])
        else:
            v_part = tl.load(v + (at + key)[:, None] * WIDTH + wide[None, :], within[:, None], other=0.0)
        total = tl.dot(shares.to(v_part.dtype), v_part, total * fade[:, None])
        highest = newest
    result = (total / weight[:, None]).to(out.dtype.element_ty)
    tl.store(out + place, result, (row < queries)[:, None])


def _scratch(size, alignment, stream):
    return torch.empty(size, dtype=torch.int8, device="cuda")


def _launch(kernel, grid, *args, **options):
    triton.set_allocator(_scratch)
    kernel[grid](*args, **options)


def attention(q, k, v, *, _launcher=_launch):
    heads, queries, width = q.shape
    out = torch.empty_like(q)
    grid = (triton.cdiv(queries, CONFIG["M"]), heads)
    scale = math.log2(math.e) / math.sqrt(width)
    _launcher(_kernel, grid, q, k, v, out, queries, k.shape[1], scale, WIDTH=width, **CONFIG)
    return out
