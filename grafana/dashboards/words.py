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
Kind = Literal[
    "timeseries",
    "stat",
    "bargauge",
    "table",
    "trend",
    "status-history",
    "barchart",
    "xychart",
]
Legend = Literal["table", "list", "none"]


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
class DrawnThreshold:
    """A threshold of an alert: its number in base units, and its words, which are its text."""

    value: float
    text: str

    def __str__(self) -> str:
        return self.text


@dataclass(frozen=True, slots=True)
class AlertPanel:
    """The panel, by dashboard and title, that shows the figure of an alert with such thresholds."""

    alert: str
    dashboard: str
    panel: str
    thresholds: Sequence[DrawnThreshold]


@dataclass(frozen=True, slots=True)
class NeedColumn:
    """A resource in the fleet's table of needs: the column's title, and the recorded metric."""

    title: str
    metric: str


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
class Link:
    """Where a click on a series, a row or a cell leads; ``url`` may hold Grafana's variables."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Scatter:
    """One series of an ``xychart``: the fields on its axes, and whether a line joins its points."""

    x: str
    y: str
    joined: bool = False


@dataclass(frozen=True, slots=True)
class Transformation:
    """A step that reshapes what the queries gave: Grafana's name of it, and its options.

    ``only`` is the letter of the query whose answer it acts on; without one it acts on all.
    """

    id: str
    options: dict[str, object]
    only: str = ""


@dataclass(frozen=True, slots=True)
class Panel:
    """One panel.

    ``unit`` is one of Grafana's unit names. ``description`` says what is shown, and what good and
    bad look like. ``width`` and ``height`` are cells of Grafana's grid. ``stacked`` fills and
    stacks the series of a time series. ``repeat`` is the variable for each of whose values the
    panel is drawn once. ``x_field`` is the numeric field on the x axis of a trend.
    ``scatters`` are the series of an xychart. ``links`` lead from every series. ``legend`` is a
    table with statistics, a list, or none. ``stream`` is a channel of Grafana Live that the panel
    shows instead of queries. ``sparkline`` draws the course behind a stat's value. ``may_be_empty``
    says that there are machines which have no such data. ``signed`` draws the bars of a barchart
    from zero in the middle, those below it to the left. ``points`` is the most that a course asks
    for; None is one for each pixel.
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
    scatters: Sequence[Scatter] = ()
    links: Sequence[Link] = ()
    legend: Legend = "table"
    sparkline: bool = False
    stream: str = ""
    may_be_empty: bool = False
    signed: bool = False
    points: int | None = None


@dataclass(frozen=True, slots=True)
class Row:
    """A headed group of panels, laid out from left to right."""

    title: str
    panels: Sequence[Panel]


@dataclass(frozen=True, slots=True)
class Variable:
    """What a person picks at the top of a dashboard.

    ``query`` is Prometheus's ``label_values(...)``. With ``many``, several values or All can be
    picked, and an expression matches it by ``=~``; ``all_value`` is what All then stands for, and
    where it is empty, All is every choice by name. With ``result_label``, the query is an
    expression, and the choices are the values of that label in its result. Instead of a query,
    ``choices`` are pairs of what is shown and what it stands for. ``hidden`` is one that follows
    from the others, and that nobody picks. ``first`` is what a query's choices begin with, where
    they have it; else they begin with the first by its letters.
    """

    name: str
    label: str
    description: str
    query: str = ""
    many: bool = True
    all_value: str = ".+"
    choices: Sequence[tuple[str, str]] = ()
    result_label: str = ""
    hidden: bool = False
    first: str = ""


@dataclass(frozen=True, slots=True)
class Annotation:
    """Moments that are marked in all charts of a dashboard.

    ``at_value`` marks the moment that a sample's value names (Unix milliseconds), else every
    moment at which the expression has a sample.
    """

    name: str
    expression: str
    title: str
    text: str
    colour: Colour
    at_value: bool = False


@dataclass(frozen=True, slots=True)
class Dashboard:
    """One dashboard; ``uid`` is its address in Grafana and never changes.

    ``refresh`` is how often it asks again, ``span`` how far back it looks at first, both as Grafana
    writes durations.
    """

    uid: str
    title: str
    description: str
    tags: Sequence[str]
    variables: Sequence[Variable]
    rows: Sequence[Row]
    annotations: Sequence[Annotation] = ()
    refresh: str = "30s"
    span: str = "1h"

    @property
    def panels(self) -> list[Panel]:
        """All panels, in order."""
        return [panel for row in self.rows for panel in row.panels]
