"""What every dashboard has to have, beside queries that can be right. Pure.

Each lint gives its findings in words that name the panel; ``perfanalysis dashboards check`` and the
tests ask for all of them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

from grafana.dashboards.alert_panels import ALERT_PANELS
from grafana.dashboards.counters import misused
from grafana.dashboards.expressions import type_of
from grafana.dashboards.thresholds import OF_RECORDED
from grafana.dashboards.variables import MOST
from grafana.dashboards.words import (
    GRID_WIDTH,
    AlertPanel,
    Dashboard,
    DrawnThreshold,
    Panel,
    Row,
    Transformation,
)

# Kinds whose queries are asked for the end of the range; the others draw a course.
_OF_A_MOMENT = frozenset({"trend", "bargauge", "barchart", "xychart"})
# Kinds that draw one table, and what makes one of several queries.
_OF_ONE_TABLE = frozenset({"table", "trend", "barchart", "xychart"})
_ONE_TABLE = frozenset({"merge", "joinByField"})
_LONGEST_LEGEND = 48
# Two lines for each of the machines, or disks, that a chart shows.
_MOST_NAMES = 2 * MOST
# Lists of alerts are not held to the picked machines: what fires elsewhere matters as well. What
# Prometheus, Alertmanager, kube-state-metrics and portals tell has other jobs than machines.
_NOT_FILTERED = re.compile(r"ALERTS\{|\b(?:prometheus|alertmanager|kube|perf_portal)_")


def findings(dashboard: Dashboard) -> list[str]:
    """All that is wrong with a dashboard; empty when nothing is."""
    found = [finding for lint in _OF_DASHBOARDS for finding in lint(dashboard)]
    for panel in dashboard.panels:
        found += [
            f"panel {panel.title!r}: {finding}" for lint in _OF_PANELS for finding in lint(panel)
        ]
    return found


def _identity(dashboard: Dashboard) -> Iterator[str]:
    if not re.fullmatch(r"perfanalysis-[a-z-]+", dashboard.uid):
        yield f"uid {dashboard.uid!r}: perfanalysis- and small letters are expected"
    if "perfanalysis" not in dashboard.tags:
        yield "the tag perfanalysis is missing"
    if not dashboard.description:
        yield "no description"
    if not re.fullmatch(r"\d+[smh]", dashboard.refresh):
        yield f"refresh {dashboard.refresh!r}: a duration is expected"


def _titles(dashboard: Dashboard) -> Iterator[str]:
    titles = [panel.title for panel in dashboard.panels]
    for title in sorted({title for title in titles if titles.count(title) > 1}):
        yield f"two panels are called {title!r}"


def _variables(dashboard: Dashboard) -> Iterator[str]:
    """A variable that nothing uses misleads: picking a value of it changes nothing."""
    expressions = [query.expression for panel in dashboard.panels for query in panel.queries]
    others = [variable.query for variable in dashboard.variables]
    marks = [mark.expression for mark in dashboard.annotations]
    text = " ".join([*expressions, *others, *marks])
    names = {variable.name for variable in dashboard.variables}
    for name in sorted(names):
        if not re.search(rf"\${name}\b", text):
            yield f"the variable {name!r} is not used"
    for name in sorted(set(re.findall(r"\$([a-zA-Z_]\w*)", text)) - names):
        if not name.startswith("__"):
            yield f"${name} is no variable of this dashboard"


def _layout(dashboard: Dashboard) -> Iterator[str]:
    """Lines of panels that end early, or beside higher ones, leave holes."""
    for row in dashboard.rows:
        for line in _lines(row):
            titles = ", ".join(panel.title for panel in line)
            width = sum(panel.width for panel in line)
            if any(panel.repeat for panel in line):
                continue
            if width < GRID_WIDTH:
                yield f"row {row.title!r}: {GRID_WIDTH - width} columns are empty beside {titles}"
            if len({panel.height for panel in line}) > 1:
                yield f"row {row.title!r}: not of one height: {titles}"


def _lines(row: Row) -> Iterator[list[Panel]]:
    """The panels of a row as they stand side by side."""
    line: list[Panel] = []
    for panel in row.panels:
        if line and sum(entry.width for entry in line) + panel.width > GRID_WIDTH:
            yield line
            line = []
        line.append(panel)
    yield line


def _filters(dashboard: Dashboard) -> Iterator[str]:
    for panel in dashboard.panels:
        for query in panel.queries:
            if "$job" not in query.expression and not _NOT_FILTERED.search(query.expression):
                yield f"panel {panel.title!r}: not held to the picked job: {query.expression}"


def _thresholds(dashboard: Dashboard) -> Iterator[str]:
    """The panel that alerts name is there, and draws its line, if any, where one of them has it."""
    panels = {panel.title: panel for panel in dashboard.panels}
    named: dict[str, list[AlertPanel]] = {}
    for shown in ALERT_PANELS:
        if f"perfanalysis-{shown.dashboard}" == dashboard.uid:
            named.setdefault(shown.panel, []).append(shown)
    for title, alerts in named.items():
        whose = ", ".join(shown.alert for shown in alerts)
        if title not in panels:
            yield f"no panel {title!r}, which is named by {whose}"
        elif lines := _off(panels[title], [each for shown in alerts for each in shown.thresholds]):
            yield f"panel {title!r}: {lines} of {whose}"


def _recorded(panel: Panel) -> Iterator[str]:
    """A panel of one recorded metric draws its line, if any, where that metric's alert has it."""
    recorded = {
        name for query in panel.queries for name in re.findall(r"\b\w+:([\w:]+)", query.expression)
    }
    if len(recorded) == 1 and (lines := _off(panel, OF_RECORDED.get(recorded.pop(), ()))):
        yield f"{lines} of the alerts on its metric"


