"""What stands on a report's pages, in order, ready for the template. Pure: no queries, no files."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from reporter.analysis.comparison import ranked, units_per_dollar
from reporter.analysis.quality import remarks
from reporter.analysis.verdict import verdict
from reporter.charts.style import COLOURS
from reporter.config import Config
from reporter.figures import (
    IDENTITY,
    LEVELS,
    SUMMARY,
    Drawing,
    behaviour_drawings,
    value_drawings,
)
from reporter.gathering import Gathered, by_machine
from reporter.machines import LoadTest, Machine


@dataclass(frozen=True)
class Row:
    """A machine in the summary table, in the colour that it has in the charts."""

    machine: Machine
    colour: str


@dataclass(frozen=True)
class LevelRow:
    """A measured level: ``busy`` asked in percent, rates in units per second, ratios 0..1."""

    busy: float
    units: float | None
    lower: float | None
    upper: float | None
    reached: float | None
    steal: float | None


@dataclass(frozen=True)
class Source:
    """A query of the appendix: its name, what it feeds, and the PromQL as it was sent."""

    name: str
    feeds: str
    expression: str


@dataclass(frozen=True)
class Page:
    """All that the template shows.

    ``drawings`` are numbered from 1 in their order: first ``value``, then ``behaviour``.
    """

    config: Config
    gathered: Gathered
    generated: float
    verdict: Sequence[str]
    rows: Sequence[Row]
    value: Sequence[Drawing]
    behaviour: Sequence[Drawing]
    remarks: Sequence[str]
    levels: Sequence[tuple[Row, Sequence[LevelRow]]]
    sources: Sequence[Source]


def build(config: Config, gathered: Gathered, generated: float) -> Page:
    """Lay out a report.

    Args:
        config: what was asked for.
        gathered: what the engine answered.
        generated: now, in Unix seconds.
    """
    value = list(value_drawings(gathered))
    behaviour = list(behaviour_drawings(gathered))
    rows = _rows(gathered.machines)
    busy = by_machine(gathered.series["CPU busy"])
    return Page(
        config=config,
        gathered=gathered,
        generated=generated,
        verdict=verdict(gathered.machines),
        rows=rows,
        value=value,
        behaviour=behaviour,
        remarks=[
            *remarks(gathered.machines, busy, gathered.start, gathered.end, gathered.step),
            *(f"The engine warned: {warning}" for warning in dict.fromkeys(gathered.warnings)),
        ],
        levels=[(row, _levels(row.machine.test)) for row in rows if row.machine.test],
        sources=_sources(gathered, [*value, *behaviour]),
    )


def _rows(machines: Sequence[Machine]) -> list[Row]:
    colours = {machine.name: COLOURS[i % len(COLOURS)] for i, machine in enumerate(machines)}
    best = ranked(machines, units_per_dollar)
    rest = [machine for machine in machines if machine not in best]
    return [Row(machine, colours[machine.name]) for machine in [*best, *rest]]


def _levels(test: LoadTest) -> list[LevelRow]:
    curve = test.curve
    columns = (curve.busy, curve.units, curve.lower, curve.upper, curve.reached, curve.steal)
    known = [[float(x) if np.isfinite(x) else None for x in column] for column in columns]
    return [LevelRow(float(busy or 0), *values) for busy, *values in zip(*known, strict=True)]


def _sources(gathered: Gathered, drawings: Sequence[Drawing]) -> list[Source]:
    feeds: dict[str, list[str]] = {name: [] for name in gathered.expressions}
    for number, drawing in enumerate(drawings, 1):
        for name in drawing.queries:
            feeds[name].append(f"figure {number}")
    for place, names in (
        ("summary table", SUMMARY),
        ("table of measured levels", LEVELS),
        ("table of machines", IDENTITY),
    ):
        for name in names:
            feeds[name].append(place)
    return [
        Source(name, _listed(places), gathered.expressions[name]) for name, places in feeds.items()
    ]


def _listed(places: Sequence[str]) -> str:
    """``figure 4, figure 5, figure 6`` reads better as ``figures 4 to 6``."""
    numbers = [int(place.split()[1]) for place in places if place.startswith("figure ")]
    words = [place for place in places if not place.startswith("figure ")]
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return ", ".join([f"figures {numbers[0]} to {numbers[-1]}", *words])
    return ", ".join([*(f"figure {number}" for number in numbers), *words])
