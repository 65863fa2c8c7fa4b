"""A run's rate for Grafana Live: where it is pushed to, and as what. Pure.

Grafana takes Influx line protocol at ``/api/live/push/STREAM`` and publishes each measurement as
the channel ``stream/STREAM/MEASUREMENT`` (https://grafana.com/docs/grafana/latest/setup-grafana/
set-up-grafana-live/). Nothing is stored there: a panel shows what comes while it is open.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence

from perfanalysis.delivery.remote_write import TimedSample, milliseconds
from perfanalysis.results import families

KIND = "grafana-live"  # of destination
STREAM, MEASUREMENT = "perfanalysis", "loadtest"
FIELD = "units_per_second"
CONTENT_TYPE = "text/plain; charset=utf-8"
# What ends a tag's value, by the format's own documentation.
_SPECIAL = re.compile(r"([,= ])")


def push_url(grafana: str) -> str:
    """The address to push to, from Grafana's own, which may have a path."""
    return f"{grafana.rstrip('/')}/api/live/push/{STREAM}"


def lines(series: Sequence[TimedSample], labels: Mapping[str, str]) -> bytes:
    """Line protocol: one line for each rate among the series, b"" when there is none.

    Args:
        series: of the run in progress.
        labels: of every series, as tags; empty ones are left out.
    """
    found = []
    for one in series:
        if one.name == families.LIVE.name and math.isfinite(one.value):
            tags = "".join(
                f",{name}={_escaped(value)}"
                for name, value in sorted({**labels, **one.labels}.items())
                if value
            )
            nanoseconds = milliseconds(one.timestamp) * 1_000_000
            found.append(f"{MEASUREMENT}{tags} {FIELD}={one.value!r} {nanoseconds}\n")
    return "".join(found).encode()


def _escaped(value: str) -> str:
    # A line's end cannot be escaped, nor a backslash at the value's own end.
    plain = " ".join(value.split()).rstrip("\\")
    return _SPECIAL.sub(r"\\\1", plain)
