"""Rows of the tables of machines, and of a load test's levels. Pure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from perfanalysis.machines.facts.burstable import baseline_ratio
from reporter.analysis.comparison import units_per_dollar
from reporter.analysis.report_data import ReportData
from reporter.asking.machines import LoadTest, Machine
from reporter.charts.style import COLOURS


@dataclass(frozen=True)
class MachineRow:
    """A machine in a table, in the colour of the charts.

    Attributes:
        rank: of it or its type, by work for the money; None: it is not ranked.
        mark: of the class of conditions in which it is ranked; empty: the main one.
        withheld: why it is not ranked, see ``ranking``; empty: nothing forbids it.
        burst: the share of its CPUs that a burstable type has for good; None: it is none.
    """

    machine: Machine
    colour: str
    rank: int | None
    mark: str
    withheld: str
    burst: float | None


@dataclass(frozen=True)
class LevelRow:
    """A measured level: ``busy`` asked in percent, rates in units per second, ratios 0..1."""

    busy: float
    units: float | None
    lower: float | None
    upper: float | None
    reached: float | None
    steal: float | None


def machine_rows(data: ReportData) -> list[MachineRow]:
    """All machines: by class of conditions and rank, those of one type by their own value; those
    that are not ranked come last, in the report's order."""
    ranks = data.ranking.ranks

    def place(machine: Machine) -> tuple[bool, str, int, float]:
        if machine.name not in ranks:
            return True, "", 0, 0.0
        rank, mark = ranks[machine.name]
        worth = units_per_dollar(machine)
        return False, mark, rank, -(worth.value if worth else 0.0)

    return [_row(data, machine) for machine in sorted(data.machines, key=place)]


def _row(data: ReportData, machine: Machine) -> MachineRow:
    colour = COLOURS[data.places[machine.name] % len(COLOURS)]
    group = data.ranking.group(machine)
    rank, _ = data.ranking.ranks.get(machine.name, (None, ""))
    return MachineRow(
        machine,
        colour,
        rank,
        group.tests.mark if group else "",
        data.ranking.withheld(machine),
        baseline_ratio(machine.instance_type),
    )


def level_rows(test: LoadTest) -> list[LevelRow]:
    """The measured levels of a load test."""
    curve = test.curve
    columns = (curve.busy, curve.units, curve.lower, curve.upper, curve.reached, curve.steal)
    known = [[float(x) if np.isfinite(x) else None for x in column] for column in columns]
    return [LevelRow(float(busy or 0), *values) for busy, *values in zip(*known, strict=True)]
