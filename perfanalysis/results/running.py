"""``running.json``: what the exporter and receivers show of a run in progress."""

from __future__ import annotations

import contextlib
import json
import os
import time
from pathlib import Path
from typing import Annotated

from msgspec import Meta, Struct

from perfanalysis.atomic_write import write_atomically
from perfanalysis.results import state_documents
from perfanalysis.results.numbers import Amount
from perfanalysis.results.state import RUNNING

EVERY_SECONDS = 1.0


class Running(Struct, frozen=True, kw_only=True):
    """The run in progress: how far it is (0..1), and its present rate; None: unknown.

    ``updated_seconds`` is when that was said, seconds since 1970; ``part`` is whether the run loads
    less than all of its machine.
    """

    kernel: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    pid: Annotated[int, Meta(ge=1)]
    progress_ratio: Amount
    live_units_per_second: Amount | None = None
    updated_seconds: Amount = 0.0
    part: bool = False


def parse(data: bytes) -> Running:
    """Read the document of a run in progress.

    Raises:
        MalformedError: it is no such document; the text names the field.
    """
    return state_documents.parse(data, RUNNING, Running)


class RunningFile:
    """Rewritten about once a second, removed at the end; a context manager.

    Args:
        state: the state folder; it must exist.
        kernel: the kernel's name.
        test_id: of the run.
        part: whether it loads less than all of its machine.
    """

    def __init__(self, state: Path, kernel: str, test_id: str, *, part: bool = False) -> None:
        self._path = state / RUNNING
        self._kernel = kernel
        self._test_id = test_id
        self._part = part
        self._next = 0.0

    def __enter__(self) -> RunningFile:
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink()

    def update(self, progress_ratio: float, units_per_second: float) -> None:
        """Say how far the run is (0..1) and its present rate, unless that was just done."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY_SECONDS
        content = {
            "kernel": self._kernel,
            "test_id": self._test_id,
            "pid": os.getpid(),
            "progress_ratio": round(min(1.0, max(0.0, progress_ratio)), 4),
            "live_units_per_second": units_per_second,
            "updated_seconds": time.time(),
            "part": self._part,
        }
        data = json.dumps(content).encode() + b"\n"
        # Writing to the disk would take CPU time from the slice that is being measured.
        # A disk that is full just now is no reason to throw the measurement away.
        with contextlib.suppress(OSError):
            write_atomically(self._path, data, durable=False)
