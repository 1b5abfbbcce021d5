"""Where clips come from."""

import json
import random
import tempfile
import unittest
from itertools import islice
from pathlib import Path

import torch

from augmentation import augment
from clips import Clip, DataError, FolderClips, SimulatedClips, labels_of, part_with_event, square_with_ball
from fixtures import clip, data_set

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

    def test_pictures_that_are_missing_are_said_on_opening(self):
        with tempfile.TemporaryDirectory() as folder:
            videos = [{"video": name, "num_frames": 3, "events": []} for name in "vw"]
            labels = data_set(Path(folder), videos)
            (Path(folder) / "w" / "000001.png").rename(Path(folder) / "w" / "000001.jpg")

            def open_clips() -> FolderClips:
                return FolderClips(Path(folder), labels, {"a": 1}, 4, (6, 8), 1, 1)

            open_clips()
            (Path(folder) / "w" / "000001.jpg").unlink()
            with self.assertRaisesRegex(DataError, "w: frame 1 of 3 is missing"):
                open_clips()
            labels.write_text(json.dumps([videos[0], {"video": "z", "num_frames": 3, "events": []}]))
            with self.assertRaisesRegex(DataError, "z: frame 0 of 3 is missing"):
                open_clips()

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


if __name__ == "__main__":
    unittest.main()
