"""Clips to learn from: rendered on the fly by `spot simulate`, or cut from a data set in the E2E-Spot layout."""

import json
import os
import random
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import count, cycle, islice
from pathlib import Path
from queue import Queue

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

MOST_HEADER_BYTES = 1 << 20
ENDINGS = ("jpg", "png")
"""Of the pictures of a data set."""


@dataclass
class Clip:
    """`frames` uint8 RGB [T, 3, rows, columns]; `labels` int64 [T], 0 is background; `ball` float32 [T, 2], row and column as
    a share of the picture, NaN where it is not known or not to be seen."""

    frames: Tensor
    labels: Tensor
    ball: Tensor

    def part(self, first: int, end: int) -> "Clip":
        return Clip(self.frames[first:end].clone(), self.labels[first:end].clone(), self.ball[first:end].clone())


class DataError(Exception):
    """One line: what, where, what was expected."""


def read_classes(path: Path) -> dict[str, int]:
    """Class names to indices from 1, of a file with one a line."""
    names = [line.strip() for line in path.read_text().splitlines() if line.strip()]
    if len(set(names)) != len(names) or not names:
        raise DataError(f"{path}: expected one class a line, each once")
    return {name: index for index, name in enumerate(names, start=1)}


def labels_of(events: list[dict], classes: dict[str, int], first: int, length: int, step: int, where: str) -> Tensor:
    """Of the frames first, first + step, …; an event between two of them belongs to the one before."""
    labels = torch.zeros(length, dtype=torch.int64)
    for event in events:
        place = (event["frame"] - first) // step
        if 0 <= place < length:
            if event["label"] not in classes:
                raise DataError(f"{where}: label '{event['label']}' is not among the classes")
            labels[place] = classes[event["label"]]
    return labels


def read_videos(path: Path, classes: dict[str, int]) -> list[dict]:
    """The videos of an E2E-Spot file, each with what it must have, labels among `classes`."""
    try:
        videos = json.loads(path.read_text())
    except ValueError as error:
        raise DataError(f"{path}: {error}") from error
    if not isinstance(videos, list) or not videos:
        raise DataError(f"{path}: expected a list of videos")
    for place, video in enumerate(videos):
        where = f"{path}: video {place}"
        require(video, {"video": str}, where)
        where = f"{path}: video '{video['video']}'"
        require(video, {"num_frames": int, "events": list}, where)
        if video["num_frames"] < 1:
            raise DataError(f"{where}: num_frames is {video['num_frames']}")
        for event in video["events"]:
            require(event, {"frame": int, "label": str}, f"{where}: an event")
            if event["label"] not in classes:
                raise DataError(f"{where}: label '{event['label']}' is not among the classes")
    return videos


def require(item: object, kinds: dict[str, type], where: str) -> None:
    for key, kind in kinds.items():
        if not isinstance(item, dict) or type(item.get(key)) is not kind:
            raise DataError(f"{where}: expected {key}, of type {kind.__name__}, in {json.dumps(item)[:80]}")


def expect_pictures(folder: Path, count: int) -> None:
    """A gap would end a run only when a clip falls into it, which may be after hours, and again whenever the run is resumed."""
    names = set(os.listdir(folder)) if folder.is_dir() else set()
    for frame in range(count):
        if not any(f"{frame:06d}.{ending}" in names for ending in ENDINGS):
            raise DataError(f"{folder}: frame {frame} of {count} is missing")


class SimulatedClips:
    """An endless row of clips that are never repeated, from processes of `spot simulate`, one for each of `options`.

    They take turns, so that a run is the same each time; process k renders the seeds from `seed` + k · SEEDS_A_PROCESS on. Each
    is ahead by a few clips. `skip`: so many clips of the row were taken before; it goes on behind them. `span`: what is rendered is
    so many times as long as a clip, and the clip is a part of it with an event, where it has one. `side`: of the pictures, only a
    square of so many pixels with the ball is taken; 0: all.
    """

    READ_AHEAD = 4
    SEEDS_A_PROCESS = 1 << 40

    def __init__(
        self, spot: Path, classes: dict[str, int], length: int, size: tuple[int, int], seed: int, options: list[list[str]],
        skip: int = 0, span: int = 1, side: int = 0,
    ):
        self.classes, self.length, self.size, self.skip = classes, length, size, skip
        self.rendered, self.side = length * span, side
        rows, columns = size
        self.ready: list[Queue[Clip | DataError]] = []
        self.children = []
        for number, more in enumerate(options):
            taken = len(range(number, skip, len(options)))
            command = [
                str(spot), "simulate", "--seed", str(seed + number * self.SEEDS_A_PROCESS + taken), "--count", str(1 << 30),
                "--frames", str(self.rendered), "--size", f"{columns}x{rows}", "--raw", "-", *more,
            ]
            child = subprocess.Popen(command, stdout=subprocess.PIPE)
            self.children.append(child)
            queue = Queue(self.READ_AHEAD)
            self.ready.append(queue)
            threading.Thread(target=self._read, args=(child, queue), daemon=True).start()

    def __iter__(self) -> Iterator[Clip]:
        for queue in islice(cycle(self.ready), self.skip % len(self.ready), None):
            item = queue.get()
            if isinstance(item, DataError):
                raise item
            yield item

    def close(self) -> None:
        for child in self.children:
            child.kill()
            child.wait()
            child.stdout.close()

    def _read(self, child: subprocess.Popen, queue: Queue) -> None:
        while True:
            try:
                item = self._clip(child.stdout)
            except (DataError, ValueError, KeyError) as error:
                item = DataError(f"spot simulate: {error}")
            queue.put(item)
            if isinstance(item, DataError):
                return

    def _clip(self, stream) -> Clip:
        line = stream.readline(MOST_HEADER_BYTES)
        if not line:
            raise DataError("it ended")
        header = json.loads(line)
        rows, columns = self.size
        if (header["frames"], header["height"], header["width"]) != (self.rendered, rows, columns):
            raise DataError(f"clips of {header['frames']} frames of {header['height']}×{header['width']} came")
        wanted = self.rendered * rows * columns * 3
        data = stream.read(wanted)
        if len(data) != wanted:
            raise DataError("it ended within a clip")
        frames = torch.from_numpy(np.frombuffer(data, np.uint8).reshape(self.rendered, rows, columns, 3).copy())
        ball = torch.tensor([[y / rows, x / columns] if seen else [torch.nan] * 2 for x, y, seen in header["ball"]])
        labels = labels_of(header["events"], self.classes, 0, self.rendered, 1, f"seed {header['seed']}")
        whole = Clip(frames.permute(0, 3, 1, 2), labels, ball)
        chance = random.Random(header["seed"])
        part = part_with_event(whole, self.length, chance)
        return square_with_ball(part, self.side, chance) if self.side else part


