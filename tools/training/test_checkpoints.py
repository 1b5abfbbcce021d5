"""Weights that a run is given."""

import contextlib
import io
import tempfile
import unittest
from pathlib import Path

import torch
from safetensors.torch import save_file

from checkpoints import read_weights
from fixtures import run


class Files(unittest.TestCase):
    def test_damaged_weights_are_named(self):
        with tempfile.TemporaryDirectory() as name:
            folder = Path(name)
            torch.save({"a": torch.ones(99)}, folder / "whole.pt")
            save_file({"a": torch.ones(99)}, folder / "whole.safetensors")
            for kind in ("pt", "safetensors"):
                whole = (folder / f"whole.{kind}").read_bytes()
                self.assertTrue(read_weights(folder / f"whole.{kind}")["a"].equal(torch.ones(99)))
                for place, data in enumerate((b"", b"weights", whole[:100], whole[: len(whole) // 2])):
                    path = folder / f"damaged-{place}.{kind}"
                    path.write_bytes(data)
                    with self.assertRaisesRegex(ValueError, f"{path}: cannot be read: .") as raised:
                        read_weights(path)
                    self.assertEqual(len(str(raised.exception).splitlines()), 1)

    def test_files_of_another_kind_are_named(self):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "other.pt"
            for held in ([torch.ones(1)], {"model": {"a": torch.ones(1)}}, {1: torch.ones(1)}):
                torch.save(held, path)
                with self.assertRaisesRegex(ValueError, f"{path}: expected tensors"):
                    read_weights(path)
            with self.assertRaises(FileNotFoundError):
                read_weights(Path(folder) / "none.pt")

    def test_helpers_that_do_not_fit_are_left_out(self):
        with tempfile.TemporaryDirectory() as first, tempfile.TemporaryDirectory() as second:
            run(Path(first)).save()
            path = Path(first) / "helpers.pt"
            changed = {name: value + 1 for name, value in read_weights(path).items()}
            torch.save(changed | {"lowres.events.0.bias": torch.ones(3)}, path)  # of two classes
            begun = run(Path(second))
            own = begun.helpers.state_dict()["lowres.events.0.bias"].clone()
            with contextlib.redirect_stderr(io.StringIO()):
                begun.begin([Path(first) / "checkpoint.pt"])
            for name, value in read_weights(path).items():
                expected = own if name == "lowres.events.0.bias" else value
                torch.testing.assert_close(begun.helpers.state_dict()[name], expected, msg=name)

    def test_what_cannot_be_resumed_is_named(self):
        with tempfile.TemporaryDirectory() as folder:
            learner = run(Path(folder))
            learner.save()
            path = Path(folder) / "resume.pt"
            whole = path.read_bytes()
            path.write_bytes(whole[: len(whole) // 2])
            with self.assertRaisesRegex(ValueError, f"{path}: cannot be read"):
                learner.resume()
            path.write_bytes(whole)
            del learner.helpers["highres"]
            with self.assertRaisesRegex(ValueError, f"{path}: is of a run with another configuration"):
                learner.resume()


if __name__ == "__main__":
    unittest.main()
