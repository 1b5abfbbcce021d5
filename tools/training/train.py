"""Trains AdaSpot; tools/train runs it in an environment of its own. `--help` tells the rest, README.md why."""

import argparse
import csv
import math
import random
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from itertools import islice
from pathlib import Path

import torch
from torch import Tensor, nn
from tqdm import tqdm

import losses
from augmentation import augment
from checkpoints import begin_from, load, read_weights, replace_file, write_model
from clips import Clip, DataError, FolderClips, SimulatedClips, read_classes
from helpers import Helpers, Truth
from network import BRANCHES, HEADS, Pass, TrainableAdaSpot
from settings import Config, Settings, Training, frame_stride, read

LOG_STEPS = 20
MOST_SEED = (1 << 16) - 1
"""Seeds of clips are from seed · 2²⁴ on, below those of the next simulator; before 2²⁴ are the clips that models are measured on."""
HELPERS = ("ball", "motion", "events")
"""What helpers ask for, each with a weight among the settings."""
HELPERS_FILE = "helpers.pt"
MIXUP = 0.2
"""Both parameters of the beta distribution that mixes two clips."""
COLUMNS = ("epoch", "step", "learning_rate", "frames_per_second", "loss", *HEADS, *HELPERS, "saliency")


def setting(text: str) -> tuple[str, str]:
    key, equals, value = text.partition("=")
    if not equals:
        raise argparse.ArgumentTypeError(f"{text}: expected KEY=VALUE")
    return key, value


def size(text: str) -> tuple[int, int]:
    """Rows and columns."""
    sides = text.split("x")
    if len(sides) != 2 or not all(side.isdecimal() and int(side) >= 32 for side in sides):
        raise argparse.ArgumentTypeError(f"{text}: expected COLUMNSxROWS, each at least 32")
    return int(sides[1]), int(sides[0])


def arguments(words: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="tools/train", description="Trains AdaSpot on simulated rallies or on a data set.")
    parser.add_argument("--config", type=Path, required=True, help="configuration file with the published keys")
    parser.add_argument("--classes", type=Path, required=True, help="classes, one a line, in the order of their indices")
    parser.add_argument("--output", type=Path, required=True, help="folder for checkpoint.pt, model/, log.csv, resume.pt")
    parser.add_argument("--spot", type=Path, help="spot program that simulates the clips")
    parser.add_argument(
        "--simulate", action="append", metavar="OPTIONS",
        help="more options of spot simulate, in one text; given several times, as many processes take turns",
    )
    parser.add_argument(
        "--size", type=size, metavar="COLUMNSxROWS",
        help="of the simulated pictures, for --branches lowres, which needs no others (default: hr_dim)",
    )
    parser.add_argument("--frames", type=Path, help="instead: folder with a folder of numbered pictures for each video")
    parser.add_argument("--labels", type=Path, help="and the E2E-Spot JSON file that goes with it")
    parser.add_argument("--clip-frames", type=int, help="frames of a clip while training (default: clip_len)")
    parser.add_argument(
        "--init", type=Path, action="append", default=[], metavar="FILE",
        help="weights to begin from, .pt or .safetensors; what does not fit is left out. Given several times, later files add to earlier ones",
    )
    parser.add_argument("--copy-lowres", action="store_true", help="begin the high-resolution branch and all heads as the low-resolution ones")
    parser.add_argument(
        "--branches", choices=("both", "lowres", "highres", "heads"), default="both",
        help="what is trained: highres leaves the low-resolution branch as it is, heads all but the auxiliary heads",
    )
    parser.add_argument("--resume", action="store_true", help="go on with the run in --output")
    parser.add_argument("--seed", type=int, default=1, help="of all random choices, other clips included (1)")
    parser.add_argument(
        "--device", choices=("cpu", "cuda"), default="cuda" if torch.cuda.is_available() else "cpu",
        help="where the network is (%(default)s)",
    )
    parser.add_argument("--end-epoch", type=int, metavar="N", help="end after N of num_epochs, whose schedule stays (default: all)")
    parser.add_argument("--minutes", type=float, help="end after so much time, with what there is (see --resume)")
    parser.add_argument(
        "--set", nargs="+", action="extend", default=[], type=setting, metavar="KEY=VALUE",
        help="settings of the training section to replace",
    )
    parser.add_argument(
        "--look-ahead", dest="set", action="append", type=lambda text: ("look_ahead", text), metavar="N",
        help="train for scores given N frames after their own; the same as --set look_ahead=N",
    )
    given = parser.parse_args(words)
    if (given.spot is None) == (given.frames is None) or (given.frames is None) != (given.labels is None):
        parser.error("give --spot, or --frames with --labels")
    if given.size and (given.frames or given.branches != "lowres"):
        parser.error("--size: for --branches lowres with --spot alone")
    if given.simulate and given.frames:
        parser.error("--simulate: for --spot alone")
    if given.end_epoch is not None and given.end_epoch < 1:
        parser.error(f"--end-epoch: {given.end_epoch} is less than 1")
    if given.minutes is not None and not given.minutes > 0:
        parser.error(f"--minutes: {given.minutes:g} is not above 0")
    if not 1 <= given.seed <= MOST_SEED:
        parser.error(f"--seed: {given.seed} is not from 1 to {MOST_SEED}")
    if given.device == "cuda" and not torch.cuda.is_available():
        parser.error("--device: PyTorch finds no cuda here")
    return given


