"""Every query of the report, asked of both engines: the same series with the same values.

Where the engines' own functions differ, and what the report does about it, stands in docs/report.md
("Engines"); a function that no row of its table has fails here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import fields

import numpy as np
import pytest

from perfanalysis.promql import Engine, Floats, Series
from reporter.analysis.lost_time import lost_times
from reporter.asking import lost_time_queries as lost
from reporter.asking import placeholders
from reporter.asking.query import InstantQuery, Query, RangeQuery
from reporter.figures.catalogue import QUERIES
from tests.conftest import REPOSITORY
from tests.reporter import look_machines, types_history
from tests.reporter.both_engines import ENGINES, serving
from tests.reporter.types_history import END, MIDDLE

pytestmark = pytest.mark.e2e
# No sample stands at the range's beginning, which Prometheus 2 takes in.
SECONDS, STEP, WINDOW = END - MIDDLE - 30, 240.0, 960.0
# What is divided by how much of the range was there: alone these differ.
BY_COVERAGE = frozenset(lost.QUERIES)
_LINE = re.compile(r"(?P<name>[^{# ]+)\{(?P<labels>.*)\} (?P<value>\S+) (?P<time>\d+)")
_LABEL = re.compile(r'(\w+)="((?:[^"\\]|\\.)*)"')
# Counters that are born in the range, with a small value and with a large one.
BORN = {"small": 3.0, "large": 5000.0}


def look() -> Iterator[Series]:
    """The machines that are hard to set in type, whose last two hours are these."""
    points: dict[tuple[str, str], list[tuple[float, float]]] = {}
    for line in look_machines.history().splitlines():
        if found := _LINE.fullmatch(line):
            time = float(found["time"]) - look_machines.END + END
            if time >= END - 7200:
                point = (time, float(found["value"]))
                points.setdefault((found["name"], found["labels"]), []).append(point)
    for (name, text), own in points.items():
        labels = {"__name__": name, **dict(_LABEL.findall(text))}
        # One machine has signs in its name that OpenMetrics escapes; none of them is needed here.
        yield Series(labels, *(np.array(column) for column in zip(*own, strict=True)))


def born() -> Iterator[Series]:
    """Counters that begin half an hour before the end, grow by 1 a minute, and pause."""
    times = np.arange(END - 1800, END + 1, 60.0)
    for name, first in BORN.items():
        values: Floats = first + np.minimum(np.arange(len(times)), 20.0)
        yield Series({"__name__": "born_total", "instance": name}, times, values)
        zero = {"collector": "c", "rule": "r", "instance": name}
        rises = np.where(np.arange(len(times)) > 10, 2.0, 0.0)
        yield Series({"__name__": "perf_validation_violations_total", **zero}, times, rises)


@pytest.fixture(scope="module")
def engines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Engine]]:
    every = [*types_history.series(), *look(), *born()]
    with ExitStack() as stack:
        yield {
            name: Engine(stack.enter_context(serving(name, tmp_path_factory.mktemp("both"), every)))
            for name in ENGINES
        }


def answered(engine: Engine, query: Query) -> dict[str, Floats]:
    """The values of each series at the times that it has, NaN where it has none."""
    text = placeholders.fill(
        query.expression,
        machines=(),
        kernel="rmw",
        purchase="on_demand",
        seconds=SECONDS,
        window=WINDOW,
    )
    if isinstance(query, InstantQuery):
        return {key(s.labels): np.array([s.value]) for s in engine.query(text, END)}
    found = {}
    for one in engine.query_range(text, MIDDLE, END, STEP):
        times = np.arange(MIDDLE, END + 1, STEP)
        values = np.full(len(times), np.nan)
        values[np.searchsorted(times, one.times)] = one.values
        found[key(one.labels)] = values
    return found


def key(labels: dict[str, str] | object) -> str:
    assert isinstance(labels, dict)
    return str(sorted((n, v) for n, v in labels.items() if n != "__name__"))


@pytest.mark.parametrize(
    "query", [q for q in QUERIES.values() if q not in BY_COVERAGE], ids=lambda query: query.name
)
def test_a_query_answers_the_same(engines: dict[str, Engine], query: Query) -> None:
    assert isinstance(query, InstantQuery | RangeQuery)
    one, other = (answered(engine, query) for engine in engines.values())
    assert set(one) == set(other)
    for name, values in one.items():
        np.testing.assert_allclose(values, other[name], rtol=0.03, atol=1e-6, err_msg=name)


def test_what_was_lost_is_the_same(engines: dict[str, Engine]) -> None:
    found = []
    for engine in engines.values():
        samples = {}
        for query in lost.QUERIES:
            text = placeholders.fill(
                query.expression, machines=(), kernel="", purchase="", seconds=SECONDS
            )
            samples[query] = engine.query(text, END)
        found.append(lost_times(samples))
    one, other = found
    assert set(one) == set(other) >= {"slow-0", "slow-4", "quick-0"}
    for name, own in one.items():
        for field in fields(own):
            values = getattr(own, field.name), getattr(other[name], field.name)
            if values != (None, None):
                assert values[0] == pytest.approx(values[1], rel=0.05, abs=1e-4), (name, field)


@pytest.mark.parametrize(
    ("expression", "prometheus", "victoria_metrics"),
    [
        # What the report does not write, since it means two things. Of 30 minutes in an hour, 20
        # times 1: Prometheus extrapolates by half an interval, and divides by the whole window.
        ('rate(born_total{instance="large"}[1h]) * 3600', 20.3, 40.0),
        ('increase(born_total{instance="large"}[1h])', 20.3, 20.0),
        # A first value that is small counts as grown from 0.
        ('increase(born_total{instance="small"}[1h])', 20.3, 23.0),
        ('changes(born_total{instance="small"}[1h])', 20.0, 21.0),
    ],
)
def test_what_means_two_things(
    engines: dict[str, Engine], expression: str, prometheus: float, victoria_metrics: float
) -> None:
    found = [engine.query(expression, END)[0].value for engine in engines.values()]
    assert found == pytest.approx([prometheus, victoria_metrics], abs=0.4)


def test_every_function_is_in_the_table() -> None:
    used = {
        name
        for query in QUERIES.values()
        for name in re.findall(r"\b([a-z_]+)\(", query.expression)
    }
    operators = re.compile(r" (or|bool|on|by) ")
    used |= {name for query in QUERIES.values() for name in operators.findall(query.expression)}
    section = (REPOSITORY / "docs/report.md").read_text().partition("## Engines\n")[2]
    told = set(re.findall(r"`([a-z_]+)`", section.partition("\n## ")[0]))
    assert used - told == set()
