"""The clock: whether something keeps it, how far it is off, and whether it is ahead."""

from __future__ import annotations

from grafana.dashboards.panels.shapes import by_machine, of_machines
from grafana.dashboards.thresholds import (
    CLOCK_AHEAD_AHEAD,
    CLOCK_NOT_SYNCHRONISED_ERROR,
    CLOCK_SKEW_OFFSET,
)
from grafana.dashboards.variables import machines
from grafana.dashboards.words import Panel, Query, Step


def offset() -> Panel:
    """How far the clock is off."""
    off = machines("node_timex_offset_seconds")
    limit = CLOCK_SKEW_OFFSET
    return of_machines(
        "Clock off by",
        "How far the clock is from the one that keeps it, by the kernel; nobody knows where "
        f"nothing keeps it. Good: milliseconds. Bad: beyond {limit} either way.",
        "s",
        [by_machine(off)],
        minimum=None,
        steps=[
            Step(None, "red"),
            Step(-limit.value, "green"),
            Step(limit.value, "red"),
        ],
    )


def error() -> Panel:
    """How far the clock may be off at most."""
    most = machines("node_timex_maxerror_seconds")
    kept = machines("node_timex_sync_status")
    return of_machines(
        "Clock's greatest error",
        "How far the clock may be off at most, which grows while nothing keeps it; with it, "
        "whether something does (1) or not (0). Good: below a second, and 1. Bad: "
        f"{CLOCK_NOT_SYNCHRONISED_ERROR} and 0: times of samples and logs cannot be compared.",
        "none",
        [
            by_machine(most, "error, seconds"),
            Query(f"min by (instance) ({kept})", "{{instance}} kept"),
        ],
        steps=[Step(None, "green"), Step(CLOCK_NOT_SYNCHRONISED_ERROR.value, "red")],
    )


def ahead() -> Panel:
    """How far the clock is ahead of the engine's."""
    now = machines("node_time_seconds")
    pushed = machines("perf_push_clock_ahead_seconds")
    return of_machines(
        "Clock ahead of the engine's",
        "The machine's time less that of the engine which scraped or took it. Good: about 0. Bad: "
        f"above {CLOCK_AHEAD_AHEAD}: samples of the future are not shown, or are thrown away.",
        "s",
        [by_machine(f"{now} - timestamp({now})"), by_machine(pushed, "pushed")],
        minimum=None,
        steps=[Step(None, "green"), Step(CLOCK_AHEAD_AHEAD.value, "red")],
    )
