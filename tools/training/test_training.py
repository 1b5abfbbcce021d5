"""Tests of the training code that need no simulator: python -m unittest in this folder, or `tools/train --self-test`."""

import argparse
import contextlib
import io
import json
import math
import os
import random
import subprocess
import tempfile
import unittest
from dataclasses import replace
from itertools import islice
from pathlib import Path
from unittest import mock

import torch
from PIL import Image

import losses
import predict
from augmentation import augment
from checkpoints import TRAINING_ONLY, begin_from, read_weights
from clips import Clip, DataError, FolderClips, SimulatedClips, labels_of, part_with_event, square_with_ball
from helpers import SPEED, Helpers, Truth
from network import TrainableAdaSpot, stages
from settings import Config, Settings, Training, read
from train import Run, arguments, train

SMALL = Config(
    dataset="tennis", num_classes=6, clip_len=12, hr_dim=(128, 160), hr_crop=(128, 160), lr_dim=(64, 80), lr_crop=(64, 80),
    roi_size=(64, 64), feature_arch="rny002_gsf", blocks_temporal=(True,) * 4, threshold=0.16, padding="replicate",
)
SIMULATOR = """#!/usr/bin/env python3
import json, sys, time
given = dict(zip(sys.argv[2::2], sys.argv[3::2]))
first = int(given["--seed"])
for seed in range(first, first + 3):
    time.sleep(float(given["--wait"]))
    header = {"seed": seed, "frames": 4, "width": 2, "height": 2, "events": [], "ball": [[0, 0, 0]] * 4}
    value = 100 * (seed >> 40) + seed % (1 << 40)
    sys.stdout.buffer.write(json.dumps(header).encode() + b"\\n" + bytes([value]) * 48)
    sys.stdout.buffer.flush()
"""
"""In the simulator's place: clips whose pictures hold 100 · (number of the process) + seed."""
TOOLS = Path(__file__).resolve().parents[1]
COURT = TOOLS / "training" / "court.json"
SECTIONS = {"data": {}, "model": {}}


def clip(seed: int) -> Clip:
    """Noise, with a bright spot from frame 5 on that event 2 begins."""
    generator = torch.Generator().manual_seed(seed)
    frames = torch.randint(0, 64, (12, 3, 128, 160), generator=generator, dtype=torch.uint8)
    frames[5:, :, 30:50, 60:80] = 250
    labels = torch.zeros(12, dtype=torch.int64)
    labels[5] = 2
    return Clip(frames, labels, torch.full((12, 2), 0.4))


def data_set(folder: Path, videos: list[dict]) -> Path:
    """Three grey pictures of each video, the second's larger; the path of the labels."""
    for number, video in enumerate(videos):
        (folder / video["video"]).mkdir(exist_ok=True)
        for frame in range(3):
            picture = Image.new("RGB", (8 + 8 * number, 6 + 6 * number), (40 * frame + 20,) * 3)
            picture.save(folder / video["video"] / f"{frame:06d}.png")
    labels = folder / "labels.json"
    labels.write_text(json.dumps(videos))
    return labels


def run(folder: Path, branches: str = "both", **changes) -> Run:
    training = replace(
        Training(
            batch_size=2, num_epochs=4, warm_up_epochs=0, epoch_num_frames=240, augmentation=False, mixup=False, dropout=0
        ), **changes,
    )
    given = argparse.Namespace(
        clip_frames=None, seed=3, device="cpu", branches=branches, output=folder, frames=None, size=None, classes=folder / "classes.txt"
    )
    given.classes.write_text("a\nb\nc\nd\ne\nf\n")
    return Run(Settings(SMALL, training, SECTIONS), given)


