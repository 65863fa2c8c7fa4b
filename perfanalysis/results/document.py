"""The result document: one run of one kernel on one machine, as types.

A document in memory is always of the newest version; ``reading.py`` makes it from the bytes of a
file of any version, ``writing.py`` makes those bytes. ``result.schema.json`` says the same for
other programs, with the meaning of each field: a test holds both together. Rates are work units per
second of all used CPUs together; times are seconds, UTC since 1970. What is unknown is None here
and absent in a file, where null stands for a verdict that nobody can tell, and for nothing else.
"""

from __future__ import annotations

from typing import Annotated, Any

from msgspec import Meta, Struct

from perfanalysis.results.machine import Machine
from perfanalysis.results.numbers import Amount, Count, Least1, Rate, Ratio, Real, Seconds, Text

# Version 2 can hold slices as a block and curves without intervals; version 3 the worker ladder,
# and what a machine does at full load for minutes.
SCHEMA_VERSION = 3
FULL = 100


class Slice(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Some hundredths of a second of a level: the units that all workers did in them."""

    start_seconds: Real | None = None
    duration_seconds: Seconds
    units: Amount
    busy_ratio: Ratio | None = None
    steal_ratio: Ratio | None = None
    lost_ratio: Ratio | None = None
    excluded: Annotated[tuple[str, ...], Meta(min_length=1)] | None = None


class Block(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Many slices as one compressed text, see ``slices.py``."""

    encoding: str
    count: Least1
    data: str


Slices = Annotated[tuple[Slice, ...], Meta(min_length=1)] | Block


class Level(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What the machine did at one asked busy level, in percent."""

    busy: Annotated[int, Meta(ge=1, le=100)]
    units_per_second: Rate
    lower: Amount | None = None
    upper: Rate | None = None
    mean_units_per_second: Rate | None = None
    mean_lower: Amount | None = None
    mean_upper: Rate | None = None
    interval_withheld: Text | None = None
    workers: Least1 | None = None
    own_busy_ratio: Ratio | None = None
    busy_ratio: Ratio | None = None
    steal_ratio: Ratio | None = None
    others_ratio: Ratio | None = None
    duration_seconds: Seconds | None = None
    rounds: Least1 | None = None
    slices_excluded: Count | None = None
    excluded_reasons: dict[str, Least1] | None = None
    slices: Slices | None = None
    pressure_ratio: Ratio | None = None


class Modes(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """Two speeds between which the machine went to and fro."""

    slow_ratio: Ratio
    slow_share: Ratio


class Noise(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What changed while the run lasted."""

    covered_seconds: Amount
    correlation_seconds: Amount | None = None
    bimodal: Modes | None = None


class Interval(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """The bounds of a 95 % confidence interval."""

    lower: Amount
    upper: Rate


class Endurance(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Full load that went on until the baseline was seen, or the time was over."""

    steady: bool
    duration_seconds: Seconds
    slices: Slices
    seconds_to_baseline: Amount | None = None
    baseline_ratio: Ratio | None = None
    burst_units_per_second: Rate | None = None
    burst_lower: Amount | None = None
    burst_upper: Rate | None = None
    burst_steal_ratio: Ratio | None = None
    baseline_units_per_second: Rate | None = None
    baseline_lower: Amount | None = None
    baseline_upper: Rate | None = None
    baseline_steal_ratio: Ratio | None = None
    units_per_second: Rate | None = None
    lower: Amount | None = None
    upper: Rate | None = None
    steal_ratio: Ratio | None = None


class Dip(Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """A time in which the rate was lower, and after which it was as before."""

    start_seconds: Amount
    duration_seconds: Seconds


Course = Annotated[str, Meta(pattern=r"^(steady|step|decay|unsettled|short)$")]
Cause = Annotated[str, Meta(pattern=r"^(credit|steal|clock)$")]


class Sustained(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Full load for some minutes: what became of the rate."""

    course: Course
    duration_seconds: Seconds
    slices: Slices
    cause: Cause | None = None
    first_units_per_second: Rate | None = None
    first_lower: Amount | None = None
    first_upper: Rate | None = None
    fall_start_seconds: Amount | None = None
    fall_seconds: Amount | None = None
    dips: Annotated[tuple[Dip, ...], Meta(min_length=1)] | None = None
    steal_ratio: Ratio | None = None
    others_ratio: Ratio | None = None
    withheld: Text | None = None


class Imported(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Where a curve came from that another program has measured."""

    format: Text
    file: Text
    siteid: int | None = None
    host: int | None = None
    perfanalysis: str


class Verdict(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """What a threshold says; ``passed`` is None where its figure is unknown."""

    name: Text
    passed: bool | None
    value: Real | None = None
    certain: bool | None = None


class Unit(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One unit of a kernel's work."""

    name: str
    description: str
    operations: Count | None = None
    bytes: Count | None = None


class Memory(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """Of the workers, in bytes: of all, of each, and how much of it lay in huge pages."""

    bytes: Annotated[int, Meta(ge=1)]
    worker_bytes: tuple[Annotated[int, Meta(ge=1)], ...]
    huge_page_bytes: Annotated[int, Meta(ge=0)] | None = None


class Build(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """How the kernel was compiled, and the instruction set that the run used."""

    compiler: str
    flags: str
    instruction_set: str | None = None


class Document(Struct, frozen=True, forbid_unknown_fields=True, omit_defaults=True, kw_only=True):
    """One run; the fields stand in the order in which a file has them."""

    schema_version: Annotated[int, Meta(ge=SCHEMA_VERSION, le=SCHEMA_VERSION)] = SCHEMA_VERSION
    test_id: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,127}$")]
    kernel: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]*$")]
    kernel_version: Text
    profile: Text
    timestamp_seconds: Annotated[float, Meta(gt=0, lt=1e11)]
    duration_seconds: Amount | None = None
    valid: bool | None = None
    invalid_reasons: tuple[Text, ...] | None = None
    single_units_per_second: Rate | None = None
    single_interval: Interval | None = None
    single: Level | None = None
    ladder: Annotated[tuple[Level, ...], Meta(min_length=1)] | None = None
    levels: Annotated[tuple[Level, ...], Meta(min_length=1)]
    noise: Noise | None = None
    unit: Unit | None = None
    machine: Machine
    memory: Memory | None = None
    build: Build | None = None
    software: dict[str, str] | None = None
    # What was asked for: it explains the figures, and no figure is made of it.
    settings: dict[str, Any] | None = None
    imported: Imported | None = None
    max_units_per_second: Rate | None = None
    sustained_units_per_second: Rate | None = None
    sustained_interval: Interval | None = None
    sustained: Sustained | None = None
    until_steady: Endurance | None = None
    thresholds: tuple[Verdict, ...] | None = None

    @property
    def full(self) -> Level | None:
        """The level 100, when it was measured."""
        last = self.levels[-1]
        return last if last.busy == FULL else None

    @property
    def rungs(self) -> dict[int, Level]:
        """Full load by the number of workers, cores filled first, ascending: the ladder.

        Its ends are the single worker and the level 100, where the document has them. Of another
        program's curve nothing says on which CPUs its workers were.
        """
        if self.imported is not None:
            return {}
        found = {level.workers or 1: level for level in self.ladder or ()}
        if (rate := self.single_units_per_second) is not None:
            found[1] = self.single or Level(busy=FULL, units_per_second=rate, workers=1)
        if self.machine.used_cpus and self.full is not None:
            found[len(self.machine.used_cpus)] = self.full
        return dict(sorted(found.items()))
