"""Losses over rows: gathers of one column, several passes, divergences with runtime branches."""

import torch

import helion
import helion.language as hl


# inputs: logits=f32[37,90]; labels=i64[37]:randint(0,90)
# full: logits=bf16[4096,32000]; labels=i64[4096]:randint(0,32000)
@helion.kernel(ignore_warnings=[helion.exc.TensorOperationInWrapper])
def cross_entropy(logits, labels):
    n, v = logits.shape
    losses = torch.zeros([n], dtype=torch.float32, device=logits.device)
    flat = logits.view(-1)
    for tile_n in hl.tile(n):
        label = labels[tile_n]
        base = tile_n.index * v
        at_label = hl.load(flat, [base + label])
        rows = logits[tile_n, :].to(torch.float32)
        largest = torch.amax(rows, dim=-1, keepdim=True)
        total = torch.sum(torch.exp(rows - largest), dim=1, keepdim=True)
        log_total = largest.squeeze(1) + torch.log(total.squeeze(1))
        losses[tile_n] = log_total - at_label
    return losses.mean()


def cross_entropy_reference(logits, labels):
    return torch.nn.functional.cross_entropy(logits.float(), labels)


# inputs: predicted=f32[29,45]; target=f32[29,45]:uniform(0.01,0.9); log_target=false; reduction="batchmean"; eps=1e-10
# inputs: predicted=f32[29,45]; target=f32[29,45]; log_target=true; reduction="none"; eps=1e-10
@helion.kernel
def kl_divergence(predicted, target, log_target: bool = False, reduction: str = "batchmean", eps: float = 1e-10):
    rows, width = predicted.shape
    if reduction == "none":
        loss = torch.zeros_like(predicted)
    else:
        loss = torch.zeros((rows,), dtype=torch.float32, device=predicted.device)
    block_n = hl.register_block_size(width)
    block_m = hl.register_block_size(rows)
    for tile_m in hl.tile(rows, block_size=block_m):
        total = hl.zeros([tile_m, block_n], dtype=torch.float32)
        for tile_n in hl.tile(width, block_size=block_n):
            y_pred = predicted[tile_m, tile_n]
            y_true = target[tile_m, tile_n]
            if log_target:
                value = torch.exp(y_true) * (y_true - y_pred)
            else:
                value = y_true * (torch.log(torch.clamp(y_true, min=eps)) - y_pred)
            if reduction == "none":
                loss[tile_m, tile_n] = value
            else:
                total = total + value
        if reduction != "none":
            loss[tile_m] = torch.sum(total, dim=-1)
    if reduction == "batchmean":
        return torch.sum(loss) / rows
    elif reduction == "sum":
        return torch.sum(loss)
    return loss


def kl_divergence_reference(predicted, target, log_target, reduction, eps):
    if log_target:
        value = torch.exp(target) * (target - predicted)
    else:
        value = target * (torch.log(torch.clamp(target, min=eps)) - predicted)
    return value if reduction == "none" else value.sum() / predicted.size(0)


# inputs: p=f32[19,45]; q=f32[19,45]; labels=i64[19]:randint(0,45); beta=0.0
# inputs: p=f32[19,45]; q=f32[19,45]; labels=none; beta=0.5
# inputs: p=f32[19,45]; q=f32[19,45]; labels=i64[19]:randint(0,45); beta=1.0
@helion.kernel
def generalized_js(p, q, labels, beta: float = 0.5):
    rows, width = p.shape
    loss = torch.zeros([rows], dtype=torch.float32, device=p.device)
    grad = torch.empty_like(p)
    count = rows
    if labels is not None:
        assert labels.shape == (rows,)
        count = rows - 1
    for tile in hl.tile(rows):
        total = hl.zeros([tile], dtype=torch.float32)
        x = torch.log_softmax(p[tile, :], dim=-1)
        y = torch.log_softmax(q[tile, :], dim=-1)
        if beta == 0.0:
            value = torch.exp(y) * (y - x)
            slope = -torch.exp(y)
        elif beta == 1.0:
            value = torch.exp(x) * (x - y)
            slope = value + torch.exp(x)
        else:
            mean = torch.log(torch.exp(x) * beta + torch.exp(y) * (1 - beta))
            value = beta * torch.exp(x) * (x - mean) + (1 - beta) * torch.exp(y) * (y - mean)
            slope = beta * torch.exp(x) * (x - mean)
        if labels is not None:
            keep = (labels[tile] != 3).to(torch.float32)
            value = value * keep[:, None]
        total = total + value.sum(-1)
        loss[tile] = total
        grad[tile, :] = slope / count
    return loss.sum() / count, grad


def generalized_js_reference(p, q, labels, beta):
    rows = p.size(0)
    count = rows if labels is None else rows - 1
    x, y = torch.log_softmax(p, -1), torch.log_softmax(q, -1)
    if beta == 0.0:
        value, slope = y.exp() * (y - x), -y.exp()
    elif beta == 1.0:
        value = x.exp() * (x - y)
        slope = value + x.exp()
    else:
        mean = torch.log(x.exp() * beta + y.exp() * (1 - beta))
        value = beta * x.exp() * (x - mean) + (1 - beta) * y.exp() * (y - mean)
        slope = beta * x.exp() * (x - mean)
    if labels is not None:
        value = value * (labels != 3).float()[:, None]
    return value.sum() / count, slope / count