class Options(unittest.TestCase):
    def read(self, *words: str) -> Training:
        given = arguments(["--config", str(COURT), "--classes", "c", "--output", "o", "--spot", "s", *words])
        return read(given.config, dict(given.set)).training

    def test_settings_have_the_kind_that_they_are_declared_with(self):
        self.assertEqual(self.read("--set", "norm_epochs=0.4", "mixup=yes").norm_epochs, 0.4)
        for key, value in (("batch_size", "2.5"), ("learning_rate", "fast"), ("mixup", "perhaps")):
            with self.assertRaisesRegex(ValueError, f"{key}.*{value}"):
                self.read("--set", f"{key}={value}")
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "config.json"
            sections = json.loads(COURT.read_text())
            for key, value in (("dropout", "0.2"), ("batch_size", 2.0), ("ball_loss", True), ("lowres_loss", 1)):
                path.write_text(json.dumps(sections | {"training": {key: value}}))
                with self.assertRaisesRegex(ValueError, f"training.{key}: {value!r}"):
                    read(path, {})
            path.write_text(json.dumps(sections | {"training": {"learning_rate": 1, "num_epochs": 9}}))
            self.assertIs(type(read(path, {}).training.learning_rate), float)

    def test_settings_given_apart_add_up(self):
        found = self.read("--set", "batch_size=3", "--look-ahead", "5", "--set", "num_epochs=7", "dropout=0.1")
        self.assertEqual((found.batch_size, found.look_ahead, found.num_epochs, found.dropout), (3, 5, 7, 0.1))
        self.assertEqual(self.read("--look-ahead", "-1").look_ahead, -1)
        self.assertEqual(self.read().batch_size, 2)

    def test_settings_out_of_range_are_refused(self):
        for text in ("settled_weight=0", "gradient_norm=-1", "weight_decay=-0.1", "look_ahead=-2", "cut_share=1.1", "norm_epochs=nan"):
            with self.assertRaisesRegex(ValueError, text.split("=")[0]):
                self.read("--set", text)

    def test_seeds_of_the_test_clips_are_refused(self):
        for seed in ("0", "-1", "65536"):
            with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit):
                self.read("--seed", seed)
            self.assertIn("--seed", said.getvalue())

    def test_pictures_of_another_size_are_for_the_lowres_branch(self):
        given = arguments(["--config", "c", "--classes", "c", "--output", "o", "--spot", "s", "--branches", "lowres", "--size", "398x224"])
        self.assertEqual(given.size, (224, 398))
        for words in (["--size", "398x224"], ["--size", "398", "--branches", "lowres"], ["--size", "16x16", "--branches", "lowres"]):
            with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit):
                self.read(*words)
            self.assertIn("--size", said.getvalue())

    def test_squares_are_for_the_lowres_branch_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            for branches, side in (("both", 64), ("lowres", 31), ("lowres", 129)):
                with self.assertRaisesRegex(ValueError, "ball_square"):
                    run(Path(folder), branches, ball_square=side)
            learner = run(Path(folder), "lowres", ball_square=64)
            found = learner.take_step([square_with_ball(clip(n), 64, random.Random(n)) for n in (1, 2)])
            self.assertEqual(set(found), {"loss", "lowres"})
            learner.save()
            self.assertEqual(json.loads((Path(folder) / "model" / "config.json").read_text()), SECTIONS | {})

    def test_a_look_ahead_leaves_frames_to_learn_from(self):
        with tempfile.TemporaryDirectory() as folder:
            with self.assertRaisesRegex(ValueError, "look_ahead: 12"):
                run(Path(folder), look_ahead=12)
            found = run(Path(folder), look_ahead=11).take_step([clip(1), clip(2)])
            self.assertTrue(all(value == value for value in found.values()))


