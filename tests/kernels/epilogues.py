"""What programs do last, in pieces: `epilogue_subtile` and descriptors for atomics, which only users ask for."""

import torch

import helion
import helion.language as hl

PIECES = [
    helion.Config(block_sizes=[16, 32, 16], epilogue_subtile=2),
    helion.Config(block_sizes=[32, 16, 16], epilogue_subtile=4, indexing="tensor_descriptor"),
    helion.Config(block_sizes=[8, 64, 16], epilogue_subtile=2, indexing="block_ptr", loop_orders=[[1, 0]]),
    helion.Config(block_sizes=[16, 8, 16], epilogue_subtile=4, pid_type="persistent_interleaved"),
    helion.Config(block_sizes=[16, 2, 16], epilogue_subtile=4),
    helion.Config(block_sizes=[16, 32, 16], epilogue_subtile=2, l2_groupings=[4], indexing=["pointer", "block_ptr"]),
]


# inputs: x=f32[33,40]; y=f32[40,96]; bias=f32[96]; residual=f32[33,96]
# inputs: x=f32[16,16]; y=f32[16,17]; bias=f32[17]; residual=f32[16,17]
# inputs: x=f16[64,32]; y=f16[32,64]; bias=f16[64]; residual=f16[64,64]
# inputs: x=f32[1,16]; y=f32[16,1]; bias=f32[1]; residual=f32[1,1]
@helion.kernel(dot_precision="ieee", configs=PIECES)
def product_epilogue(x, y, bias, residual):
    """Operands of the elementwise work that lie along the cut axis, across it, and both."""
    m, k = x.size()
    n = y.size(1)
    out = torch.empty([m, n], dtype=x.dtype, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = hl.dot(x[tile_m, tile_k], y[tile_k, tile_n], acc=acc)
        scale = residual[tile_m, 0].to(torch.float32)
        acc = torch.relu(acc + bias[tile_n][None, :].to(torch.float32)) * scale[:, None]
        out[tile_m, tile_n] = (acc + residual[tile_m, tile_n]).to(x.dtype)
    return out


def product_epilogue_reference(x, y, bias, residual):
    acc = torch.relu(x.float() @ y.float() + bias.float()) * residual[:, :1].float()
    return (acc + residual.float()).to(x.dtype)


# inputs: x=f32[33,40]; y=f32[40,96]
# inputs: x=f32[17,16]; y=f32[16,31]
@helion.kernel(dot_precision="ieee", configs=PIECES)
def two_results(x, y):
    """Two stores of one product; the first has nothing to do but to convert, and a value of the second is used twice."""
    m, k = x.size()
    n = y.size(1)
    half = torch.empty([m, n], dtype=torch.float16, device=x.device)
    other = torch.empty([n, m], dtype=torch.float32, device=x.device)
    for tile_m, tile_n in hl.tile([m, n]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(k):
            acc = hl.dot(x[tile_m, tile_k], y[tile_k, tile_n], acc=acc)
        half[tile_m, tile_n] = acc.to(torch.float16)
        grown = acc * 2.0
        other[tile_n, tile_m] = torch.sigmoid((grown - grown * grown).T) + 1.0
    return half, other


def two_results_reference(x, y):
    acc = x @ y
    return acc.half(), (torch.sigmoid(2 * acc - 4 * acc * acc) + 1.0).T.contiguous()


# inputs: x=f32[3,33,24]; y=f32[3,24,20]
# inputs: x=f32[2,16,16]; y=f32[2,16,64]
@helion.kernel(
    dot_precision="ieee",
    configs=[
        helion.Config(block_sizes=[1, 16, 32, 16], epilogue_subtile=2),
        helion.Config(block_sizes=[1, 32, 16, 16], epilogue_subtile=4, indexing="tensor_descriptor", pid_type="xyz"),
    ],
)
def batched_epilogue(x, y):
    """Three axes, the middle of which may be cut."""
    out = torch.empty([x.size(0), x.size(1), y.size(2)], dtype=x.dtype, device=x.device)
    for tile_b, tile_m, tile_n in hl.tile([x.size(0), x.size(1), y.size(2)]):
        acc = hl.zeros([tile_b, tile_m, tile_n], dtype=torch.float32)
        for tile_k in hl.tile(x.size(2)):
            acc = torch.baddbmm(acc, x[tile_b, tile_m, tile_k], y[tile_b, tile_k, tile_n])
        out[tile_b, tile_m, tile_n] = acc * 0.5
    return out


def batched_epilogue_reference(x, y):
    return torch.bmm(x, y) * 0.5


# inputs: x=f32[20,48]
# inputs: x=f32[7,50]
@helion.kernel(configs=[helion.Config(block_sizes=[32], epilogue_subtile=2), helion.Config(block_sizes=[4], epilogue_subtile=4)])
def rows_epilogue(x):
    """Whole rows are cut along the tile of rows; sums of rows have an axis of their own."""
    out = torch.empty_like(x)
    sums = torch.empty([x.size(0)], dtype=x.dtype, device=x.device)
    for tile in hl.tile(x.size(0)):
        row = x[tile, :]
        total = row.sum(-1)
        sums[tile] = total * 2.0
        out[tile, :] = row / (total[:, None] + 100.0)
    return out, sums


def rows_epilogue_reference(x):
    total = x.sum(-1)
    return x / (total[:, None] + 100.0), total * 2.0


DESCRIPTORS = [
    helion.Config(block_sizes=[16, 16], atomic_indexing="tensor_descriptor"),
    helion.Config(block_sizes=[8, 32], atomic_indexing=["pointer", "tensor_descriptor"]),
    helion.Config(block_sizes=[32, 8], atomic_indexing="tensor_descriptor", flatten_loops=[True]),
]


# inputs: x=f32[48,64]; n=i32[48,64]:randint(0,99)
# inputs: x=f32[33,20]; n=i32[33,20]:randint(0,99)
# inputs: x=f16[17,24]; n=i32[17,24]:randint(0,99)
# inputs: x=f32[5,3]; n=i32[5,3]:randint(0,99)
@helion.kernel(configs=DESCRIPTORS)
def tile_atomics(x, n):
    """Tiles are added, and their greatest kept; where the old values are asked for, and where order counts, by pointers."""
    rows, columns = x.size()
    sums = torch.zeros([rows, columns], dtype=x.dtype, device=x.device)
    most = torch.zeros([rows, columns], dtype=torch.int32, device=x.device)
    before = torch.empty([rows, columns], dtype=torch.int32, device=x.device)
    counts = torch.zeros([rows, columns], dtype=torch.int32, device=x.device)
    for tile_m, tile_n in hl.tile([rows, columns]):
        hl.atomic_add(sums, [tile_m, tile_n], x[tile_m, tile_n] * 2.0)
        hl.atomic_max(most, [tile_m, tile_n], n[tile_m, tile_n])
        before[tile_m, tile_n] = hl.atomic_or(counts, [tile_m, tile_n], n[tile_m, tile_n])
        hl.atomic_add(counts, [tile_m, tile_n], 1, sem="release")
    return sums, most, before, counts


def tile_atomics_reference(x, n):
    return x * 2.0, n, torch.zeros_like(n), n + 1


# inputs: x=f32[32,64]; y=f32[64,48]
# inputs: x=f32[17,40]; y=f32[40,20]
@helion.kernel(
    dot_precision="ieee",
    configs=[
        helion.Config(block_sizes=[16, 16, 32, 16], atomic_indexing="tensor_descriptor"),
        helion.Config(block_sizes=[32, 16, 16, 16], atomic_indexing="tensor_descriptor", pid_type="persistent_blocked"),
    ],
)
def split_depth(x, y):
    """Several programs add to one tile."""
    out = torch.zeros([x.size(0), y.size(1)], dtype=torch.float32, device=x.device)
    for tile_m, tile_n, outer in hl.tile([x.size(0), y.size(1), x.size(1)]):
        acc = hl.zeros([tile_m, tile_n], dtype=torch.float32)
        for inner in hl.tile(outer.begin, outer.end):
            acc = hl.dot(x[tile_m, inner], y[inner, tile_n], acc=acc)
        hl.atomic_add(out, [tile_m, tile_n], acc)
    return out


def split_depth_reference(x, y):
    return x @ y
