"""What monitors' files become: a recording, and what their machine used."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path

from perfanalysis.cli import run
from perfanalysis.recordings.reading import read
from perfanalysis.recordings.recording import Recording
from tests.conftest import REPOSITORY

FIXTURES = REPOSITORY / "tests" / "fixtures" / "importing"
# What these files need, and the recorded ones do not mind. Their times may be ahead of this clock.
FLAGS = ("--machine=web-1", "--cpus=2", "--timezone=UTC", "--allow-future-times")


def recorded(path: Path, folder: Path, *flags: str) -> Recording:
    """The recording that a file becomes."""
    output = folder / f"{path.name}.om.gz"
    words = ["import", "capture", str(path), *(flags or FLAGS), f"--recording={output}"]
    assert run(words) == 0
    assert not list(folder.glob(".*.import"))
    return read(output)


def column(recording: Recording, name: str, **labels: str) -> Mapping[float, float]:
    """The values of one series by their times."""
    (values,) = recording.of(name, **labels).values()
    pairs = zip(recording.times.tolist(), values.tolist(), strict=True)
    return {time: value for time, value in pairs if not math.isnan(value)}