class Network(unittest.TestCase):
    def model(self) -> TrainableAdaSpot:
        torch.manual_seed(1)
        model = TrainableAdaSpot(SMALL)
        model.initialise()
        for gate in (m for name, m in model.named_modules() if name.endswith(".gs")):
            torch.nn.init.normal_(gate.conv3D.weight, std=0.2)
        for name, parameter in model.named_parameters():
            if name.endswith("conv3.bn.weight"):
                torch.nn.init.constant_(parameter, 0.3)
        return model

    def test_clips_of_a_batch_do_not_touch(self):
        model = self.model()
        frames = torch.stack([clip(1).frames, clip(2).frames]).float()
        with torch.no_grad():
            together = model.scores(frames).logits
            for index in range(2):
                alone = model.scores(frames[index : index + 1]).logits
                for head in alone:
                    torch.testing.assert_close(together[head][index], alone[head][0], atol=2e-4, rtol=1e-3)

    def test_it_scores_as_the_inference_network_does(self):
        model = self.model()
        frames = clip(1).frames
        with torch.no_grad():
            batch = model.scores(frames[None].float(), ("fused",)).logits
            model.set_clips(1)
            (alone,) = model(frames)
        torch.testing.assert_close(batch["fused"][0], alone, atol=2e-4, rtol=1e-3)

    def test_frozen_norms_change_nothing_but_the_speed(self):
        model = self.model()
        for module in model.modules():
            if isinstance(module, torch.nn.BatchNorm2d):
                torch.nn.init.normal_(module.running_mean, std=0.1)
                torch.nn.init.uniform_(module.running_var, 0.5, 2)
        frames = clip(1).frames[None].float()
        with torch.no_grad():
            plain = model.scores(frames).logits
            model.use_channels_last()
            model.freeze_norms()
            folded = model.scores(frames).logits
        for head in plain:
            torch.testing.assert_close(folded[head], plain[head], atol=2e-4, rtol=1e-3)

    def test_a_branch_that_is_kept_learns_nothing(self):
        model = self.model()
        found = model.scores(clip(1).frames[None].float(), ("fused", "highres"), kept=("lowres",)).logits
        sum(value.sum() for value in found.values()).backward()
        self.assertIsNone(model.lowres_backbone.stem.conv[1].weight.grad)
        self.assertIsNotNone(model.highres_backbone.stem.conv[1].weight.grad)

    def test_the_other_branch_and_all_heads_begin_as_the_low_resolution_ones(self):
        model = self.model()
        model.copy_lowres()
        state = model.state_dict()
        for name, value in state.items():
            if "lowres" in name:
                for other in {name.replace("lowres", "highres"), name.replace("_lowres.", ".")} & set(state):
                    torch.testing.assert_close(state[other], value, msg=other)
        self.assertTrue(state["_pred_fine._fc_out.weight"].equal(state["_pred_fine_lowres._fc_out.weight"]))

    def test_boxes_tell_where_the_regions_are(self):
        model = self.model()
        pictures = clip(1).frames.float()
        model.set_clips(1)
        with torch.no_grad():
            maps = stages(model.lowres_backbone, model.normalise(pictures, SMALL.lr_dim, SMALL.lr_crop))
            crops, boxes = model._regions(pictures, maps[-1], 1)
        pixels = boxes * torch.tensor([128, 160, 128, 160])
        compared = 0
        for picture, crop, (top, left, rows, columns) in zip(pictures, crops, pixels.round().int().tolist()):
            if (rows, columns) == SMALL.roi_size:
                part = picture[None, :, top : top + rows, left : left + columns]
                torch.testing.assert_close(model.normalise(part, SMALL.roi_size, SMALL.roi_size)[0], crop)
                compared += 1
        self.assertGreater(compared, 0)
        self.assertTrue(model.scores(pictures[None], ("fused",)).boxes.equal(boxes))

    def test_a_closed_gate_changes_nothing(self):
        torch.manual_seed(2)
        plain = TrainableAdaSpot(replace(SMALL, blocks_temporal=(False,) * 4))
        plain.initialise()
        for name, parameter in plain.named_parameters():
            if name.endswith("conv3.bn.weight"):
                torch.nn.init.constant_(parameter, 0.3)
        shifting = TrainableAdaSpot(SMALL)
        begin_from(shifting, plain.state_dict())
        frames = clip(1).frames[None].float()
        with torch.no_grad():
            expected, found = (model.scores(frames, ("lowres",)).maps["lowres"][-1] for model in (plain, shifting))
        torch.testing.assert_close(found, expected, atol=1e-4, rtol=1e-3)


