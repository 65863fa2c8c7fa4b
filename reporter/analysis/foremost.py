"""Which machines a chart shows that cannot show all of them."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from reporter.analysis.comparison import ranked, units_per_dollar, work_done
from reporter.asking.machines import Machine


def foremost(machines: Sequence[Machine], first: Collection[str], count: int) -> list[Machine]:
    """Those of ``first``, and then by rank, in the report's order.

    The rank is by units per dollar, then by work alone; what has no load test comes last.

    Args:
        machines: all of the report.
        first: names: the baseline, and those that no other beats in price and work.
        count: how many at most; where there are no more, all.
    """
    if len(machines) <= count:
        return list(machines)
    order = [*ranked(machines, units_per_dollar), *ranked(machines, work_done), *machines]
    order.sort(key=lambda machine: machine.name not in first)
    names = list(dict.fromkeys(machine.name for machine in order))[:count]
    return [machine for machine in machines if machine.name in names]


def places(shown: Sequence[Machine], machines: Sequence[Machine]) -> dict[str, int]:
    """A place for each machine, from 0: first those that are shown, then the others."""
    names = dict.fromkeys(machine.name for machine in (*shown, *machines))
    return {name: place for place, name in enumerate(names)}
