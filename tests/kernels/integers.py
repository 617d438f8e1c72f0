"""Integer arithmetic, where signs and widths matter."""

import torch

import helion
import helion.language as hl


# inputs: x=i32[70]:randint(-20,20); y=i32[70]:randint(1,7)
# inputs: x=i64[70]:randint(-20,20); y=i64[70]:randint(-7,0)
# inputs: x=i16[3]:randint(-20,20); y=i16[3]:randint(1,7)
@helion.kernel
def divisions(x, y):
    out = torch.empty([6, x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[0, tile] = x[tile] // y[tile]
        out[1, tile] = x[tile] % y[tile]
        out[2, tile] = x[tile] // 3
        out[3, tile] = x[tile] % -3
        out[4, tile] = torch.div(x[tile], y[tile], rounding_mode="floor")
        out[5, tile] = 17 // y[tile]
    return out


def divisions_reference(x, y):
    return torch.stack(
        [x // y, x % y, x // 3, x % -3, torch.div(x, y, rounding_mode="floor"), torch.div(17, y, rounding_mode="floor")]
    )


# inputs: x=i32[50]:randint(-9,9); y=i32[50]:randint(1,5)
@helion.kernel
def truncated(x, y):
    out = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[tile] = torch.div(x[tile], y[tile], rounding_mode="trunc")
    return out


def truncated_reference(x, y):
    return torch.div(x, y, rounding_mode="trunc")


# inputs: x=i32[40]:randint(0,1000); y=i32[40]:randint(0,8)
@helion.kernel
def bits(x, y):
    out = torch.empty([8, x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[0, tile] = x[tile] & 0xFF
        out[1, tile] = x[tile] | y[tile]
        out[2, tile] = x[tile] ^ 5
        out[3, tile] = x[tile] << y[tile]
        out[4, tile] = (-x[tile]) >> 2
        out[5, tile] = ~x[tile]
        out[6, tile] = torch.maximum(x[tile], 500)
        out[7, tile] = torch.abs(y[tile] - 4) + torch.sign(y[tile] - 4)
    return out


def bits_reference(x, y):
    largest = torch.maximum(x, torch.tensor(500, dtype=x.dtype))
    return torch.stack(
        [x & 0xFF, x | y, x ^ 5, x << y, (-x) >> 2, ~x, largest, (y - 4).abs() + (y - 4).sign()]
    )


# inputs: x=i32[30]:randint(-5,5)
@helion.kernel
def integer_powers(x):
    out = torch.empty([2, x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[0, tile] = x[tile] ** 2
        out[1, tile] = x[tile] ** 3
    return out


def integer_powers_reference(x):
    return torch.stack([x**2, x**3])


# inputs: x=i64[20]:randint(-5,5); y=i32[20]:randint(-5,5)
@helion.kernel
def wide_numbers(x, y):
    """Numbers beyond 32 bits, and integers that meet floats."""
    out = torch.empty([x.size(0)], dtype=torch.int64, device=x.device)
    mixed = torch.empty([x.size(0)], dtype=torch.float32, device=x.device)
    mean = torch.empty([x.size(0)], dtype=torch.float32, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[tile] = x[tile] * 3000000000 + y[tile] + 5000000000
        mixed[tile] = y[tile] * 0.5
        mean[tile] = x[tile] / 4 + torch.exp(y[tile])
    return out, mixed, mean


def wide_numbers_reference(x, y):
    return x * 3000000000 + y + 5000000000, y * 0.5, x / 4 + torch.exp(y.to(torch.float32))


# inputs: x=u8[50]:randint(0,256); y=u8[50]:randint(0,256)
@helion.kernel
def bytes_unsigned(x, y):
    out = torch.empty([3, x.size(0)], dtype=torch.uint8, device=x.device)
    wide = torch.empty([2, x.size(0)], dtype=torch.int32, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[0, tile] = x[tile] + y[tile]
        out[1, tile] = torch.maximum(x[tile], y[tile])
        out[2, tile] = x[tile] >> 1
        wide[0, tile] = x[tile].to(torch.int32) - y[tile].to(torch.int32)
        wide[1, tile] = (x[tile] > y[tile]).to(torch.int32) + (x[tile] // 7).to(torch.int32)
    return out, wide


def bytes_unsigned_reference(x, y):
    wide = x.to(torch.int32) - y.to(torch.int32)
    return torch.stack([x + y, torch.maximum(x, y), x >> 1]), torch.stack(
        [wide, (x > y).to(torch.int32) + (x // 7).to(torch.int32)]
    )


# inputs: x=f32[45]
@helion.kernel
def positions_divided(x):
    """Positions are never negative, but for loops that begin below 0."""
    n = x.size(0)
    out = torch.empty([4, n], dtype=torch.int32, device=x.device)
    low = torch.empty([2, 10], dtype=torch.int32, device=x.device)
    for tile in hl.tile(n):
        out[0, tile] = tile.index // 7
        out[1, tile] = (tile.index + 3) % 5
        out[2, tile] = (tile.index - 20) // 8
        out[3, tile] = (tile.index * 2 - 20) % 8
        for i in hl.grid(-5, 5):
            low[0, i + 5] = i // 3
            low[1, i + 5] = i % 4
    return out, low


def positions_divided_reference(x):
    i = torch.arange(x.size(0))
    j = torch.arange(-5, 5)
    return torch.stack([i // 7, (i + 3) % 5, (i - 20) // 8, (i * 2 - 20) % 8]), torch.stack([j // 3, j % 4])
