"""Compares the PyTorch network of this folder with recorded outputs of the published implementation.

A case is NAME.json (configuration, seed, clip length) beside NAME.safetensors (tensors of every step); weights and
frames come from formula.py. Prints the largest difference of each tensor, and exits 1 if one is beyond its tolerance.
"""

import argparse
import json
import sys
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import load_file
from torch import Tensor

import formula
from adaspot_torch import AdaSpot, Config, GateShift, f3set_probabilities, probabilities

BLOCK_SAMPLES = 256
FRAME_SAMPLES = 4096
SMALLEST_CLEAR_MARGIN = 2e-6
"""Two RoI positions whose sums are nearer than this are equal up to rounding."""

TOLERANCE = 3e-5
"""About what float32 and float64 runs of the published implementation differ by at their worst."""

EXACT = ("roi_flat_index", "roi_centers", "roi_sizes", "roi_crop_box")


def tolerance(name: str) -> float:
    return 0 if name in EXACT else TOLERANCE


def samples(x: Tensor, count: int) -> Tensor:
    """Element k of count is the flat one at floor(k·N/count)."""
    flat = x.flatten()
    return flat[torch.arange(count) * flat.numel() // count]


def frame_samples(x: Tensor) -> Tensor:
    return torch.stack([samples(frame, FRAME_SAMPLES) for frame in x])


def watch_backbones(model: AdaSpot, found: dict[str, Tensor]) -> None:
    """Records stem, block and gate-shift outputs as samples and statistics, under the golden files' names."""

    def record(key: str, shifted: int | None = None):
        def hook(_module, _inputs, output: Tensor) -> None:
            output = output[:, :shifted] if shifted else output
            found[key + ".samples"] = samples(output, BLOCK_SAMPLES)
            wide = output.double()
            found[key + ".stats"] = torch.stack([wide.mean(), wide.std(correction=0)]).float()

        return hook

    for name, module in model.named_modules():
        key = name.replace("_backbone", "")
        if name.endswith(".stem") or name.split(".")[-1].startswith("b") and name.count(".") == 2:
            module.register_forward_hook(record(key))
        elif isinstance(module, GateShift) and ".b1." in name:
            module.register_forward_hook(record(key.replace(".conv1.gs", ".gsf"), module.shifted))


def run(case: dict, classes: list[str], elements: list[str]) -> dict[str, Tensor]:
    """Every tensor of a golden file that this network can give."""
    config = Config.from_sections({key: case[key] for key in ("dataset", "num_classes", "clip_len")}, case["model"])
    model = AdaSpot(config)
    formula.fill(model, case["seed"])
    found: dict[str, Tensor] = {}
    watch_backbones(model, found)

    lowres, highres = model.preprocess(formula.clip(config.clip_len))
    lowres_map = model.lowres_backbone(lowres)
    saliency = model.selector.saliency(lowres_map)
    regions = model.selector.select(saliency)
    crops = model.crop_regions(highres, regions)
    boxes = [model.crop_box(*region) or (-1, -1, -1, -1) for region in zip(regions.centers, regions.sizes)]
    highres_map = model.highres_backbone(crops)
    pooled_low, pooled_high = lowres_map.mean((2, 3)), highres_map.mean((2, 3))
    fused = model.fuse(pooled_low, pooled_high)
    recurrent = model.recur(fused)
    logits = model._pred_fine(recurrent)
    f3set = config.dataset == "f3set"
    found |= {
        "input_lowres.samples": frame_samples(lowres),
        "saliency.mean": saliency.mean,
        "saliency.minmax": saliency.minmax,
        "saliency.smooth": saliency.smooth if config.clip_len <= 12 else saliency.smooth[::4],
        "roi_centers": regions.centers,
        "roi_sizes": regions.sizes.float(),
        "roi_flat_index": regions.index.float(),
        "roi_best_score": regions.scores,
        "roi_crop_box": torch.tensor(boxes).float(),
        "roi_crops.samples": frame_samples(crops),
        "F_l": pooled_low,
        "F_h": pooled_high,
        "P_l": model.lowres_linear(pooled_low),
        "P_h": model.highres_linear(pooled_high),
        "fused": fused,
        "gru": recurrent,
        "probabilities": f3set_probabilities(logits, classes, elements) if f3set else probabilities(logits),
    }
    found |= {f"logits.{i}": head for i, head in enumerate(logits)} if f3set else {"logits": logits[0]}
    return found


def compare(found: dict[str, Tensor], expected: dict[str, Tensor]) -> list[tuple[str, float, float]]:
    """Name, largest difference and tolerance of each expected tensor, in the network's order."""
    clear = expected["roi_margin"] > SMALLEST_CLEAR_MARGIN
    clear |= expected["roi_flat_index"] < 0  # a fallback has no peak to confuse
    derived = {"roi_second_score", "roi_margin", "roi_threshold_gap"}  # margins of the choice, not results
    missing = set(expected) - set(found) - derived
    if missing:
        raise SystemExit(f"not computed here: {', '.join(sorted(missing))}")
    rows = []
    for name in found:
        if name not in expected:
            continue
        ours, theirs = found[name], expected[name]
        if tolerance(name) == 0:
            ours, theirs = ours[clear], theirs[clear]
        rows.append((name, float((ours - theirs).abs().max()), tolerance(name)))
    return rows


def read_lines(path: Path) -> list[str]:
    return path.read_text().splitlines() if path.exists() else []


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("cases", nargs="+", type=Path, metavar="CASE.json")
    parser.add_argument("--verbose", action="store_true", help="print every tensor, not only the largest difference")
    arguments = parser.parse_args()
    failed = False
    for path in arguments.cases:
        classes, elements = (read_lines(path.with_name(f"f3set-{kind}.txt")) for kind in ("classes", "elements"))
        with torch.inference_mode():
            found = run(json.loads(path.read_text()), classes, elements)
        rows = compare(found, load_file(path.with_suffix(".safetensors")))
        wrong = [row for row in rows if not row[1] <= row[2]]
        for name, difference, allowed in rows if arguments.verbose else wrong:
            print(f"  {name:32} {difference:9.2e}  allowed {allowed:.1e}{'' if difference <= allowed else '  <<<'}")
        scores = next(difference for name, difference, _ in rows if name == "probabilities")
        agreeing = f"{len(rows) - len(wrong)} of {len(rows)} tensors agree"
        print(f"{path.stem}: {agreeing}; probabilities differ by {scores:.1e}")
        failed |= bool(wrong)
    return int(failed)


if __name__ == "__main__":
    np.seterr(over="ignore")  # the formulas' arithmetic is modulo 2^64
    sys.exit(main())
