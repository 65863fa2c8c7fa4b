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
# A sample is seen for five minutes: looks that are no farther apart miss no series. More of them
# cost more, for series that ended too, and a label that changes with each deployment makes many.
_LOOKS, _FEWEST_LOOKS, _SHORTEST_STEP, _SEEN_SECONDS = 3000, 100, 15, 240


def query(engine: Engine, expression: str, end: float) -> list[Sample]:
    """Evaluate an expression at ``end`` (Unix seconds).

    Where a machine has several series of it (of the same busy level, where there are levels), each
    sample's time is when its series was seen last, and of those that are no longer seen when others
    still are, the range's begin.

    Raises:
        QueryError: as ``Engine.query``.
    """
    samples = engine.query(expression, end)
    match = _LAST.fullmatch(expression)
    several = _several(samples) if match else frozenset()
    if match is None or not several:
        return samples
    # At one time it is cheap to ask when samples were; over a range, Prometheus would look for each
    # from the begin on.
    when = f"timestamp({match['selector']})"
    seen = engine.query(when, end)
    gone = several - _machines(seen)
    if gone:
        looks: dict[str, float] = {}
        for sample in engine.query(looks_for(match["selector"], int(match["seconds"])), end):
            name = sample.labels.get("instance", "")
            if name in gone:
                looks[name] = max(looks.get(name, 0.0), sample.value)
        for time in sorted(set(looks.values())):
            own = {name for name, look in looks.items() if look == time}
            seen += [s for s in engine.query(when, time) if s.labels.get("instance", "") in own]
    times = {_key(sample.labels): sample.value for sample in seen}
    before = end - int(match["seconds"])
    return [
        replace(s, time=times.get(_key(s.labels), before))
        if s.labels.get("instance", "") in several
        else s
        for s in samples
    ]


def looks_for(selector: str, seconds: int) -> str:
    """The query for the last of some looks that saw each series.

    Args:
        selector: of the series.
        seconds: how far back to look.
    """
    step = min(_SEEN_SECONDS, max(_SHORTEST_STEP, seconds // _FEWEST_LOOKS))
    step = max(step, math.ceil(seconds / _LOOKS))
    return f"max_over_time((0 * {selector} + time())[{seconds}s:{step}s])"


def _several(samples: Sequence[Sample]) -> frozenset[str]:
    """The machines with several series."""
    counts = Counter((s.labels.get("instance", ""), s.labels.get("busy")) for s in samples)
    return frozenset(machine for (machine, _), count in counts.items() if count > 1)


def _machines(samples: Sequence[Sample]) -> frozenset[str]:
    return frozenset(sample.labels.get("instance", "") for sample in samples)


def _key(labels: Mapping[str, str]) -> frozenset[tuple[str, str]]:
    return frozenset(pair for pair in labels.items() if pair[0] != "__name__")
