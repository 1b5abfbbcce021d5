"""Makes the sample videos, and what PyTorch says of them: the yardstick of the tests. Needs ffmpeg and a built `spot`."""

import argparse
import json
import subprocess
from pathlib import Path

from predict import decode, grid_scores, grid_support, load, soft_nms
from safetensors.torch import save_file

ROOT = Path(__file__).resolve().parents[2]
SAMPLES = ROOT / "Samples"
FIXTURES = ROOT / "Tests" / "CommandTests" / "Fixtures"
SEEDS = (9107, 9110)
"""Of matches that no training run sees (they begin at 2²⁴), with all six classes in their first 12 seconds."""
FRAMES = 300
THRESHOLD, WINDOW = 0.01, 2


def simulate(spot: Path, seed: int, stem: str) -> Path:
    video = SAMPLES / f"{stem}.mp4"
    command = [spot, "simulate", "--seed", seed, "--frames", FRAMES, "--output", video, "--truth", SAMPLES / f"{stem}.truth.json"]
    subprocess.run([str(word) for word in command], check=True)
    return video


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--spot", type=Path, required=True)
    parser.add_argument("--config", type=Path, default=ROOT / "Models/demo/config.json")
    parser.add_argument("--classes", type=Path, default=ROOT / "Models/demo/classes.txt")
    parser.add_argument("--weights", type=Path, default=ROOT / "Models/demo/weights.safetensors")
    given = parser.parse_args()
    model = load(given.config, given.weights)
    names = given.classes.read_text().split()
    for number, seed in enumerate(SEEDS):
        stem = f"sample_{number}"
        frames, _ = decode(simulate(given.spot, seed, stem), model.config.hr_dim)
        scores = grid_scores(model, frames, "fused")
        events = [
            {"frame": frame, "label": names[label - 1], "confidence": score}
            for frame, label, score in soft_nms(scores, THRESHOLD, WINDOW)
        ]
        found = {"threshold": THRESHOLD, "window": WINDOW, "predictions": events}
        (SAMPLES / f"{stem}.expected.json").write_text(json.dumps(found) + "\n")
        support = grid_support(model.config.clip_len, len(frames)).squeeze(1)
        save_file({"probabilities": scores, "support": support}, FIXTURES / f"{stem}.expected.safetensors")


if __name__ == "__main__":
    main()
