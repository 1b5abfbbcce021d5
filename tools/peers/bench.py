"""Times one clip through the network in PyTorch, and its two backbones in ONNX Runtime and OpenVINO, on one thread.

Run it through tools/bench-peers, which pins it to a core. Every round gives each contender one turn, so that a busy
moment of the machine hits all alike. Figures are medians over the rounds, in milliseconds a frame; CPU time leaves
out the moments in which other processes had the core, wall time is what a user waits.

--spot PATH adds `PATH bench pass --model DIR --rounds 1 --json` on the same core, once a round, DIR holding the same
configuration and weights. It prints an object whose `ms_per_frame` and `cpu_ms_per_frame` have the keys of STEPS and `whole`.
"""

import argparse
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
import warnings
from importlib.metadata import version
from pathlib import Path
from typing import Callable

import numpy as np
import onnxruntime
import openvino
import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

import formula
from adaspot_torch import AdaSpot, Config

STEPS = ("preprocess", "lowres", "select", "crop", "highres", "head")
"""Frames to both inputs; low-res backbone; RoI selection; RoI crops; high-res backbone; fusion, GRU and scores."""

COLUMNS = (*STEPS, "whole")

WARM_UP = 1
AGREEMENT = 1e-3
"""Largest difference from PyTorch's backbone maps (values of some units) that counts as the same network."""

SEED = 6


def published(dataset: str, classes: int, arch: str, lr_crop: list[int], hr_crop: list[int], threshold: float) -> dict:
    """A configuration file as published for the data set, clips of 100 frames."""
    return {
        "data": {"dataset": dataset, "num_classes": classes, "clip_len": 100},
        "model": {
            "hr_dim": [448, 796], "hr_crop": hr_crop, "lr_dim": [224, 398], "lr_crop": lr_crop, "roi_size": [112, 112],
            "feature_arch": arch, "blocks_temporal": [True] * 4, "aggregation": "max", "temporal_arch": "gru",
            "threshold": threshold, "padding": "replicate",
        },
    }


NETWORKS = {
    "tennis-small": published("tennis", 6, "rny002_gsf", [224, 224], [448, 448], 0.3),
    "tennis-big": published("tennis", 6, "rny004_gsf", [224, 224], [448, 448], 0.3),
    "soccernetball-small": published("soccernetball", 10, "rny002_gsf", [224, 398], [448, 796], 0.0),
}
"""Published configurations; their weights here are a formula's, since arithmetic does not get faster with training."""


def load_model_folder(folder: Path) -> AdaSpot:
    model = AdaSpot(Config.from_file(folder / "config.json"))
    model.load_published(load_file(folder / "weights.safetensors"))
    return model


def write_model_folder(folder: Path, sections: dict) -> AdaSpot:
    """A published network with formula weights, as a folder that spot reads too."""
    model = AdaSpot(Config.from_sections(sections["data"], sections["model"]))
    formula.fill(model, SEED)
    weights = {name: value for name, value in model.state_dict().items() if not name.endswith("num_batches_tracked")}
    save_file(weights, folder / "weights.safetensors")
    (folder / "config.json").write_text(json.dumps(sections, indent=1))
    classes = range(1, model.config.num_classes + 1)
    (folder / "classes.txt").write_text("".join(f"class_{number}\n" for number in classes))
    return model


class Clock:
    """Wall and CPU seconds of each named step, one pair a round."""

    def __init__(self) -> None:
        self.seconds: dict[str, list[tuple[float, float]]] = {}

    def time(self, step: str, work: Callable):
        wall, cpu = time.perf_counter(), time.process_time()
        result = work()
        self.seconds.setdefault(step, []).append((time.perf_counter() - wall, time.process_time() - cpu))
        return result

    def milliseconds(self, frames: int) -> tuple[dict[str, float], dict[str, float]]:
        """Medians without the warm-up rounds, a frame: wall and CPU."""
        wall, cpu = (
            {
                step: 1000 * statistics.median(pair[which] for pair in pairs[WARM_UP:]) / frames
                for step, pairs in self.seconds.items()
            }
            for which in (0, 1)
        )
        return wall, cpu


