"""AdaSpot as it is trained: many clips a step, with the two auxiliary heads of the published implementation."""

import math
from dataclasses import dataclass, field
from types import MethodType

import torch
import torch.nn.functional as F
from torch import Tensor, nn

import settings  # noqa: F401  (puts the network's folder on the path)
from adaspot_torch import RGB_DEVIATION, RGB_MEAN, AdaSpot, Backbone, Config, ConvNorm, GateShift, Head

BRANCHES = ("lowres", "highres")
HEADS = ("fused", *BRANCHES)
RESIDUAL = 0.5
"""What a block adds to its shortcut at first. From nothing at all an optimiser that takes small steps comes away slowly."""


@dataclass
class Pass:
    """What the network makes of clips [B, T, …]: `logits` [B, T, classes + 1] by head; `maps` of each branch that was asked, at
    strides 4, 8, 16 and 32, [B·T, C, H, W]; `boxes` [B·T, 4], the regions' top, left, height and width as shares of the picture, NaN
    where none was made."""

    logits: dict[str, Tensor] = field(default_factory=dict)
    maps: dict[str, list[Tensor]] = field(default_factory=dict)
    boxes: Tensor | None = None


class TrainableAdaSpot(AdaSpot):
    """The inference network, whose parameters it shares by name, and what training adds. Starts in evaluation mode."""

    def __init__(self, config: Config, dropout: float = 0.0):
        super().__init__(config)
        width = config.regnet.widths[-1]
        self._temp_fine_highres = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self._pred_fine_highres = Head(2 * width, config)
        self._temp_fine_lowres = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self._pred_fine_lowres = Head(2 * width, config)
        self.drop = nn.Dropout(dropout)
        self.eval()

    def initialise(self) -> None:
        """Random weights to begin from: blocks begin as little more than their shortcuts, and nothing is shifted in time yet."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, GateShift):
                nn.init.zeros_(module.conv3D.weight)
                nn.init.zeros_(module.conv3D.bias)
        for name, module in self.named_modules():
            if isinstance(module, ConvNorm) and name.endswith(".conv3"):
                nn.init.constant_(module.bn.weight, RESIDUAL)
        nn.init.normal_(self.temp_enc, std=1 / self.config.clip_len)
        self.copy_lowres_backbone()

    def copy_lowres_backbone(self) -> None:
        """Begins the high-resolution branch where the low-resolution one is."""
        self.highres_backbone.load_state_dict(self.lowres_backbone.state_dict())
        self.highres_linear.load_state_dict(self.lowres_linear.state_dict())

    def copy_lowres(self) -> None:
        """Begins the high-resolution branch, and the heads of that and of both, as the low-resolution ones are."""
        self.copy_lowres_backbone()
        for head in ("", "_highres"):
            for part in ("_temp_fine", "_pred_fine"):
                source = self.get_submodule(f"{part}_lowres")
                self.get_submodule(part + head).load_state_dict(source.state_dict())

    def use_channels_last(self) -> None:
        """Lays weights out as CPUs convolve fastest: 1.6 times the speed of the usual layout."""
        for parameter in self.parameters():
            if parameter.dim() == 4:
                parameter.data = parameter.data.contiguous(memory_format=torch.channels_last)

    def normalise(self, frames: Tensor, resized: tuple[int, int], crop: tuple[int, int]) -> Tensor:
        """Float RGB in 0…255, [N, 3, rows, columns], to a branch's input [N, 3, …].

        As `preprocess`, but what is cut off is not normalised first: with large pictures that is most of the work.
        """
        mean, deviation = (255 * frames.new_tensor(v).reshape(3, 1, 1) for v in (RGB_MEAN, RGB_DEVIATION))
        return ((self._crop(frames, resized, crop) - mean) / deviation).contiguous(memory_format=torch.channels_last)

    def scores(self, frames: Tensor, heads: tuple[str, ...] = HEADS, kept: tuple[str, ...] = ()) -> Pass:
        """The logits of `heads` for frames [B, T, 3, rows, columns] in 0…255. T is at most clip_len, and at least 4. `kept`
        branches do not learn, and where both are kept, neither does the position encoding that their heads share."""
        clips, length = frames.shape[:2]
        self.set_clips(clips)
        pictures = frames.flatten(0, 1)
        out = Pass()
        with self._learning("lowres" not in kept):
            maps = stages(self.lowres_backbone, self.normalise(pictures, self.config.lr_dim, self.config.lr_crop))
            low = self.lowres_linear(maps[-1].mean((2, 3))).unflatten(0, (clips, length))
        out.maps["lowres"] = maps
        position = self.temp_enc[:length].detach() if set(kept) >= set(BRANCHES) else self.temp_enc[:length]
        if "lowres" in heads:
            out.logits["lowres"] = self._score(low + position, self._temp_fine_lowres, self._pred_fine_lowres)
        if "fused" in heads or "highres" in heads:
            crops, out.boxes = self._regions(pictures, maps[-1], clips)
            with self._learning("highres" not in kept):
                out.maps["highres"] = maps = stages(self.highres_backbone, crops)
                high = self.highres_linear(maps[-1].mean((2, 3))).unflatten(0, (clips, length))
            if "highres" in heads:
                out.logits["highres"] = self._score(high + position, self._temp_fine_highres, self._pred_fine_highres)
            if "fused" in heads:
                out.logits["fused"] = self._score(torch.maximum(low, high) + position, self._temp_fine, self._pred_fine)
        return out

    def _learning(self, wanted: bool) -> torch.set_grad_enabled:
        return torch.set_grad_enabled(torch.is_grad_enabled() and wanted)

    def _score(self, features: Tensor, recurrence: nn.GRU, head: Head) -> Tensor:
        # bfloat16 recurrence loses events; it is a small part of the work.
        with torch.autocast(features.device.type, enabled=False):
            (logits,) = head(self.drop(recurrence(features.float())[0]))
        return logits

    @torch.no_grad()
    def _regions(self, pictures: Tensor, maps: Tensor, clips: int) -> tuple[Tensor, Tensor]:
        """The regions of interest [B·T, 3, …] and their boxes; as in the published implementation no gradient passes the choice."""
        whole = self._crop(pictures, self.config.hr_dim, self.config.hr_crop).unflatten(0, (clips, -1))
        crops, boxes = [], []
        for clip, features in zip(whole, maps.unflatten(0, (clips, -1))):
            # On the CPU wherever the network is: small steps, each of which waits for the one before.
            with torch.autocast("cpu", enabled=False):
                regions = self.selector(features.float().cpu())
            crop = self.crop_regions(clip, regions)
            made = [self._box(self.crop_box(*place)) for place in zip(regions.centers, regions.sizes)]
            boxes.append(crop.new_tensor(made))
            # Where no crop is made the branch sees zeros, not black.
            is_made = ~boxes[-1].isnan()[:, :1, None, None]
            crops.append(self.normalise(crop, crop.shape[2:], crop.shape[2:]) * is_made)
        return torch.cat(crops), torch.cat(boxes)

    def _box(self, pixels: tuple[int, int, int, int] | None) -> list[float]:
        """Pixels of the cropped picture to shares of the whole one."""
        if pixels is None:
            return [math.nan] * 4
        (rows, columns), crop = self.config.hr_dim, self.config.hr_crop
        top, left = (round((extent - side) / 2) for extent, side in zip(self.config.hr_dim, crop))
        return [(top + pixels[0]) / rows, (left + pixels[1]) / columns, pixels[2] / rows, pixels[3] / columns]

    def keep(self, branches: tuple[str, ...]) -> None:
        """Has these branches keep the statistics of their batch normalisation, too, until the next `train()`."""
        for branch in branches:
            self.get_submodule(f"{branch}_backbone").eval()

    def freeze_norms(self) -> None:
        """Has batch normalisation use, and keep, the statistics that it has gathered."""
        for module in self.modules():
            if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm3d)):
                module.eval()
            elif isinstance(module, ConvNorm):
                module.forward = MethodType(folded, module)


def folded(module: ConvNorm, x: Tensor) -> Tensor:
    """What `module` computes with statistics that stay: one convolution, whose weights are scaled anew each time."""
    *before, conv = module.conv if isinstance(module.conv, nn.Sequential) else (module.conv,)
    for step in before:
        x = step(x)
    norm = module.bn
    scale = norm.weight * (norm.running_var + norm.eps).rsqrt()
    weight = (conv.weight * scale[:, None, None, None]).contiguous(memory_format=torch.channels_last)
    x = F.conv2d(x, weight, norm.bias - norm.running_mean * scale, conv.stride, conv.padding, conv.dilation, conv.groups)
    return F.relu(x) if module.relu else x


def stages(backbone: Backbone, pictures: Tensor) -> list[Tensor]:
    """The maps at strides 4, 8, 16 and 32; the last one is what `backbone(pictures)` gives."""
    quarter = backbone.s1(backbone.stem(pictures))
    eighth = backbone.s2(quarter)
    sixteenth = backbone.s3(eighth)
    return [quarter, eighth, sixteenth, backbone.s4(sixteenth)]
