"""Reductions: whole rows, tiles of rows, several in one kernel, and those that padding could spoil."""

import torch

import helion
import helion.language as hl


# inputs: x=f32[37,53]
# inputs: x=f16[5,129]
# inputs: x=f32[1,1]
# inputs: x=f32[7,1000]
# inputs: x=f32[0,5]
@helion.kernel
def row_softmax(x):
    rows, columns = x.size()
    out = torch.empty_like(x)
    for tile in hl.tile(rows):
        values = x[tile, :].to(torch.float32)
        largest = torch.amax(values, dim=1)
        exps = torch.exp(values - largest[:, None])
        out[tile, :] = (exps / exps.sum(dim=1)[:, None]).to(x.dtype)
    return out


def row_softmax_reference(x):
    return torch.softmax(x, dim=1)


# inputs: x=f32[33,70]
# inputs: x=f16[3,257]
@helion.kernel
def torch_softmax(x):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        out[tile, :] = torch.nn.functional.softmax(x[tile, :], dim=-1)
    return out


def torch_softmax_reference(x):
    return torch.softmax(x, dim=-1)


# inputs: x=f32[19,61]
# inputs: x=f32[1,300]
@helion.kernel
def log_softmax(x):
    out = torch.empty_like(x)
    for tile in hl.tile(x.size(0)):
        out[tile, :] = torch.nn.functional.log_softmax(x[tile, :], dim=1)
    return out


def log_softmax_reference(x):
    return torch.log_softmax(x, dim=1)


# inputs: x=f32[29,131]
# inputs: x=f16[17,64]
# inputs: x=f32[2,1]
@helion.kernel
def online_softmax(x):
    """Two values carried through a loop over tiles, each from the other's old one."""
    rows, columns = x.size()
    out = torch.empty_like(x)
    for tile_row in hl.tile(rows):
        largest = hl.full([tile_row], float("-inf"), dtype=torch.float32)
        total = hl.zeros([tile_row], dtype=torch.float32)
        for tile_column in hl.tile(columns):
            values = x[tile_row, tile_column].to(torch.float32)
            larger = torch.maximum(largest, torch.amax(values, dim=1))
            total = total * torch.exp(largest - larger) + torch.exp(values - larger[:, None]).sum(dim=1)
            largest = larger
        for tile_column in hl.tile(columns):
            values = x[tile_row, tile_column].to(torch.float32)
            out[tile_row, tile_column] = (torch.exp(values - largest[:, None]) / total[:, None]).to(x.dtype)
    return out


def online_softmax_reference(x):
    return torch.softmax(x, dim=1)


# inputs: x=f32[13,100]; weight=f32[100]; bias=f32[100]; eps=1e-5
# inputs: x=f16[4,37]; weight=f16[37]; bias=f16[37]; eps=0.001
# inputs: x=f32[3,1]; weight=f32[1]; bias=f32[1]; eps=1e-5
@helion.kernel
def layer_norm(x, weight, bias, eps):
    out = torch.empty_like(x)
    mean_out = torch.empty([x.size(0)], dtype=torch.float32, device=x.device)
    for tile in hl.tile(x.size(0)):
        values = x[tile, :].to(torch.float32)
        mean = values.mean(dim=-1)
        variance = torch.var(values, dim=-1, unbiased=False)
        normal = (values - mean[:, None]) * torch.rsqrt(variance[:, None] + eps)
        out[tile, :] = (normal * weight[:] + bias[:]).to(x.dtype)
        mean_out[tile] = mean
    return out, mean_out


def layer_norm_reference(x, weight, bias, eps):
    normal = torch.nn.functional.layer_norm(x, [x.size(1)], weight, bias, eps)
    return normal, x.mean(dim=1)


