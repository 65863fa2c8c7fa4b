"""Forms that panels of several subjects share: one figure, both directions, pressure."""

from __future__ import annotations

from collections.abc import Sequence

from grafana.dashboards.variables import machines, rate
from grafana.dashboards.words import Panel, Query, Step


def figure(  # noqa: PLR0913 - what differs between figures
    title: str,
    description: str,
    query: Query,
    *,
    unit: str = "short",
    width: int = 4,
    height: int = 4,
    decimals: int | None = None,
    steps: Sequence[Step] = (),
    sparkline: bool = False,
    no_value: str = "",
    may_be_empty: bool = False,
) -> Panel:
    """One big figure without a name of its own."""
    return Panel(
        title=title,
        description=description,
        kind="stat",
        unit=unit,
        queries=[query],
        width=width,
        height=height,
        decimals=decimals,
        steps=steps,
        sparkline=sparkline,
        legend="none",
        no_value=no_value,
        may_be_empty=may_be_empty,
    )


def both_ways(  # noqa: PLR0913 - what differs between these charts
    title: str,
    description: str,
    unit: str,
    above: Query,
    below: Query,
    *,
    width: int = 12,
    may_be_empty: bool = False,
) -> Panel:
    """What comes above zero, and what goes below it."""
    return Panel(
        title=title,
        description=description,
        kind="timeseries",
        unit=unit,
        queries=[above, Query(f"-({below.expression})", below.legend)],
        width=width,
        may_be_empty=may_be_empty,
    )


def some_and_all(
    title: str, description: str, resource: str, *, steps: Sequence[Step] = ()
) -> Panel:
    """The share of time in which some task, or all of them, waited for a resource."""
    queries = [
        Query(
            f"max by (instance) ({rate(f'node_pressure_{resource}_{kind}_seconds_total')})",
            f"{{{{instance}}}} {word}",
        )
        for kind, word in (("waiting", "some"), ("stalled", "all"))
    ]
    return Panel(
        title=title,
        description=description,
        kind="timeseries",
        unit="percentunit",
        queries=queries,
        width=8,
        minimum=0,
        steps=steps,
        may_be_empty=True,
    )


def of_machines(  # noqa: PLR0913 - what differs between these charts
    title: str,
    description: str,
    unit: str,
    queries: Sequence[Query],
    *,
    width: int = 8,
    minimum: float | None = 0,
    decimals: int | None = None,
    steps: Sequence[Step] = (),
) -> Panel:
    """A chart of what not every machine has."""
    return Panel(
        title=title,
        description=description,
        kind="timeseries",
        unit=unit,
        queries=queries,
        width=width,
        minimum=minimum,
        decimals=decimals,
        steps=steps,
        may_be_empty=True,
    )


def by_machine(expression: str, word: str = "") -> Query:
    """The highest value of each machine, under its name and a word."""
    return Query(f"max by (instance) ({expression})", f"{{{{instance}}}} {word}".strip())


def grown(counter: str, *more: str) -> str:
    """By how much a counter of the picked machines rose within a step of the chart.

    It is above its lowest value by whole numbers; ``increase()`` stretches them to a step's ends.
    """
    selected = machines(counter, *more)
    return f"{selected} - min_over_time({selected}[$__rate_interval])"
