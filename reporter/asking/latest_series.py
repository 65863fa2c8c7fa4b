"""Which of a machine's series is the newest, where a range holds several.

``last_over_time`` answers every series of the range, those that ended too, all at the range's end:
a machine that was resized comes as what it was and as what it is, and every run of the load test
has a series that names it. When each was seen last tells them apart.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace

from perfanalysis.promql import Engine, Sample

_LAST = re.compile(r"last_over_time\((?P<selector>.+)\[(?P<seconds>[0-9]+)s\]\)")
# A sample is seen for five minutes: so many looks miss none within ten days.
_LOOKS = 3000
_SHORTEST_STEP = 15


def query(engine: Engine, expression: str, end: float) -> list[Sample]:
    """Evaluate an expression at ``end`` (Unix seconds).

    Where a machine has several series of it (of the same busy level, where there are levels), each
    sample's time is when its series was seen last.

    Raises:
        QueryError: as ``Engine.query``.
    """
    samples = engine.query(expression, end)
    seen = seen_last(expression)
    if seen is None or not _several(samples):
        return samples
    times = {_key(sample.labels): sample.value for sample in engine.query(seen, end)}
    return [replace(s, time=times.get(_key(s.labels), s.time)) for s in samples]


def seen_last(expression: str) -> str | None:
    """The query for when each series of a plain ``last_over_time`` was seen last; else None."""
    match = _LAST.fullmatch(expression)
    if match is None:
        return None
    seconds = int(match["seconds"])
    step = max(_SHORTEST_STEP, math.ceil(seconds / _LOOKS))
    return f"max_over_time(timestamp({match['selector']})[{seconds}s:{step}s])"


def _several(samples: Sequence[Sample]) -> bool:
    counts = Counter((s.labels.get("instance"), s.labels.get("busy")) for s in samples)
    return any(count > 1 for count in counts.values())


def _key(labels: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(pair for pair in labels.items() if pair[0] != "__name__")