# inputs: x=f32[11,45]
# inputs: x=f32[6,2]
@helion.kernel
def variances(x):
    out = torch.empty([3, x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        row = x[tile, :]
        out[0, tile] = torch.var(row, 1)
        out[1, tile] = row.var(dim=1, correction=0)
        out[2, tile] = row.mean(1)
    return out


def variances_reference(x):
    return torch.stack([x.var(1), x.var(1, correction=0), x.mean(1)])


# inputs: x=f32[23,47]
# inputs: x=f32[64,16]
# inputs: x=f32[1,1]
@helion.kernel
def tile_statistics(x):
    """Reduces over tile axes, whose padding is exp(0)=1, -0, infinities."""
    rows, columns = x.size()
    out = torch.empty([6, rows], dtype=torch.float32, device=x.device)
    for tile_row in hl.tile(rows):
        total = hl.zeros([tile_row], dtype=torch.float32)
        product = hl.full([tile_row], 1.0, dtype=torch.float32)
        high = hl.full([tile_row], float("-inf"), dtype=torch.float32)
        low = hl.full([tile_row], float("inf"), dtype=torch.float32)
        cosines = hl.zeros([tile_row], dtype=torch.float32)
        inverse = hl.zeros([tile_row], dtype=torch.float32)
        for tile_column in hl.tile(columns):
            values = x[tile_row, tile_column]
            total += torch.exp(values).sum(1)
            product = product * torch.prod(values * 0.25 + 1.0, dim=1)
            high = torch.maximum(high, torch.amax(-torch.abs(values), 1))
            low = torch.minimum(low, torch.amin(values * values + 1.0, 1))
            cosines = cosines + torch.cos(values).sum(dim=1)
            inverse = inverse + (1.0 / (values * values + 1.0)).sum(dim=1)
        out[0, tile_row] = total
        out[1, tile_row] = product
        out[2, tile_row] = high
        out[3, tile_row] = low
        out[4, tile_row] = cosines
        out[5, tile_row] = inverse
    return out


def tile_statistics_reference(x):
    return torch.stack(
        [
            x.exp().sum(1),
            (x * 0.25 + 1).prod(1),
            (-x.abs()).amax(1),
            (x * x + 1).amin(1),
            x.cos().sum(1),
            (1 / (x * x + 1)).sum(1),
        ]
    )


# inputs: x=f32[21,50]; y=f32[50]
@helion.kernel
def padded_infinities(x, y):
    """0 times what division by a padded 0 gives must not reach the sum."""
    out = torch.empty([x.size(0)], dtype=torch.float32, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[tile] = (x[tile, :] / (y[:] * y[:] + 0.0)).sum(-1) + torch.log(torch.abs(x[tile, :])).sum(-1)
    return out


def padded_infinities_reference(x, y):
    return (x / (y * y)).sum(-1) + x.abs().log().sum(-1)


# inputs: x=f16[9,200]
# inputs: x=f16[40,33]:uniform(200.0,300.0)
@helion.kernel
def half_sums(x):
    out = torch.empty([x.size(0)], dtype=torch.float32, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[tile] = (x[tile, :] * 0.5).sum(-1).to(torch.float32)
    return out


def half_sums_reference(x):
    return (x * 0.5).sum(-1).to(torch.float32)


# inputs: x=f32[14,39]
# inputs: x=f32[64,2]
@helion.kernel
def column_sums(x):
    """The reduced tile axis is the grid's other axis, read in a loop."""
    rows, columns = x.size()
    out = torch.empty([columns], dtype=x.dtype, device=x.device)
    for tile_column in hl.tile(columns):
        total = hl.zeros([tile_column], dtype=torch.float32)
        for tile_row in hl.tile(rows):
            total = total + x[tile_row, tile_column].sum(0)
        out[tile_column] = total.to(x.dtype)
    return out


def column_sums_reference(x):
    return x.sum(0)


# inputs: x=f32[12,34]
@helion.kernel
def two_dependent_reductions(x):
    """The second sum needs the first, the third both; a chunked axis is read three times."""
    out = torch.empty_like(x)
    extra = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        row = x[tile, :]
        first = row.sum(1, keepdim=True)
        second = (row * first).sum(1, keepdim=True)
        third = torch.amax(row - first * 0.1 + second * 0.01, dim=1)
        out[tile, :] = row * first - second
        extra[tile] = third
    return out, extra


def two_dependent_reductions_reference(x):
    first = x.sum(1, keepdim=True)
    second = (x * first).sum(1, keepdim=True)
    return x * first - second, (x - first * 0.1 + second * 0.01).amax(1)


# inputs: x=f32[5,7,19]
# inputs: x=f32[1,3,33]
@helion.kernel
def middle_axis(x):
    a, b, c = x.size()
    out = torch.empty([a, c], dtype=x.dtype, device=x.device)
    for tile_a, tile_c in hl.tile([a, c]):
        out[tile_a, tile_c] = torch.sum(x[tile_a, :, tile_c], dim=1)
    return out


def middle_axis_reference(x):
    return x.sum(1)


# inputs: x=f32[10,21]; y=f32[10,21]
@helion.kernel
def whole_sum(x, y):
    out = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0), block_size=1):
        out[tile] = (x[tile, :] * y[tile, :]).sum()
    return out


def whole_sum_reference(x, y):
    return (x * y).sum(1)


# inputs: x=i32[9,35]:randint(-50,50); y=u8[9,35]:randint(3,200); z=i8[9,35]:randint(-100,-3)
@helion.kernel
def integer_reductions(x, y, z):
    n = x.size(0)
    sums = torch.empty([n], dtype=torch.int64, device=x.device)
    high = torch.empty([n], dtype=torch.int32, device=x.device)
    low = torch.empty([n], dtype=torch.int32, device=x.device)
    byte_high = torch.empty([n], dtype=torch.uint8, device=x.device)
    byte_low = torch.empty([n], dtype=torch.uint8, device=x.device)
    small_high = torch.empty([n], dtype=torch.int8, device=x.device)
    for tile in hl.tile(n):
        sums[tile] = x[tile, :].sum(1)
        high[tile] = torch.amax(-x[tile, :] - 60, 1)
        low[tile] = torch.amin(x[tile, :] + 60, 1)
        byte_high[tile] = torch.amax(y[tile, :], 1)
        byte_low[tile] = torch.amin(y[tile, :], 1)
        small_high[tile] = torch.amax(z[tile, :], 1)
    return sums, high, low, byte_high, byte_low, small_high


def integer_reductions_reference(x, y, z):
    return x.sum(1), (-x - 60).amax(1), (x + 60).amin(1), y.amax(1), y.amin(1), z.amax(1)


# inputs: x=f32[6,0]
@helion.kernel
def empty_rows(x):
    out = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[tile] = x[tile, :].sum(1) + 2.0
    return out


def empty_rows_reference(x):
    return x.sum(1) + 2.0


# inputs: x=f32[37,45]
@helion.kernel
def written_around_a_reduction(x):
    """Writes that a chunked reduction must not be moved across."""
    out = torch.empty_like(x)
    sums = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        out[tile, :] = x[tile, :] * 2
        out[tile, 3] = 5.0
        sums[tile] = x[tile, :].sum(-1)
        x[tile, 1] = 7.0
    return out, sums, x


def written_around_a_reduction_reference(x):
    out = x * 2
    out[:, 3] = 5.0
    sums = x.sum(-1)
    x[:, 1] = 7.0
    return out, sums, x
