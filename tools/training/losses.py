"""What is made small: weighted cross-entropy of each head, and where asked for, of the ball's place and of the saliency's."""

import torch
import torch.nn.functional as F
from torch import Tensor

NEAR_THE_END = 8
"""With a look-ahead: so many frames have the least future and count more."""


LEAST_SHARE = 0.01
"""Added to a cell's share of the saliency before its logarithm: the selector's darkest cell always has none."""


def targets(labels: Tensor, classes: int, spread: float) -> Tensor:
    """Class distributions [B, T, classes + 1] of labels [B, T]. `spread`: how much of its class the frames beside an event
    have, 0 … as many frames as its whole part, the last of them by its fraction."""
    exact = F.one_hot(labels, classes + 1).float()
    out = exact
    for distance in range(1, min(int(spread) + 2, labels.shape[1])):
        share = min(1.0, spread - distance + 1) / (distance + 1)
        if share <= 0:
            break
        for shifted in (F.pad(exact[:, distance:], (0, 0, 0, distance)), F.pad(exact[:, :-distance], (0, 0, distance, 0))):
            shifted = shifted * share
            shifted[..., 0] = 0
            out = torch.maximum(out, shifted)
    out = out.clone()
    out[..., 0] = (1 - out[..., 1:].sum(-1)).clamp(min=0)
    return out / out.sum(-1, keepdim=True)


def frame_weights(length: int, look_ahead: int, settled_weight: float) -> Tensor:
    """[T], mean 1: with a look-ahead N, less than `length`, none for the last N frames, which have less future than that, and
    more for the frames before them, which have just that much."""
    weights = torch.ones(length)
    if look_ahead >= 0:
        last = length - look_ahead
        weights[last:] = 0
        weights[max(0, last - NEAR_THE_END) : last] = settled_weight
    return weights / weights.mean()


def class_loss(logits: Tensor, distribution: Tensor, foreground_weight: float, weights: Tensor) -> Tensor:
    """Cross-entropy of [B, T, classes + 1], classes weighted as `torch.nn.CrossEntropyLoss` does, frames by `weights` [T]."""
    factor = logits.new_full((logits.shape[-1],), foreground_weight)
    factor[0] = 1
    losses = -(distribution * factor * logits.log_softmax(-1)).sum(-1)
    return (losses * weights).mean()


def saliency_loss(maps: Tensor, ball: Tensor) -> Tensor:
    """How little of the selector's saliency is where the ball is: the cross-entropy of each frame's shares over the cells of
    the low-resolution maps [N, d, H, W], for places [N, 2] as shares, NaN where unknown. A ball between cells belongs to its four
    nearest ones, by its distance from their middles."""
    known = ~ball.isnan().any(1)
    if not known.any():
        return maps.sum() * 0
    mean = maps[known].mean(1)
    above = mean - mean.amin((1, 2), keepdim=True)
    share = above / (above.sum((1, 2), keepdim=True) + 1e-5)
    return -(cell_weights(ball[known], tuple(share.shape[1:])) * (share + LEAST_SHARE).log()).sum((1, 2)).mean()


def cell_weights(places: Tensor, cells: tuple[int, int]) -> Tensor:
    """[N, H, W], each frame's sum 1: bilinear weights of the cells around places [N, 2] given as shares."""
    weights = []
    for axis, count in enumerate(cells):
        middle = (places[:, axis] * count - 0.5).clamp(0, count - 1)
        distance = (middle[:, None] - torch.arange(count, device=places.device)).abs()
        weights.append((1 - distance).clamp(min=0))
    return weights[0][:, :, None] * weights[1][:, None, :]
