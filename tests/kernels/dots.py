"""Matrix products of every type and shape."""

import torch

import helion
import helion.language as hl


# inputs: x=f16[21,5]; y=f16[5,3]
# inputs: x=bf16[7,2]; y=bf16[2,9]
# inputs: x=f32[1,3]; y=f32[3,1]
@helion.kernel(dot_precision="ieee")
def short_axes(x, y):
    """Whole axes shorter than what the hardware multiplies."""
    m, k = x.size()
    n = y.size(1)
    out = torch.empty([m, n], dtype=torch.float32, device=x.device)
    small = torch.empty([n, m], dtype=torch.float32, device=x.device)
    for tile in hl.tile(m):
        out[tile, :] = hl.dot(x[tile, :], y[:, :])
        small[:, tile] = hl.dot(torch.exp(y[:, :]).T, torch.exp(x[tile, :]).T)
    return out, small


def short_axes_reference(x, y):
    a, b = x.float(), y.float()
    return a @ b, x.exp().float().matmul(y.exp().float()).T


# inputs: x=i8[20,40]:randint(-9,9); y=i8[40,18]:randint(-9,9)
@helion.kernel
def integers(x, y):
    m, k = x.size()
    n = y.size(1)
    out = torch.empty([m, n], dtype=torch.int32, device=x.device)
    scaled = torch.empty([m, n], dtype=torch.float32, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.int32)
        wide = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = hl.dot(x[tile_m, tile_k], y[tile_k, tile_n], acc=acc)
            wide = wide + hl.dot(x[tile_m, tile_k], y[tile_k, tile_n]) * 0.5
        out[tile_m, tile_n] = acc
        scaled[tile_m, tile_n] = wide
    return out, scaled


def integers_reference(x, y):
    product = x.int() @ y.int()
    return product, product * 0.5


# inputs: x=f8e4m3[20,40]; y=f8e4m3[40,18]
# inputs: x=f8e5m2[20,40]; y=f8e5m2[40,18]
# full: x=f8e4m3[2048,4096]; y=f8e4m3[4096,2048]
@helion.kernel
def eighths(x, y):
    m, k = x.size()
    n = y.size(1)
    out = torch.empty([m, n], dtype=torch.float16, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = hl.dot(x[tile_m, tile_k], y[tile_k, tile_n], acc=acc)
        out[tile_m, tile_n] = acc.to(torch.float16)
    return out


def eighths_reference(x, y):
    return (x.float() @ y.float()).half()


# inputs: x=f16[19,300]; y=f32[300,18]; z=bf16[300,18]
@helion.kernel(dot_precision="ieee")
def mixed(x, y, z):
    """Operands of two types, and accumulators of every one: nothing is rounded on the way."""
    m, k = x.size()
    n = y.size(1)
    a = torch.empty([m, n], dtype=torch.float32, device=x.device)
    b = torch.empty([m, n], dtype=torch.float32, device=x.device)
    c = torch.empty([m, n], dtype=torch.float16, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n])
        other = hl.zeros([tile_m, tile_n])
        half = hl.zeros([tile_m, tile_n], dtype=torch.float16)
        for tile_k in hl.tile(k, block_size=64):
            left = x[tile_m, tile_k]
            acc += hl.dot(left, y[tile_k, tile_n])
            other += left @ left.new_full([tile_k, tile_n], 0.1)
            half = hl.dot(left, z[tile_k, tile_n].to(torch.float16), acc=half)
        a[tile_m, tile_n] = acc
        b[tile_m, tile_n] = other
        c[tile_m, tile_n] = half
    return a, b, c


def mixed_reference(x, y, z):
    tenth = torch.full_like(y, 0.1).half().float()
    return x.float() @ y, x.float() @ tenth, (x.float() @ z.float()).half()


# inputs: x=f16[5,18,21]; y=f16[5,21,17]; bias=f32[17]
# inputs: x=f16[3,18,21]; y=f16[1,21,17]; bias=f32[17]
# full: x=bf16[16,1024,1024]; y=bf16[16,1024,1024]; bias=f32[1024]
@helion.kernel
def batches(x, y, bias):
    """Three axes, a batch that may be one, a bias as the accumulator."""
    b, m, k = x.size()
    n = y.size(2)
    out = torch.empty([b, m, n], dtype=torch.float32, device=x.device)
    for tile_b, tile_m, tile_n in hl.tile([b, m, n]):
        acc = torch.baddbmm(bias[tile_n], x[tile_b, tile_m, :], y[tile_b, :, tile_n], beta=2.0, alpha=0.5)
        out[tile_b, tile_m, tile_n] = torch.baddbmm(acc, x[tile_b, tile_m, :], y[tile_b, :, tile_n])
    return out


def batches_reference(x, y, bias):
    return 1.5 * (x.float() @ y.float()) + 2 * bias


# inputs: x=f16[30,16]; y=f16[16,24]; bias=f16[24]
@helion.kernel
def alphas(x, y, bias):
    m, k = x.size()
    n = y.size(1)
    out = torch.empty([3, m, n], dtype=torch.float16, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        a = x[tile_m, :]
        b = y[:, tile_n]
        out[0, tile_m, tile_n] = torch.addmm(bias[tile_n], a, b, beta=0.5)
        out[1, tile_m, tile_n] = torch.addmm(bias[tile_n], a, b, alpha=2, beta=0)
        out[2, tile_m, tile_n] = torch.mm(a, b) + bias[tile_n]
    return out


def alphas_reference(x, y, bias):
    product = x.float() @ y.float()
    wide = bias.float()
    return torch.stack([product + 0.5 * wide, 2 * product, product + wide]).half()


# inputs: x=f64[10,12]; y=f64[12,9]
@helion.kernel
def doubles(x, y):
    out = torch.empty([10, 9], dtype=torch.float64, device=x.device)
    for tile_m, tile_n in hl.tile([10, 9]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float64)
        for tile_k in hl.tile(12):
            acc = torch.addmm(acc, x[tile_m, tile_k], y[tile_k, tile_n])
        out[tile_m, tile_n] = acc
    return out


def doubles_reference(x, y):
    return x @ y