def part_with_event(clip: Clip, length: int, chance: random.Random) -> Clip:
    """So many frames in a row, among them one of the clip's events at any place, or any frames of a clip that has none."""
    last = len(clip.labels) - length
    if last == 0:
        return clip
    events = clip.labels.nonzero().flatten().tolist()
    first = chance.choice(events) - chance.randrange(length) if events else chance.randint(0, last)
    first = min(max(first, 0), last)
    return clip.part(first, first + length)


def square_with_ball(clip: Clip, side: int, chance: random.Random) -> Clip:
    """A square of so many pixels of each frame, the same of all: it holds the ball at one of the events, or at any frame where it is
    known, at any place in it. Where the ball is never known, any square."""
    rows, columns = clip.frames.shape[2:]
    known = ~clip.ball.isnan().any(1)
    frames = (known & (clip.labels > 0)).nonzero().flatten().tolist() or known.nonzero().flatten().tolist()
    ball = clip.ball[chance.choice(frames)].tolist() if frames else [chance.random(), chance.random()]
    corner = []
    for share, extent in zip(ball, (rows, columns)):
        first = int(share * extent) - chance.randrange(side)
        corner.append(min(max(first, 0), extent - side))
    top, left = corner
    extents = clip.ball.new_tensor([rows, columns])
    place = (clip.ball * extents - clip.ball.new_tensor(corner)) / side
    outside = ~((place >= 0) & (place < 1)).all(1, keepdim=True)
    return Clip(
        clip.frames[:, :, top : top + side, left : left + side].clone(), clip.labels, place.masked_fill(outside, torch.nan)
    )


class FolderClips:
    """Random clips of a data set in the E2E-Spot layout: `FRAMES/<video>/<six digits>.jpg` (or .png) from 0, and a JSON list of
    `{"video", "num_frames", "events": [{"frame", "label"}]}`. Pictures of another size than `size` are brought to it; frames
    outside a video are black. Clip n depends on `seed` + n alone; `skip` is the first."""

    def __init__(
        self, frames: Path, labels: Path, classes: dict[str, int], length: int, size: tuple[int, int], stride: int, seed: int,
        skip: int = 0,
    ):
        self.folder, self.classes, self.length, self.size, self.stride = frames, classes, length, size, stride
        self.seed, self.skip = seed, skip
        self.videos = read_videos(labels, classes)
        for video in self.videos:
            expect_pictures(frames / video["video"], video["num_frames"])
        self.weights = [video["num_frames"] for video in self.videos]

    def __iter__(self) -> Iterator[Clip]:
        for number in count(self.seed + self.skip):
            chance = random.Random(number)
            (video,) = chance.choices(self.videos, self.weights)
            span = self.length * self.stride
            first = chance.randrange(-span // 4, max(1, video["num_frames"] - 3 * span // 4))
            yield self.clip(video, first)

    def close(self) -> None:
        pass

    def clip(self, video: dict, first: int) -> Clip:
        places = [first + index * self.stride for index in range(self.length)]
        black = torch.zeros(3, *self.size, dtype=torch.uint8)
        frames = torch.stack([self._picture(video["video"], p) if 0 <= p < video["num_frames"] else black for p in places])
        labels = labels_of(video["events"], self.classes, first, self.length, self.stride, video["video"])
        return Clip(frames, labels, torch.full((self.length, 2), torch.nan))

    def _picture(self, video: str, frame: int) -> Tensor:
        from PIL import Image, UnidentifiedImageError

        for ending in ENDINGS:
            path = self.folder / video / f"{frame:06d}.{ending}"
            if path.exists():
                try:
                    with Image.open(path) as image:
                        picture = torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)
                except (UnidentifiedImageError, OSError) as error:
                    raise DataError(f"{path}: {error}") from error
                if picture.shape[1:] != self.size:
                    picture = F.interpolate(picture[None], self.size, mode="bilinear", antialias=True)[0]
                return picture
        raise DataError(f"{self.folder / video}: frame {frame} is missing")
