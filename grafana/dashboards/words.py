"""The words in which dashboards are said: dashboard, row, panel, query, variable.

Nothing here knows a generator. ``generation.py`` turns these words into Grafana's JSON, by
grafanalib; another generator would read the same words.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

GRID_WIDTH = 24  # of Grafana's grid

Colour = Literal["green", "yellow", "orange", "red", "blue", "transparent"]
Kind = Literal["timeseries", "stat", "bargauge", "table", "trend"]


@dataclass(frozen=True, slots=True)
class Query:
    """One PromQL expression.

    ``legend`` is Grafana's legend format. ``at_end`` asks for the value at the end of the time
    range only, and gives a table for a panel that draws one.
    """

    expression: str
    legend: str = ""
    at_end: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """From this value on (in the panel's unit; None is the lowest step), this colour."""

    value: float | None
    colour: Colour


@dataclass(frozen=True, slots=True)
class ValueText:
    """A value that is shown as a word, in a colour."""

    value: float
    text: str
    colour: Colour


@dataclass(frozen=True, slots=True)
class Style:
    """How some fields of a panel differ from the rest.

    ``field`` is a field's name, or a regular expression between slashes. ``settings`` are pairs of
    a property of Grafana's field configuration and its value; ``values`` are shown as words.
    """

    field: str
    settings: tuple[tuple[str, object], ...]
    values: Sequence[ValueText] = ()


@dataclass(frozen=True, slots=True)
class Transformation:
    """A step that reshapes what the queries gave: Grafana's name of it, and its options."""

    id: str
    options: dict[str, object]


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel.

    ``unit`` is one of Grafana's unit names. ``description`` says what is shown, and what good and
    bad look like. ``width`` and ``height`` are cells of Grafana's grid. ``stacked`` fills and
    stacks the series of a time series. ``repeat`` is the variable for each of whose values the
    panel is drawn once. ``x_field`` is the numeric field on the x axis of a trend.
    ``may_be_empty`` says that there are machines which have no such data.
    """

    title: str
    description: str
    kind: Kind
    unit: str
    queries: Sequence[Query]
    width: int = 12
    height: int = 8
    minimum: float | None = None
    maximum: float | None = None
    decimals: int | None = None
    steps: Sequence[Step] = ()
    values: Sequence[ValueText] = ()
    styles: Sequence[Style] = ()
    transformations: Sequence[Transformation] = ()
    stacked: bool = False
    repeat: str = ""
    x_field: str = ""
    no_value: str = ""
    may_be_empty: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A headed group of panels, laid out from left to right."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class Variable:
    """What a person picks at the top of a dashboard.

    ``query`` is Prometheus's ``label_values(...)``. With ``many``, several values or All can be
    picked, and an expression matches it by ``=~``.
    """

    name: str
    label: str
    description: str
    query: str
    many: bool = True


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One dashboard; ``uid`` is its address in Grafana and never changes."""

    uid: str
    title: str
    description: str
    tags: Sequence[str]
    variables: Sequence[Variable]
    rows: Sequence[Row]

    @property
    def panels(self) -> list[Panel]:
        """All panels, in order."""
        return [panel for row in self.rows for panel in row.panels]
