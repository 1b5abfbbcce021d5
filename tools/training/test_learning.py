"""Steps, and runs that end and go on."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path
from unittest import mock

import torch

from checkpoints import TRAINING_ONLY, read_weights
from clips import Clip
from fixtures import clip, data_set, run
from train import Run, train


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
                begun.begin([Path(first) / "checkpoint.pt"])
            self.assertIn("lack 0 tensors", told.getvalue())
            for before, after in ((done.model, begun.model), (done.helpers, begun.helpers)):
                for name, value in before.state_dict().items():
                    torch.testing.assert_close(after.state_dict()[name], value, msg=name)
            (Path(first) / "helpers.pt").unlink()
            with contextlib.redirect_stderr(io.StringIO()):
                run(Path(second)).begin([Path(first) / "checkpoint.pt"])

    def test_weights_may_come_in_several_files(self):
        with tempfile.TemporaryDirectory() as folder:
            done = run(Path(folder), learning_rate=1e-2)
            done.take_step([clip(1), clip(2)])
            for name, kept in (("heads", True), ("rest", False)):
                part = {key: value for key, value in done.model.state_dict().items() if key.startswith("_pred_fine_") == kept}
                torch.save(part, Path(folder) / f"{name}.pt")
            begun = run(Path(folder))
            with contextlib.redirect_stderr(io.StringIO()) as told:
                begun.begin([Path(folder) / "rest.pt", Path(folder) / "heads.pt"])
            self.assertIn("rest.pt", told.getvalue())
            self.assertIn("heads.pt lack 0 tensors", told.getvalue())
            for name, value in done.model.state_dict().items():
                torch.testing.assert_close(begun.model.state_dict()[name], value, msg=name)

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

    def test_the_log_of_a_resumed_run_has_each_step_once(self):
        def take_step(learner: Run, clips: list[Clip]) -> dict[str, float]:
            if learner.step == dies_at:
                raise KeyboardInterrupt
            learner.step += 1
            return {"loss": float(learner.step)}

        with (
            tempfile.TemporaryDirectory() as folder, mock.patch.object(Run, "take_step", take_step), mock.patch("train.LOG_STEPS", 2),
            contextlib.redirect_stderr(io.StringIO()),
        ):
            labels = data_set(Path(folder), [{"video": "v", "num_frames": 3, "events": []}])
            log = Path(folder) / "log.csv"
            for resume, dies_at in ((False, 7), (True, 99)):
                learner = run(Path(folder), num_epochs=2, epoch_num_frames=96)  # four steps an epoch
                vars(learner.given).update(frames=Path(folder), labels=labels, resume=resume, minutes=None, end_epoch=None)
                if resume:
                    learner.resume()
                with contextlib.suppress(KeyboardInterrupt):
                    train(learner, learner.given)
                if not resume:
                    log.write_text(log.read_text() + "0.9,")  # died while it wrote
            self.assertEqual(log.read_bytes().count(b"\r\n"), log.read_bytes().count(b"\n"))
            rows = [line.split(",") for line in log.read_text().splitlines()]
        self.assertEqual([row[1] for row in rows], ["step", "2", "4", "6", "8"])
        self.assertEqual({len(row) for row in rows}, {len(rows[0])})


if __name__ == "__main__":
    unittest.main()
