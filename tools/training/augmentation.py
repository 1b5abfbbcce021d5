"""What the published recipe does to clips before they are learnt from: the same change for all frames of a clip."""

import math
import random

import torch
import torch.nn.functional as F
from torch import Tensor

GREY = (0.299, 0.587, 0.114)
CHANCE = 0.25
"""Of each change but the mirror, which has one half."""


def augment(frames: Tensor, ball: Tensor, chance: random.Random) -> tuple[Tensor, Tensor]:
    """Float RGB in 0…255, [T, 3, rows, columns], and the ball's places [T, 2] as shares of the picture."""
    if chance.random() < CHANCE:
        frames = turn_hue(frames, chance.uniform(-0.2, 0.2))
    if chance.random() < CHANCE:
        frames = blend(frames, grey(frames), chance.uniform(0.7, 1.2))
    if chance.random() < CHANCE:
        frames = (frames * chance.uniform(0.7, 1.2)).clamp(0, 255)
    if chance.random() < CHANCE:
        frames = blend(frames, grey(frames).mean((1, 2, 3), keepdim=True), chance.uniform(0.7, 1.2))
    if chance.random() < CHANCE:
        frames = blur(frames, chance.uniform(0.1, 2.0))
    if chance.random() < 0.5:
        frames, ball = frames.flip(3), torch.stack([ball[:, 0], 1 - ball[:, 1]], dim=1)
    if chance.random() < CHANCE:
        frames, ball = move(frames, ball, chance)
    return frames, ball


def grey(frames: Tensor) -> Tensor:
    return (frames * frames.new_tensor(GREY).reshape(3, 1, 1)).sum(1, keepdim=True)


def blend(frames: Tensor, other: Tensor, share: float) -> Tensor:
    return (frames * share + other * (1 - share)).clamp(0, 255)


def turn_hue(frames: Tensor, turns: float) -> Tensor:
    """Rotates colours around the grey axis, in YIQ, which keeps brightness."""
    to_yiq = frames.new_tensor([GREY, (0.596, -0.274, -0.322), (0.211, -0.523, 0.312)])
    cosine, sine = math.cos(2 * math.pi * turns), math.sin(2 * math.pi * turns)
    turn = frames.new_tensor([[1, 0, 0], [0, cosine, -sine], [0, sine, cosine]])
    matrix = torch.linalg.inv(to_yiq) @ turn @ to_yiq
    return torch.einsum("oc,tchw->tohw", matrix, frames).clamp(0, 255)


def blur(frames: Tensor, deviation: float) -> Tensor:
    """Gaussian of 5×5 pixels."""
    kernel = torch.exp(-0.5 * (torch.arange(-2.0, 3.0, device=frames.device) / deviation) ** 2)
    kernel = kernel / kernel.sum()
    frames = F.pad(frames, (2, 2, 2, 2), mode="reflect")
    frames = F.conv2d(frames, kernel.reshape(1, 1, 1, 5).expand(3, 1, 1, 5), groups=3)
    return F.conv2d(frames, kernel.reshape(1, 1, 5, 1).expand(3, 1, 5, 1), groups=3)


def move(frames: Tensor, ball: Tensor, chance: random.Random) -> tuple[Tensor, Tensor]:
    """Turns by at most 15°, shifts by 5 %, scales by 5 %, shears by 5°; what comes in from outside is black."""
    angle, scale = math.radians(chance.uniform(-15, 15)), chance.uniform(0.95, 1.05)
    shear = [math.tan(math.radians(chance.uniform(-5, 5))) for _ in range(2)]
    shift = frames.new_tensor([chance.uniform(-0.1, 0.1) for _ in range(2)])  # of half the picture
    rows, columns = frames.shape[2:]
    aspect = columns / rows
    cosine, sine = math.cos(angle) * scale, math.sin(angle) * scale
    # From a place in the old picture to the new one, x and y in -1…1, pixels square.
    matrix = frames.new_tensor([[cosine, -sine], [sine, cosine]]) @ frames.new_tensor([[1.0, shear[0]], [shear[1], 1.0]])
    matrix = torch.diag(frames.new_tensor([1 / aspect, 1.0])) @ matrix @ torch.diag(frames.new_tensor([aspect, 1.0]))
    inverse = torch.linalg.inv(matrix)
    sampling = torch.cat([inverse, (-inverse @ shift)[:, None]], dim=1)
    grid = F.affine_grid(sampling[None].expand(len(frames), 2, 3), list(frames.shape), align_corners=False)
    frames = F.grid_sample(frames, grid, align_corners=False)
    place = (ball.flip(1) * 2 - 1) @ matrix.T + shift
    place = (place.flip(1) + 1) / 2
    place[((place < 0) | (place > 1)).any(1)] = torch.nan
    return frames, place