class Losses(unittest.TestCase):
    def test_spread_labels_are_distributions_that_keep_the_event(self):
        labels = torch.tensor([[0, 0, 0, 3, 0, 0, 0]])
        for spread in (0.0, 0.5, 2.0):
            found = losses.targets(labels, 6, spread)
            torch.testing.assert_close(found.sum(-1), torch.ones(1, 7))
            self.assertEqual(found[0, 3, 3], 1)
        self.assertEqual(losses.targets(labels, 6, 0.0)[0, 2, 3], 0)
        self.assertGreater(losses.targets(labels, 6, 1.0)[0, 2, 3], 0.4)

    def test_labels_spread_no_further_than_the_clip(self):
        found = losses.targets(torch.tensor([[0, 2, 0, 0]]), 6, 10.0)
        torch.testing.assert_close(found.sum(-1), torch.ones(1, 4))
        torch.testing.assert_close(found[0, :, 2], torch.tensor([1 / 2, 1, 1 / 2, 1 / 3]))

    def test_look_ahead_leaves_out_the_frames_that_have_less(self):
        weights = losses.frame_weights(20, 3, 4)
        self.assertTrue((weights[17:] == 0).all() and weights[16] > weights[0] > 0)
        torch.testing.assert_close(losses.frame_weights(20, -1, 4), torch.ones(20))

    def test_saliency_is_drawn_to_the_ball(self):
        ball = torch.tensor([[0.375, 0.125], [torch.nan, torch.nan]])  # the middle of a cell of 4 × 4; out of sight
        there, elsewhere = torch.zeros(2, 3, 4, 4), torch.zeros(2, 3, 4, 4)
        there[:, :, 1, 0], elsewhere[:, :, 3, 3] = 5, 5
        self.assertLess(losses.saliency_loss(there, ball).item(), 0.01)
        self.assertGreater(losses.saliency_loss(elsewhere, ball).item(), 4)
        self.assertEqual(losses.saliency_loss(there, torch.full((2, 2), torch.nan)).item(), 0)
        maps = torch.rand(2, 3, 4, 4, generator=torch.Generator().manual_seed(1)).requires_grad_()
        losses.saliency_loss(maps, ball).backward()
        self.assertTrue((maps.grad[0, :, 1, 0] < 0).all())  # more there is better
        self.assertEqual(maps.grad[1].abs().max().item(), 0)

    def test_a_ball_between_cells_belongs_to_its_neighbours(self):
        weights = losses.cell_weights(torch.tensor([[0.5, 0.125], [0.0, 1.0], [0.3125, 0.375]]), (4, 4))
        self.assertTrue(torch.allclose(weights.sum((1, 2)), torch.ones(3)))
        self.assertTrue(torch.allclose(weights[0, 1:3, 0], torch.tensor([0.5, 0.5])))
        self.assertEqual(weights[1, 0, 3].item(), 1)
        self.assertTrue(torch.allclose(weights[2, 0:2, 1], torch.tensor([0.25, 0.75])))

    def test_truth_within_regions(self):
        ball = torch.tensor([[[0.5, 0.5], [0.5, 0.52], [0.54, 0.52], [torch.nan, torch.nan]]])
        truth = Truth.of(ball, torch.eye(4)[None], torch.tensor([1.0, 0.5, 2, 1]))
        expected = SPEED * torch.tensor([0, 0.02, 0.04, 0])
        torch.testing.assert_close(truth.motion[1], expected)
        self.assertTrue(truth.motion[0, :2].isnan().all() and truth.motion[2, 2:].isnan().all() and truth.motion[3].isnan().all())
        boxes = torch.tensor([[0.25, 0.4, 0.5, 0.2], [0.0, 0.0, 0.4, 0.4], [torch.nan] * 4, [0.0, 0.0, 1.0, 1.0]])
        seen = truth.within(boxes)
        torch.testing.assert_close(seen.places[0], torch.tensor([0.5, 0.5]))
        self.assertTrue(seen.places[1:].isnan().all())  # outside; no region; no ball
        torch.testing.assert_close(seen.weights, truth.weights)

    def test_helpers_ask_at_the_balls_cell(self):
        ball = torch.tensor([[[0.6, 0.3], [0.6, 0.3]], [[torch.nan] * 2] * 2])
        truth = Truth.of(ball, torch.eye(3)[None, [1, 0]].repeat(2, 1, 1), torch.ones(2))
        helpers = Helpers((4, 8), 2)
        maps = [torch.randn(4, 4, 10, 10).requires_grad_(), torch.randn(4, 8, 5, 5).requires_grad_()]
        parts = helpers(maps, truth, 5.0)
        sum(parts.values()).backward()
        for level, (row, column) in zip(maps, ((6, 3), (3, 1))):
            with torch.no_grad():
                self.assertEqual(level.grad[2:].abs().max().item(), 0)  # no ball is to be seen there
                self.assertGreater(level.grad[0, :, row, column].abs().min(), 0)
        with torch.no_grad():
            for place in helpers.place:
                place.weight.zero_(), place.bias.zero_()
            blind = helpers(maps, truth, 5.0)["ball"].item()
        self.assertAlmostEqual(blind, (math.log(100) + math.log(25)) / 2, places=5)
        nowhere = Truth.of(torch.full((1, 2, 2), torch.nan), torch.eye(3)[None, :2], torch.ones(2))
        self.assertEqual({value.item() for value in helpers([level[:2] for level in maps], nowhere, 5.0).values()}, {0.0})

    def test_unweighted_loss_is_cross_entropy(self):
        logits, labels = torch.randn(2, 5, 7), torch.randint(0, 7, (2, 5))
        loss = losses.class_loss(logits, losses.targets(labels, 6, 0), 1, torch.ones(5))
        torch.testing.assert_close(loss, torch.nn.functional.cross_entropy(logits.flatten(0, 1), labels.flatten()))


