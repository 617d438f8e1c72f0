"""Matrix products in every spelling, with sizes that fill no block."""

import torch

import helion
import helion.language as hl


# inputs: x=f16[37,50]; y=f16[50,29]
# inputs: x=f32[16,32]; y=f32[32,16]
# inputs: x=f16[1,17]; y=f16[17,1]
@helion.kernel
def matmul(x, y):
    m, k = x.size()
    k2, n = y.size()
    assert k == k2
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = torch.addmm(acc, x[tile_m, tile_k], y[tile_k, tile_n])
        out[tile_m, tile_n] = acc.to(x.dtype)
    return out


def matmul_reference(x, y):
    return x @ y


# inputs: x=f16[33,40]; y=f16[40,18]; bias=f16[18]
# inputs: x=f32[20,65]; y=f32[65,33]; bias=f32[33]
# full: x=f32[2048,2048]; y=f32[2048,2048]; bias=f32[2048]
@helion.kernel(static_shapes=True, dot_precision="ieee")
def matmul_epilogue(x, y, bias):
    m, k = x.size()
    n = y.size(1)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc += x[tile_m, tile_k] @ y[tile_k, tile_n]
        out[tile_m, tile_n] = torch.relu(acc + bias[tile_n]).to(x.dtype)
    return out


def matmul_epilogue_reference(x, y, bias):
    return torch.relu(x @ y + bias)


# inputs: x=f16[18,37]; y=f16[37,20]
@helion.kernel
def dot_of_exps(x, y):
    """Operands whose padding is not zero; the shared axis is a tile's."""
    out = torch.empty([x.size(0), y.size(1)], dtype=torch.float32, device=x.device)
    for tile_m, tile_n in hl.tile([x.size(0), y.size(1)]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(x.size(1)):
            left = torch.exp(x[tile_m, tile_k] * 0.25)
            right = y[tile_k, tile_n] + 1.0
            acc = hl.dot(left, right, acc=acc)
        out[tile_m, tile_n] = acc
    return out


def dot_of_exps_reference(x, y):
    return (torch.exp(x * 0.25) @ (y + 1)).to(torch.float32)


# inputs: x=f32[21,19]; y=f32[19,23]
@helion.kernel
def whole_inner_axis(x, y):
    out = torch.empty([x.size(0), y.size(1)], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([x.size(0), y.size(1)]):
        out[tile_m, tile_n] = torch.matmul(x[tile_m, :] + 1.0, y[:, tile_n] - 1.0)
    return out


def whole_inner_axis_reference(x, y):
    return (x + 1) @ (y - 1)


# inputs: x=f16[3,17,20]; y=f16[3,20,18]
@helion.kernel
def batched(x, y):
    b, m, k = x.size()
    n = y.size(2)
    out = torch.empty([b, m, n], dtype=x.dtype, device=x.device)
    for tile_b, tile_m, tile_n in hl.tile([b, m, n]):
        acc = hl.zeros([tile_b, tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = torch.baddbmm(acc, x[tile_b, tile_m, tile_k], y[tile_b, tile_k, tile_n])
        out[tile_b, tile_m, tile_n] = acc.to(x.dtype)
    return out


def batched_reference(x, y):
    return torch.bmm(x, y)


# inputs: x=i8[17,33]:randint(-8,8); y=i8[33,16]:randint(-8,8)
@helion.kernel
def integer_product(x, y):
    out = torch.empty([x.size(0), y.size(1)], dtype=torch.int32, device=x.device)
    for tile_m, tile_n in hl.tile([x.size(0), y.size(1)]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.int32)
        for tile_k in hl.tile(x.size(1)):
            acc = hl.dot(x[tile_m, tile_k], y[tile_k, tile_n], acc=acc)
        out[tile_m, tile_n] = acc
    return out


def integer_product_reference(x, y):
    return x.to(torch.int32) @ y.to(torch.int32)


# inputs: q=f16[35,16]; k=f16[43,16]; v=f16[43,16]
@helion.kernel
def attention(q, k, v):
    """One head: three carried values, a transposed operand, rescaling."""
    m, d = q.size()
    n = k.size(0)
    d = hl.specialize(d)
    out = torch.empty_like(q)
    scale = 0.25
    for tile_m in hl.tile(m):
        high = hl.full([tile_m], float("-inf"), dtype=torch.float32)
        total = torch.full_like(high, 0.0)
        acc = hl.zeros([tile_m, d], dtype=torch.float32)
        rows = q[tile_m, :]
        for tile_n in hl.tile(n):
            scores = hl.dot(rows, k[tile_n, :].T) * scale
            scores = torch.where((tile_n.index < n)[None, :], scores, float("-inf"))
            larger = torch.maximum(high, torch.amax(scores, -1))
            p = torch.exp(scores - larger[:, None])
            shrink = torch.exp(high - larger)
            total = total * shrink + p.sum(-1)
            acc = acc * shrink[:, None]
            acc = torch.addmm(acc, p.to(v.dtype), v[tile_n, :])
            high = larger
        out[tile_m, :] = (acc / total[:, None]).to(out.dtype)
    return out


def attention_reference(q, k, v):
    return torch.softmax(q @ k.T * 0.25, dim=-1) @ v


# inputs: x=f16[20,40]; y=f16[40,33]
@helion.kernel
def split_blocks(x, y):
    """A registered block size shared by two loops, and half accumulation rounded once."""
    m, k = x.size()
    n = y.size(1)
    block = hl.register_block_size(16, 64)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([m, n], block_size=[block, None]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(0, k, block_size=block):
            acc = acc + torch.mm(x[tile_m, tile_k], y[tile_k, tile_n])
        out[tile_m, tile_n] = acc.to(x.dtype)
    return out


def split_blocks_reference(x, y):
    return x @ y
