"""AdaSpot's inference network in PyTorch, written for reading: what spotd is measured and checked against.

Follows the published description (arXiv 2602.22073) and the behaviour of the published implementation, its slips
included; parameter names are those of its checkpoints. One clip a call unless `set_clips` says otherwise, float32. Shapes:
B clips, T frames of a clip, C channels, H rows, W columns, d feature width. Class 0 is background.
"""

import itertools
import json
import math
from dataclasses import dataclass
from pathlib import Path

import torch
import torch.nn.functional as F
from torch import Tensor, nn

AUXILIARY_HEADS = ("_temp_fine_highres", "_pred_fine_highres", "_temp_fine_lowres", "_pred_fine_lowres")
"""First parts of the names of parameters that only training uses."""

F3SET_HEADS = (1, 2, 3, 3, 3, 7, 8, 2, 4)
"""Outputs of f3set's heads: event or not, then one head a group of sub-classes."""

RGB_MEAN = (0.485, 0.456, 0.406)
RGB_DEVIATION = (0.229, 0.224, 0.225)

ROI_STEP = 28
"""High-resolution pixels between one RoI side length that is tried and the next."""


@dataclass(frozen=True)
class RegNet:
    """Shape of a RegNetY: blocks and channels of its four stages, channels in a group of the 3x3 convolution."""

    depths: tuple[int, ...]
    widths: tuple[int, ...]
    group_width: int


REGNETS = {
    "rny002": RegNet((1, 1, 4, 7), (24, 56, 152, 368), 8),
    "rny004": RegNet((1, 3, 6, 6), (48, 104, 208, 440), 8),
    "rny006": RegNet((1, 3, 7, 4), (48, 112, 256, 608), 16),
    "rny008": RegNet((1, 3, 8, 2), (64, 128, 320, 768), 16),
}


@dataclass(frozen=True)
class Config:
    """What inference needs of a published configuration file. Sizes are (rows, columns)."""

    dataset: str
    num_classes: int
    clip_len: int
    hr_dim: tuple[int, int]
    hr_crop: tuple[int, int]
    lr_dim: tuple[int, int]
    lr_crop: tuple[int, int]
    roi_size: tuple[int, int]
    feature_arch: str
    blocks_temporal: tuple[bool, ...]
    threshold: float
    padding: str

    @staticmethod
    def from_sections(data: dict, model: dict) -> "Config":
        """From the file's `data` and `model` sections; raises ValueError where the architecture is another one."""
        if (model["aggregation"], model["temporal_arch"]) != ("max", "gru"):
            raise ValueError(f"aggregation {model['aggregation']} with {model['temporal_arch']}: expected max with gru")
        sizes = {key: tuple(model[key]) for key in ("hr_dim", "hr_crop", "lr_dim", "lr_crop", "roi_size")}
        return Config(
            dataset=data["dataset"],
            num_classes=data["num_classes"],
            clip_len=data["clip_len"],
            feature_arch=model["feature_arch"],
            blocks_temporal=tuple(model["blocks_temporal"]),
            threshold=model["threshold"],
            padding=model["padding"],
            **sizes,
        )

    @staticmethod
    def from_file(path: Path) -> "Config":
        sections = json.loads(path.read_text())
        return Config.from_sections(sections["data"], sections["model"])

    @property
    def regnet(self) -> RegNet:
        name = self.feature_arch.partition("_")[0]
        if name not in REGNETS:
            raise ValueError(f"feature_arch {self.feature_arch}: expected one of {', '.join(REGNETS)}")
        return REGNETS[name]

    @property
    def fuses(self) -> bool:
        """Gate-shift-fuse, or gate-shift alone."""
        kind = self.feature_arch.partition("_")[2]
        if kind not in ("gsf", "gsm"):
            raise ValueError(f"feature_arch {self.feature_arch}: expected _gsf or _gsm")
        return kind == "gsf"


def padded_conv(
    inputs: int, outputs: int, padding: str, stride: int = 1, groups: int = 1, bias: bool = False
) -> nn.Sequential:
    """3x3 convolution that sees `padding` (replicate, reflect, else zero) one pixel around the picture."""
    if padding == "replicate":
        return nn.Sequential(nn.ReplicationPad2d(1), nn.Conv2d(inputs, outputs, 3, stride, 0, groups=groups, bias=bias))
    if padding == "reflect":
        return nn.Sequential(nn.ReflectionPad2d(1), nn.Conv2d(inputs, outputs, 3, stride, 0, groups=groups, bias=bias))
    return nn.Sequential(nn.Identity(), nn.Conv2d(inputs, outputs, 3, stride, 1, groups=groups, bias=bias))


