"""Tables and charts stay whole in Grafana: with one machine, with none, and where a query is empty.

What a real Prometheus answers goes through Grafana's own transformations, as they are published.
"""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.generation import to_json
from grafana.dashboards.words import Dashboard, Panel
from perfanalysis.promql import Sample, Series
from pictures.frames import table_of, trends
from pictures.transformations import transformed
from tests.grafana import published
from tests.grafana.conftest import Hour
from tests.grafana.hour.asking import ask, repeated, values_of

pytestmark = pytest.mark.e2e

Entry = dict[str, Any]
Cells = dict[tuple[tuple[str, ...], str], Any]  # by what a row is of, and its column's name
RESHAPED = [
    pytest.param(dashboard, panel, id=f"{name.removesuffix('.json')}: {panel.title}")
    for name, dashboard in ((name, make()) for name, make in DASHBOARDS.items())
    for panel in dashboard.panels
    if panel.transformations
]


@dataclass
class Case:
    """What a panel's queries answer, by the queries' letters, and what is peculiar about it."""

    name: str
    answers: dict[str, list[Entry]]


def cases_of(hour: Hour, dashboard: Dashboard, panel: Panel, pick: str) -> list[Case]:
    """Every query with its answer; each of them empty in turn; all of them; the first with less."""
    values = values_of(hour.url, dashboard, "all" if pick == "none" else pick, hour.span)
    values |= {"job": "nobody"} if pick == "none" else {}
    values = repeated(panel, values)
    answers = {
        chr(ord("A") + i): ask(hour.url, query, values, hour.span).series
        for i, query in enumerate(panel.queries)
    }
    return [
        Case(f"{pick}, whole", answers),
        *(Case(f"{pick}, {letter} is empty", {**answers, letter: []}) for letter in answers),
        Case(f"{pick}, all are empty", {letter: [] for letter in answers}),
        Case(f"{pick}, A has less", {**answers, "A": answers["A"][1:]}),
        Case(f"{pick}, one is node_exporter's", without_ours(panel, answers)),
        Case(f"{pick}, no pressure is known", without_pressure(panel, answers)),
    ]