class PyTorch:
    name = "PyTorch"
    version = torch.__version__

    def __init__(self, model: AdaSpot, frames: Tensor):
        self.model, self.frames, self.clock = model, frames, Clock()

    def turn(self) -> None:
        self.clock.time("whole", self._steps)

    def _steps(self) -> None:
        model, clock = self.model, self.clock
        self.lowres, highres = clock.time("preprocess", lambda: model.preprocess(self.frames))
        self.lowres_map = clock.time("lowres", lambda: model.lowres_backbone(self.lowres))
        regions = clock.time("select", lambda: model.selector(self.lowres_map))
        self.crops = clock.time("crop", lambda: model.crop_regions(highres, regions))
        self.highres_map = clock.time("highres", lambda: model.highres_backbone(self.crops))
        clock.time("head", self._head)

    def _head(self) -> list[Tensor]:
        fused = self.model.fuse(self.lowres_map.mean((2, 3)), self.highres_map.mean((2, 3)))
        return self.model._pred_fine(self.model.recur(fused))


class Backbones:
    """Both backbones, exported as ONNX, in another runtime; `compile` makes a function of a file."""

    def __init__(self, name: str, release: str, compile: Callable, files: dict[str, Path], torch_run: PyTorch):
        self.name, self.version, self.clock = name, release, Clock()
        self.runs = {step: compile(path) for step, path in files.items()}
        self.inputs = {"lowres": torch_run.lowres.numpy(), "highres": torch_run.crops.numpy()}
        self.expected = {"lowres": torch_run.lowres_map.numpy(), "highres": torch_run.highres_map.numpy()}
        self.difference = 0.0

    def turn(self) -> None:
        for step, run in self.runs.items():
            result = self.clock.time(step, lambda: run(self.inputs[step]))
            self.difference = max(self.difference, float(np.abs(result - self.expected[step]).max()))


def export(model: AdaSpot, torch_run: PyTorch, folder: Path) -> dict[str, Path]:
    """The backbones as ONNX files of a fixed clip length."""
    parts = {"lowres": (model.lowres_backbone, torch_run.lowres), "highres": (model.highres_backbone, torch_run.crops)}
    files = {}
    for step, (backbone, example) in parts.items():
        files[step] = folder / f"{step}.onnx"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # the exporter speaks of its successor, which needs more packages
            torch.onnx.export(backbone, (example,), files[step], opset_version=17, dynamo=False)
    return files


def compile_onnxruntime(path: Path) -> Callable:
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])
    name = session.get_inputs()[0].name
    return lambda x: session.run(None, {name: x})[0]


def compile_openvino(path: Path) -> Callable:
    settings = {
        "INFERENCE_NUM_THREADS": 1,
        "NUM_STREAMS": 1,
        "INFERENCE_PRECISION_HINT": "f32",
        "ENABLE_CPU_PINNING": False,  # tools/bench-peers has chosen the core
    }
    request = openvino.Core().compile_model(path, "CPU", settings).create_infer_request()
    return lambda x: request.infer([x], share_inputs=True)[0]


class Spot:
    """spot's own benchmark of the same network, a process a turn: starting and loading are not in its figures."""

    name, version = "spot", ""

    def __init__(self, program: Path, folder: Path):
        self.command = [str(program), "bench", "pass", "--model", str(folder), "--rounds", "1", "--json"]
        self.turns: list[tuple[dict[str, float], dict[str, float]]] = []

    def turn(self) -> None:
        finished = subprocess.run(self.command, capture_output=True, text=True)
        if finished.returncode != 0:
            raise SystemExit(f"{' '.join(self.command)} ended with {finished.returncode}: {finished.stderr.strip()}")
        try:
            printed = json.loads(finished.stdout)
            self.turns.append((printed["ms_per_frame"], printed["cpu_ms_per_frame"]))
        except (ValueError, KeyError, TypeError) as error:
            raise SystemExit(f"{' '.join(self.command)} printed no ms_per_frame and cpu_ms_per_frame ({error!r})")

    def milliseconds(self) -> tuple[dict[str, float], dict[str, float]]:
        """Medians without the warm-up turns, a frame: wall and CPU."""
        wall, cpu = (
            {step: statistics.median(turn[which][step] for turn in self.turns[WARM_UP:]) for step in self.turns[0][which]}
            for which in (0, 1)
        )
        return wall, cpu


