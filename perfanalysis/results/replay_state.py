"""``replay.json``: what the exporter shows of a replay in progress."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import msgspec
from msgspec import Meta, Struct

from perfanalysis.atomic_write import write_atomically
from perfanalysis.results import state_documents
from perfanalysis.results.numbers import Amount, Count, Real
from perfanalysis.results.state import REPLAY

EVERY_SECONDS = 1.0


class ReplayedResource(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """How one resource follows; what is unknown is None."""

    resource: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    target: Real | None = None
    actual: Real | None = None
    mean_absolute_error_ratio: Amount | None = None
    bias_ratio: Real | None = None
    unreachable_ticks: Count = 0


class ReplayState(Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The replay in progress; how far it is (0..1) is None where it has no end."""

    pid: Annotated[int, Meta(ge=1)]
    progress_ratio: Amount | None = None
    updated_seconds: Amount = 0.0
    resources: tuple[ReplayedResource, ...] = ()


def parse(data: bytes) -> ReplayState:
    """Read the document of a replay in progress.

    Raises:
        MalformedError: it is no such document; the text names the field.
    """
    return state_documents.parse(data, REPLAY, ReplayState)


class ReplayFile:
    """Rewritten about once a second, removed at the end; a context manager.

    Args:
        state: the state folder; it must exist.
    """

    def __init__(self, state: Path) -> None:
        self._path = state / REPLAY
        self._next = 0.0

    def __enter__(self) -> ReplayFile:
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):
            self._path.unlink()

    def update(self, progress_ratio: float | None, resources: Sequence[ReplayedResource]) -> None:
        """Say how far it is (0..1) and how it follows, unless that was just done."""
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + EVERY_SECONDS
        content = ReplayState(
            pid=os.getpid(),
            progress_ratio=progress_ratio,
            updated_seconds=time.time(),
            resources=tuple(resources),
        )
        # A disk that is full just now is no reason to end the replay.
        with contextlib.suppress(OSError):
            write_atomically(self._path, msgspec.json.encode(content) + b"\n", durable=False)
