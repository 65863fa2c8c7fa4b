"""Durations as people write them: as Go does (``1h30m``, ``500ms``), with Prometheus' longer units.

Source: Go's time.ParseDuration, and Prometheus' configuration (``[0-9]+(ms|[smhdwy])``).
"""

from __future__ import annotations

import re

SECONDS = {
    "ns": 1e-9,
    "us": 1e-6,
    "µs": 1e-6,
    "ms": 1e-3,
    "s": 1.0,
    "m": 60.0,
    "h": 3600.0,
    "d": 86400.0,
    "w": 604800.0,
    "y": 31536000.0,
}
# At most nine digits on either side: longer ones mean nothing here, and cost time.
_PART = re.compile(r"(\d{1,9}(?:\.\d{0,9})?)(ns|us|µs|ms|s|m|h|d|w|y)", re.ASCII)
_WHOLE = re.compile(rf"(?:{_PART.pattern})+", re.ASCII)
_BARE = re.compile(r"\d{1,9}(?:\.\d{1,9})?", re.ASCII)


def parse_duration(text: str, *, bare: bool = True) -> float | None:
    """The seconds of a duration such as ``15s``, ``1h30m`` or ``7d``; None when it is none.

    Args:
        text: the duration; never negative.
        bare: whether a number without a unit is taken as seconds.
    """
    if bare and _BARE.fullmatch(text):
        return float(text)
    if not _WHOLE.fullmatch(text):
        return None
    return sum(float(number) * SECONDS[unit] for number, unit in _PART.findall(text))
