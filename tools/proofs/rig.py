"""What the long proofs share: a small model, processes whose end and resources are watched, and what a daemon publishes."""

import json
import os
import pathlib
import queue
import signal
import statistics
import subprocess
import sys
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parents[2]
SMALL = {"hr_dim": [64, 96], "hr_crop": [64, 96], "lr_dim": [32, 48], "lr_crop": [32, 48], "roi_size": [32, 32]}
LARGEST_GROWTH = 0.01


class Wrong(Exception):
    """A promise that was not kept, in one line."""


def expect(holds, promise):
    if not holds:
        raise Wrong(promise)


def end_in_order():
    """Has what ends this program from outside do so as Ctrl-C does, through each `finally`: what it started ends with it."""

    def end(number, _):
        sys.exit(128 + number)

    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as under nohup
            signal.signal(number, end)


def expect_built(*programs):
    for program in programs:
        expect(os.access(program, os.X_OK), f"{program}: is not there: swift build -c release")


def make_model(folder):
    """The bundled model for pictures of 96×64: its weights do not depend on their size."""
    demo = ROOT / "Models/demo"
    configuration = json.loads((demo / "config.json").read_text())
    configuration["model"].update(SMALL)
    folder.mkdir()
    (folder / "config.json").write_text(json.dumps(configuration))
    for name in ("classes.txt", "weights.safetensors"):
        (folder / name).symlink_to(demo / name)
    return folder


def ffmpeg(*arguments):
    return ["ffmpeg", "-v", "error", "-nostdin", "-y", *map(str, arguments)]


class Usage:
    """Memory, descriptors and threads of a process, sampled over its life."""

    def __init__(self, name, process):
        self.name, self.process, self.samples = name, process, []

    def sample(self):
        folder = pathlib.Path(f"/proc/{self.process.pid}")
        fields = dict(line.split(":", 1) for line in (folder / "status").read_text().splitlines())
        self.samples.append((int(fields["VmRSS"].split()[0]), len(os.listdir(folder / "fd")), int(fields["Threads"])))

    def verdict(self, start=0, largest_growth=LARGEST_GROWTH):
        """A line about the samples from `start` on, and what is wrong with them."""
        samples = self.samples[start:]
        quarter = max(1, len(samples) // 4)
        first, last = (
            [statistics.median(sample[kind] for sample in part) for kind in range(3)]
            for part in (samples[:quarter], samples[-quarter:])
        )
        growth = last[0] / first[0] - 1
        line = (
            f"{self.name:11} RSS {first[0] / 1024:.1f} → {last[0] / 1024:.1f} MiB ({growth:+.2%}), "
            f"descriptors {first[1]:.0f} → {last[1]:.0f}, threads {first[2]:.0f} → {last[2]:.0f}"
        )
        wrong = []
        if growth > largest_growth:
            wrong.append(f"the memory of the {self.name} grows: {growth:+.2%}")
        if last[1] > first[1] or last[2] > first[2]:
            wrong.append(f"the {self.name} loses descriptors or threads")
        return line, wrong


class Daemon:
    """A `spotd` on a free port, and a `spot subscribe` that prints what it publishes. `settings` as in a configuration file,
    with _ for -; they are handed over in the environment."""

    def __init__(self, binaries, environment=None, prefix=(), **settings):
        settings = {"bind": "tcp://127.0.0.1:*", "wait_for_subscriber": 30} | settings
        named = {f"SPOTD_{name.upper()}": str(value) for name, value in settings.items()}
        expect_built(binaries / "spotd", binaries / "spot")
        self.log, self.subscriber = [], None
        self.process = subprocess.Popen(
            [*prefix, binaries / "spotd"], stderr=subprocess.PIPE, text=True, env=os.environ | named | (environment or {})
        )
        try:
            self._subscribe(binaries)
        except BaseException:
            self.kill()
            raise

    def _subscribe(self, binaries):
        """Waits until the daemon publishes."""
        fields = {}
        for line in self.process.stderr:
            self.log.append(line)
            if "msg=publishing" in line:
                fields = dict(word.split("=", 1) for word in line.split() if "=" in word)
                break
        if not fields:
            raise Wrong(f"spotd ended with code {self.process.wait()}: {self.log[-1:]}")
        threading.Thread(target=lambda: self.log.extend(self.process.stderr), daemon=True).start()
        self.subscriber = subprocess.Popen(
            [binaries / "spot", "subscribe", fields["endpoint"], "--replay", fields["replay_endpoint"], "--json"],
            stdout=subprocess.PIPE, text=True,
        )  # fmt: skip
        self.lines = queue.Queue(10_000)
        threading.Thread(target=self._read, daemon=True).start()
        self.sequence = 0
        self.usages = [Usage("daemon", self.process), Usage("subscriber", self.subscriber)]
        self._sampled = 0.0

    def _read(self):
        for line in self.subscriber.stdout:
            self.lines.put(line)

    def messages(self, seconds):
        """Yields (type, envelope) of each message that comes within `seconds`, none of them missing, and (None, None) each
        second in which none comes. Samples both processes each second."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            self._sample()
            try:
                message = json.loads(self.lines.get(timeout=1))
            except queue.Empty:
                yield None, None
                continue
            if message.get("retained"):
                continue
            number = int(message["sequence"])
            expect(not self.sequence or number == self.sequence + 1, f"message {number} follows {self.sequence}")
            self.sequence = number
            yield message["type"].split(".")[1], message

    def _sample(self):
        if time.monotonic() < self._sampled + 1:
            return
        self._sampled = time.monotonic()
        for usage in self.usages:
            code = usage.process.poll()
            if code is not None:
                raise Wrong(f"the {usage.name} ended with code {code}: {''.join(self.log[-3:])}")
            usage.sample()

    def stop(self, seconds=20):
        """SIGTERM ends it in order within so many seconds."""
        self.process.terminate()
        # What is on its way must be taken, or the daemon waits for its subscriber.
        threading.Thread(target=lambda: [self.lines.get() for _ in iter(int, 1)], daemon=True).start()
        try:
            code = self.process.wait(timeout=seconds)
        except subprocess.TimeoutExpired:
            raise Wrong(f"SIGTERM did not end the daemon within {seconds} s") from None
        expect(code == 0, f"the daemon ended with code {code}: {''.join(self.log[-3:])}")

    def kill(self):
        for process in (self.subscriber, self.process):
            if process:
                process.kill()
                process.wait()
