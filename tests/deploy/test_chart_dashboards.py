"""Dashboards of the chart: those of the repository, with the thresholds that values give."""

from __future__ import annotations

import json
import subprocess
import sys
from functools import cache
from typing import Any

import pytest

from grafana.dashboards.collection import DASHBOARDS, FOLDER
from grafana.dashboards.followed import ThresholdPlace, UnclearError, places
from grafana.dashboards.words import DrawnThreshold
from tests.conftest import REPOSITORY
from tests.deploy.chart import CHART, RELEASES, helm, manifests


@cache
def drawn(alerts: str = "{}") -> dict[str, str]:
    """Each dashboard's JSON as the chart lays it out."""
    words = (
        "--set-json",
        f"prometheusRule.alerts={alerts}",
        "--set",
        "dashboards.enabled=true",
        "-s",
        "templates/dashboards.yaml",
    )
    done = helm("template", "p", CHART, "--kube-version", RELEASES[-1], *words)
    assert done.returncode == 0, done.stderr
    return {name: text for one in manifests(done.stdout) for name, text in one["data"].items()}


def panels(name: str, alerts: dict[str, Any]) -> dict[str, Any]:
    """The panels of a dashboard by their titles, those of closed rows among them."""
    made = json.loads(drawn(json.dumps(alerts))[name])
    inside = [panel for row in made["panels"] for panel in row.get("panels", [])]
    return {panel["title"]: panel for panel in [*made["panels"], *inside]}


def steps(panel: dict[str, Any]) -> list[float | None]:
    return [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"]]


def changed(alert: str, **thresholds: Any) -> dict[str, Any]:
    return {alert: {"thresholds": thresholds}}


def test_defaults_are_the_dashboards_of_the_repository() -> None:
    made = drawn()
    assert made.keys() == DASHBOARDS.keys()
    for name, text in made.items():
        assert text.rstrip("\n") == (FOLDER / name).read_text().rstrip("\n"), name


@pytest.mark.parametrize(
    ("name", "title", "alerts", "expected", "words"),
    [
        (
            "machine.json",
            "CPU pressure",
            changed("CpuPressure", waiting="62.5 %"),
            [None, 0.625],
            "above 62.5 %",
        ),
        ("machine.json", "Load per CPU", changed("RunQueueLong", load=3), [None, 1, 3], "above 3 "),
        # Those that the changed one has passed go with it.
        (
            "machine.json",
            "Load per CPU",
            changed("RunQueueLong", load=0.5),
            [None, 0.5, 0.5],
            "0.5",
        ),
        (
            "machine.json",
            "Reclaim efficiency",
            changed("MemoryReclaimStalls", efficiency="30 %"),
            None,
            "below 30 %",
        ),
        (
            "machine.json",
            "Clock off by",
            changed("ClockSkew", offset="80 ms"),
            [None, -0.08, 0.08],
            "80 ms",
        ),
        (
            "exporters.json",
            "Scrapes answered",
            changed("ScrapeBudgetBurnsFast", allowance="0.2 %"),
            [None, 0.99, 0.998],
            "below 99.8 %",
        ),
    ],
)
def test_lines_and_words_follow(
    name: str, title: str, alerts: dict[str, Any], expected: list[float | None] | None, words: str
) -> None:
    panel = panels(name, alerts)[title]
    if expected is not None:
        assert steps(panel) == expected
    assert words in panel["description"]
    others = {key: panel for key, panel in panels(name, {}).items() if key != title}
    now = panels(name, alerts)
    same = [key for key in others if now[key] == others[key]]
    # Panels of the same figure, and the rows that hold them.
    assert len(others) - len(same) <= 5


def test_columns_of_the_fleet_follow() -> None:
    made = json.dumps(panels("fleet.json", changed("CpuPressure", waiting="50 %")))
    before = json.dumps(panels("fleet.json", {}))
    assert before.count('"value": 0.36}') > 0
    assert made.count('"value": 0.36}') == 0
    assert made.count('"value": 0.45}') == before.count('"value": 0.36}')


def test_the_list_of_places_is_up_to_date() -> None:
    code = "from grafana.dashboards.followed import text; print(text(), end='')"
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, cwd=REPOSITORY
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout == (CHART / "drawn.yaml").read_text()


LIMIT = DrawnThreshold(0.4, "40 %")
WORDS = "\u27e6threshold\u27e7"


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ({"a": [1, 2]}, {"a": [1, 2]}, []),
        ({"a": [1, 0.4]}, {"a": [1, 0.4125]}, [ThresholdPlace(("a", 1), (1.0, 0.0))]),
        ({"a": -0.4}, {"a": -0.4125}, [ThresholdPlace(("a",), (-1.0, 0.0))]),
        ({"a": 0.6}, {"a": 0.5875}, [ThresholdPlace(("a",), (-1.0, 1.0))]),
        ("above 40 % of 16", f"above {WORDS} of 16", [ThresholdPlace((), "above {text} of 16")]),
        ("40 of 40 %", f"41.25 of {WORDS}", [ThresholdPlace((), "{number*100+0} of {text}")]),
    ],
)
def test_places(before: Any, after: Any, found: list[ThresholdPlace]) -> None:
    assert list(places(LIMIT, before, after)) == found


@pytest.mark.parametrize(
    ("before", "after"),
    [(0.5, 0.51), ([1], [1, 2]), ({"a": 1}, {"b": 1}), ("40 %", "else"), (None, 0.4), (1, 3)],
)
def test_places_that_are_not_clear(before: Any, after: Any) -> None:
    with pytest.raises(UnclearError):
        list(places(LIMIT, before, after))
