"""One `perfanalysis loadtest run` as a process of its own, from its start to its end."""

from __future__ import annotations

import contextlib
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
from collections import deque
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from msgspec import Struct

from loadtest.fleet.conversation import parse_live
from loadtest.fleet.tether import tethered
from perfanalysis.printable import printable

END_SECONDS = 5.0
_KEPT_LINES = 5
_MOST_SAID = 500
_COMMAND = ("-m", "perfanalysis", "loadtest", "run")


class _TestId(Struct):
    test_id: str


class MeasuringChild:
    """A run; a context manager, at whose end it is over.

    It does not outlive this process. It is to be made in the main thread, see ``tether``.

    Args:
        folder: where it may put its files, which are removed at the end.
        words: the flags of the run.
    """

    def __init__(self, folder: Path, words: Sequence[str]) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="job-", dir=folder))
        out = str(self._folder / "result.json")
        command = [sys.executable, *_COMMAND, *words, "--progress", "json", "--output", out]
        self._process = subprocess.Popen(
            tethered(command),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
        )
        self._handle = os.pidfd_open(self._process.pid)
        self._lines: deque[str] = deque(maxlen=_KEPT_LINES)
        self._progress: dict[str, Any] = {}
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def __enter__(self) -> MeasuringChild:
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()
        os.close(self._handle)
        shutil.rmtree(self._folder, ignore_errors=True)

    @property
    def progress(self) -> dict[str, Any]:
        """How far it is, for the portal; empty before it has said anything."""
        return self._progress

    @property
    def status(self) -> int | None:
        """Its exit status; None: it runs."""
        return self._process.poll()

    @property
    def said(self) -> str:
        """What it said last that is no progress; "": nothing."""
        lines = [line.removeprefix("perfanalysis: ") for line in self._lines if line]
        return lines[-1][:_MOST_SAID] if lines else ""

    def wait(self, seconds: float) -> None:
        """Wait for its end, at most so long, without using the CPU."""
        select.select([self._handle], [], [], seconds)

    def stop(self) -> None:
        """End it, if it has not ended: SIGTERM, and after some seconds SIGKILL."""
        if self._process.poll() is None:
            self._process.terminate()
            try:
                self._process.wait(END_SECONDS)
            except subprocess.TimeoutExpired:
                self._process.kill()
                self._process.wait()
        # What it started may still hold the other end.
        self._reader.join(1.0)

    def test_ids(self) -> list[str]:
        """The test ids of the results that it has written."""
        found, paths = list[str](), self._folder.glob("result*.json")
        for path in sorted(paths, key=lambda path: path.stat().st_mtime_ns):
            with contextlib.suppress(OSError, msgspec.DecodeError, UnicodeDecodeError):
                found.append(msgspec.json.decode(path.read_bytes(), type=_TestId).test_id)
        return found

    def _read(self) -> None:
        assert self._process.stderr
        for line in self._process.stderr:
            live = parse_live(line)
            if live is None:
                text = printable(line.decode("utf-8", "replace").strip())
                self._lines.append(" ".join(text.split()))
                continue
            said: dict[str, Any] = {"kernel": live.kernel, "phase": live.phase[:100]}
            said["progress_ratio"] = live.ratio
            if live.units_per_second is not None:
                said["units_per_second"] = live.units_per_second
            self._progress = said
