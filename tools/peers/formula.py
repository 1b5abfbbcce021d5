"""Weights and frames given by integer formulas: the same numbers in every language, with nothing to download."""

import math

import numpy as np
import torch

GOLDEN = 0x9E3779B97F4A7C15
MASK = (1 << 64) - 1


def fnv1a(text: str) -> int:
    """FNV-1a, 64 bit, of the text's UTF-8 bytes."""
    value = 0xCBF29CE484222325
    for byte in text.encode():
        value = ((value ^ byte) * 0x100000001B3) & MASK
    return value


def uniform(name: str, seed: int, count: int) -> np.ndarray:
    """`count` float64 numbers in [0, 1), the same for the same name and seed: SplitMix64, its upper 24 bits."""
    base = np.uint64(fnv1a(name) ^ (seed * GOLDEN & MASK))
    z = base + np.arange(1, count + 1, dtype=np.uint64) * np.uint64(GOLDEN)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    z = z ^ (z >> np.uint64(31))
    return (z >> np.uint64(40)).astype(np.float64) / 2**24


def value_range(name: str, shape: tuple[int, ...]) -> tuple[float, float]:
    """Lowest and highest value of a tensor. Wider than a usual initialisation where scores must move between frames."""
    if name.endswith(".running_var"):
        return 0.75, 1.25
    if len(shape) == 1 and not name.endswith((".bias", ".running_mean")) and not name.startswith("_temp_fine."):
        if name.endswith("conv3.bn.weight"):
            return 0.2, 0.4
        if name.endswith(".bn.weight"):
            return 0.8, 1.2
    bound = _bound(name, shape)
    return -bound, bound


def _bound(name: str, shape: tuple[int, ...]) -> float:
    if name == "temp_enc":
        return 0.5
    if name.startswith("_temp_fine."):
        return 1 / math.sqrt(shape[0] / 3)
    if name.endswith((".running_mean", ".bias")):
        return 0.1
    if len(shape) == 2:
        return (8 if name.startswith("_pred_fine.") else 1) * math.sqrt(3 / shape[1])
    if len(shape) in (4, 5):
        return math.sqrt(6 / math.prod(shape[1:]))
    raise ValueError(f"no rule for {name} of shape {shape}")


def tensor(name: str, shape: tuple[int, ...], seed: int) -> torch.Tensor:
    low, high = value_range(name, shape)
    values = low + (high - low) * uniform(name, seed, math.prod(shape))
    return torch.from_numpy(values.astype(np.float32).reshape(shape))


def fill(model: torch.nn.Module, seed: int) -> None:
    """Gives every floating-point parameter and buffer of the model its formula's values."""
    for name, value in model.state_dict().items():
        if value.is_floating_point():
            value.copy_(tensor(name, tuple(value.shape), seed))


def frame(t: int, rows: int = 448, columns: int = 796) -> np.ndarray:
    """Frame t, uint8 [rows, columns, 3]: a moving background, at times veiled; a large slow disc, a small fast one."""
    y, x, c = np.ogrid[:rows, :columns, :3]
    v = (2 * x + 3 * y + 40 * c + 5 * t) % 512
    triangle = np.where(v < 256, v, 511 - v)
    value = triangle // 2
    p = 3 * t % 80
    radius = 20 + (p if p < 40 else 79 - p)
    distance = (x - (11 * t + 250) % columns) ** 2 + (y - (7 * t + 200) % rows) ** 2
    if (t + 4) // 8 % 2 == 1:
        value = np.where(distance > (radius + 10) ** 2, 112 + triangle // 2 // 16, value)
    value = np.where(distance <= radius**2, 255 - 25 * ((c + t // 3) % 3), value)
    small = (x - (37 * t + 100) % columns) ** 2 + (y - (23 * t + 60) % rows) ** 2 <= 144
    return np.where(small, 250 - 60 * c, value).astype(np.uint8)


def clip(frames: int, rows: int = 448, columns: int = 796) -> torch.Tensor:
    """The first `frames` frames, uint8 [T, 3, rows, columns]."""
    stacked = np.stack([frame(t, rows, columns) for t in range(frames)])
    return torch.from_numpy(stacked).permute(0, 3, 1, 2).contiguous()
