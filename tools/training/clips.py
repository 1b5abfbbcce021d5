"""Clips to learn from: rendered on the fly by `spot simulate`, or cut from a data set in the E2E-Spot layout."""

import json
import random
import subprocess
import threading
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import cycle
from pathlib import Path
from queue import Queue

import numpy as np
import torch
from torch import Tensor

MOST_HEADER_BYTES = 1 << 20


@dataclass
class Clip:
    """`frames` uint8 RGB [T, 3, rows, columns]; `labels` int64 [T], 0 is background; `ball` float32 [T, 2], row and column as
    a share of the picture, NaN where it is not known or not to be seen."""

    frames: Tensor
    labels: Tensor
    ball: Tensor


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


class SimulatedClips:
    """An endless row of clips that are never repeated, from processes of `spot simulate`, one for each of `options`.

    They take turns, so that a run is the same each time; process k renders the seeds from `seed` + k · SEEDS_A_PROCESS on. Each
    is ahead by a few clips.
    """

    READ_AHEAD = 4
    SEEDS_A_PROCESS = 1 << 40

    def __init__(
        self, spot: Path, classes: dict[str, int], length: int, size: tuple[int, int], seed: int, options: list[list[str]],
    ):
        self.classes, self.length, self.size = classes, length, size
        rows, columns = size
        self.ready: list[Queue[Clip | DataError]] = []
        self.children = []
        for number, more in enumerate(options):
            command = [
                str(spot), "simulate", "--seed", str(seed + number * self.SEEDS_A_PROCESS), "--count", str(1 << 30),
                "--frames", str(length), "--size", f"{columns}x{rows}", "--raw", "-", *more,
            ]
            child = subprocess.Popen(command, stdout=subprocess.PIPE)
            self.children.append(child)
            queue = Queue(self.READ_AHEAD)
            self.ready.append(queue)
            threading.Thread(target=self._read, args=(child, queue), daemon=True).start()

    def __iter__(self) -> Iterator[Clip]:
        for queue in cycle(self.ready):
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
        if (header["frames"], header["height"], header["width"]) != (self.length, rows, columns):
            raise DataError(f"clips of {header['frames']} frames of {header['height']}×{header['width']} came")
        count = self.length * rows * columns * 3
        data = stream.read(count)
        if len(data) != count:
            raise DataError("it ended within a clip")
        frames = torch.from_numpy(np.frombuffer(data, np.uint8).reshape(self.length, rows, columns, 3).copy())
        ball = torch.tensor([[y / rows, x / columns] if seen else [torch.nan] * 2 for x, y, seen in header["ball"]])
        return Clip(
            frames.permute(0, 3, 1, 2),
            labels_of(header["events"], self.classes, 0, self.length, 1, f"seed {header['seed']}"), ball,
        )


class FolderClips:
    """Random clips of a data set in the E2E-Spot layout: `FRAMES/<video>/<six digits>.jpg` (or .png) from 0, and a JSON list of
    `{"video", "num_frames", "events": [{"frame", "label"}]}`. Frames outside a video are black."""

    def __init__(self, frames: Path, labels: Path, classes: dict[str, int], length: int, stride: int, seed: int):
        self.folder, self.classes, self.length, self.stride = frames, classes, length, stride
        self.random = random.Random(seed)
        self.videos = json.loads(labels.read_text())
        if not isinstance(self.videos, list) or not self.videos:
            raise DataError(f"{labels}: expected a list of videos")
        for video in self.videos:
            if not all(key in video for key in ("video", "num_frames", "events")):
                raise DataError(f"{labels}: each video needs video, num_frames and events")
        self.weights = [video["num_frames"] for video in self.videos]

    def __iter__(self) -> Iterator[Clip]:
        while True:
            (video,) = self.random.choices(self.videos, self.weights)
            span = self.length * self.stride
            first = self.random.randrange(-span // 4, max(1, video["num_frames"] - 3 * span // 4))
            yield self.clip(video, first)

    def close(self) -> None:
        pass

    def clip(self, video: dict, first: int) -> Clip:
        places = [first + index * self.stride for index in range(self.length)]
        pictures = [self._picture(video["video"], p) if 0 <= p < video["num_frames"] else None for p in places]
        known = next((p for p in pictures if p is not None), None)
        if known is None:
            raise DataError(f"{video['video']}: a clip from frame {first} holds none of its frames")
        frames = torch.stack([torch.zeros_like(known) if p is None else p for p in pictures])
        labels = labels_of(video["events"], self.classes, first, self.length, self.stride, video["video"])
        return Clip(frames, labels, torch.full((self.length, 2), torch.nan))

    def _picture(self, video: str, frame: int) -> Tensor:
        from PIL import Image, UnidentifiedImageError

        for ending in ("jpg", "png"):
            path = self.folder / video / f"{frame:06d}.{ending}"
            if path.exists():
                try:
                    with Image.open(path) as image:
                        return torch.from_numpy(np.array(image.convert("RGB"))).permute(2, 0, 1)
                except (UnidentifiedImageError, OSError) as error:
                    raise DataError(f"{path}: {error}") from error
        raise DataError(f"{self.folder / video}: frame {frame} is missing")
