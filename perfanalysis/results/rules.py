"""What a result document must keep to that its types cannot say. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from perfanalysis.errors import InputError
from perfanalysis.results.document import FULL, Document, Endurance, Level
from perfanalysis.results.values import Breach

MISSING = "this field, which is missing"
# What only an imported curve may lack.
OF_RUN = (
    "duration_seconds",
    "valid",
    "invalid_reasons",
    "unit",
    "build",
    "software",
    "settings",
)
OF_MACHINE = ("architecture", "logical_cpus", "used_cpus")
OF_LEVEL = ("busy_ratio", "slices", "slices_excluded", "duration_seconds")
# Of a level whose interval was not withheld.
OF_INTERVAL = ("lower", "upper")
# What a fall to the baseline that was seen must say.
OF_STEADY = (
    "seconds_to_baseline",
    "baseline_ratio",
    *(
        f"{phase}_{name}"
        for phase in ("burst", "baseline")
        for name in ("units_per_second", "lower", "upper")
    ),
)
# Facts of a machine that are lists of objects: the types of what these have, the first needed.
NODE: Mapping[str, type] = {"node": int, "cpus": str, "memory_bytes": int}
CACHE: Mapping[str, type] = {"level": int, "type": str, "bytes": int, "cpus": str}


def raise_first(breaches: Iterable[Breach], where: str) -> None:
    """Refuse what breaks a rule.

    Args:
        breaches: fields, and what was expected there.
        where: the file, for messages.

    Raises:
        InputError: the first of them.
    """
    for field, expected in breaches:
        raise InputError(where, field, expected)


def breaches(document: Document) -> Iterator[Breach]:
    """Every rule that a document breaks; of slices in blocks nothing is said.

    A breach may stand on one before it: only the first one is sure to be found.
    """
    if document.imported is None:
        yield from _missing(document, "", OF_RUN)
        yield from _missing(document.machine, "machine.", OF_MACHINE)
        for field, level in _levels(document):
            yield from _missing(level, f"{field}.", OF_LEVEL)
            if level.interval_withheld is None:
                yield from _missing(level, f"{field}.", OF_INTERVAL)
    asked = [level.busy for level in document.levels]
    if asked != sorted(set(asked)):
        yield "levels", f"ascending busy levels, each once, not {asked}"
    rungs = [level.workers or 0 for level in document.ladder or ()]
    if rungs != sorted({*rungs} - {0, 1}) or any(r.busy != FULL for r in document.ladder or ()):
        yield "ladder", f"ascending numbers of workers above 1, at {FULL} % busy, not {rungs}"
    for field, level in _levels(document):
        yield from _of_level(level, field)
    single, rate = document.single, document.single_units_per_second
    if single is not None and rate != single.units_per_second:
        yield "single_units_per_second", "units_per_second of single"
    yield from _of_maximum(document)
    if (interval := document.single_interval) is not None:
        value = document.single_units_per_second
        if value is None or not interval.lower <= value <= interval.upper:
            yield "single_units_per_second", "a value from single_interval.lower to .upper"
    yield from _of_sustained(document)
    if document.until_steady is not None:
        yield from _of_endurance(document.until_steady)
    if document.valid is not None and document.valid == bool(document.invalid_reasons):
        yield "valid", "true without invalid_reasons, false with at least one"
    yield from _of_machine(document)


def _levels(document: Document) -> Iterator[tuple[str, Level]]:
    """Every level with its field, the single worker's last."""
    for name, levels in (("levels", document.levels), ("ladder", document.ladder or ())):
        for index, level in enumerate(levels):
            yield f"{name}[{index}]", level
    if document.single is not None:
        yield "single", document.single


def _missing(part: object, field: str, names: Iterable[str]) -> Iterator[Breach]:
    for name in names:
        if getattr(part, name) is None:
            yield f"{field}{name}", MISSING


