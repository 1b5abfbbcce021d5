"""Do the same weights score a video here as in spotd? Runs `spot detect --scores` beside the training network; exits 1 if any
probability differs by more than the two decoders and float32 explain."""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from safetensors.torch import load_file

from predict import decode, grid_scores, load
from settings import frame_stride

TOLERANCE = 2e-3


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("video", type=Path)
    parser.add_argument("--model", type=Path, required=True, help="folder with config.json, classes.txt, weights.safetensors")
    parser.add_argument("--spot", type=Path, default=Path(".build/release/spot"))
    given = parser.parse_args()
    model = load(given.model / "config.json", given.model / "weights.safetensors")
    frames, _ = decode(given.video, model.config.hr_dim)
    frames = frames[:: frame_stride(model.config)]
    ours = grid_scores(model, frames, "fused")
    with tempfile.TemporaryDirectory() as folder:
        output = Path(folder) / "scores.safetensors"
        command = [given.spot, "detect", given.video, "--model", given.model, "--scores", output]
        subprocess.run([str(part) for part in command] + ["--output", str(Path(folder) / "events.json")], check=True)
        theirs = load_file(output)["probabilities"]
    difference = (ours - theirs).abs().max().item()
    print(f"{given.video}: {len(frames)} scored frames, largest difference of a probability {difference:.1e}")
    sys.exit(difference > TOLERANCE)


if __name__ == "__main__":
    main()
