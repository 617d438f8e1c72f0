"""Elementwise work: broadcasting, activations, NaN, conditions, dtypes."""

import torch

import helion
import helion.language as hl

SCALE = 1.702
LIMITS = (-0.5, 0.75)


# inputs: x=f32[37,53]; bias=f32[53]
# inputs: x=f16[5,3]; bias=f16[3]
# inputs: x=f32[0,4]; bias=f32[4]
@helion.kernel
def bias_gelu(x, bias):
    rows, columns = x.size()
    out = torch.empty_like(x)
    for tile_row, tile_column in hl.tile([rows, columns]):
        out[tile_row, tile_column] = torch.nn.functional.gelu(
            x[tile_row, tile_column] + bias[tile_column], approximate="tanh"
        )
    return out


def bias_gelu_reference(x, bias):
    return torch.nn.functional.gelu(x + bias, approximate="tanh")


# inputs: x=f32[100]
# inputs: x=f16[67]
@helion.kernel
def activations(x):
    out = torch.empty([12, x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        v = x[tile]
        out[0, tile] = torch.nn.functional.gelu(v)
        out[1, tile] = torch.nn.functional.silu(v)
        out[2, tile] = torch.relu(v)
        out[3, tile] = torch.sigmoid(v * SCALE)
        out[4, tile] = torch.tanh(v)
        out[5, tile] = torch.clamp(v, LIMITS[0], LIMITS[1])
        out[6, tile] = torch.expm1(v * 0.1)
        out[7, tile] = torch.log1p(torch.abs(v))
        out[8, tile] = torch.erf(v)
        out[9, tile] = torch.sqrt(torch.abs(v)) - torch.rsqrt(torch.abs(v) + 1)
        out[10, tile] = torch.sinh(v) - torch.cosh(v) + torch.tan(v * 0.2)
        out[11, tile] = torch.exp2(v) - torch.log2(v.abs() + 1.0) + torch.log10(v.abs() + 1.0)
    return out


def activations_reference(x):
    return torch.stack(
        [
            torch.nn.functional.gelu(x),
            torch.nn.functional.silu(x),
            torch.relu(x),
            torch.sigmoid(x * SCALE),
            torch.tanh(x),
            x.clamp(*LIMITS),
            torch.expm1(x * 0.1),
            torch.log1p(x.abs()),
            torch.erf(x),
            x.abs().sqrt() - torch.rsqrt(x.abs() + 1),
            torch.sinh(x) - torch.cosh(x) + torch.tan(x * 0.2),
            torch.exp2(x) - torch.log2(x.abs() + 1) + torch.log10(x.abs() + 1),
        ]
    )


# inputs: x=f32[50]; y=f32[50]
@helion.kernel
def not_a_number(x, y):
    """NaN goes through max, min, relu and clamp."""
    out = torch.empty([7, x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        v = torch.where(x[tile] > 0.5, float("nan"), x[tile])
        w = y[tile]
        out[0, tile] = torch.maximum(v, w)
        out[1, tile] = torch.minimum(w, v)
        out[2, tile] = torch.relu(v)
        out[3, tile] = torch.clamp(v, min=-0.25)
        out[4, tile] = torch.clamp(v, -0.25, 0.25)
        out[5, tile] = torch.where(torch.isnan(v), 3.0, v)
        out[6, tile] = torch.where(torch.isinf(w / 0.0), 1.0, 0.0)
    return out


def not_a_number_reference(x, y):
    v = torch.where(x > 0.5, float("nan"), x)
    return torch.stack(
        [
            torch.maximum(v, y),
            torch.minimum(y, v),
            torch.relu(v),
            v.clamp(min=-0.25),
            v.clamp(-0.25, 0.25),
            torch.where(torch.isnan(v), 3.0, v),
            torch.where(torch.isinf(y / 0.0), 1.0, 0.0),
        ]
    )


# inputs: x=f32[40]
@helion.kernel
def reduced_nan(x):
    out = torch.empty([2], dtype=x.dtype, device=x.device)
    for tile in hl.tile(1):
        v = torch.where(x[:] > 0.5, float("nan"), x[:])
        out[0] = torch.amax(v, 0)
        out[1] = torch.amin(v, 0)
    return out


def reduced_nan_reference(x):
    v = torch.where(x > 0.5, float("nan"), x)
    return torch.stack([v.amax(), v.amin()])


# inputs: x=f32[60]
@helion.kernel
def rounding(x):
    out = torch.empty([8, x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        v = x[tile] * 2.0
        out[0, tile] = torch.floor(v)
        out[1, tile] = torch.ceil(v)
        out[2, tile] = torch.trunc(v)
        out[3, tile] = torch.round(torch.floor(v) + 0.5)
        out[4, tile] = torch.sign(v)
        out[5, tile] = v // 0.75
        out[6, tile] = v % 0.75
        out[7, tile] = torch.remainder(v, -0.75)
    return out


def rounding_reference(x):
    v = x * 2.0
    return torch.stack(
        [
            v.floor(),
            v.ceil(),
            v.trunc(),
            (v.floor() + 0.5).round(),
            v.sign(),
            v // 0.75,
            v % 0.75,
            torch.remainder(v, -0.75),
        ]
    )


# inputs: x=f32[44]
@helion.kernel
def powers(x):
    out = torch.empty([7, x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        v = x[tile]
        out[0, tile] = v**2
        out[1, tile] = v**3
        out[2, tile] = torch.pow(v, 2.0)
        out[3, tile] = v.abs() ** 0.5
        out[4, tile] = 2.0**v
        out[5, tile] = (v * 0.0) ** 0
        out[6, tile] = torch.pow(v, -1)
    return out


def powers_reference(x):
    return torch.stack([x**2, x**3, x.pow(2.0), x.abs() ** 0.5, 2.0**x, (x * 0.0) ** 0, torch.pow(x, -1)])


# inputs: x=f32[31,18]; y=f32[1,18]; z=f32[31,1]; s=f32[1]
# inputs: x=f32[16,64]; y=f32[1,64]; z=f32[16,1]; s=f32[1]
@helion.kernel
def size_one_axes(x, y, z, s):
    out = torch.empty_like(x)
    for tile_m, tile_n in hl.tile(x.size()):
        out[tile_m, tile_n] = x[tile_m, tile_n] * y[tile_m, tile_n] + z[tile_m, tile_n] - s[tile_n]
    return out


def size_one_axes_reference(x, y, z, s):
    return x * y + z - s


# inputs: x=f32[15,22]; y=f16[15,22]; n=3; flag=true; limit=none; dtype=torch.float16
# inputs: x=f32[4,8]; y=f16[4,8]; n=1; flag=false; limit=0.5; dtype=torch.float32
# inputs: x=f32[4,8]; y=f16[4,8]; n=-2; flag=true; limit=0.25; dtype=torch.float32
@helion.kernel
def scalars(x, y, n, flag, limit, dtype):
    """Arguments of every kind, at run time and when compiling."""
    doubled = n * 2
    out = torch.empty(x.size(), dtype=dtype, device=x.device)
    for tile in hl.tile(x.size()):
        value = x[tile] + y[tile] * n - doubled
        if limit is not None:
            value = torch.clamp(value, max=limit)
        if flag:
            value = value + n
        else:
            value = value * 0.5
        out[tile] = value.to(dtype)
    return out


def scalars_reference(x, y, n, flag, limit, dtype):
    value = x + y * n - n * 2
    if limit is not None:
        value = value.clamp(max=limit)
    return (value + n if flag else value * 0.5).to(dtype)


# inputs: x=f32[45]; mask=bool[45]
@helion.kernel
def booleans(x, mask):
    """Booleans are loaded, combined, stored and counted."""
    n = x.size(0)
    out = torch.empty([n], dtype=torch.bool, device=x.device)
    other = torch.empty([n], dtype=torch.bool, device=x.device)
    numbers = torch.empty([n], dtype=torch.float32, device=x.device)
    for tile in hl.tile(n):
        m = mask[tile]
        out[tile] = (x[tile] > 0) & ~m
        other[tile] = torch.logical_xor(m, x[tile] < 0.5) | torch.logical_not(m)
        numbers[tile] = torch.where(m, x[tile], 0) + m.to(torch.float32)
    return out, other, numbers


def booleans_reference(x, mask):
    other = torch.logical_xor(mask, x < 0.5) | torch.logical_not(mask)
    return (x > 0) & ~mask, other, torch.where(mask, x, 0) + mask.to(x.dtype)


# inputs: mask=bool[11,37]
@helion.kernel
def count_true(mask):
    out = torch.empty([mask.size(0)], dtype=torch.int64, device=mask.device)
    for tile in hl.tile(mask.size(0)):
        out[tile] = mask[tile, :].sum(1)
    return out


def count_true_reference(mask):
    return mask.sum(1)


# inputs: x=f32[5,6,17]; y=f32[6,17]
# inputs: x=f32[2,1,9]; y=f32[1,9]
@helion.kernel
def three_axes(x, y):
    out = torch.empty_like(x)
    for tile_a, tile_b, tile_c in hl.tile(x.size()):
        out[tile_a, tile_b, tile_c] = x[tile_a, tile_b, tile_c] * y[tile_b, tile_c][None, :, :] + tile_b.index[None, :, None]
    return out


def three_axes_reference(x, y):
    return x * y + torch.arange(x.size(1), device=x.device)[None, :, None]


# inputs: x=f32[20,30]:strides(1,20); y=f32[20,30]
# inputs: x=f32[7,5]:strides(12,2); y=f32[7,5]
@helion.kernel
def strided(x, y):
    out = torch.empty([x.size(0), x.size(1)], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([x.size(0), x.size(1)]):
        out[tile_m, tile_n] = x[tile_m, tile_n] - y[tile_m, tile_n]
    return out


def strided_reference(x, y):
    return x - y


# inputs: x=f32[10,14]; y=f32[14]
@helion.kernel
def broadcast_on_host(x, y):
    x, y = torch.broadcast_tensors(x, y)
    out = torch.empty(x.shape, dtype=torch.promote_types(x.dtype, y.dtype), device=x.device)
    flat = out.view(-1)
    for tile in hl.tile(out.size()):
        out[tile] = x[tile] + y[tile]
    flat += 1
    return out


def broadcast_on_host_reference(x, y):
    return x + y + 1


# inputs: x=f64[33]
@helion.kernel
def doubles(x):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        out[tile] = x[tile] * 0.1 + 1e-9
    return out


def doubles_reference(x):
    return x * 0.1 + 1e-9