def processor() -> str:
    lines = Path("/proc/cpuinfo").read_text().splitlines()
    return next((line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")), platform.machine())


def measure(model: AdaSpot, folder: Path, rounds: int, spot: Path | None) -> dict:
    frames = formula.clip(model.config.clip_len, *model.config.hr_dim)
    pytorch = PyTorch(model, frames)
    pytorch.turn()  # the others take its inputs, and what they should give
    with tempfile.TemporaryDirectory() as exported:
        files = export(model, pytorch, Path(exported))
        others = [
            Backbones("ONNX Runtime", version("onnxruntime"), compile_onnxruntime, files, pytorch),
            Backbones("OpenVINO", version("openvino"), compile_openvino, files, pytorch),
        ]
    ours = [Spot(spot, folder)] if spot is not None else []
    for other in (*others, *ours):
        other.turn()
    for _ in range(rounds):
        for contender in (pytorch, *others, *ours):
            contender.turn()
    for other in others:
        if not other.difference <= AGREEMENT:
            raise SystemExit(f"{other.name} differs from PyTorch by {other.difference:.1e}: not the same network")
    rows = {f"{c.name} {c.version}": c.clock.milliseconds(len(frames)) for c in (pytorch, *others)}
    rows |= {c.name: c.milliseconds() for c in ours}
    return {
        "machine": {"processor": processor(), "core": sorted(os.sched_getaffinity(0)), "load": os.getloadavg()[0]},
        "frames": len(frames),
        "rounds": rounds,
        "ms_per_frame": {name: wall for name, (wall, _) in rows.items()},
        "cpu_ms_per_frame": {name: cpu for name, (_, cpu) in rows.items()},
        "largest_difference": {other.name: other.difference for other in others},
    }


def row(name: str, times: dict[str, float]) -> str:
    return "".join([f"{name:22}", *(f"{times[step]:11.2f}" if step in times else f"{'–':>11}" for step in COLUMNS)])


def table(network: str, result: dict) -> str:
    machine = result["machine"]
    lines = [
        f"{network}: clips of {result['frames']} frames, median of {result['rounds']}, ms a frame, one thread",
        f"{machine['processor']}, core {machine['core']}, load {machine['load']:.1f}",
        "".join([f"{'':22}", *(f"{step:>11}" for step in COLUMNS)]),
    ]
    for name, wall in result["ms_per_frame"].items():
        lines += [row(name, wall), row("  CPU time", result["cpu_ms_per_frame"][name])]
    worst = max(result["largest_difference"].values())
    lines.append(f"The runtimes' backbone maps differ from PyTorch's by at most {worst:.1e}.")
    return "\n".join(lines)


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = parser.add_mutually_exclusive_group()
    which.add_argument(
        "--network", choices=NETWORKS, default="tennis-small", help="a published configuration with formula weights"
    )
    which.add_argument("--model", type=Path, metavar="DIR", help="a model folder: config.json and weights.safetensors")
    parser.add_argument("--rounds", type=int, default=7, help="measured rounds, after one to warm up (default 7)")
    parser.add_argument("--spot", type=Path, metavar="PATH", help="the spot executable, to be measured too")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON in place of a table")
    arguments = parser.parse_args()
    if arguments.rounds < 1:
        parser.error("--rounds must be at least 1")
    torch.set_num_threads(1)
    with tempfile.TemporaryDirectory() as scratch, torch.inference_mode():
        folder = arguments.model or Path(scratch)
        if arguments.model:
            model = load_model_folder(folder)
        else:
            model = write_model_folder(folder, NETWORKS[arguments.network])
        result = measure(model, folder, arguments.rounds, arguments.spot)
    print(json.dumps(result, indent=1) if arguments.json else table(str(arguments.model or arguments.network), result))
    return 0


if __name__ == "__main__":
    np.seterr(over="ignore")  # the formulas' arithmetic is modulo 2^64
    sys.exit(main())
