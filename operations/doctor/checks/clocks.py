"""Whether the clocks of machines and engine agree."""

from __future__ import annotations

from operations.doctor.finding import Diagnosis, Health, Installation, some

NAME = "clocks"
# A scrape takes its time between the two.
APART_SECONDS = 2.0


def check(where: Installation) -> list[Diagnosis]:
    """See the module."""
    time = where.selector("node_time_seconds")
    if not where.count(time):
        said = "no machine tells node_time_seconds"
        return [Diagnosis(NAME, Health.UNKNOWN, said, "turn the collector time on")]
    apart = where.names(f"abs({time} - timestamp({time})) > {APART_SECONDS:g}")
    if apart:
        said = f"clocks differ by more than {APART_SECONDS:g} s from the engine's: {some(apart)}"
        return [Diagnosis(NAME, Health.WRONG, said, "docs/runbooks/ClockSkew.md")]
    return [Diagnosis(NAME, Health.GOOD, f"all clocks are within {APART_SECONDS:g} s")]
