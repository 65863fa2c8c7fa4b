"""The run in progress, on a disk that is full for a while."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path

import pytest

from perfanalysis.results import running
from perfanalysis.results.running import RunningFile
from perfanalysis.results.state import RUNNING
from tests.perfanalysis.delivery.conftest import small_disk

__all__ = ["small_disk"]


def test_a_full_disk_does_not_end_the_run(
    small_disk: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "EVERY_SECONDS", 0.0)
    filler = small_disk / "filler"
    with filler.open("wb", buffering=0) as stream, contextlib.suppress(OSError):
        while stream.write(bytes(4096)):
            pass
    with RunningFile(small_disk, "rmw", "run-1") as shown:
        shown.update(0.25, 500.0)
        assert [path.name for path in small_disk.iterdir()] == ["filler"]
        filler.unlink()
        shown.update(0.5, 500.0)
        assert json.loads((small_disk / RUNNING).read_bytes())["progress_ratio"] == 0.5
    assert list(small_disk.iterdir()) == []
