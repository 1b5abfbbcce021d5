"""Scores videos with a trained checkpoint on the reference's clip grid, by any of its heads and with parts of the method left
out: for ablations, and to check spotd against. Writes the E2E-Spot JSON that `spot evaluate` reads."""

import argparse
import json
import subprocess
import sys
from pathlib import Path

import torch
from torch import Tensor

from checkpoints import begin_from, read_weights
from network import HEADS, TrainableAdaSpot
from settings import frame_stride, read

START = -5
DECODING = "bicubic+accurate_rnd+full_chroma_int"


def decode(path: Path, size: tuple[int, int]) -> tuple[Tensor, float | None]:
    """uint8 RGB [N, 3, rows, columns] at `size`, and frames a second, None where the video does not tell. Raises ValueError."""
    rows, columns = size
    probe = ["ffprobe", "-v", "error", "-select_streams", "v:0", "-show_entries", "stream=avg_frame_rate", "-of", "csv=p=0"]
    # Of a transport stream ffprobe tells it twice.
    rates = subprocess.run([*probe, str(path)], check=True, stdout=subprocess.PIPE, text=True).stdout.split()
    above, _, below = (rates or ["0/0"])[0].partition("/")
    command = ["ffmpeg", "-v", "error", "-i", str(path), "-fps_mode", "passthrough", "-vf", f"scale={columns}:{rows}"]
    command += ["-sws_flags", DECODING, "-pix_fmt", "rgb24", "-f", "rawvideo", "-"]
    data = bytearray(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)
    if not data:
        raise ValueError(f"{path}: holds no frame")
    frames = torch.frombuffer(data, dtype=torch.uint8).reshape(-1, rows, columns, 3)
    return frames.permute(0, 3, 1, 2), float(above) / float(below) if float(below) else None


def grid_starts(length: int, count: int) -> range:
    """First frames of the evaluation's clips of `length` frames over a video of `count`: each frame is in two, but for the ends."""
    return range(START, max(count - length // 2, START + 1), length - length // 2)


def grid_support(length: int, count: int) -> Tensor:
    """How many clips hold each frame, [N, 1]."""
    support = torch.zeros(count, 1)
    for start in grid_starts(length, count):
        support[max(0, start) : start + length] += 1
    return support


@torch.no_grad()
def grid_scores(model: TrainableAdaSpot, frames: Tensor, head: str) -> Tensor:
    """Mean probabilities [N, classes + 1] over the clips that hold each frame."""
    length, count = model.config.clip_len, len(frames)
    sums = torch.zeros(count, model.config.num_classes + 1)
    for start in grid_starts(length, count):
        clip = torch.zeros(length, *frames.shape[1:], dtype=torch.uint8)
        first, last = max(0, start), min(count, start + length)
        clip[first - start : last - start] = frames[first:last]
        logits = model.scores(clip[None].float(), (head,)).logits
        sums[first:last] += logits[head][0].softmax(-1)[first - start : last - start]
    return sums / grid_support(length, count).clamp(min=1)


def soft_nms(scores: Tensor, threshold: float, window: int) -> list[tuple[int, int, float]]:
    """(frame, class, score) of what is left of each class's candidates, by frame."""
    kept = []
    for label in range(1, scores.shape[1]):
        open_scores = {f: s for f, s in enumerate(scores[:, label].tolist()) if s >= threshold}
        while open_scores:
            frame = max(open_scores, key=lambda f: (open_scores[f], -f))
            score = open_scores.pop(frame)
            if score < threshold:
                break
            kept.append((frame, label, score))
            for other in range(frame - window, frame + window + 1):
                if other in open_scores:
                    open_scores[other] *= (other - frame) ** 2 / window**2
    return sorted(kept)


def predict(model: TrainableAdaSpot, videos: list[Path], names: list[str], head: str, threshold: float) -> list[dict]:
    """`frame` and `num_frames` count the video's own frames, the scores and the window those that the network sees."""
    window = 12 if model.config.dataset == "soccernetball" else 2
    stride = frame_stride(model.config)
    found = []
    for path in videos:
        frames, rate = decode(path, model.config.hr_dim)
        events = [
            {"frame": frame * stride, "label": names[label - 1], "score": score}
            for frame, label, score in soft_nms(grid_scores(model, frames[::stride], head), threshold, window)
        ]
        known = {} if rate is None else {"fps": rate}
        found.append({"video": path.stem, "num_frames": len(frames), **known, "events": events})
        print(f"predict: {path}: {len(events)} candidates", file=sys.stderr)
    return found


def load(config: Path, weights: Path, without_smoothing: bool = False) -> TrainableAdaSpot:
    model = TrainableAdaSpot(read(config, {}).config)
    missing = begin_from(model, read_weights(weights))
    wanted = [name for name in missing if not name.startswith(("_temp_fine_", "_pred_fine_"))]
    if wanted:
        sys.exit(f"predict: {weights}: {wanted[0]} is missing, and {len(wanted) - 1} more")
    if without_smoothing:
        model.selector._blur = lambda maps: maps
    return model


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("videos", type=Path, nargs="+")
    parser.add_argument("--config", type=Path, required=True)
    parser.add_argument("--classes", type=Path, required=True)
    parser.add_argument("--weights", type=Path, required=True, help="checkpoint.pt for heads other than fused")
    parser.add_argument("--head", choices=HEADS, default="fused")
    parser.add_argument("--without-smoothing", action="store_true", help="no Gaussian over the saliency maps")
    parser.add_argument("--threshold", type=float, default=0.01, help="least score of a candidate")
    parser.add_argument("--output", type=Path, required=True)
    given = parser.parse_args()
    try:
        model = load(given.config, given.weights, given.without_smoothing)
        names = [line.strip() for line in given.classes.read_text().splitlines() if line.strip()]
        given.output.write_text(json.dumps(predict(model, given.videos, names, given.head, given.threshold)))
    except (ValueError, OSError, subprocess.CalledProcessError) as error:
        sys.exit(f"predict: {error}")


if __name__ == "__main__":
    main()
