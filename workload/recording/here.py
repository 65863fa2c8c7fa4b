"""``workload record`` here and now: what its flags mean, and what is said of it. Without click."""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.printable import printable
from workload.recording.keeping import parse_keep
from workload.recording.live import LiveSettings, record_live

FASTEST, SLOWEST = 1.0, 60.0
_LONGEST = 1e9


def live_settings(
    out: Path, step: str | None, keep: str | None, duration: str | None, per_cpu: bool
) -> LiveSettings:
    """What the flags of these names mean; None: not given.

    Raises:
        InputError: one cannot be meant.
    """
    return LiveSettings(
        out,
        seconds_of(step, "--step", FASTEST, SLOWEST) or FASTEST,
        None if keep is None else parse_keep(keep, "--keep"),
        seconds_of(duration, "--duration", 0.0, _LONGEST),
        per_cpu,
    )


def seconds_of(text: str | None, where: str, least: float, most: float) -> float | None:
    """The seconds of a flag's duration; None where it was not given.

    Raises:
        InputError: it is none, or out of bounds.
    """
    if text is None:
        return None
    seconds = parse_duration(text)
    if seconds is None or not least <= seconds <= most:
        bounds = f", {least:g}s to {most:g}s" if where == "--step" else ""
        raise InputError(where, "", f"a time such as 5s or 10m{bounds}", text)
    return seconds


def record_here(settings: LiveSettings, flags: Mapping[str, Any]) -> None:
    """Record until it is over, and say so.

    Raises:
        InputError: a flag's value is unusable, or ``out`` is no recording.
        PerfAnalysisError: another process records there, or frames could not be written.
    """
    ends = "" if settings.duration else "; Ctrl-C ends it"
    every = f"{settings.step:g} s"
    print(printable(f"record: to {settings.out}, every {every}{ends}"), file=sys.stderr, flush=True)
    began = time.monotonic()
    tally = record_live(settings, flags)
    took = time.monotonic() - began
    said = f"{settings.out}: {tally.ticks} ticks of {tally.series} series in {took:.0f} s"
    print(printable(said), flush=True)
    if tally.failures:
        raise PerfAnalysisError(
            f"{settings.out}: {tally.failures} frames could not be written, and are lost"
        )
