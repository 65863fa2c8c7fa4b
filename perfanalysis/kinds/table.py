"""Rows of a public table of machines as machines, and what they did of each kind."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import NamedTuple

from perfanalysis.kinds.catalogue import Kind
from perfanalysis.kinds.machine import FIGURES, Machine

# Without these a row cannot stand for a machine; most CPU models' names tell the architecture.
NEEDED = ("cpu_model", "logical_cpus", "threads_per_core")


class TableRow(NamedTuple):
    """One machine of a table, with all its cells."""

    machine: Machine
    provider: str
    instance_type: str
    cells: Mapping[str, str]

    def work(self, kind: Kind) -> float | None:
        """The logarithm of what it did of a kind; of each CPU, where that is of all CPUs.

        None where a program of the kind is missing.
        """
        rates = [positive(self.cells.get(column)) for column in kind.columns]
        known = [math.log(rate) for rate in rates if rate is not None]
        if len(known) < len(rates):
            return None
        size = math.log(self.machine.cpus) if kind.whole else 0.0
        return sum(known) / len(known) - size


def row_of(cells: Mapping[str, str]) -> TableRow | None:
    """The machine of a row, or None where it tells no CPU model or number of CPUs.

    Kernel figures stand in columns of the public table's names, or of our kernels'.
    """
    cpus = positive(cells.get("logical_cpus"))
    model = (cells.get("cpu_model") or "").strip()
    if cpus is None or cpus < 1 or not model:
        return None
    figures = {
        figure.name: rate
        for figure in FIGURES
        if (rate := positive(cells.get(figure.name)) or positive(cells.get(figure.column)))
    }
    provider = (cells.get("provider") or "").strip()
    instance_type = (cells.get("instance_type") or "").strip()
    machine = Machine(
        name=f"{provider} {instance_type}".strip(),
        cpus=int(cpus),
        threads_per_core=int(positive(cells.get("threads_per_core")) or 1),
        architecture=(cells.get("architecture") or "").strip(),
        cpu_model=model,
        figures=figures,
    )
    return TableRow(machine, provider, instance_type, cells)


def positive(text: str | None) -> float | None:
    """A number above 0, or None for what is none: an empty cell, NaN, 0 or words."""
    try:
        number = float(text or "")
    except ValueError:
        return None
    return number if 0 < number < math.inf else None
