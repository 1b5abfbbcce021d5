"""Reading weights to begin from, and writing what training found: the published layout, a model folder, and the state to resume."""

import json
import os
from collections.abc import Callable
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from torch import Tensor

from network import TrainableAdaSpot
from settings import Settings

TRAINING_ONLY = ("_temp_fine_highres", "_pred_fine_highres", "_temp_fine_lowres", "_pred_fine_lowres")


def replace_file(path: Path, write: Callable[[Path], None]) -> None:
    """Writes beside `path` first, so that a run that dies leaves the former file whole."""
    partial = path.with_name(path.name + ".partial")
    write(partial)
    os.replace(partial, path)


def load(path: Path, read: Callable[[Path], object]) -> object:
    """What `read` makes of a file. Raises ValueError naming the file where it is damaged or of another kind."""
    try:
        return read(path)
    except OSError:
        raise
    except Exception as error:  # the readers' errors have no other type in common
        told = str(error).split("\n", 1)[0] or type(error).__name__
        raise ValueError(f"{path}: cannot be read: {told}") from error


def read_weights(path: Path) -> dict[str, Tensor]:
    """A flat state dict in float32, from .safetensors or .pt (tensors only: nothing else in it is executed). Raises ValueError."""
    if path.suffix == ".safetensors":
        state = load(path, load_file)
    else:
        state = load(path, lambda path: torch.load(path, map_location="cpu", weights_only=True))
    if not isinstance(state, dict) or not all(isinstance(name, str) and isinstance(value, Tensor) for name, value in state.items()):
        raise ValueError(f"{path}: expected tensors by name and nothing else")
    return {name: value.float() if value.is_floating_point() else value for name, value in state.items()}


def begin_from(model: TrainableAdaSpot, state: dict[str, Tensor]) -> list[str]:
    """Takes what fits of a published state dict; the names of this model's parameters that it does not have are returned.

    Where this model shifts in time and the other did not, the shift begins so that nothing changes: its gates are closed, which
    leaves half of each channel in another order, and the 1×1 convolution behind it undoes both.
    """
    own = model.state_dict()
    taken = {}
    for name, value in own.items():
        plain = name.replace(".conv1.net.", ".conv1.")
        if name in state and state[name].shape == value.shape:
            taken[name] = state[name]
        elif plain != name and plain in state and state[plain].shape == value.shape:
            gate = model.get_submodule(name.split(".net.")[0]).gs
            taken[name] = undo_closed_gate(state[plain], gate.shifted) if name.endswith("conv.weight") else state[plain]
            close(gate)
    closed = model.state_dict()
    missing = [name for name in own if name not in taken and not name.endswith("num_batches_tracked")]
    model.load_state_dict(closed | taken)
    return missing


def close(gate) -> None:
    with torch.no_grad():
        for parameter in (gate.conv3D.weight, gate.conv3D.bias):
            parameter.zero_()
        for convolution in (gate.channel_conv1, gate.channel_conv2) if gate.fuse else ():
            for parameter in convolution.parameters():
                parameter.zero_()


def undo_closed_gate(weight: Tensor, shifted: int) -> Tensor:
    """Of a 1×1 convolution [outputs, inputs, 1, 1] behind a gate-shift-fuse with closed gates, which gives half of the `shifted`
    first channels, each half of them interleaved."""
    out = weight.clone()
    half = shifted // 2
    order = torch.arange(half).reshape(2, -1).T.flatten()  # place k of the interleaved half holds channel order[k]
    for start in (0, half):
        out[:, start : start + half] = 2 * weight[:, start : start + half][:, order]
    return out


def write_model(model: TrainableAdaSpot, settings: Settings, classes: Path, folder: Path) -> None:
    """`checkpoint.pt` in the published layout, auxiliary heads included, and `model/`, as spotd takes it."""
    folder.mkdir(parents=True, exist_ok=True)
    state = {name: value.detach().cpu().clone() for name, value in model.state_dict().items()}
    replace_file(folder / "checkpoint.pt", lambda path: torch.save(state, path))
    ready = folder / "model"
    ready.mkdir(exist_ok=True)
    (ready / "classes.txt").write_bytes(classes.read_bytes())
    (ready / "config.json").write_text(json.dumps(settings.sections, indent=1) + "\n")
    kept = {
        name: value.contiguous()
        for name, value in state.items()
        if name.split(".")[0] not in TRAINING_ONLY and not name.endswith("num_batches_tracked")
    }
    replace_file(ready / "weights.safetensors", lambda path: save_file(kept, path))