class Data(unittest.TestCase):
    def test_simulators_take_turns_whatever_their_speed(self):
        self.assertEqual(self.simulated(0, 6), [7, 107, 8, 108, 9, 109])

    def test_simulators_go_on_where_they_were(self):
        for taken in range(1, 5):
            self.assertEqual(self.simulated(taken, 2), self.simulated(0, 6)[taken : taken + 2])

    def simulated(self, skip: int, count: int) -> list[int]:
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "spot"
            program.write_text(SIMULATOR)
            program.chmod(0o755)
            clips = SimulatedClips(program, {"a": 1}, 4, (2, 2), 7, [["--wait", "0.02"], ["--wait", "0"]], skip)
            found = [int(item.frames[0, 0, 0, 0]) for item in islice(iter(clips), count)]
            clips.close()
            return found

    def test_a_part_with_an_event_has_it_at_any_place(self):
        whole = clip(1)
        places = set()
        for seed in range(60):
            part = part_with_event(whole, 4, random.Random(seed))
            (place,) = part.labels.nonzero().flatten().tolist()
            places.add(place)
            torch.testing.assert_close(part.frames, whole.frames[5 - place : 9 - place])
        self.assertEqual(places, {0, 1, 2, 3})
        near_the_end = Clip(whole.frames, whole.labels.roll(6), whole.ball)
        for seed in range(20):
            self.assertEqual(part_with_event(near_the_end, 4, random.Random(seed)).labels.count_nonzero(), 1)
        without = Clip(whole.frames, torch.zeros(12, dtype=torch.int64), whole.ball)
        self.assertEqual(len(part_with_event(without, 4, random.Random(1)).labels), 4)

    def test_a_square_holds_the_ball_at_an_event(self):
        whole = clip(1)
        whole.ball[:, 1] = torch.linspace(0, 0.99, 12)
        whole.ball[9] = torch.nan
        corners = set()
        for seed in range(40):
            part = square_with_ball(whole, 32, random.Random(seed))
            row, column = (part.ball[5] * 32).tolist()
            self.assertTrue(0 <= row < 32 and 0 <= column < 32)
            top, left = (round(extent * share - place) for extent, share, place in zip((128, 160), whole.ball[5].tolist(), (row, column)))
            torch.testing.assert_close(part.frames, whole.frames[:, :, top : top + 32, left : left + 32])
            inside = ~part.ball.isnan().any(1)
            self.assertTrue(((part.ball[inside] >= 0) & (part.ball[inside] < 1)).all())
            self.assertFalse(inside[0] and inside[11])  # the ball crosses the picture
            self.assertFalse(inside[9])
            corners.add((top, left))
        self.assertGreater(len(corners), 20)
        nowhere = Clip(whole.frames, whole.labels, torch.full((12, 2), torch.nan))
        self.assertEqual(square_with_ball(nowhere, 32, random.Random(1)).frames.shape, (12, 3, 32, 32))

    def test_rendered_clips_may_be_longer_than_what_is_taken(self):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "spot"
            program.write_text(SIMULATOR)
            program.chmod(0o755)
            clips = SimulatedClips(program, {"a": 1}, 2, (2, 2), 7, [["--wait", "0"]], span=2)
            found = list(islice(clips, 2))
            clips.close()
        self.assertEqual([c.frames.shape[0] for c in found], [2, 2])
        self.assertEqual([int(c.frames[0, 0, 0, 0]) for c in found], [7, 8])

    def test_clips_of_a_data_set_go_on_where_they_were(self):
        with tempfile.TemporaryDirectory() as folder:
            videos = [{"video": name, "num_frames": 3, "events": [{"frame": 1, "label": "b"}]} for name in "vw"]
            labels = data_set(Path(folder), videos)

            def found(skip: int, count: int) -> list[list[int]]:
                clips = FolderClips(Path(folder), labels, {"a": 1, "b": 2}, 4, (6, 8), 1, 3 << 24, skip)
                return [[*item.frames[:, 0, 3, 3].tolist(), *item.labels.tolist()] for item in islice(iter(clips), count)]

            whole = found(0, 9)
            self.assertEqual(found(5, 4), whole[5:])
            self.assertGreater(len({str(item) for item in whole}), 1)

    def test_pictures_of_all_videos_get_one_size(self):
        with tempfile.TemporaryDirectory() as folder:
            videos = [{"video": name, "num_frames": 3, "events": []} for name in "vw"]
            clips = FolderClips(Path(folder), data_set(Path(folder), videos), {"a": 1}, 4, (6, 8), 1, 1)
            for video in videos:
                found = clips.clip(video, 0).frames
                self.assertEqual(tuple(found.shape), (4, 3, 6, 8))
                self.assertEqual(found[:, 1, 2, 2].tolist(), [20, 60, 100, 0])

    def test_what_is_wrong_in_a_data_set_is_said_on_opening(self):
        good = {"video": "v", "num_frames": 3, "events": [{"frame": 1, "label": "a"}]}
        wrong = [
            ({"num_frames": "4"}, "video 'v'.*num_frames.*int"), ({"num_frames": 0}, "video 'v'.*num_frames"),
            ({"events": [{"frame": 1.5, "label": "a"}]}, "video 'v'.*frame"), ({"events": {}}, "video 'v'.*events"),
            ({"events": [{"frame": 1, "label": "z"}]}, "video 'v'.*'z'"), ({"events": [7]}, "video 'v'.*event"),
            ({"video": 5}, "video 0: expected video"),
        ]
        with tempfile.TemporaryDirectory() as folder:
            labels = Path(folder) / "labels.json"
            for change, message in wrong:
                labels.write_text(json.dumps([good | change]))
                with self.assertRaisesRegex(DataError, f"labels.json: {message}"):
                    FolderClips(Path(folder), labels, {"a": 1}, 4, (6, 8), 1, 1)
            labels.write_text("[")
            with self.assertRaisesRegex(DataError, "labels.json"):
                FolderClips(Path(folder), labels, {"a": 1}, 4, (6, 8), 1, 1)

    def test_events_outside_a_clip_are_left_out(self):
        events = [{"frame": frame, "label": "b"} for frame in (3, 4, 9, 10)]
        self.assertEqual(labels_of(events, {"a": 1, "b": 2}, 4, 6, 1, "v").tolist(), [2, 0, 0, 0, 0, 2])
        self.assertEqual(labels_of(events, {"a": 1, "b": 2}, 4, 3, 2, "v").tolist(), [2, 0, 2])

    def test_augmentation_moves_the_ball_with_the_picture(self):
        frames = torch.zeros(2, 3, 64, 96)
        frames[:, :, 20:23, 30:33] = 255
        ball = torch.tensor([[21.5 / 64, 31.5 / 96]] * 2)
        for seed in range(40):
            changed, place = augment(frames.clone(), ball.clone(), random.Random(seed))
            if place.isnan().any():
                continue
            bright = (changed[0].sum(0) * (changed[0].sum(0) > 0.5 * changed[0].sum(0).max())).clamp(min=0)
            rows = (bright.sum(1) * (torch.arange(64) + 0.5)).sum() / bright.sum() / 64
            columns = (bright.sum(0) * (torch.arange(96) + 0.5)).sum() / bright.sum() / 96
            self.assertLess((torch.stack([rows, columns]) - place[0]).abs().max(), 0.02, f"seed {seed}")


