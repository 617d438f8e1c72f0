"""Cross entropy of logits and labels, each row's loss; the host takes the mean."""

import torch

import helion
import helion.language as hl


# inputs: logits=bf16[33,130]; labels=i64[33]:randint(0,130)
# full: logits=bf16[4096,32000]; labels=i64[4096]:randint(0,32000)
@helion.kernel
def cross_entropy(logits: torch.Tensor, labels: torch.Tensor) -> torch.Tensor:
    count, classes = logits.size()
    losses = torch.empty([count], dtype=torch.float32, device=logits.device)
    flat = logits.view(-1)
    for rows in hl.tile(count):
        right = hl.load(flat, [rows.index * classes + labels[rows]]).to(torch.float32)
        values = logits[rows, :].to(torch.float32)
        highest = torch.amax(values, dim=1)
        total = torch.sum(torch.exp(values - highest[:, None]), dim=1)
        losses[rows] = torch.log(total) + highest - right
    return losses.mean()


def cross_entropy_reference(logits, labels):
    return torch.nn.functional.cross_entropy(logits, labels)
