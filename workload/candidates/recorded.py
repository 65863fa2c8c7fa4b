"""How large recorded machines are, as their recordings tell it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from perfanalysis.recordings import reading as recordings
from workload.prediction.candidate import Floats
from workload.usage_of import METRICS, usage_of

# CPUs and memory, without disks, networks and bursts.
_OF_SIZE = frozenset(name for name in METRICS if "cpu" in name or "memory" in name)


@dataclass(frozen=True)
class RecordedSize:
    """What a recording says of its machine, as of its newest interval; None: it does not say it."""

    cpus: int | None
    memory_bytes: float | None


SizeFinder = Callable[[str], RecordedSize | None]


class RecordedSizes:
    """Looks sizes up by the names of machines; reads the recordings once, when first asked.

    Args:
        files: the recordings.
    """

    def __init__(self, files: Sequence[Path]) -> None:
        self._files = files
        self._known: dict[str, RecordedSize] | None = None

    def __call__(self, machine: str) -> RecordedSize | None:
        """The size of a machine; None: no recording is of it.

        Raises:
            InputError: a recording cannot be read.
        """
        if self._known is None:
            self._known = {}
            for path in self._files:
                usage = usage_of(recordings.read(path, _OF_SIZE.__contains__))
                cpus, memory = _newest(usage.cpus), _newest(usage.memory_total_bytes)
                size = RecordedSize(None if cpus is None else round(cpus), memory)
                self._known[usage.machine] = size
        return self._known.get(machine)


def _newest(values: Floats) -> float | None:
    known = values[np.isfinite(values) & (values > 0)]
    return float(known[-1]) if known.size else None
