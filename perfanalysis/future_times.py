"""Times ahead of now, which nothing can have been measured at. Pure.

Prometheus counts its retention from the end of its newest block (tsdb: ``BeyondTimeRetention``),
and not from now. One block that lies ahead by more than the retention makes it delete all others,
and after a restart it takes no sample older than that block's end ("out of bounds"; measured with
2.42).
"""

from __future__ import annotations

from datetime import UTC, datetime

from perfanalysis.errors import InputError

# Clocks that nothing steers differ by seconds; a block a minute ahead costs a minute of retention.
TOLERANCE_SECONDS = 60.0


def refuse_ahead(time: float, now: float, where: str, remedy: str) -> None:
    """See that a time is not ahead of now.

    Args:
        time: in Unix seconds, before the year 9999.
        now: what this machine's clock says, in Unix seconds.
        where: the file and line, or the flag, that has the time.
        remedy: what to do.

    Raises:
        InputError: it is ahead by more than ``TOLERANCE_SECONDS``.
    """
    if time <= now + TOLERANCE_SECONDS:
        return
    expected = f"a time at most {TOLERANCE_SECONDS:.0f} s ahead of now, {_shown(now)} ({remedy})"
    raise InputError(where, "", expected, _shown(time))


def _shown(time: float) -> str:
    return datetime.fromtimestamp(int(time), UTC).isoformat().replace("+00:00", "Z")
