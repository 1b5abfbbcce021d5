"""What a training run is told: the published configuration files' keys, and a few of our own in their `training` section."""

import json
import sys
from dataclasses import dataclass, fields
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers"))

from adaspot_torch import F3SET_HEADS, Config  # noqa: E402

TRUTHS = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@dataclass(frozen=True)
class Training:
    """How the weights are found. Defaults are the published recipe's, for what it has; the rest is off."""

    batch_size: int = 4
    """Clips a step."""
    num_epochs: int = 50
    warm_up_epochs: float = 5
    epoch_num_frames: int = 500_000
    """Frames that make an epoch, whatever the data hold."""
    learning_rate: float = 8e-4
    weight_decay: float = 0.01
    foreground_weight: float = 5.0
    """Weight of a class in the cross-entropy; background has 1."""
    mixup: bool = True
    augmentation: bool = True
    lowres_loss: bool = True
    highres_loss: bool = True
    dropout: float = 0.5
    """In front of the class scores."""
    gradient_norm: float = 0.0
    """Gradients are scaled down to this norm; 0: left alone."""
    norm_epochs: float = float("inf")
    """After so many epochs batch normalisation keeps its statistics: with few clips a step they are noisy."""
    label_spread: int = 0
    """Frames to either side of an event that count as it in the beginning, less and less until half of the run."""
    event_span: int = 1
    """Simulated clips are parts, with an event, of rallies so many times as long: a short clip seldom has one by chance."""
    ball_square: int = 0
    """Side in pixels of the squares with the ball that the low-resolution branch sees in place of whole pictures, in their full resolution, when it is
    trained alone; 0: none. They cost less, and the ball is large in them."""
    ball_loss: float = 0.0
    """Weight of finding the ball's cell in a branch's maps, where the data tell its place. The published recipe has no helpers."""
    motion_loss: float = 0.0
    """Likewise, of telling at that cell how the ball moves before and after."""
    events_loss: float = 0.0
    """Likewise, of telling there what happens."""
    saliency_loss: float = 0.0
    """Weight of having the selector's saliency where the ball is, where the data tell its place. The published recipe has none."""
    look_ahead: int = -1
    """Train for scores given so many frames after their own, as the live profile gives them; -1: whole clips."""
    cut_share: float = 1.0
    """With `look_ahead`: share of the steps whose clips end at a random place; the others see whole clips."""
    settled_weight: float = 4.0
    """With `look_ahead`: weight of the last frames that have just so much future, against those that have more."""
    precision: str = "float32"
    """`float32` or `bfloat16` (autocast)."""

    def check(self) -> None:
        """Raises ValueError with the key that is out of range."""
        expect = {
            "batch_size": self.batch_size >= 1,
            "num_epochs": self.num_epochs >= 1,
            "warm_up_epochs": 0 <= self.warm_up_epochs < self.num_epochs,
            "epoch_num_frames": self.epoch_num_frames >= 1,
            "learning_rate": self.learning_rate > 0,
            "weight_decay": self.weight_decay >= 0,
            "foreground_weight": self.foreground_weight > 0,
            "dropout": 0 <= self.dropout < 1,
            "gradient_norm": self.gradient_norm >= 0,
            "norm_epochs": self.norm_epochs >= 0,
            "label_spread": 0 <= self.label_spread <= 10,
            "event_span": self.event_span >= 1,
            "ball_square": self.ball_square >= 0,
            "ball_loss": self.ball_loss >= 0,
            "motion_loss": self.motion_loss >= 0,
            "events_loss": self.events_loss >= 0,
            "saliency_loss": self.saliency_loss >= 0,
            "look_ahead": self.look_ahead >= -1,
            "cut_share": 0 <= self.cut_share <= 1,
            "settled_weight": self.settled_weight > 0,
            "precision": self.precision in ("float32", "bfloat16"),
        }
        for key, fits in expect.items():
            if not fits:
                raise ValueError(f"training.{key}: {getattr(self, key)} is out of range")


@dataclass(frozen=True)
class Settings:
    config: Config
    training: Training
    sections: dict
    """The file as it was, for the model folder."""


def frame_stride(config: Config) -> int:
    """From one frame of the video that the network sees to the next."""
    return 2 if config.dataset == "soccernetball" else 1


def typed(key: str, value: object, kind: type) -> bool | int | float | str:
    """A value of the file as the `kind` that its setting has."""
    is_number = isinstance(value, (int, float)) and not isinstance(value, bool)
    if kind is float and is_number:
        return float(value)
    if type(value) is not kind:
        raise ValueError(f"training.{key}: {value!r} is no {kind.__name__}")
    return value


def parsed(key: str, text: str, kind: type) -> bool | int | float | str:
    """What the command line gives, likewise."""
    try:
        return TRUTHS[text.lower()] if kind is bool else kind(text)
    except (KeyError, ValueError):
        raise ValueError(f"training.{key}: '{text}' is no {kind.__name__}") from None


def read(path: Path, overrides: dict[str, str]) -> Settings:
    """The configuration at `path`, `training` keys replaced by `overrides` (as text). Raises ValueError naming the key."""
    try:
        sections = json.loads(path.read_text())
        config = Config.from_sections(sections["data"], sections["model"])
    except KeyError as error:
        raise ValueError(f"{path}: {error.args[0]} is missing") from error
    except (TypeError, ValueError) as error:
        raise ValueError(f"{path}: {error}") from error
    if config.dataset == "f3set":
        raise ValueError(f"{path}: data.dataset f3set: its {len(F3SET_HEADS)} heads cannot be trained here yet")
    kinds = {field.name: field.type for field in fields(Training)}
    given = sections.get("training", {}) | {
        key: sections["data"][key] for key in ("epoch_num_frames", "mixup") if key in sections["data"]
    }
    values = {key: typed(key, value, kinds[key]) for key, value in given.items() if key in kinds}
    for key, text in overrides.items():
        if key not in kinds:
            raise ValueError(f"{key}: no such training setting; there are {', '.join(sorted(kinds))}")
        values[key] = parsed(key, text, kinds[key])
    training = Training(**values)
    training.check()
    return Settings(config, training, sections)
