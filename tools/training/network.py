"""AdaSpot as it is trained: many clips a step, with the two auxiliary heads of the published implementation."""

from contextlib import nullcontext

import torch
from torch import Tensor, nn

import settings  # noqa: F401  (puts the network's folder on the path)
from adaspot_torch import AdaSpot, Config, ConvNorm, GateShift, Head

HEADS = ("fused", "lowres", "highres")


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
        """Random weights to begin from: blocks begin as their shortcuts, and nothing is shifted in time yet."""
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, GateShift):
                nn.init.zeros_(module.conv3D.weight)
                nn.init.zeros_(module.conv3D.bias)
        for name, module in self.named_modules():
            if isinstance(module, ConvNorm) and name.endswith(".conv3"):
                nn.init.zeros_(module.bn.weight)
        nn.init.normal_(self.temp_enc, std=1 / self.config.clip_len)
        self.copy_lowres_backbone()

    def copy_lowres_backbone(self) -> None:
        """Begins the high-resolution branch where the low-resolution one is."""
        self.highres_backbone.load_state_dict(self.lowres_backbone.state_dict())
        self.highres_linear.load_state_dict(self.lowres_linear.state_dict())

    def normalise(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """Float RGB in 0…255, [B, T, 3, rows, columns], to both branches' inputs [B·T, 3, …]."""
        return self.preprocess(frames.flatten(0, 1))

    def scores(self, frames: Tensor, heads: tuple[str, ...] = HEADS) -> tuple[dict[str, Tensor], Tensor]:
        """Logits [B, T, classes + 1] of each of `heads` for frames [B, T, 3, rows, columns], and the low-resolution
        branch's last maps [B·T, d, H, W]. T is at most clip_len, and at least 4."""
        clips, length = frames.shape[:2]
        self.set_clips(clips)
        lowres, highres = self.normalise(frames)
        maps = self.lowres_backbone(lowres)
        low = self.lowres_linear(maps.mean((2, 3))).unflatten(0, (clips, length))
        position = self.temp_enc[:length]
        found = {}
        if "lowres" in heads:
            found["lowres"] = self._score(low + position, self._temp_fine_lowres, self._pred_fine_lowres)
        if "fused" in heads or "highres" in heads:
            crops = self._regions(highres, maps, clips)
            high = self.highres_linear(self.highres_backbone(crops).mean((2, 3))).unflatten(0, (clips, length))
            if "highres" in heads:
                found["highres"] = self._score(high + position, self._temp_fine_highres, self._pred_fine_highres)
            if "fused" in heads:
                found["fused"] = self._score(torch.maximum(low, high) + position, self._temp_fine, self._pred_fine)
        return found, maps

    def _score(self, features: Tensor, recurrence: nn.GRU, head: Head) -> Tensor:
        # bfloat16 recurrence loses events; it is a small part of the work.
        with torch.autocast("cpu", enabled=False) if features.device.type == "cpu" else nullcontext():
            (logits,) = head(self.drop(recurrence(features.float())[0]))
        return logits

    @torch.no_grad()
    def _regions(self, highres: Tensor, maps: Tensor, clips: int) -> Tensor:
        """The regions of interest [B·T, 3, …]; as in the published implementation no gradient passes the choice."""
        pictures = highres.unflatten(0, (clips, -1))
        crops = [
            self.crop_regions(picture, self.selector(clip.float()))
            for picture, clip in zip(pictures, maps.unflatten(0, (clips, -1)))
        ]
        return torch.cat(crops)

    def freeze_norms(self) -> None:
        """Has batch normalisation use, and keep, the statistics that it has gathered."""
        for module in self.modules():
            if isinstance(module, (nn.BatchNorm2d, nn.BatchNorm3d)):
                module.eval()


class BallFinder(nn.Module):
    """Training only: asks of the last low-resolution map where the ball is, so that there is something to find early on."""

    def __init__(self, width: int):
        super().__init__()
        self.place = nn.Conv2d(width, 1, 1)

    def forward(self, maps: Tensor) -> Tensor:
        """[N, d, H, W] to logits [N, H·W] over the cells."""
        return self.place(maps).flatten(1)
