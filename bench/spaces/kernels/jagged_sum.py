"""Sums of rows of different lengths that lie one behind the other: a loop whose end depends on data, and loads by positions."""

import torch

import helion
import helion.language as hl


@helion.kernel
def jagged_sum(values: torch.Tensor, offsets: torch.Tensor) -> torch.Tensor:
    """For each row r: the sum of values[offsets[r]:offsets[r + 1], :]; [rows, features]."""
    rows = offsets.size(0) - 1
    features = values.size(1)
    out = torch.empty([rows, features], dtype=values.dtype, device=values.device)
    for row in hl.tile(rows):
        begins = offsets[row]
        lengths = offsets[row.index + 1] - begins
        longest = lengths.amax()
        for column in hl.tile(features):
            total = hl.zeros([row, column], dtype=torch.float32)
            for step in hl.tile(0, longest):
                place = begins[:, None] + step.index[None, :]
                within = step.index[None, :] < lengths[:, None]
                part = hl.load(values, [place, column], extra_mask=within[:, :, None])
                total = total + part.to(torch.float32).sum(dim=1)
            out[row, column] = total.to(values.dtype)
    return out


def jagged_sum_reference(values, offsets):
    lengths = offsets[1:] - offsets[:-1]
    rows = torch.repeat_interleave(torch.arange(lengths.numel(), device=values.device), lengths)
    out = torch.zeros([lengths.numel(), values.size(1)], dtype=values.dtype, device=values.device)
    return out.index_add(0, rows, values[: rows.numel()])


def _inputs(device, rows, features, longest):
    # The lengths must be the same wherever the arguments are made, so they come from the CPU.
    generator = torch.Generator().manual_seed(1)
    lengths = torch.randint(0, longest + 1, [rows], generator=generator)
    offsets = torch.zeros([rows + 1], dtype=torch.int64)
    offsets[1:] = lengths.cumsum(0)
    total = int(offsets[-1])
    values = torch.randn([total, features], dtype=torch.float32, device=device).to(torch.bfloat16)
    return values, offsets.to(device)


def many_short(device):
    """8,192 rows of up to 64 vectors of 256 features."""
    return _inputs(device, 8192, 256, 64)


def few_long(device):
    """1,024 rows of up to 1,024 vectors of 128 features."""
    return _inputs(device, 1024, 128, 1024)
