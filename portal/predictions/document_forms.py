"""What stands in predictions and plans of ``perfanalysis workload``, as far as the pages show it.

What a document does not say is None or empty; what later versions add is let through.
"""

from __future__ import annotations

from typing import Annotated

from msgspec import Meta, Struct, field

from portal.records.fitting import PLAIN_TEXT

Name = Annotated[str, Meta(min_length=1, max_length=200, pattern=PLAIN_TEXT)]
Word = Annotated[str, Meta(max_length=200, pattern=PLAIN_TEXT)]
# Money is exact, and so a text.
Amount = Annotated[str, Meta(max_length=60, pattern=r"^-?\d+(\.\d+)?(E[+-]?\d+)?$")]
# Finite: JSON can spell numbers that no float holds.
Number = Annotated[float, Meta(ge=-1e15, le=1e15)]
# Of a day that a calendar has.
Seconds = Annotated[float, Meta(ge=0, le=2.5e11)]


class WorkBand(Struct, frozen=True):
    """A value between its bounds."""

    value: Number
    lower: Number | None = None
    upper: Number | None = None


class PredictedFinding(Struct, frozen=True):
    """What is to be said of the machine today."""

    state: Word
    reasons: tuple[Word, ...] = ()
    used: dict[str, Number] = field(default_factory=dict)


class PredictedOverTime(Struct, frozen=True):
    """Shares that would be used in each interval; None: unknown."""

    cpu: tuple[Number | None, ...] = ()
    cpu_lower: tuple[Number | None, ...] = ()
    cpu_upper: tuple[Number | None, ...] = ()
    memory: tuple[Number | None, ...] = ()


class PredictedCandidate(Struct, frozen=True):
    """What the work would be on one candidate: shares by percentile (``p95``, ``max``)."""

    name: Name
    measured: bool
    provider: Word | None = None
    region: Word | None = None
    instance_type: Word | None = None
    architecture: Word | None = None
    purchase: Word | None = None
    machines_measured: int | None = None
    busy: dict[str, WorkBand] = field(default_factory=dict)
    busy_mean: Number | None = None
    head_room: dict[str, WorkBand] = field(default_factory=dict)
    used: dict[str, dict[str, Number]] = field(default_factory=dict)
    one_cpu: Number | None = None
    performance_risk: dict[str, WorkBand] = field(default_factory=dict)
    unknown_limits: tuple[Word, ...] = ()
    machines: WorkBand | None = None
    currency: Word | None = None
    price_per_hour: Amount | None = None
    price_per_month: Amount | None = None
    saving_per_month: Amount | None = None
    other_architecture: bool | None = None
    not_recommended: str | None = None
    over_time: PredictedOverTime | None = None


class PredictedWork(Struct, frozen=True):
    """For which work the figures hold."""

    kernels: tuple[Word, ...] = ()
    mix: dict[str, Number] = field(default_factory=dict)
    kind: Word | None = None


class PredictedWish(Struct, frozen=True):
    """What a machine had to be for it to be chosen."""

    percentile: Number | None = None
    cpu_headroom: Number | None = None
    memory_headroom: Number | None = None
    look_back_days: Number | None = None
    least: int | None = None
    spot: bool | None = None
    families: tuple[Word, ...] = ()
    providers: tuple[Word, ...] = ()
    regions: tuple[Word, ...] = ()
    architectures: tuple[Word, ...] = ()


class PredictedMachine(Struct, frozen=True):
    """The prediction of one machine's work on all candidates."""

    machine: Name
    finding: PredictedFinding
    candidates: tuple[PredictedCandidate, ...]
    remarks: tuple[str, ...]
    cheapest: Word | None = None
    cheapest_divided: Word | None = None
    source: Word | None = None
    start_seconds: Seconds | None = None
    end_seconds: Seconds | None = None
    interval_seconds: Seconds | None = None
    known_seconds: Seconds | None = None
    counted_percentile: Number | None = None
    demand_is_lower_bound: bool | None = None
    saturated_ratio: Number | None = None
    work: PredictedWork | None = None
    wish: PredictedWish | None = None
    times: tuple[Seconds, ...] = ()


class PlannedPeak(Struct, frozen=True):
    """The most that is asked of a machine, as a share of what it may give, and when in the week."""

    ratio_of_allowed: Number
    at: Word


class PlannedPlace(Struct, frozen=True):
    """A machine of a plan, and the workloads on it."""

    name: Name
    type: Word
    price_per_hour: Amount
    spare: bool
    workloads: tuple[Name, ...]
    peaks: dict[str, PlannedPeak] = field(default_factory=dict)
    moves_on_failure: dict[str, Word] | None = None


class PlannedSet(Struct, frozen=True):
    """A plan: machines for the work of several."""

    currency: Word
    price_per_hour: Amount
    price_per_month: Amount
    bound_per_hour: Amount
    search: Word
    machines: tuple[PlannedPlace, ...]
    refused: dict[str, str]
    remarks: tuple[str, ...]
    gap_ratio: Number | None = None
    first_fit_decreasing_per_hour: Amount | None = None
