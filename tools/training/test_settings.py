"""Options and settings of a run."""

import contextlib
import io
import json
import random
import tempfile
import unittest
from pathlib import Path

from clips import square_with_ball
from fixtures import COURT, SECTIONS, clip, run
from network import TrainableAdaSpot
from settings import Training, read
from train import arguments


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

    def test_what_is_wrong_in_a_configuration_is_said_with_its_file(self):
        sections = json.loads(COURT.read_text())
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "config.json"
            for text, told in (
                ("{", "line 1"), ("[]", "."), (json.dumps({"data": sections["data"]}), "model is missing"),
                (json.dumps(sections | {"data": {}}), "dataset is missing"),
                (json.dumps(sections | {"model": sections["model"] | {"hr_dim": 448}}), "."),
            ):
                path.write_text(text)
                with self.assertRaisesRegex(ValueError, f"^{path}: .*{told}"):
                    read(path, {})
            for name in ("rny009_gsf", "rny002"):
                path.write_text(json.dumps(sections | {"model": sections["model"] | {"feature_arch": name}}))
                with self.assertRaisesRegex(ValueError, f"feature_arch {name}: expected"):
                    TrainableAdaSpot(read(path, {}).config)

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

    def test_options_that_would_be_left_out_are_refused(self):
        data = ["--config", "c", "--classes", "c", "--output", "o", "--frames", "f", "--labels", "l"]
        for words in (["--minutes", "0"], ["--minutes", "-1"], ["--minutes", "nan"], ["--simulate", "--crf 18"]):
            with contextlib.redirect_stderr(io.StringIO()) as said, self.assertRaises(SystemExit):
                arguments([*data, *words])
            self.assertIn(words[0], said.getvalue())
        with tempfile.TemporaryDirectory() as folder, self.assertRaisesRegex(ValueError, "--clip-frames: 0"):
            run(Path(folder), clip_frames=0)

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


if __name__ == "__main__":
    unittest.main()
