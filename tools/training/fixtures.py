"""What the tests share: a small configuration, clips, a data set, a run."""

import argparse
import json
from dataclasses import replace
from pathlib import Path

import torch
from PIL import Image

from clips import Clip
from settings import Config, Settings, Training
from train import Run

SMALL = Config(
    dataset="tennis", num_classes=6, clip_len=12, hr_dim=(128, 160), hr_crop=(128, 160), lr_dim=(64, 80), lr_crop=(64, 80),
    roi_size=(64, 64), feature_arch="rny002_gsf", blocks_temporal=(True,) * 4, threshold=0.16, padding="replicate",
)
TOOLS = Path(__file__).resolve().parents[1]
COURT = TOOLS / "training" / "court.json"
SECTIONS = {"data": {}, "model": {}}


def clip(seed: int) -> Clip:
    """Noise, with a bright spot from frame 5 on that event 2 begins."""
    generator = torch.Generator().manual_seed(seed)
    frames = torch.randint(0, 64, (12, 3, 128, 160), generator=generator, dtype=torch.uint8)
    frames[5:, :, 30:50, 60:80] = 250
    labels = torch.zeros(12, dtype=torch.int64)
    labels[5] = 2
    return Clip(frames, labels, torch.full((12, 2), 0.4))


def data_set(folder: Path, videos: list[dict]) -> Path:
    """Three grey pictures of each video, the second's larger; the path of the labels."""
    for number, video in enumerate(videos):
        (folder / video["video"]).mkdir(exist_ok=True)
        for frame in range(3):
            picture = Image.new("RGB", (8 + 8 * number, 6 + 6 * number), (40 * frame + 20,) * 3)
            picture.save(folder / video["video"] / f"{frame:06d}.png")
    labels = folder / "labels.json"
    labels.write_text(json.dumps(videos))
    return labels


def run(folder: Path, branches: str = "both", clip_frames: int | None = None, **changes) -> Run:
    training = replace(
        Training(
            batch_size=2, num_epochs=4, warm_up_epochs=0, epoch_num_frames=240, augmentation=False, mixup=False, dropout=0
        ), **changes,
    )
    given = argparse.Namespace(
        clip_frames=clip_frames, seed=3, device="cpu", branches=branches, output=folder, frames=None, size=None, classes=folder / "classes.txt"
    )
    given.classes.write_text("a\nb\nc\nd\ne\nf\n")
    return Run(Settings(SMALL, training, SECTIONS), given)
