"""Questions that only training asks, where the data tell the ball's place: where the ball is, how it moves, what happens there.

They are asked of maps at strides 4, 8, 16 and 32. The score of a clip says once, at its end, what happened; these say at each frame
where to look for it, and early layers hear of it without the way through all the others.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor, nn

SPEED = 200
"""A ball that crosses a two hundredth of the picture a frame has speed 1."""
CELL = 4
"""A cell's sides where the ball's place within it is asked for: about as much as speeds are."""


@dataclass
class Truth:
    """Of N frames: `places` [N, 2], the ball's row and column as shares of the picture, NaN where unknown; `motion` [N, 4], by
    how much it moves from the frame before and to the one after, NaN likewise; `events` [N, classes + 1]; `weights` [N]."""

    places: Tensor
    motion: Tensor
    events: Tensor
    weights: Tensor

    @staticmethod
    def of(ball: Tensor, distribution: Tensor, weights: Tensor) -> "Truth":
        """From whole clips: places [B, T, 2], class distributions [B, T, classes + 1], weights of frames [T]."""
        step = SPEED * ball.diff(dim=1)
        unknown = torch.full_like(ball[:, :1], torch.nan)
        motion = torch.cat([torch.cat([unknown, step], 1), torch.cat([step, unknown], 1)], 2)
        return Truth(
            ball.flatten(0, 1), motion.flatten(0, 1), distribution.flatten(0, 1), weights.repeat(len(ball))
        )

    def within(self, boxes: Tensor) -> "Truth":
        """The same with places in `boxes` [N, 4] of the picture: top, left, height, width as shares, NaN where there is none."""
        places = (self.places - boxes[:, :2]) / boxes[:, 2:]
        outside = ~((places >= 0) & (places < 1)).all(1, keepdim=True)
        return Truth(places.masked_fill(outside, torch.nan), self.motion, self.events, self.weights)


class Helpers(nn.Module):
    """Asks one branch, whose maps have `widths` channels."""

    def __init__(self, widths: tuple[int, ...], classes: int):
        super().__init__()
        self.place = nn.ModuleList(nn.Conv2d(width, 1, 1) for width in widths)
        self.motion = nn.ModuleList(nn.Linear(width, 6) for width in widths)
        self.events = nn.ModuleList(nn.Linear(width, classes + 1) for width in widths)

    def forward(self, maps: list[Tensor], truth: Truth, foreground_weight: float) -> dict[str, Tensor]:
        """Losses by what they ask for, each the mean over `maps` [N, C, H, W]: the cross-entropy of the ball's cell; how far off
        its place within the cell and its motion are; the weighted cross-entropy of what happens. Zero where no ball is to be seen."""
        known = ~truth.places.isnan().any(1)
        places, motion = truth.places[known].clamp(0, 1 - 1e-6), truth.motion[known]
        events, weights = truth.events[known], truth.weights[known]
        factor = events.new_full((events.shape[1],), foreground_weight)
        factor[0] = 1
        sums = {"ball": maps[0].new_zeros(()), "motion": maps[0].new_zeros(()), "events": maps[0].new_zeros(())}
        if not known.any():
            return sums
        for seen, place, moves, happens in zip(maps, self.place, self.motion, self.events):
            seen = seen[known].float()
            rows, columns = seen.shape[2:]
            within = places * places.new_tensor([rows, columns])
            cell = within[:, 0].long() * columns + within[:, 1].long()
            sums["ball"] = sums["ball"] + F.cross_entropy(place(seen).flatten(1), cell)
            there = seen.flatten(2)[torch.arange(len(cell), device=cell.device), :, cell]
            wanted = torch.cat([motion, CELL * (within.frac() - 0.5)], 1)
            told = ~wanted.isnan()
            sums["motion"] = sums["motion"] + F.smooth_l1_loss(moves(there)[told], wanted[told])
            asked = -(events * factor * happens(there).log_softmax(1)).sum(1)
            sums["events"] = sums["events"] + (asked * weights).mean()
        return {name: value / len(maps) for name, value in sums.items()}