def _of_level(level: Level, field: str) -> Iterator[Breach]:
    for prefix in ("", "mean_"):
        names = [f"{prefix}{name}" for name in ("lower", "units_per_second", "upper")]
        lower, rate, upper = (getattr(level, name) for name in names)
        if (lower is None) != (upper is None):
            yield field, f"both {names[0]} and {names[2]}, or none of them"
        elif lower is not None and not (rate is not None and lower <= rate <= upper):
            yield f"{field}.{names[1]}", f"a value from {names[0]} to {names[2]}"
    if level.interval_withheld is not None and level.lower is not None:
        yield f"{field}.interval_withheld", "nothing beside lower and upper"
    if not isinstance(level.slices, tuple) or level.slices_excluded is None:
        return
    excluded = sum(entry.excluded is not None for entry in level.slices)
    if excluded != level.slices_excluded:
        yield f"{field}.slices_excluded", f"{excluded}, as many as slices say that they are"


def _of_maximum(document: Document) -> Iterator[Breach]:
    maximum, full = document.max_units_per_second, document.full
    if full is not None and maximum != full.units_per_second:
        yield "max_units_per_second", f"units_per_second of the level {FULL}"
    if full is None and maximum is not None:
        yield "max_units_per_second", f"nothing, as there is no level {FULL}"


def _of_sustained(document: Document) -> Iterator[Breach]:
    rate, interval, part = (
        document.sustained_units_per_second,
        document.sustained_interval,
        document.sustained,
    )
    name = "sustained_units_per_second"
    if (rate is None) != (interval is None):
        yield name, "both this and sustained_interval, or none of them"
    elif rate is not None and interval is not None:
        if not interval.lower <= rate <= interval.upper:
            yield name, "a value from sustained_interval.lower to .upper"
        if part is None and document.until_steady is None:
            yield name, "sustained or until_steady beside it"
    if part is None:
        return
    if (part.withheld is None) != (rate is not None):
        yield "sustained.withheld", f"{name}, or why there is none"
    yield from _of_bounds(part, "sustained", "first_")


def _of_bounds(part: object, field: str, prefix: str) -> Iterator[Breach]:
    """A rate and its bounds: all of them or none, in their order."""
    names = [f"{prefix}{name}" for name in ("lower", "units_per_second", "upper")]
    known = [getattr(part, name) for name in names]
    if any(value is not None for value in known):
        values = [math.nan if value is None else value for value in known]
        if not values[0] <= values[1] <= values[2]:
            yield f"{field}.{names[1]}", f"a value from {names[0]} to {names[2]}"


def _of_endurance(part: Endurance) -> Iterator[Breach]:
    if part.steady:
        yield from _missing(part, "until_steady.", OF_STEADY)
    for prefix in ("", "burst_", "baseline_"):
        yield from _of_bounds(part, "until_steady", prefix)
    burst, baseline = part.burst_units_per_second, part.baseline_units_per_second
    if part.steady and burst is not None and baseline is not None and baseline >= burst:
        yield "until_steady.baseline_units_per_second", "less than burst_units_per_second"


def _of_machine(document: Document) -> Iterator[Breach]:
    used = document.machine.used_cpus
    if used is not None and len(set(used)) < len(used):
        yield "machine.used_cpus", "each CPU once"
    for index, node in enumerate(document.machine.numa_nodes or ()):
        if "node" not in node:
            yield f"machine.numa_nodes[{index}].node", MISSING
        yield from _of_object(node, f"machine.numa_nodes[{index}]", NODE)
    for index, cache in enumerate(document.machine.caches or ()):
        yield from _of_object(cache, f"machine.caches[{index}]", CACHE)


def _of_object(found: dict[str, Any], field: str, types: Mapping[str, type]) -> Iterator[Breach]:
    for name, kind in types.items():
        # A truth is no whole number, although Python takes it for one.
        if name in found and type(found[name]) is not kind:
            yield f"{field}.{name}", "a JSON integer" if kind is int else "a JSON string"
