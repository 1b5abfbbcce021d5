"""Scoring videos, and the scripts around it."""

import argparse
import contextlib
import io
import os
import subprocess
import tempfile
import unittest
from dataclasses import replace
from pathlib import Path
from unittest import mock

import torch

import predict
from fixtures import SMALL, TOOLS


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
