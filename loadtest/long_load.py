"""What full load behind the levels has found, as a result document has it."""

from __future__ import annotations

from typing import TypedDict

from cffi_burn.worker import now
from loadtest.driving.steps import Round
from loadtest.endurance import Endurance, rate, steal_ratio
from loadtest.slice_record import of_slice
from perfanalysis.estimates.course import Course
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.results import document
from perfanalysis.results.document import Dip, Interval, Slice, Sustained


class LongLoad(TypedDict, total=False):
    """The fields of a document that full load behind the levels fills."""

    sustained_units_per_second: float | None
    sustained_interval: Interval | None
    sustained: Sustained
    until_steady: document.Endurance


def long_load(found: Endurance | None, ended: float, cpus: int, *, until_steady: bool) -> LongLoad:
    """The fields of a document, as far as there was such load.

    Args:
        found: by it; None: there was none.
        ended: when, seconds since 1970.
        cpus: how many the run used.
        until_steady: whether the baseline of a burstable machine was waited for.
    """
    if found is None:
        return {}
    course = found.told(cpus)
    if until_steady:
        level = found.course.level if found.at_baseline else None
        return {**_figure(level), "until_steady": _until_steady(found, ended)}
    return {**_figure(course.level), "sustained": _sustained(found, course, ended, cpus)}


def _figure(level: Estimate | None) -> LongLoad:
    if level is None:
        return {}
    return {
        "sustained_units_per_second": level.value,
        "sustained_interval": Interval(lower=level.lower, upper=level.upper),
    }


def _sustained(found: Endurance, course: Course, ended: float, cpus: int) -> Sustained:
    offset, first = ended - now(), course.first
    start, end = course.fall_start, course.fall_end
    dips = tuple(
        Dip(start_seconds=begun, duration_seconds=until - begun) for begun, until in course.dips
    )
    return Sustained(
        course=course.kind,
        duration_seconds=found.duration,
        slices=tuple(_second(part, offset) for part in found.bins if part.slices),
        cause=found.cause if course.level is not None else None,
        first_units_per_second=None if first is None else first.value,
        first_lower=None if first is None else first.lower,
        first_upper=None if first is None else first.upper,
        fall_start_seconds=start,
        fall_seconds=None if start is None or end is None else end - start,
        dips=dips or None,
        steal_ratio=steal_ratio(found.bins),
        others_ratio=found.others_ratio(cpus),
        withheld=None if course.level is not None else course.reason,
    )


def _second(part: Round, offset: float) -> Slice:
    """A bin as one slice."""
    seconds = sum(entry.duration for entry in part.slices)
    return Slice(
        start_seconds=round(part.slices[0].start + offset, 6),
        duration_seconds=seconds,
        units=rate(part) * seconds,
        steal_ratio=steal_ratio([part]) or None,
    )


def _until_steady(found: Endurance, ended: float) -> document.Endurance:
    offset = ended - now()
    slices = tuple(of_slice(entry, offset) for entry in found.slices)
    course, bins = found.course, found.bins
    burst, baseline = course.first, course.level
    if not found.at_baseline or burst is None or baseline is None:
        whole = found.whole()
        return document.Endurance(
            steady=False,
            duration_seconds=found.duration,
            slices=slices,
            units_per_second=None if whole is None else whole.value,
            lower=None if whole is None else whole.lower,
            upper=None if whole is None else whole.upper,
            steal_ratio=steal_ratio(bins),
        )
    start, end = (min(int(part or 0), len(bins)) for part in (course.fall_start, course.fall_end))
    return document.Endurance(
        steady=True,
        duration_seconds=found.duration,
        slices=slices,
        seconds_to_baseline=sum(part.duration for part in bins[:end]),
        baseline_ratio=baseline.value / burst.value,
        burst_units_per_second=burst.value,
        burst_lower=burst.lower,
        burst_upper=burst.upper,
        burst_steal_ratio=steal_ratio(bins[:start]),
        baseline_units_per_second=baseline.value,
        baseline_lower=baseline.lower,
        baseline_upper=baseline.upper,
        baseline_steal_ratio=steal_ratio(bins[end:]),
    )
