"""``perf_recording_*``: what a recording says of itself. Pure."""

from __future__ import annotations

from perfanalysis.exposition.families import Family

TICKS = Family(
    "perf_recording_ticks_total",
    "counter",
    "Ticks since the recording was begun, or continued; stands first in each frame.",
    source="the recording itself",
)
INFO = Family(
    "perf_recording_info",
    "gauge",
    "Which machine was recorded, and the version of this format.",
    ("machine", "format"),
    source="the recording itself",
)
STEP = Family(
    "perf_recording_step_seconds",
    "gauge",
    "Seconds between two ticks, as they were wanted; absent when nobody said.",
    unit="seconds",
    source="the recording itself",
)
FAMILIES = (TICKS, INFO, STEP)
FORMAT = "1"
