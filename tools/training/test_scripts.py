"""Scoring videos, and the scripts around it."""

import argparse
import contextlib
import io
import os
import socket
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

    def test_the_rate_of_a_video_is_what_it_tells(self):
        def run(command: list[str], **_) -> argparse.Namespace:
            return argparse.Namespace(stdout=told if command[0] == "ffprobe" else bytes(2 * 3 * 4 * 3))

        with mock.patch("predict.subprocess.run", run):
            for told, expected in (("25/1\n", 25), ("30000/1001\n", 30000 / 1001), ("25/1\n\n25/1\n", 25), ("0/0\n", None)):
                frames, rate = predict.decode(Path("v.ts"), (3, 4))
                self.assertEqual((tuple(frames.shape), rate), ((2, 3, 3, 4), expected))
            model = argparse.Namespace(config=SMALL)
            with (
                mock.patch("predict.grid_scores", lambda *_: torch.ones(2, 2)), contextlib.redirect_stderr(io.StringIO()),
                mock.patch("predict.decode", lambda *_: (frames, rate)),
            ):
                (found,) = predict.predict(model, [Path("v.ts")], ["a"], "fused", 0.5)
            self.assertNotIn("fps", found)

    def test_a_video_without_frames_is_named(self):
        def run(command: list[str], **_) -> argparse.Namespace:
            return argparse.Namespace(stdout="" if command[0] == "ffprobe" else b"")

        with mock.patch("predict.subprocess.run", run), self.assertRaisesRegex(ValueError, "sound.wav: holds no frame"):
            predict.decode(Path("sound.wav"), (3, 4))


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

    def test_wrong_options_are_said_before_anything_is_done(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "weights").write_text("")
            environment = os.environ | {"SPOT": self.program(folder / "spot", TELLING_PROGRAM), "TOLD": str(folder / "told")}
            for words, told in (
                (["accuracy", "--model"], "usage: tools/accuracy"),
                (["accuracy", "--clips", "few"], "accuracy: --clips few: expected a whole number from 1 on\n"),
                (["accuracy", "--curve-clips", "-1"], "accuracy: --curve-clips -1: expected"),
                (["accuracy", "--checkpoint", "gone"], f"accuracy: {folder}/gone: no such file\n"),
                (["ablations", "--init", "weights", "--epochs", "0", "runs"], "ablations: --epochs 0: expected"),
                (["ablations", "--init", "weights", "--seeds", "2", "--only", "unchanged-3", "runs"], "ablations: --only unchanged-3: no such"),
                (["ablations", "--init", "weights", "runs", "--only"], "usage: tools/ablations"),
            ):
                done = subprocess.run(
                    [TOOLS / words[0], *words[1:]], env=environment, cwd=folder, capture_output=True, text=True
                )
                self.assertEqual((done.returncode, done.stdout), (2, ""), words)
                self.assertTrue(done.stderr.startswith(told), done.stderr)
            self.assertEqual(sorted(path.name for path in folder.iterdir()), ["spot", "weights"])

    def test_only_results_are_printed(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            self.program(folder / "spot", TELLING_PROGRAM)
            self.program(folder / "swift", f'#!/bin/sh\ncase "$*" in *--show-bin-path*) echo {folder} ;; *) echo Building ;; esac\n')
            environment = os.environ | {"SPOT": "", "TOLD": str(folder / "told"), "PATH": f"{folder}:{os.environ['PATH']}"}
            done = subprocess.run(
                [TOOLS / "accuracy", "--clips", "2", folder / "clips"], env=environment, capture_output=True, text=True
            )
            self.assertEqual((done.returncode, done.stderr), (0, "Building\n"))
            self.assertEqual(done.stdout, "## Models/demo: 2 clips\n## Accuracy against look-ahead: 2 clips\n")

    def test_complete_runs_of_other_options_are_not_taken(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            (folder / "weights").write_text("first")
            environment = os.environ | {"TOLD": str(folder / "told")}
            for variable in ("SPOT", "TRAIN"):
                environment[variable] = self.program(folder / variable, TELLING_PROGRAM)

            def run(*words: str) -> tuple[int, int, str]:
                """The exit code, how many runs there were, and what was said."""
                (folder / "told").write_text("")
                done = subprocess.run(
                    [TOOLS / "ablations", "--init", folder / "weights", "--clips", "1", "--only", "unchanged-1", *words, folder / "runs"],
                    env=environment, capture_output=True, text=True,
                )
                return done.returncode, (folder / "told").read_text().count("TRAIN "), done.stderr

            self.assertEqual(run(), (0, 1, ""))
            self.assertEqual(run(), (0, 0, ""))
            code, runs, told = run("--epochs", "3")
            self.assertEqual((code, runs), (2, 0))
            self.assertIn("runs/unchanged-1 has a run of other options (2 epochs, seed 101, ", told)
            (folder / "weights").write_text("second")
            self.assertEqual(run()[:2], (2, 0))

    def program(self, path: Path, text: str) -> str:
        path.write_text(text)
        path.chmod(0o755)
        return str(path)

    def test_clips_of_another_simulator_are_not_taken(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            program = folder / "spot"

            def clips(version: str, count: int) -> tuple[list[Path], int]:
                """The clips, and how often the simulator of a version was asked for one."""
                (folder / "told").write_text("")
                self.program(program, SIMULATOR)
                done = subprocess.run(
                    [TOOLS / "test-clips", program, folder / "clips", str(count)], text=True, check=True, stdout=subprocess.PIPE,
                    env=os.environ | {"VERSION": version, "TOLD": str(folder / "told")},
                )
                return [Path(line) for line in done.stdout.splitlines()], len((folder / "told").read_text().splitlines()) - 1

            older, made = clips("1", 2)
            self.assertEqual((len(older), made), (2, 2))
            newer, made = clips("2", 2)
            self.assertEqual((len(newer), made), (2, 2))
            self.assertEqual([path.read_text()[:1] for path in [*older, *newer]], ["1", "1", "2", "2"])
            self.assertEqual([path.name for path in older], [path.name for path in newer])
            for path in newer:
                self.assertEqual(path.with_name(f"{path.stem}.truth.json").read_text(), path.read_text())
            self.assertEqual(clips("1", 3), ([*older, older[0].with_name("clip_2.mp4")], 1))

    def test_stages_follow_each_other_and_go_on_after_an_interruption(self):
        with tempfile.TemporaryDirectory() as folder:
            train = Path(folder) / "train"
            train.write_text(INTERRUPTED_TRAIN)
            train.chmod(0o755)
            told = Path(folder) / "told"
            environment = os.environ | {"SPOT": "no-spot", "TRAIN": str(train), "TOLD": str(told)}

            def run() -> tuple[int, list[list[str]]]:
                told.write_text("")
                done = subprocess.run([TOOLS / "train-court", f"{folder}/court"], env=environment, capture_output=True)
                return done.returncode, [line.split() for line in told.read_text().splitlines()]

            code, begun = run()
            self.assertEqual((code, [Path(after(words, "--output")).name for words in begun]), (7, ["squares", "lowres"]))
            self.assertNotIn("--init", begun[0])
            self.assertEqual(after(begun[1], "--init"), f"{folder}/court/squares/checkpoint.pt")
            self.assertNotIn("--resume", begun[1])
            code, rest = run()
            self.assertEqual((code, sorted(rest[0])), (0, sorted([*begun[1], "--resume"])))
            for before, words in zip(rest, rest[1:]):
                self.assertEqual(after(words, "--init"), after(before, "--output") + "/checkpoint.pt")
                self.assertNotIn("--resume", words)
            self.assertEqual(run(), (0, []))

    def test_paths_start_where_the_scripts_are_called(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name).resolve()
            told = folder / "told"
            (folder / "a b").mkdir()
            for program in (folder / "spot", folder / "train", folder / "a b" / "spot", folder / "a b" / "spotd"):
                program.write_text(TELLING_PROGRAM)
                program.chmod(0o755)
            (folder / "a b" / "clip.mp4").write_text("")
            environment = os.environ | {"SPOT": "./spot", "TRAIN": str(folder / "train"), "TOLD": str(told)}
            environment["SPOT_DEMO_PROGRAMS"] = "a b"
            for words, expected in (
                (["accuracy", "--model", "m", "--clips", "1", "--curve-clips", "0", "clips"], "/clip_0.mp4 --model {}/m "),
                (["train-court", "court"], "--spot {}/./spot --output {}/court/squares "),
                (["demo", "a b/clip.mp4"], "{}/a b/spotd --input {}/a b/clip.mp4 "),
            ):
                told.write_text("")
                done = subprocess.run(
                    [TOOLS / words[0], *words[1:]], env=environment, cwd=folder, capture_output=True, text=True
                )
                self.assertEqual(done.returncode, 0, done.stderr)
                self.assertIn(expected.format(folder, folder), told.read_text())

    def test_the_demo_takes_a_port_with_a_free_one_behind_it(self):
        with tempfile.TemporaryDirectory() as folder, contextlib.ExitStack() as taken:
            told = Path(folder) / "told"
            for name in ("spot", "spotd"):
                program = Path(folder) / name
                program.write_text(TELLING_PROGRAM)
                program.chmod(0o755)

            def port() -> int:
                told.write_text("")
                environment = os.environ | {"SPOT_DEMO_PROGRAMS": folder, "TOLD": str(told)}
                done = subprocess.run([TOOLS / "demo", "--headless"], env=environment, capture_output=True, text=True)
                self.assertEqual(done.returncode, 0, done.stderr)
                return int(told.read_text().split("tcp://127.0.0.1:")[1].split()[0])

            first = port()
            taken.enter_context(socket.create_server(("127.0.0.1", first + 1)))
            self.assertEqual(port(), first + 2)


INTERRUPTED_TRAIN = """#!/bin/sh
for word; do [ "$last" = --output ] && output=$word; last=$word; done
echo "$@" >>"$TOLD"
mkdir -p "$output"
[ "${output##*/}" = lowres ] && [ ! -e "$output/resume.pt" ] && touch "$output/resume.pt" && exit 7
exit 0
"""
"""Says what it was told, and dies once in the second stage."""

SIMULATOR = """#!/bin/sh
echo "$@" >>"$TOLD"
for word; do
  case $last in --output | --truth) echo "$VERSION $3" >"$word" ;; esac
  last=$word
done
"""
"""In the simulator's place: files that hold its version and the seed."""

TELLING_PROGRAM = """#!/bin/sh
echo "$0 $*" >>"$TOLD"
for word; do
  case $last,$1 in
    --output,simulate | --truth,simulate) touch "$word" ;;
    --output,*) mkdir -p "$word" ;;
  esac
  last=$word
done
"""
"""In the place of any other."""


def after(words: list[str], option: str) -> str:
    return words[words.index(option) + 1]


if __name__ == "__main__":
    unittest.main()
