"""How a figure declares itself, and what becomes of it on a page.

A figure's file says all of it: name, title, caption, queries, and the function that draws.
Templates show it by its name, and what they show is asked. Its drawing imports matplotlib
(``reporter.charts``) inside the function only: who asks the engine needs the declarations, and
draws nothing.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from dataclasses import dataclass

from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.asking.query import Query
from reporter.figures.table import Table


@dataclass(frozen=True)
class Chart:
    """What a figure's function draws.

    Attributes:
        svg: the picture; None: there is nothing to draw.
        table: its data.
        caption: instead of the one that the figure declares, in English; "": that one.
        notes: sentences behind the caption, in the report's language, such as what is not shown.
        machine: whose name stands in the heading of a figure of all machines, if any.
    """

    svg: bytes | None
    table: Table
    caption: str = ""
    notes: tuple[str, ...] = ()
    machine: Machine | None = None


@dataclass(frozen=True, kw_only=True)
class _Declared:
    """What figures of both kinds declare.

    Attributes:
        name: how templates call it.
        title: what is shown, in English.
        caption: how to read it, in English.
        queries: what feeds it, as the appendix says.
        also: what is asked for it besides, such as what puts its lines in order.
    """

    name: str
    title: str
    caption: str
    queries: tuple[Query, ...]
    also: tuple[Query, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Figure(_Declared):
    """A figure of all machines of a report; ``draw`` gives None when there is no data for it."""

    draw: Callable[[ReportData], Chart | None]


@dataclass(frozen=True, kw_only=True)
class MachineFigure(_Declared):
    """A figure of one machine; ``draw`` gives None when there is no data for it."""

    draw: Callable[[ReportData, Machine], Chart | None]


AnyFigure = Figure | MachineFigure


@dataclass(frozen=True)
class DrawnFigure:
    """One figure on the page, in the report's language.

    Attributes:
        title: what is shown.
        caption: how to read it.
        alternative: the same for those who do not see the picture.
        uri: the SVG, as a ``data:`` URI.
        queries: what fed it.
        table: its data.
        number: its place on the pages, from 1.
    """

    title: str
    caption: str
    alternative: str
    uri: str
    queries: tuple[Query, ...]
    table: Table
    number: int = 0

    @property
    def file_name(self) -> str:
        """The name of its data's file."""
        words = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")[:60].strip("-")
        return f"figure-{self.number:02d}-{words}.csv"


def drawn(
    figure: AnyFigure, data: ReportData, machine: Machine | None = None
) -> DrawnFigure | None:
    """A figure for the page, or None when there is nothing to draw.

    Args:
        figure: which one.
        data: of the report.
        machine: whose figure it is, for a figure of one machine.
    """
    if isinstance(figure, MachineFigure):
        assert machine
        chart = figure.draw(data, machine)
    else:
        chart = figure.draw(data)
        machine = chart.machine if chart else None
    if chart is None or chart.svg is None:
        return None
    say = data.language.say
    title = say(figure.title)
    heading = title if machine is None else f"{title}: {machine.name}"
    caption = " ".join([say(chart.caption or figure.caption), *chart.notes])
    alternative = say("{title}. {caption} The values are in the attached CSV file.")
    words = alternative.format(title=heading, caption=caption)
    return DrawnFigure(heading, caption, words, _data_uri(chart.svg), figure.queries, chart.table)


def _data_uri(svg: bytes) -> str:
    """An SVG as a ``data:`` URI, so that a page needs no second file."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")
