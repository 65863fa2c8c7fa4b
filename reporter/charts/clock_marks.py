"""Where the marks of a time axis stand: at round times of a zone's clocks. Pure."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, tzinfo

_DAY = 86400


def marks(start: float, end: float, step: int, zone: tzinfo) -> list[float]:
    """Moments between two others at which the clocks show a multiple of a step.

    Where the clocks go forward, a mark that they never show is left out; where they go back, a time
    that they show twice has one mark.

    Args:
        start: Unix seconds.
        end: Unix seconds.
        step: seconds: whole days, or what a day is a multiple of.
        zone: whose clocks.
    """
    if zone is UTC:
        first = (int(start) // step + 1) * step
        return [float(moment) for moment in range(first, int(end) + 1, step)]
    shown = datetime.fromtimestamp(start, zone).replace(tzinfo=None, microsecond=0)
    since = (shown - datetime(1970, 1, 1)).total_seconds()  # noqa: DTZ001 - of the clocks
    local = shown - timedelta(seconds=since % step)
    found: list[float] = []
    # The clocks may go back by some hours within the range.
    while local.replace(tzinfo=zone).timestamp() <= end + _DAY:
        moment = local.replace(tzinfo=zone).timestamp()
        exists = datetime.fromtimestamp(moment, zone).replace(tzinfo=None) == local
        if exists and start < moment <= end:
            found.append(moment)
        local += timedelta(seconds=step)
    return found
