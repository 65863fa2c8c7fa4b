"""A chart on a page: its title, what to read from it, the queries behind it, and its data."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from perfanalysis.promql import Floats, Series
from reporter.asking.machines import Machine
from reporter.figures.material import Material
from reporter.formats.cells import plain

Cell = str | float | int | None


@dataclass(frozen=True)
class Table:
    """What a figure shows, as numbers: names of the columns, and rows; None: unknown."""

    columns: tuple[str, ...]
    rows: Sequence[Sequence[Cell]]

    def csv(self) -> bytes:
        """As CSV (RFC 4180, UTF-8); unknown is an empty field."""
        stream = io.StringIO()
        writer = csv.writer(stream)
        writer.writerow([plain(name) for name in self.columns])
        writer.writerows(["" if cell is None else plain(cell) for cell in row] for row in self.rows)
        return stream.getvalue().encode()


@dataclass(frozen=True)
class Drawing:
    """One chart on the page.

    Attributes:
        title: what is shown.
        caption: how to read it.
        alternative: the same for those who do not see the picture.
        uri: the SVG, as a ``data:`` URI.
        queries: names of the queries that fed it, as in ``reporter.asking.queries``.
        table: its data.
        number: its place on the pages, from 1.
    """

    title: str
    caption: str
    alternative: str
    uri: str
    queries: tuple[str, ...]
    table: Table
    number: int = 0

    @property
    def file_name(self) -> str:
        """The name of its data's file."""
        words = re.sub(r"[^a-z0-9]+", "-", self.title.lower()).strip("-")[:60].strip("-")
        return f"figure-{self.number:02d}-{words}.csv"


def data_uri(svg: bytes) -> str:
    """An SVG as a ``data:`` URI, so that a page needs no second file."""
    return "data:image/svg+xml;base64," + base64.b64encode(svg).decode("ascii")


def drawing(  # noqa: PLR0913, PLR0917 - one for each attribute
    material: Material,
    svg: bytes | None,
    title: str,
    caption: str,
    queries: tuple[str, ...],
    table: Table,
    machine: Machine | None = None,
) -> Drawing | None:
    """A figure in the report's language, or None when there is nothing to draw.

    Args:
        material: the report's data.
        svg: the chart.
        title: in English.
        caption: in English.
        queries: names of the queries that fed it.
        table: its data.
        machine: whose figure it is, where it is of one.
    """
    if svg is None:
        return None
    say = material.language.say
    heading = say(title) if machine is None else f"{say(title)}: {machine.name}"
    alternative = say("{title}. {caption} The values are in the attached CSV file.")
    words = alternative.format(title=heading, caption=say(caption))
    return Drawing(heading, say(caption), words, data_uri(svg), queries, table)


def points(
    machine: Machine, times: Floats, values: Floats, *more: Cell
) -> Iterator[tuple[Cell, ...]]:
    """Rows of a series: machine, what tells it apart, Unix seconds, value (unknown left empty)."""
    for time, value in zip(times.tolist(), values.tolist(), strict=True):
        yield (machine.name, *more, time, value if np.isfinite(value) else None)


def rows_of(machine: Machine, series: Iterable[Series], *labels: str) -> list[tuple[Cell, ...]]:
    """Rows of several series of one machine, told apart by labels."""
    return [
        row
        for one in series
        for row in points(
            machine, one.times, one.values, *(one.labels.get(label, "") for label in labels)
        )
    ]
