"""Each lint finds what it is for."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from grafana.dashboards import machine, phone
from grafana.dashboards.counters import misused
from grafana.dashboards.lints import findings
from grafana.dashboards.transformations import (
    as_number,
    axis_of,
    joined,
    merged,
    ranked_by,
    sorted_by,
    trend_of,
)
from grafana.dashboards.words import Dashboard, Panel, Query, Row, Step, Transformation

PANEL = Panel(
    title="Load",
    description="Load. Good: low. Bad: high.",
    kind="timeseries",
    unit="short",
    queries=[Query('node_load1{job=~"$job",instance=~"$instance"}', "{{instance}}")],
    width=24,
)
HALF = replace(PANEL, width=12)
PICKED = 'job=~"$job",instance=~"$instance"'
GOOD = replace(phone.dashboard(), rows=[Row("Row", [PANEL])])


def with_panel(**changes: object) -> Dashboard:
    return replace(GOOD, rows=[Row("Row", [replace(PANEL, **changes)])])  # type: ignore[arg-type]


def lined(expression: str, *values: float) -> Dashboard:
    steps = [Step(None, "green"), *(Step(value, "red") for value in values)]
    return with_panel(queries=[Query(expression, "{{instance}}")], steps=steps)


def asking(expression: str, *, at_end: bool = False) -> Dashboard:
    return with_panel(queries=[Query(expression, "{{instance}}", at_end=at_end)])


def by_machine(*most: str) -> Dashboard:
    """A chart of queries that have a name for each machine, at most so many."""
    loads = [f"topk({n}, node_load1{{{PICKED}}})" if n else f"node_load1{{{PICKED}}}" for n in most]
    return with_panel(queries=[Query(load, "{{instance}}") for load in loads])


TWO = [Query(f"node_load{n}{{{PICKED}}}", at_end=True) for n in (1, 5)]
COURSE = Query(f"node_load1{{{PICKED}}}")


def table(steps: Sequence[Transformation], queries: Sequence[Query] = TWO) -> Dashboard:
    return with_panel(kind="table", queries=queries, transformations=steps)


def trend(*steps: Transformation) -> Dashboard:
    return with_panel(kind="trend", queries=TWO[:1], x_field="level", transformations=steps)


@pytest.mark.parametrize(
    "dashboard",
    [
        table([merged(), *ranked_by("Value #A")]),
        table([trend_of("C"), *joined("instance"), sorted_by("instance")], [*TWO, COURSE]),
        table([], TWO[:1]),
        trend(as_number("busy"), axis_of("busy", "level")),
    ],
)
def test_what_stays_whole_has_no_findings(dashboard: Dashboard) -> None:
    assert findings(dashboard) == []


def test_a_good_dashboard_has_no_findings() -> None:
    assert findings(GOOD) == []


@pytest.mark.parametrize("most", [("", ""), ("4", "4", "4", "4")])
def test_charts_of_few_names_have_no_findings(most: tuple[str, ...]) -> None:
    assert findings(by_machine(*most)) == []


@pytest.mark.parametrize(
    ("dashboard", "finding"),
    [
        (replace(GOOD, uid="Phone"), "uid 'Phone'"),
        (replace(GOOD, tags=["phone"]), "the tag perfanalysis"),
        (replace(GOOD, refresh="often"), "refresh 'often'"),
        (replace(GOOD, rows=[Row("Row", [PANEL, PANEL])]), "two panels are called 'Load'"),
        (asking('node_load1{job=~"$job"}'), "the variable 'instance' is not used"),
        (asking(f'node_load1{{{PICKED},region="$where"}}'), "$where is no variable"),
        (with_panel(unit=""), "panel 'Load': no unit"),
        (with_panel(description="Load. Good: low."), "what good and what bad look like"),
        (with_panel(width=25), "25 x 8 cells do not fit"),
        (with_panel(width=20), "row 'Row': 4 columns are empty beside Load"),
        (
            replace(GOOD, rows=[Row("Row", [HALF, replace(HALF, title="Other", height=9)])]),
            "row 'Row': not of one height: Load, Other",
        ),
        (asking(f"node_load1{{{PICKED}}}", at_end=True), "a timeseries shows a course"),
        (with_panel(kind="bargauge"), "a bargauge shows one moment"),
        (asking(f"rate(node_forks_total{{{PICKED}}}[5m])"), "rate over [5m]"),
        (asking(f"node_forks_total{{{PICKED}}}"), "a counter without rate or increase"),
        (by_machine("", "", ""), "up to 24 names, more than 16"),
        (by_machine("8", "8", "1"), "up to 17 names"),
        (asking(f"rate(node_load1{{{PICKED}}}[$__rate_interval])"), "rate of a gauge"),
        (table([]), "no transformation makes one table of them"),
        (table([merged(), trend_of("C")], [*TWO, COURSE]), "merge with a course"),
        (
            table([replace(trend_of("C"), only=""), *joined("instance")], [*TWO, COURSE]),
            "timeSeriesTable of all queries",
        ),
        (table([merged(), sorted_by("Value #B")]), "sorted by 'Value #B', which may be undefined"),
        (trend(as_number("level")), "no transformation makes the x field 'level'"),
        (
            lined(f"instance:node_memory_used:ratio{{{PICKED}}}", 0.8, 0.85),
            "panel 'Load': lines at 0.8, 0.85, and none at [0.9, 0.95] of the alerts on its metric",
        ),
    ],
)
def test_each_lint_finds(dashboard: Dashboard, finding: str) -> None:
    found = findings(dashboard)
    assert len(found) == 1, found
    assert finding in found[0]


def test_a_line_at_a_threshold_or_of_a_metric_without_alerts_is_no_finding() -> None:
    assert findings(lined(f"instance:node_memory_used:ratio{{{PICKED}}}", 0.8, 0.9)) == []
    assert findings(lined(f"instance:node_cpu_iowait:ratio_rate5m{{{PICKED}}}", 0.2)) == []


def test_the_panels_that_alerts_name_are_held_to_them() -> None:
    made = machine.dashboard()
    rows = [
        replace(row, panels=[_changed(panel) for panel in row.panels if panel.title != "Run valid"])
        for row in made.rows
    ]
    found = [finding for finding in findings(replace(made, rows=rows)) if "row " not in finding]
    assert found == [
        "panel 'CPU pressure': lines at 0.5, and none at [0.4, 0.7] of CpuPressure",
        "no panel 'Run valid', which is named by LoadTestDisturbed",
    ]


def _changed(panel: Panel) -> Panel:
    steps = [Step(None, "green"), Step(0.5, "red")]
    return replace(panel, steps=steps) if panel.title == "CPU pressure" else panel


TYPES = {"a_total": "counter", "b": "gauge", "c": "untyped"}


@pytest.mark.parametrize(
    ("expression", "wrong"),
    [
        ("rate(a_total[5m])", []),
        ("sum(increase(a_total[5m])) / sum(b)", []),
        ("count(a_total)", []),
        ("absent(a_total)", []),
        ("b and on () a_total", []),
        ("b unless a_total", []),
        ("c", []),
        ("rate(c[5m])", []),
        ("deriv(b[5m])", []),
        ("max_over_time(b[1h])", []),
        ("a_total", ["a_total: a counter without rate or increase"]),
        ("a_total and b", ["a_total: a counter without rate or increase"]),
        ("sum by (x) (a_total) / b", ["a_total: a counter without rate or increase"]),
        ("abs(-a_total)", ["a_total: a counter without rate or increase"]),
        ("rate(b[5m])", ["b: rate of a gauge"]),
        ("max_over_time(rate(b[5m])[1h:])", ["b: rate of a gauge"]),
        ("deriv(a_total[5m])", ["a_total: deriv of a counter"]),
    ],
)
def test_counters_and_gauges(expression: str, wrong: list[str]) -> None:
    assert misused(expression, TYPES.get) == wrong
