"""Writes the tests' fixture for the variants that no recorded output of the published implementation covers.

usage: python tools/peers/make_variants.py

The PyTorch network of this folder agrees with every recorded case (check_golden.py), so its outputs stand in for the
backbones rny006 and rny008, the three paddings, and stages without a temporal shift. Weights and frames are formula.py's.
"""

import json
from pathlib import Path

import numpy as np
import torch
from safetensors.torch import save_file

import formula
from adaspot_torch import AdaSpot, Config, probabilities

TARGET = Path(__file__).resolve().parents[2] / "Tests" / "AdaSpotTests" / "Fixtures"

SIZES = {"hr_dim": [448, 796], "hr_crop": [448, 448], "lr_dim": [112, 199], "lr_crop": [112, 112], "roi_size": [112, 112]}
WIDE = SIZES | {"hr_crop": [448, 796], "lr_crop": [112, 199]}
VARIANTS = {
    "rny006-gsf-reflect": SIZES | {"feature_arch": "rny006_gsf", "padding": "reflect"},
    "rny006-gsm-replicate": SIZES | {"feature_arch": "rny006_gsm", "padding": "replicate"},
    "rny008-gsf-zero-late": WIDE
    | {"feature_arch": "rny008_gsf", "padding": "zero", "blocks_temporal": [False, False, True, True]},
    "rny002-gsf-reflect-none": WIDE
    | {"feature_arch": "rny002_gsf", "padding": "reflect", "blocks_temporal": [False, False, False, False]},
    "rny004-gsm-zero": SIZES | {"feature_arch": "rny004_gsm", "padding": "zero"},
}
FRAMES = 9
SEED = 23


def main() -> None:
    np.seterr(over="ignore")  # the formulas' arithmetic is modulo 2^64
    description, tensors = {}, {}
    for name, changes in VARIANTS.items():
        data = {"dataset": "tennis", "num_classes": 6, "clip_len": FRAMES}
        model = {
            "blocks_temporal": [True] * 4, "aggregation": "max", "temporal_arch": "gru", "threshold": 0.3,
        } | changes  # fmt: skip
        network = AdaSpot(Config.from_sections(data, model))
        formula.fill(network, SEED)
        with torch.inference_mode():
            lowres, highres = network.preprocess(formula.clip(FRAMES))
            features = network.lowres_backbone(lowres)
            regions = network.selector.select(network.selector.saliency(features))
            crops = network.highres_backbone(network.crop_regions(highres, regions))
            fused = network.fuse(features.mean((2, 3)), crops.mean((2, 3)))
            scores = probabilities(network._pred_fine(network.recur(fused)))
        description[name] = {"seed": SEED, "data": data, "model": model}
        tensors |= {
            f"{name}.roi_centers": regions.centers.contiguous(),
            f"{name}.roi_sizes": regions.sizes.float().contiguous(),
            f"{name}.fused": fused.contiguous(),
            f"{name}.probabilities": scores.contiguous(),
        }
        print(f"{name}: sides {sorted(set(regions.sizes.flatten().tolist()))}")
    (TARGET / "variants.json").write_text(json.dumps(description, indent=1) + "\n")
    save_file(tensors, TARGET / "variants.safetensors")


if __name__ == "__main__":
    main()