def _off(panel: Panel, thresholds: Sequence[DrawnThreshold]) -> str:
    """What is wrong with a panel's lines; empty when one of them is at a threshold, or none is."""
    drawn = [step.value for step in panel.steps if step.value is not None]
    due = [threshold.value for threshold in thresholds]
    if not drawn or not due or set(drawn) & set(due):
        return ""
    return f"lines at {', '.join(f'{value:g}' for value in drawn)}, and none at {due}"


def _described(panel: Panel) -> Iterator[str]:
    if not panel.unit:
        yield "no unit"
    if "Good:" not in panel.description or "Bad:" not in panel.description:
        yield "the description has to say what good and what bad look like"
    if not panel.queries and not panel.stream:
        yield "no query"
    if not 0 < panel.width <= GRID_WIDTH or panel.height < 3:
        yield f"{panel.width} x {panel.height} cells do not fit"


def _moments(panel: Panel) -> Iterator[str]:
    for query in panel.queries:
        if panel.kind in _OF_A_MOMENT and not query.at_end:
            yield f"a {panel.kind} shows one moment: {query.expression}"
        if panel.kind in ("timeseries", "status-history") and query.at_end:
            yield f"a {panel.kind} shows a course: {query.expression}"


def _windows(panel: Panel) -> Iterator[str]:
    """The window of a rate follows the zoom and the scrape interval, or is the whole range."""
    for query in panel.queries:
        for name, window in re.findall(
            r"\b(rate|irate|increase)\([^\[\]]*\[([^\]]*)\]", query.expression
        ):
            if window not in ("$__rate_interval", "$__range"):
                yield f"{name} over [{window}]: $__rate_interval is expected"


def _legends(panel: Panel) -> Iterator[str]:
    for query in panel.queries:
        if len(re.sub(r"\{\{\w+\}\}", "name", query.legend)) > _LONGEST_LEGEND:
            yield f"a legend of more than {_LONGEST_LEGEND} letters: {query.legend}"


def _names(panel: Panel) -> Iterator[str]:
    """A chart whose queries have a name for each machine has as many times more."""
    if panel.kind != "timeseries":
        return
    names = 0
    for query in panel.queries:
        bounds = [int(most) for most in re.findall(r"\b(?:topk|bottomk)\((\d+),", query.expression)]
        names += min([MOST, *bounds]) if "{{" in query.legend else 1
    if names > _MOST_NAMES:
        yield f"up to {names} names, more than {_MOST_NAMES}: topk() of fewer machines is expected"


def _counters(panel: Panel) -> Iterator[str]:
    for query in panel.queries:
        for wrong in misused(query.expression, type_of):
            yield f"{wrong}: {query.expression}"


def _reshaped(panel: Panel) -> Iterator[str]:
    """What is shown must not fall apart with one machine, with none, or where a query is empty."""
    steps = {step.id: step for step in panel.transformations}
    if panel.kind in _OF_ONE_TABLE and len(panel.queries) > 1 and not steps.keys() & _ONE_TABLE:
        yield "several queries, and no transformation makes one table of them"
    if "timeSeriesTable" in steps and not steps["timeSeriesTable"].only:
        yield "timeSeriesTable of all queries: with one machine it takes tables for courses"
    if "merge" in steps and not all(query.at_end for query in panel.queries):
        yield "merge with a course: where an answer is empty they share no field, and stay apart"
    if panel.kind == "trend" and panel.x_field not in _made(panel):
        yield f"no transformation makes the x field {panel.x_field!r} where nothing is answered"


def _ranked(panel: Panel) -> Iterator[str]:
    """A row that a query says nothing of has no number there, not even null, to be sorted by."""
    numbers: set[object] = set()
    for step in panel.transformations:
        if step.id == "convertFieldType":
            numbers |= {conversion["targetField"] for conversion in _entries(step, "conversions")}
        for order in _entries(step, "sort") if step.id == "sortBy" else ():
            field = str(order["field"])
            if field.startswith("Value #") and field not in numbers:
                yield f"sorted by {field!r}, which may be undefined: ranked_by() is expected"


def _entries(step: Transformation, option: str) -> list[dict[str, object]]:
    entries = step.options[option]
    assert isinstance(entries, list)
    return entries


def _made(panel: Panel) -> set[object]:
    """Names of fields that are there whatever is answered: sums over other fields."""
    return {
        step.options["alias"]
        for step in panel.transformations
        if step.id == "calculateField" and step.options["mode"] == "reduceRow"
    }


_OF_DASHBOARDS: tuple[Callable[[Dashboard], Iterator[str]], ...] = (
    _identity,
    _titles,
    _variables,
    _filters,
    _layout,
    _thresholds,
)
_OF_PANELS: tuple[Callable[[Panel], Iterator[str]], ...] = (
    _described,
    _moments,
    _windows,
    _legends,
    _names,
    _counters,
    _reshaped,
    _ranked,
    _recorded,
)
