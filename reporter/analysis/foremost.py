"""Which machines a chart shows that cannot show all of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

from reporter.analysis.comparison import paid_work
from reporter.asking.machines import Machine


def foremost(
    machines: Sequence[Machine],
    first: Collection[str],
    ranks: Mapping[str, tuple[int, str]],
    count: int,
) -> list[Machine]:
    """Those of ``first``, and then by rank, in the report's order.

    What has no rank comes by its work alone, and what has no load test last.

    Args:
        machines: all of the report.
        first: names: the baseline, and those that no other beats in price and work.
        ranks: of machines by their names, each with the mark of its class of conditions.
        count: how many at most; where there are no more, all.
    """
    if len(machines) <= count:
        return list(machines)

    def order(machine: Machine) -> tuple[bool, bool, str, int, float]:
        place, mark = ranks.get(machine.name, (0, ""))
        work = paid_work(machine)
        unranked = machine.name not in ranks
        return machine.name not in first, unranked, mark, place, -(work.value if work else 0.0)

    names = {machine.name for machine in sorted(machines, key=order)[:count]}
    return [machine for machine in machines if machine.name in names]


def places(shown: Sequence[Machine], machines: Sequence[Machine]) -> dict[str, int]:
    """A place for each machine, from 0: first those that are shown, then the others."""
    names = dict.fromkeys(machine.name for machine in (*shown, *machines))
    return {name: place for place, name in enumerate(names)}