class Run:
    """One training run: the network, where it is in its schedule, and its random choices."""

    def __init__(self, settings: Settings, given: argparse.Namespace):
        self.settings, self.given = settings, given
        self.training: Training = settings.training
        self.length = settings.config.clip_len if given.clip_frames is None else given.clip_frames
        if not 4 <= self.length <= settings.config.clip_len:
            raise ValueError(f"--clip-frames: {self.length} is not from 4 to clip_len, {settings.config.clip_len}")
        if self.training.look_ahead >= self.length:
            raise ValueError(f"training.look_ahead: {self.training.look_ahead} is no less than a clip's {self.length} frames")
        self.device = torch.device(given.device)
        torch.manual_seed(given.seed)
        self.chance = random.Random(given.seed)
        self.model = TrainableAdaSpot(self._seen_config(), self.training.dropout)
        self.model.initialise()
        self.model.to(self.device)
        self.model.use_channels_last()
        widths = settings.config.regnet.widths
        self.helpers = nn.ModuleDict({branch: Helpers(widths, settings.config.num_classes) for branch in BRANCHES}).to(self.device)
        parameters = [*self.model.parameters(), *self.helpers.parameters()]
        self.optimizer = torch.optim.AdamW(
            parameters, lr=self.training.learning_rate, weight_decay=self.training.weight_decay
        )
        self.step, self.clips = 0, 0
        self.rest: list[Clip] = []
        self.epoch_steps = max(1, self.training.epoch_num_frames // self.length // self.training.batch_size)
        self.steps = self.epoch_steps * self.training.num_epochs
        self.heads = self._heads()
        self.kept = {"highres": ("lowres",), "heads": BRANCHES}.get(given.branches, ())

    def _seen_config(self) -> Config:
        """The configuration with the size of the pictures that the network is given."""
        config, side = self.settings.config, self.training.ball_square
        if side == 0:
            return config
        if self.given.branches != "lowres" or self.given.frames:
            raise ValueError("training.ball_square: for --branches lowres with --spot alone")
        most = min(self.given.size or config.hr_dim)
        if not 32 <= side <= most:
            raise ValueError(f"training.ball_square: {side} is not from 32 to {most}, the pictures' lesser side")
        square = (side, side)
        return replace(config, lr_dim=square, lr_crop=square, hr_dim=square, hr_crop=square)

    def _heads(self) -> tuple[str, ...]:
        """Those that have a loss."""
        branches = self.given.branches
        if branches == "lowres":
            return ("lowres",)
        lowres = self.training.lowres_loss and branches != "highres"
        wanted = {"fused": branches != "heads", "lowres": lowres, "highres": self.training.highres_loss}
        if not any(wanted.values()):
            raise ValueError("--branches heads: training.lowres_loss and training.highres_loss are both false")
        return tuple(head for head in HEADS if wanted[head])

    @property
    def epoch(self) -> float:
        return self.step / self.epoch_steps

    def learning_rate(self) -> float:
        """Rising in a straight line, then falling as a cosine."""
        warm = self.training.warm_up_epochs * self.epoch_steps
        if self.step < warm:
            share = 0.01 + 0.99 * self.step / warm
        else:
            share = 0.5 * (1 + math.cos(math.pi * (self.step - warm) / max(1, self.steps - warm)))
        return self.training.learning_rate * share

    def label_spread(self) -> float:
        return self.training.label_spread * max(0.0, 1 - 2 * self.step / self.steps)

    def next_clips(self, source: Iterator[Clip]) -> list[Clip]:
        """What the next step takes. Clips that were cut are not thrown away: what lies behind the cut is a step of its own."""
        if self.rest:
            clips, self.rest = self.rest, []
            return clips
        whole = list(islice(source, self.training.batch_size))
        self.clips += len(whole)
        cut = self._cut()
        if self.length - cut >= self._least_cut():
            self.rest = [clip.part(cut, self.length) for clip in whole]
        return [clip.part(0, cut) for clip in whole]

    def take_step(self, clips: list[Clip]) -> dict[str, float]:
        """One step of the optimiser on `clips`; the losses by name."""
        self.model.train()
        self.model.keep(self.kept)
        if self.epoch >= self.training.norm_epochs:
            self.model.freeze_norms()
        rate = self.learning_rate()
        for group in self.optimizer.param_groups:
            group["lr"] = rate
        frames, distribution, ball = self._batch(clips)
        weights = losses.frame_weights(frames.shape[1], self.training.look_ahead, self.training.settled_weight).to(self.device)
        with torch.autocast(self.device.type, dtype=torch.bfloat16, enabled=self.training.precision == "bfloat16"):
            made = self.model.scores(frames, self.heads, self.kept)
        parts = {
            head: losses.class_loss(value.float(), distribution, self.training.foreground_weight, weights)
            for head, value in made.logits.items()
        }
        parts |= self._helped(made, Truth.of(ball, distribution, weights))
        last = made.maps["lowres"][-1]
        if self.training.saliency_loss > 0 and last.requires_grad:
            parts["saliency"] = self.training.saliency_loss * losses.saliency_loss(last.float(), ball.flatten(0, 1))
        total = sum(parts.values())
        self.optimizer.zero_grad(set_to_none=True)
        total.backward()
        if self.training.gradient_norm > 0:
            torch.nn.utils.clip_grad_norm_(self.model.parameters(), self.training.gradient_norm)
        self.optimizer.step()
        self.step += 1
        return {"loss": total.item()} | {name: value.item() for name, value in parts.items()}

    def _helped(self, made: Pass, truth: Truth) -> dict[str, Tensor]:
        """The helpers' weighted losses, summed over the branches that learn."""
        asked = {name: getattr(self.training, f"{name}_loss") for name in HELPERS}
        sums: dict[str, Tensor] = {}
        if not any(asked.values()):
            return sums
        for branch, maps in made.maps.items():
            if maps[-1].requires_grad:
                seen = truth if branch == "lowres" else truth.within(made.boxes)
                for name, value in self.helpers[branch](maps, seen, self.training.foreground_weight).items():
                    sums[name] = sums.get(name, 0) + asked[name] * value
        return {name: value for name, value in sums.items() if asked[name] > 0}

    def _batch(self, clips: list[Clip]) -> tuple[Tensor, Tensor, Tensor]:
        """Frames [B, T, 3, rows, columns] in 0…255, class distributions [B, T, classes + 1], the ball's places [B, T, 2]."""
        frames, balls = [], []
        for clip in clips:
            picture, ball = clip.frames.to(self.device).float(), clip.ball.to(self.device, copy=True)
            if self.training.augmentation:
                picture, ball = augment(picture, ball, self.chance)
            frames.append(picture)
            balls.append(ball)
        labels = torch.stack([clip.labels for clip in clips]).to(self.device)
        distribution = losses.targets(labels, self.settings.config.num_classes, self.label_spread())
        pictures, ball = torch.stack(frames), torch.stack(balls)
        if self.training.mixup:
            share = torch.tensor([self.chance.betavariate(MIXUP, MIXUP) for _ in clips], device=self.device)
            other = torch.arange(len(clips), device=self.device).roll(1)
            pictures = mix(pictures, pictures[other], share)
            distribution = mix(distribution, distribution[other], share)
            # A ball that shines through is no place to learn.
            ball = torch.where(share[:, None, None] >= 0.5, ball, ball[other])
        return pictures, distribution, ball

    def _cut(self) -> int:
        """Where the next clips are cut: with a look-ahead anywhere, so that no position in a clip is always the last."""
        share = self.training.cut_share
        if self.training.look_ahead < 0 or share < 1 and self.chance.random() >= share:
            return self.length
        return self.chance.randint(self._least_cut(), self.length)

    def _least_cut(self) -> int:
        return min(self.length, max(4, self.training.look_ahead + losses.NEAR_THE_END))

    def save(self) -> None:
        state = {
            "model": self.model.state_dict(), "helpers": self.helpers.state_dict(), "optimizer": self.optimizer.state_dict(),
            "step": self.step, "clips": self.clips, "rest": self.rest,
            "torch_random": torch.get_rng_state(), "random": self.chance.getstate(),
        }
        if self.device.type == "cuda":
            state["device_random"] = torch.cuda.get_rng_state()
        self.given.output.mkdir(parents=True, exist_ok=True)
        replace_file(self.given.output / "resume.pt", lambda path: torch.save(state, path))
        replace_file(self.given.output / HELPERS_FILE, lambda path: torch.save(self.helpers.state_dict(), path))
        write_model(self.model, self.settings, self.given.classes, self.given.output)

    def begin(self, files: list[Path]) -> None:
        """Takes what fits of state dicts, and the helpers beside them, where there are any."""
        state: dict[str, Tensor] = {}
        for path in files:
            state |= read_weights(path)
            helpers = path.with_name(HELPERS_FILE)
            if helpers.exists():
                own = self.helpers.state_dict()
                fitting = {name: value for name, value in read_weights(helpers).items() if name in own and own[name].shape == value.shape}
                self.helpers.load_state_dict(own | fitting)
        missing = begin_from(self.model, state)
        print(f"train: {', '.join(map(str, files))} lack {len(missing)} tensors, which begin at random", file=sys.stderr)

    def resume(self) -> None:
        path = self.given.output / "resume.pt"
        state = load(path, lambda path: torch.load(path, map_location="cpu", weights_only=False))
        if not isinstance(state, dict) or "helpers" not in state:
            raise ValueError(f"{path}: is of an earlier version; begin anew with --init checkpoint.pt")
        try:
            self.model.load_state_dict(state["model"])
            self.helpers.load_state_dict(state["helpers"])
            self.optimizer.load_state_dict(state["optimizer"])
        except (RuntimeError, ValueError) as error:
            raise ValueError(f"{path}: is of a run with another configuration") from error
        self.step, self.clips, self.rest = state["step"], state["clips"], state["rest"]
        torch.set_rng_state(state["torch_random"])
        if self.device.type == "cuda" and "device_random" in state:
            torch.cuda.set_rng_state(state["device_random"])
        self.chance.setstate(state["random"])


def mix(first: Tensor, second: Tensor, share: Tensor) -> Tensor:
    share = share.reshape(-1, *[1] * (first.dim() - 1))
    return first * share + second * (1 - share)


def open_clips(run: Run, given: argparse.Namespace) -> SimulatedClips | FolderClips:
    classes = read_classes(given.classes)
    config = run.settings.config
    if len(classes) != config.num_classes:
        raise DataError(f"{given.classes}: {len(classes)} classes, data.num_classes is {config.num_classes}")
    seed = given.seed << 24
    if given.frames:
        return FolderClips(
            given.frames, given.labels, classes, run.length, config.hr_dim, frame_stride(config), seed, run.clips
        )
    options = [text.split() for text in given.simulate or [""]]
    return SimulatedClips(
        given.spot, classes, run.length, given.size or config.hr_dim, seed, options, run.clips,
        run.training.event_span, run.training.ball_square,
    )


def drop_rows(log: Path, step: int) -> None:
    """Leaves out what a run that died had written after `step`, from where it goes on: those steps are taken again."""
    header, *rows = log.read_text().splitlines()
    place = header.split(",").index("step")
    # The last one may have been cut short.
    kept = [row for row in rows if row.count(",") == header.count(",") and int(row.split(",")[place]) <= step]
    replace_file(log, lambda path: path.write_text("".join(f"{line}\n" for line in [header, *kept]), newline="\r\n"))  # as csv


def train(run: Run, given: argparse.Namespace) -> None:
    endless = open_clips(run, given)
    given.output.mkdir(parents=True, exist_ok=True)
    log = given.output / "log.csv"
    is_new = not (given.resume and log.exists() and log.stat().st_size > 0)
    if not is_new:
        drop_rows(log, run.step)
    end = min(run.steps, (given.end_epoch or run.training.num_epochs) * run.epoch_steps)
    deadline = time.monotonic() + given.minutes * 60 if given.minutes else math.inf
    with log.open("w" if is_new else "a", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS)
        if is_new:
            writer.writeheader()
        source = iter(endless)
        sums: dict[str, float] = {}
        frames, since, started = 0, run.step, time.monotonic()
        try:
            with tqdm(total=end, initial=run.step, unit="step") as progress:
                while run.step < end and time.monotonic() < deadline:
                    rate = run.learning_rate()
                    clips = run.next_clips(source)
                    frames += sum(len(clip.labels) for clip in clips)
                    found = run.take_step(clips)
                    sums = {name: sums.get(name, 0) + value for name, value in found.items()}
                    progress.update()
                    if run.step % LOG_STEPS == 0:
                        count, seconds = run.step - since, time.monotonic() - started
                        row = {name: f"{value / count:.5f}" for name, value in sums.items()}
                        row |= {
                            "epoch": f"{run.epoch:.3f}", "step": run.step, "learning_rate": f"{rate:.2e}",
                            "frames_per_second": f"{frames / seconds:.1f}",
                        }
                        writer.writerow(row)
                        file.flush()
                        progress.set_postfix({name: row[name] for name in ("loss", *run.heads) if name in row})
                        sums, frames, since, started = {}, 0, run.step, time.monotonic()
                    if run.step % run.epoch_steps == 0:
                        run.save()
        finally:
            endless.close()
    run.save()


def main() -> None:
    given = arguments()
    try:
        settings = read(given.config, dict(given.set))
        run = Run(settings, given)
        if given.init:
            run.begin(given.init)
        if given.copy_lowres:
            run.model.copy_lowres()
            run.helpers["highres"].load_state_dict(run.helpers["lowres"].state_dict())
        if given.resume:
            run.resume()
        train(run, given)
    except (ValueError, KeyError, OSError, DataError) as error:
        sys.exit(f"train: {error}")
    except KeyboardInterrupt:
        sys.exit(130)


if __name__ == "__main__":
    main()
