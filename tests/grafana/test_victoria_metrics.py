"""The same queries, unchanged, on a VictoriaMetrics with the same samples."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

from grafana.dashboards.words import Dashboard, Panel
from tests.grafana.conftest import Hour
from tests.grafana.hour.asking import ask, panels, repeated, values_of
from tests.grafana.hour.comparing import differences
from tests.grafana.hour.recording import MACHINES

pytestmark = pytest.mark.e2e

# Panels whose eight series may be others there. What both show is the same.
# Times of a scrape are so alike that the highest eight hang on where a subquery's steps lie. Each
# machine's containers have as many processes and as much memory as those of the others, and its
# file systems fill up at one pace.
OTHERS_PICKED = {
    "Slowest collectors",
    "CPU of the collectors",
    "Processes",
    "Memory in use",
    "Memory of the limit",
    "Days until full",
    # Equal on all machines, most of them 0.
    "Temperatures",
    "File systems that fail",
    "Containers out of memory",
}
# A sample that lies on a window's begin is in it for one engine, and not for the other: what is
# more than the lowest of a window is there for a step more.
ON_THE_EDGE = {"Killed for want of memory": re.compile(r": 1 of \d+: ")}
# Where data begin and end the engines differ by what they are: VictoriaMetrics' rate does not
# extrapolate to the edges of its window, and takes the sample before the window for its begin; and
# it takes a series for gone after it has missed a few samples, Prometheus after five minutes.
LOOK_BACK = 300.0
PANELS = [
    pytest.param(dashboard, panel, id=f"{name}: {panel.title}")
    for name, dashboard, panel in panels()
]


def settled(hour: Hour) -> Callable[[float], bool]:
    """Whether a moment is away from where a machine's data begin or end."""
    begin = hour.sampled.begin
    gaps = [(begin, begin + LOOK_BACK)]
    gaps += [(begin + m.down[0], begin + m.down[1] + LOOK_BACK) for m in MACHINES]
    return lambda moment: not any(first <= moment <= last for first, last in gaps)


@pytest.mark.parametrize("pick", ["all", "several"])
@pytest.mark.parametrize(("dashboard", "panel"), PANELS)
def test_victoria_metrics_says_the_same(
    hour: Hour, victoria: str, dashboard: Dashboard, panel: Panel, pick: str
) -> None:
    values = repeated(panel, values_of(hour.url, dashboard, pick, hour.span))
    assert values == repeated(panel, values_of(victoria, dashboard, pick, hour.span))
    for query in panel.queries:
        expected = ask(hour.url, query, values, hour.span)
        found = ask(victoria, query, values, hour.span)
        told = differences(expected.series, found.series, settled(hour))
        if panel.title in OTHERS_PICKED:
            told = [line for line in told if not line.startswith("only ")]
        if edge := ON_THE_EDGE.get(panel.title):
            told = [line for line in told if not edge.search(line)]
        assert told == [], expected.expression