def without_ours(panel: Panel, answers: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
    """The answers where one machine has nothing that our exporter alone shows."""
    return {
        letter: [e for e in answer if not ours or e["metric"].get("instance") != "web-1"]
        for (letter, answer), ours in zip(
            answers.items(), ("perf" in query.expression for query in panel.queries), strict=True
        )
    }


def without_pressure(panel: Panel, answers: dict[str, list[Entry]]) -> dict[str, list[Entry]]:
    """The answers of machines whose kernel counts no pressure, as RHEL's as it comes."""
    unknown = ("node_pressure" in query.expression for query in panel.queries)
    return {
        letter: [] if none else answer
        for (letter, answer), none in zip(answers.items(), unknown, strict=True)
    }


def drawn(
    grafana: published.Transforming, dashboard: Dashboard, panel: Panel, cases: list[Case]
) -> list[list[Any]]:
    """The frames of each case, by the dashboard's JSON and Grafana's code."""
    document = json.loads(to_json(dashboard))
    placed = {entry["title"]: entry for entry in published.panels_of(document)}
    shown = placed[panel.title]
    return grafana.transformed([published.asked(shown, case.answers) for case in cases])


def options_of(panel: Panel, name: str) -> dict[str, Any]:
    """The options of a panel's transformation; none where it has no such one."""
    return next((dict(step.options) for step in panel.transformations if step.id == name), {})


def expected(panel: Panel, answers: dict[str, list[Entry]]) -> tuple[list[str], Cells]:
    """The fields that tell rows apart, and every other cell that has something to show."""
    matrix, arranged = options_of(panel, "groupingToMatrix"), options_of(panel, "organize")
    cells: Cells
    if matrix:
        row, column = matrix["rowField"], matrix["columnField"]
        cells = {
            ((entry["metric"][row],), entry["metric"][column]): float(entry["value"][1])
            for entry in answers["A"]
        }
        return [panel.x_field], cells | {(key, ""): None for key, _ in cells}
    names = arranged["renameByName"]
    labels = [{name for entry in a for name in entry["metric"]} for a in answers.values() if a]
    # A trend's levels are hidden as text, and shown as numbers.
    hidden = set() if panel.kind == "trend" else set(arranged["excludeByName"])
    by = sorted(set.intersection(*labels) - hidden) if labels else []
    cells = {}
    for letter, answer in answers.items():
        number = "Value" if len(answers) == 1 else f"Value #{letter}"
        for entry in answer:
            row = tuple(entry["metric"].get(name, "") for name in by)
            found = {name: cell for name, cell in entry["metric"].items() if name not in by}
            if "values" in entry:
                found[f"Trend #{letter}"] = [float(value) for _, value in entry["values"]]
            else:
                found[number] = float(entry["value"][1])
            for name, cell in found.items():
                if cell != "" and not arranged["excludeByName"].get(name):
                    cells[row, names.get(name, name)] = cell
            # A row is there also where all that it shows is what it is of.
            cells.setdefault((row, ""), None)
    return [panel.x_field] if panel.kind == "trend" else [names.get(n, n) for n in by], cells


def cells_of(rows: list[dict[str, Any]], by: list[str]) -> Cells:
    """Every cell of Grafana's rows that has something to show; levels are as in their labels."""

    def text(cell: object) -> str:
        return f"{cell:g}" if isinstance(cell, int | float) else str(cell)

    cells: Cells = {}
    for row in rows:
        key = tuple(text(row[name]) for name in by)
        assert (key, "") not in cells, f"two rows of {key}"
        cells[key, ""] = None
        cells |= {
            (key, name): cell
            for name, cell in row.items()
            if name not in by and cell not in (None, "")
        }
    return cells


def in_order(panel: Panel, rows: list[dict[str, Any]]) -> bool:
    """Whether the rows are sorted as the panel wants it; empty cells count as 0."""
    (order,) = options_of(panel, "sortBy").get("sort", [{"field": ""}])
    name = options_of(panel, "organize")["renameByName"].get(order["field"], order["field"])
    if not rows or name not in rows[0]:
        return True
    cells = [row[name] for row in rows]
    if any(isinstance(cell, str) for cell in cells):
        cells = [str(cell).lower() for cell in cells]
    else:
        cells = [cell or 0.0 for cell in cells]
    return cells == sorted(cells, reverse=order.get("desc", False))


def previewed(panel: Panel, case: Case) -> tuple[list[str], list[dict[str, Any]]]:
    """What the preview draws of the same answers."""
    frames = []
    for i, (letter, answer) in enumerate(case.answers.items()):
        if panel.queries[i].at_end:
            samples = [Sample(e["metric"], e["value"][0], float(e["value"][1])) for e in answer]
            frames.append(table_of(samples, letter, len(panel.queries) == 1))
        else:
            series = [Series(e["metric"], *np.array(e["values"], dtype=float).T) for e in answer]
            frames.append(trends(series, letter))
    table = transformed(frames, panel.transformations)
    return table.fields, [{name: row.get(name) for name in table.fields} for row in table.rows]


@pytest.mark.parametrize(("dashboard", "panel"), RESHAPED)
def test_each_answer_stands_in_one_table(
    grafana: published.Transforming, hour: Hour, dashboard: Dashboard, panel: Panel
) -> None:
    cases = [
        case for pick in ("all", "one", "none") for case in cases_of(hour, dashboard, panel, pick)
    ]
    for case, frames in zip(cases, drawn(grafana, dashboard, panel, cases), strict=True):
        assert len(frames) <= 1, (case.name, len(frames))
        names, rows = frames[0] if frames else ([], [])
        check(panel, case, names, rows)
        shown, previewed_rows = previewed(panel, case)
        assert shown == names, case.name
        blank = [{name: cell or None for name, cell in row.items()} for row in rows]
        assert by_place(previewed_rows, shown) == by_place(blank, names), case.name


def by_place(rows: list[dict[str, Any]], names: list[str]) -> list[list[Any]]:
    """The cells from left to right; rows that are sorted alike may stand in any order."""
    return sorted(([row[name] or None for name in names] for row in rows), key=repr)


def check(panel: Panel, case: Case, names: list[str], rows: list[dict[str, Any]]) -> None:
    """Hold what Grafana draws against the answers themselves."""
    by, wanted = expected(panel, case.answers)
    if panel.kind == "trend":
        assert panel.x_field in names, case.name
    if not wanted:
        assert not rows, case.name
        # A chart with fields, and without rows, draws axes instead of saying that it is empty.
        assert panel.kind == "table" or set(names) <= {panel.x_field}, (case.name, names)
        return
    assert max(Counter(names).values()) == 1, (case.name, names)
    found = cells_of(rows, by)
    asked = {place: cell for place, cell in found.items() if place[1] == "asked"}
    assert asked == {((level,), "asked"): float(level) / 100 for (level,), _ in asked}
    assert {place: found[place] for place in found.keys() - asked.keys()} == wanted, case.name
    if panel.kind == "table":
        assert in_order(panel, rows), case.name