class ConvNorm(nn.Module):
    """Convolution, batch normalisation, and ReLU if asked for."""

    def __init__(self, conv: nn.Module, outputs: int, relu: bool):
        super().__init__()
        self.conv = conv
        self.bn = nn.BatchNorm2d(outputs)
        self.relu = relu

    def forward(self, x: Tensor) -> Tensor:
        x = self.bn(self.conv(x))
        return F.relu(x) if self.relu else x


def pointwise(inputs: int, outputs: int, stride: int = 1, relu: bool = False) -> ConvNorm:
    return ConvNorm(nn.Conv2d(inputs, outputs, 1, stride, bias=False), outputs, relu)


class GateShift(nn.Module):
    """Gate-shift(-fuse) on the first quarter or so of the channels of [B·T, C, H, W], B clips of T frames each (B is 1 unless
    `clips` says otherwise); the other channels pass unchanged.

    A gate splits each channel in a part that moves by one frame (first half of the channels: to the frame before;
    second half: to the one after) and a part that stays. GSM adds them up, GSF weighs them by what the means over
    space of both say.
    """

    def __init__(self, channels: int, padding: str, fuse: bool):
        super().__init__()
        self.shifted = 4 * math.ceil(channels // 4 / 4)
        self.bn = nn.BatchNorm3d(self.shifted)
        self.conv3D = nn.Conv3d(self.shifted, 2, 3, padding=1, groups=2)
        self.clips = 1
        """How many clips of equal length lie one after the other along the first axis of the input."""
        self.fuse = fuse
        if fuse:
            self.channel_conv1 = padded_conv(2, 1, padding, bias=True)
            self.channel_conv2 = padded_conv(2, 1, padding, bias=True)

    def forward(self, x: Tensor) -> Tensor:
        planes = x[:, : self.shifted].unflatten(0, (self.clips, -1)).transpose(1, 2)  # [B, f, T, H, W]
        gates = torch.tanh(self.conv3D(F.relu(self.bn(planes))))  # [B, 2, T, H, W]
        earlier, later = planes.chunk(2, dim=1)
        moving, staying = self._split(earlier, gates[:, :1])
        moving = F.pad(moving[:, :, 1:], (0, 0, 0, 0, 0, 1))
        first = self._join(moving, staying, self.channel_conv1 if self.fuse else None)
        moving, staying = self._split(later, gates[:, 1:])
        moving = F.pad(moving[:, :, :-1], (0, 0, 0, 0, 1, 0))
        second = self._join(moving, staying, self.channel_conv2 if self.fuse else None)
        mixed = torch.cat([first, second], dim=1).transpose(1, 2).flatten(0, 1)
        return torch.cat([mixed, x[:, self.shifted :]], dim=1)

    @staticmethod
    def _split(x: Tensor, gate: Tensor) -> tuple[Tensor, Tensor]:
        moving = gate * x
        return moving, x - moving

    @staticmethod
    def _join(moving: Tensor, staying: Tensor, channel_conv: nn.Module | None) -> Tensor:
        """[B, f/2, T, H, W] of both parts to one, its channels interleaved."""
        if channel_conv is None:
            out = moving + staying
        else:
            # Two pictures a clip, channels × time.
            means = torch.stack([moving.mean((3, 4)), staying.mean((3, 4))], dim=1)  # [B, 2, f/2, T]
            weight = torch.sigmoid(channel_conv(means))[:, 0, :, :, None, None]
            out = moving * weight + staying * (1 - weight)
        return out.unflatten(1, (2, -1)).transpose(1, 2).flatten(1, 2)


class ShiftedPointwise(nn.Module):
    """Gate-shift in front of a block's first 1x1 convolution."""

    def __init__(self, gate_shift: GateShift, net: ConvNorm):
        super().__init__()
        self.gs = gate_shift
        self.net = net

    def forward(self, x: Tensor) -> Tensor:
        return self.net(self.gs(x))


class SqueezeExcite(nn.Module):
    def __init__(self, channels: int, hidden: int):
        super().__init__()
        self.fc1 = nn.Conv2d(channels, hidden, 1)
        self.fc2 = nn.Conv2d(hidden, channels, 1)

    def forward(self, x: Tensor) -> Tensor:
        return x * torch.sigmoid(self.fc2(F.relu(self.fc1(x.mean((2, 3), keepdim=True)))))


class Block(nn.Module):
    """RegNetY's bottleneck; `first` blocks of a stage halve the picture and project the shortcut."""

    def __init__(
        self, inputs: int, outputs: int, first: bool, group_width: int, padding: str, gate_shift: GateShift | None
    ):
        super().__init__()
        stride = 2 if first else 1
        conv1 = pointwise(inputs, outputs, relu=True)
        self.conv1 = conv1 if gate_shift is None else ShiftedPointwise(gate_shift, conv1)
        grouped = padded_conv(outputs, outputs, padding, stride, groups=outputs // group_width)
        self.conv2 = ConvNorm(grouped, outputs, relu=True)
        self.se = SqueezeExcite(outputs, round(inputs / 4))
        self.conv3 = pointwise(outputs, outputs)
        self.downsample = pointwise(inputs, outputs, stride) if first else nn.Identity()

    def forward(self, x: Tensor) -> Tensor:
        return F.relu(self.conv3(self.se(self.conv2(self.conv1(x)))) + self.downsample(x))


class Backbone(nn.Module):
    """[T, 3, H, W] to the last map [T, d, ceil(H/32), ceil(W/32)]."""

    STEM_CHANNELS = 32

    def __init__(self, config: Config):
        super().__init__()
        regnet, padding = config.regnet, config.padding
        self.stem = ConvNorm(padded_conv(3, self.STEM_CHANNELS, padding, stride=2), self.STEM_CHANNELS, relu=True)
        inputs = self.STEM_CHANNELS
        for number, (depth, width) in enumerate(zip(regnet.depths, regnet.widths), start=1):
            stage = nn.Sequential()
            for index in range(depth):
                shift = GateShift(inputs, padding, config.fuses) if config.blocks_temporal[number - 1] else None
                block = Block(inputs, width, index == 0, regnet.group_width, padding, shift)
                stage.add_module(f"b{index + 1}", block)
                inputs = width
            self.add_module(f"s{number}", stage)

    def forward(self, x: Tensor) -> Tensor:
        return self.s4(self.s3(self.s2(self.s1(self.stem(x)))))


@dataclass
class Saliency:
    """The selector's maps: `mean` and `minmax` [T, H, W], `smooth` [T, 8H, 8W]."""

    mean: Tensor
    minmax: Tensor
    smooth: Tensor


@dataclass
class Regions:
    """A clip's regions of interest, one a frame.

    `centers` [T, 2]: row and column over the picture's, in 0 … 1; `sizes` [T, 2]: rows and columns in pixels;
    `index` [T]: the peak's place in the upsampled map, -1 in a fallback frame; `scores` [T]: the sum found there.
    """

    centers: Tensor
    sizes: Tensor
    index: Tensor
    scores: Tensor


class Selector:
    """Chooses, for each frame, the smallest square that holds more than `threshold` of the smoothed saliency."""

    UPSAMPLING = 8
    KERNEL = (7, 9, 9)  # time, rows, columns

    def __init__(self, config: Config):
        self.crop = config.hr_crop
        self.threshold = config.threshold
        self.heights = range(config.roi_size[0], self.crop[0], ROI_STEP)
        self.widths = range(config.roi_size[1], self.crop[1], ROI_STEP)

    def __call__(self, features: Tensor) -> Regions:
        return self.select(self.saliency(features))

    def saliency(self, features: Tensor) -> Saliency:
        """Maps from the low-resolution branch's last one, [T, d, H, W]; T is at least 4."""
        mean = features.mean(1)
        low, high = mean.amin((1, 2), keepdim=True), mean.amax((1, 2), keepdim=True)
        minmax = (mean - low) / (high - low + 1e-5)
        smooth = F.interpolate(minmax[:, None], scale_factor=self.UPSAMPLING, mode="nearest")[:, 0]
        return Saliency(mean, minmax, self._blur(self._blur(smooth)))

    def _blur(self, maps: Tensor) -> Tensor:
        """Gaussian over time, rows and columns, one after the other: the same as the 3-D kernel, for less work."""
        time, rows, columns = (k // 2 for k in self.KERNEL)
        x = F.pad(maps[None, None], (columns, columns, rows, rows, time, time), mode="reflect")
        for axis, size in enumerate(self.KERNEL):
            position = torch.arange(size, dtype=maps.dtype) - size // 2
            kernel = torch.exp(-0.5 * (position / (size / 4)) ** 2)
            shape = [1, 1, 1, 1, 1]
            shape[2 + axis] = size
            x = F.conv3d(x, (kernel / kernel.sum()).reshape(shape))
        return x[0, 0]

    def select(self, saliency: Saliency) -> Regions:
        share = saliency.smooth / (saliency.smooth.sum((1, 2), keepdim=True) + 1e-5)
        frames, rows, columns = share.shape
        # Without a square that holds enough: the last height and width, at an index that the published code takes
        # from the small map though it is used on the upsampled one.
        fallback = (saliency.mean.shape[1] * saliency.mean.shape[2]) // 2
        place = torch.full((frames,), fallback)
        index = torch.full((frames,), -1)
        sizes = torch.tensor([self.heights[-1], self.widths[-1]]).repeat(frames, 1)
        scores = torch.zeros(frames)
        undecided = torch.arange(frames)
        for size in zip(self.heights, self.widths):
            if len(undecided) == 0:
                break
            window = [int(s / extent * cells) for s, extent, cells in zip(size, self.crop, (rows, columns))]
            window = [w + 1 - w % 2 for w in window]
            sums = F.avg_pool2d(share[undecided, None], window, 1, [w // 2 for w in window], divisor_override=1)
            scores[undecided], peak = sums.flatten(1).max(1)
            enough = scores[undecided] > self.threshold
            found, peak = undecided[enough], peak[enough]
            index[found] = peak
            place[found] = torch.where(peak == 0, fallback, peak)  # 0 counts as none there too
            sizes[found] = torch.tensor(size)
            undecided = undecided[~enough]
        centers = torch.stack([(place // columns) / rows, (place % columns) / columns], dim=1)
        return Regions(centers, sizes, index, scores)


class Head(nn.Module):
    """One linear layer, or f3set's nine."""

    def __init__(self, inputs: int, config: Config):
        super().__init__()
        if config.dataset == "f3set":
            self._fc_out = nn.ModuleList(nn.Linear(inputs, outputs) for outputs in F3SET_HEADS)
        else:
            self._fc_out = nn.Linear(inputs, config.num_classes + 1)

    def forward(self, x: Tensor) -> list[Tensor]:
        layers = self._fc_out if isinstance(self._fc_out, nn.ModuleList) else [self._fc_out]
        return [layer(x) for layer in layers]


def bottleneck(width: int) -> nn.Sequential:
    return nn.Sequential(nn.Linear(width, width // 2), nn.ReLU(), nn.Linear(width // 2, width))


class AdaSpot(nn.Module):
    """The network of one configuration. Its steps are methods of their own, so that each can be timed and checked."""

    def __init__(self, config: Config):
        super().__init__()
        width = config.regnet.widths[-1]
        self.config = config
        self.temp_enc = nn.Parameter(torch.zeros(config.clip_len, width))
        self.lowres_backbone = Backbone(config)
        self.highres_backbone = Backbone(config)
        self.lowres_linear = bottleneck(width)
        self.highres_linear = bottleneck(width)
        self._temp_fine = nn.GRU(width, width, batch_first=True, bidirectional=True)
        self._pred_fine = Head(2 * width, config)
        self.selector = Selector(config)
        self.eval()

    def set_clips(self, clips: int) -> None:
        """Has the backbones take so many clips of equal length, one after the other, in one call."""
        for module in self.modules():
            if isinstance(module, GateShift):
                module.clips = clips

    def load_published(self, state: dict[str, Tensor]) -> None:
        """Takes a published state dict, auxiliary heads ignored; any other name or shape must match."""
        kept = {name: value.float() for name, value in state.items() if name.split(".")[0] not in AUXILIARY_HEADS}
        counters = {name: value for name, value in self.state_dict().items() if name.endswith("num_batches_tracked")}
        self.load_state_dict(counters | kept)

    def preprocess(self, frames: Tensor) -> tuple[Tensor, Tensor]:
        """uint8 RGB [T, 3, hr rows, hr columns] to the inputs of both branches, normalised and cropped."""
        mean, deviation = (torch.tensor(v).reshape(3, 1, 1) for v in (RGB_MEAN, RGB_DEVIATION))
        x = (frames.float() / 255 - mean) / deviation
        config = self.config
        return self._crop(x, config.lr_dim, config.lr_crop), self._crop(x, config.hr_dim, config.hr_crop)

    @staticmethod
    def _crop(x: Tensor, resized: tuple[int, int], crop: tuple[int, int]) -> Tensor:
        if x.shape[2:] != resized:
            x = F.interpolate(x, resized, mode="bilinear", antialias=True)
        top, left = (round((extent - side) / 2) for extent, side in zip(resized, crop))
        return x[:, :, top : top + crop[0], left : left + crop[1]]

    def crop_box(self, center: Tensor, size: Tensor) -> tuple[int, int, int, int] | None:
        """Top, left, rows, columns of a region; None for the size that is none of the paired ones (no crop is made)."""
        rows, columns = size.tolist()
        if (rows, columns) not in zip(self.selector.heights, self.selector.widths):
            return None
        corner = []
        for share, side, extent in zip(center, (rows, columns), self.config.hr_crop):
            middle = int(share * extent)  # float32 product, truncated
            corner.append(min(max(middle, side // 2), extent - side // 2 - 1) - side // 2)
        return corner[0], corner[1], rows, columns

    def crop_regions(self, highres: Tensor, regions: Regions) -> Tensor:
        """[T, 3, roi rows, roi columns] from the high-resolution input; zero where no crop is made."""
        target = self.config.roi_size
        crops = highres.new_zeros((len(highres), 3, *target))
        for frame, (center, size) in enumerate(zip(regions.centers, regions.sizes)):
            box = self.crop_box(center, size)
            if box is None:
                continue
            top, left, rows, columns = box
            region = highres[frame, :, top : top + rows, left : left + columns]
            if (rows, columns) != target:
                region = F.interpolate(region[None], target, mode="bilinear", align_corners=False)[0]
            crops[frame] = region
        return crops

    def fuse(self, lowres_features: Tensor, highres_features: Tensor) -> Tensor:
        """Pooled features [T, d] of both branches to one, with the place in the clip added."""
        projected = torch.maximum(self.lowres_linear(lowres_features), self.highres_linear(highres_features))
        return projected + self.temp_enc[: len(projected)]

    def recur(self, fused: Tensor) -> Tensor:
        return self._temp_fine(fused[None])[0][0]

    def forward(self, frames: Tensor) -> list[Tensor]:
        """Logits [T, outputs] of each head for uint8 RGB frames [T, 3, rows, columns]."""
        lowres, highres = self.preprocess(frames)
        lowres_map = self.lowres_backbone(lowres)
        crops = self.crop_regions(highres, self.selector(lowres_map))
        highres_map = self.highres_backbone(crops)
        fused = self.fuse(lowres_map.mean((2, 3)), highres_map.mean((2, 3)))
        return self._pred_fine(self.recur(fused))


def probabilities(logits: list[Tensor]) -> Tensor:
    """Softmax over one head's classes, [T, classes + 1]."""
    (only,) = logits
    return only.softmax(1)


def f3set_probabilities(logits: list[Tensor], classes: list[str], elements: list[str]) -> Tensor:
    """P of background and of each full class, [T, classes + 1]: the chance of an event times those of its sub-classes.

    `elements` are the sub-classes in the order of the heads; a class name joins one of each head with `_`.
    """
    remaining = iter(elements)
    groups = [list(itertools.islice(remaining, outputs)) for outputs in F3SET_HEADS[1:]]
    places = {
        "_".join(group[i] for group, i in zip(groups, place)): place
        for place in itertools.product(*(range(len(group)) for group in groups))
    }
    chosen = torch.tensor([places[name] for name in classes])  # [classes, heads]
    event = torch.sigmoid(logits[0])
    full = event * torch.ones(1, len(classes))
    for head, scores in enumerate(logits[1:]):
        full = full * scores.softmax(1)[:, chosen[:, head]]
    return torch.cat([1 - event, full], dim=1)