class Learning(unittest.TestCase):
    def test_it_learns_what_is_there_to_learn(self):
        with tempfile.TemporaryDirectory() as folder:
            learner = run(Path(folder), ball_loss=0.1, motion_loss=0.1, events_loss=0.1, learning_rate=2e-3)
            found = [learner.take_step([clip(2 * n), clip(2 * n + 1)])["fused"] for n in range(24)]
            self.assertLess(sum(found[-4:]), 0.5 * sum(found[:4]))

    def test_it_learns_in_bfloat16_too(self):
        with tempfile.TemporaryDirectory() as folder:
            found = run(Path(folder), precision="bfloat16").take_step([clip(1), clip(2)])
            self.assertTrue(all(value > 0 for value in found.values()))

    def test_a_branch_that_is_kept_stays_as_it_is(self):
        with tempfile.TemporaryDirectory() as folder:
            learner = run(Path(folder), branches="highres", learning_rate=1e-2)
            before = {name: value.clone() for name, value in learner.model.state_dict().items()}
            learner.take_step([clip(1), clip(2)])
            changed = {name.split(".")[0] for name, value in learner.model.state_dict().items() if not value.equal(before[name])}
            self.assertFalse([name for name in before if name.startswith("lowres_") and name.split(".")[0] in changed])
            self.assertIn("highres_backbone", changed)

    def test_heads_learn_alone(self):
        with tempfile.TemporaryDirectory() as folder:
            learner = run(Path(folder), branches="heads", learning_rate=2e-3)
            before = {name: value.clone() for name, value in learner.model.state_dict().items()}
            found = [learner.take_step([clip(2 * n), clip(2 * n + 1)]) for n in range(12)]
            self.assertEqual(set(found[0]), {"loss", "lowres", "highres"})
            self.assertLess(found[-1]["loss"], found[0]["loss"])
            changed = {name.split(".")[0] for name, value in learner.model.state_dict().items() if not value.equal(before[name])}
            self.assertEqual(changed, set(TRAINING_ONLY))
            with self.assertRaisesRegex(ValueError, "heads.*both false"):
                run(Path(folder), branches="heads", lowres_loss=False, highres_loss=False)

    def test_it_begins_where_another_run_was(self):
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            done = run(Path(first), ball_loss=0.1, learning_rate=1e-2)
            done.take_step([clip(1), clip(2)])
            done.save()
            begun = run(Path(second))
            with contextlib.redirect_stderr(io.StringIO()) as told:
                begun.begin(Path(first) / "checkpoint.pt")
            self.assertIn("lacks 0 tensors", told.getvalue())
            for before, after in ((done.model, begun.model), (done.helpers, begun.helpers)):
                for name, value in before.state_dict().items():
                    torch.testing.assert_close(after.state_dict()[name], value, msg=name)
            (Path(first) / "helpers.pt").unlink()
            with contextlib.redirect_stderr(io.StringIO()):
                run(Path(second)).begin(Path(first) / "checkpoint.pt")

    def test_a_share_of_the_steps_is_cut(self):
        with tempfile.TemporaryDirectory() as folder:
            for share, expected in ((0, 0), (0.25, 100), (1, 400)):
                learner = run(Path(folder), look_ahead=0, cut_share=share)
                with mock.patch.object(learner.chance, "randint", lambda least, most: least):
                    cut = sum(learner._cut() < learner.length for _ in range(400))
                self.assertAlmostEqual(cut, expected, delta=30 if 0 < share < 1 else 0)

    def test_what_lies_behind_a_cut_is_a_step_of_its_own(self):
        with tempfile.TemporaryDirectory() as folder:
            learner = run(Path(folder), look_ahead=0)
            for cut, parts in ((9, [9]), (8, [8, 4]), (12, [12])):
                with mock.patch.object(Run, "_cut", lambda _: cut), mock.patch.object(Run, "_least_cut", lambda _: 4):
                    first = learner.next_clips(map(clip, (1, 2)))
                    taken = [first] + ([learner.next_clips(iter(()))] if learner.rest else [])
                self.assertEqual([len(item[0].labels) for item in taken], parts)
                for place, number in enumerate((1, 2)):
                    for name in ("frames", "labels", "ball"):
                        joined = torch.cat([getattr(item[place], name) for item in taken])
                        expected = getattr(clip(number), name)[: sum(parts)]
                        torch.testing.assert_close(joined, expected, equal_nan=True)
            self.assertEqual(learner.clips, 6)

    def test_a_resumed_run_is_the_same_run(self):
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            options = {"dropout": 0.5, "augmentation": True, "mixup": True, "look_ahead": 1}
            begun = run(Path(second), **options)
            begun.rest = [clip(20), clip(21)]  # as if the clips before had been cut
            begun.save()
            whole = run(Path(first), **options)  # which sets the random numbers back
            whole.rest, source = begun.rest, map(clip, range(10))
            for _ in range(4):
                whole.take_step(whole.next_clips(source))
            resumed = run(Path(second), **options)
            resumed.resume()
            self.assertEqual((resumed.clips, len(resumed.rest)), (0, 2))
            source = map(clip, range(10))
            for _ in range(4):
                resumed.take_step(resumed.next_clips(source))
            self.assertEqual((resumed.clips, resumed.step), (6, 4))
            for name, value in whole.model.state_dict().items():
                torch.testing.assert_close(resumed.model.state_dict()[name], value, msg=name)
            self.assertTrue(read_weights(Path(second) / "model" / "weights.safetensors"))

    def test_a_resumed_run_sees_the_clips_that_follow(self):
        seen = []

        def take_step(learner: Run, clips: list[Clip]) -> dict[str, float]:
            if len(seen) == ends_before:
                raise KeyboardInterrupt
            seen.append([item.frames[:, 0, 0, 0].tolist() for item in clips])
            learner.step += 1
            return {"loss": 0.0}

        with (
            tempfile.TemporaryDirectory() as folder, mock.patch.object(Run, "take_step", take_step),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            labels = data_set(Path(folder), [{"video": "v", "num_frames": 3, "events": []}])
            found = []
            for resume, ends_before, end_epoch in ((False, 99, None), (False, 3, None), (True, 99, None), (False, 99, 1)):
                learner = run(Path(folder), num_epochs=2, epoch_num_frames=48)  # two steps an epoch
                vars(learner.given).update(frames=Path(folder), labels=labels, resume=resume, minutes=None, end_epoch=end_epoch)
                if resume:
                    learner.resume()
                seen.clear()
                with contextlib.suppress(KeyboardInterrupt):
                    train(learner, learner.given)
                found.append(list(seen))
        whole, begun, resumed, ended = found
        self.assertEqual((len(whole), begun, resumed), (4, whole[:3], whole[2:]))
        self.assertEqual(ended, whole[:2])
        self.assertNotEqual(whole[:2], whole[2:])


class Predicting(unittest.TestCase):
    def test_frames_of_a_strided_model_are_those_of_the_video(self):
        model = argparse.Namespace(config=replace(SMALL, dataset="soccernetball"))
        frames = torch.arange(9).reshape(9, 1, 1, 1)

        def scores(_, seen: torch.Tensor, head: str) -> torch.Tensor:
            self.assertEqual(seen.flatten().tolist(), [0, 2, 4, 6, 8])
            return torch.tensor([[1, 0.0], [1, 0], [1, 0], [0.1, 0.9], [1, 0]])

        with (
            mock.patch("predict.decode", lambda *_: (frames, 25.0)), mock.patch("predict.grid_scores", scores),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            (found,) = predict.predict(model, [Path("v.mp4")], ["a"], "fused", 0.5)
        self.assertEqual((found["num_frames"], [event["frame"] for event in found["events"]]), (9, [6]))


class Scripts(unittest.TestCase):
    def test_a_simulator_that_fails_ends_the_measurement_with_its_message(self):
        with tempfile.TemporaryDirectory() as folder:
            program = Path(folder) / "spot"
            program.write_text("#!/bin/sh\n[ $1 = simulate ] || exit 0\necho no room left >&2\nexit 3\n")
            program.chmod(0o755)
            done = subprocess.run(
                [TOOLS / "accuracy", "--clips", "2", folder], env=os.environ | {"SPOT": str(program)},
                capture_output=True, text=True,
            )
        self.assertIn("no room left", done.stderr)
        self.assertEqual((done.returncode, done.stdout), (1, ""))


if __name__ == "__main__":
    unittest.main()
