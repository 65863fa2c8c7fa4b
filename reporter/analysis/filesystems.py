"""How full a machine's file systems are at the end of the range. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from perfanalysis.promql import Sample


def filesystems(samples: Sequence[Sample], machine: str) -> list[tuple[str, float]]:
    """Mount points and how full they are (0..1), the fullest first.

    Args:
        samples: of all machines.
        machine: whose.
    """
    found = [
        (sample.labels.get("mountpoint", ""), sample.value)
        for sample in samples
        if sample.labels.get("instance") == machine and math.isfinite(sample.value)
    ]
    return sorted(found, key=lambda pair: (-pair[1], pair[0]))
