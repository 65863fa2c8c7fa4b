"""Incidents are found, quiet situations page nobody; node-mixin's rules stand beside."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest

from grafana.dashboards.expressions import RULES, rules_in
from tests.conftest import REPOSITORY
from tests.prometheus import catalogue
from tests.prometheus.catalogue import MINUTES, Entry, entries, fired, values
from tests.prometheus.catalogue_table import written
from tests.prometheus.conftest import Run

INCIDENTS, QUIET = entries("incidents"), entries("quiet")
EVERYTHING = [*INCIDENTS, *QUIET]
PAGE = REPOSITORY / "docs" / "incidents.md"
NODE_MIXIN = sorted((REPOSITORY / ".tools" / "node-mixin").glob("node-mixin-*.json"))
ALWAYS = "PerfAnalysisWatchdog"
# Rules of load tests and prices are of no incident.
FILES = [
    path for path in sorted(RULES.glob("*.yml")) if not path.name.startswith(("price", "kinds"))
]


def test_the_catalogue_is_large_and_well_formed() -> None:
    assert len(INCIDENTS) >= 40
    assert len(QUIET) >= 30
    assert max(Counter(entry.name for entry in EVERYTHING).values()) == 1
    known = {rule["alert"] for rule in rules_in(RULES) if "alert" in rule}
    for entry in EVERYTHING:
        assert entry.fires | entry.may <= known, entry.name
        assert bool(entry.fires) == (entry in INCIDENTS)
        assert entry.story.endswith(".")
        assert "\n" not in entry.story


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1", [1, 1, 1, 1]),
        ("1x2 5", [1, 1, 5, 5]),
        ("_x1 3-1x2 0.5", [None, 3, 2, 0.5]),
        ("2x1 loop 1 0", [2, 1, 0, 1]),
    ],
)
def test_values_by_the_minute(text: str, expected: list[float | None]) -> None:
    made = values(text)
    assert made[:4] == expected
    assert len(made) == MINUTES + 1


def test_what_is_no_value_is_refused() -> None:
    with pytest.raises(ValueError, match="expected VALUE"):
        values("1y3")


def test_counters_and_reboots() -> None:
    reboot = Entry("a", "A.", {"up": "1x120 0x4 1", "reboot": "120 4"})
    made = catalogue.machine(reboot, 0, well=False)
    assert made["up"][119:125] == [1, 0, 0, 0, 0, 1]
    packets = made['node_network_receive_packets_total{device="eth0"}']
    assert packets[118:126] == [60000 * 119, 60000 * 120, None, None, None, None, 0, 60000]


@pytest.mark.long
def test_incidents_are_found_and_quiet_situations_page_nobody(
    promtool: Run, tmp_path: Path
) -> None:
    found = {entry.name: {} for entry in EVERYTHING} | fired(promtool, FILES, EVERYTHING, tmp_path)
    missed = [entry.name for entry in INCIDENTS if not entry.fires & found[entry.name].keys()]
    assert missed == []
    paged = {
        entry.name: [alert for alert, level in found[entry.name].items() if level == "critical"]
        for entry in QUIET
    }
    assert {name: alerts for name, alerts in paged.items() if alerts} == {}
    # A short history makes one bad hour a large share of three days.
    for entry in QUIET:
        more = found[entry.name].keys() - entry.may - {ALWAYS, "ScrapeBudgetBurnsSlowly"}
        assert more == set(), entry.name
    _the_page_says_so(found, "ours")


@pytest.mark.long
def test_node_mixins_rules_over_the_same_series(promtool: Run, tmp_path: Path) -> None:
    if not NODE_MIXIN:
        pytest.skip("no node-mixin here: scripts/build-node-mixin makes its rules with Go")
    _the_page_says_so(fired(promtool, NODE_MIXIN[-1:], EVERYTHING, tmp_path), "node-mixin")


def _the_page_says_so(found: dict[str, dict[str, str]], whose: str) -> None:
    """The table of docs/incidents.md has what fired here."""
    column = {"ours": 1, "node-mixin": 2}[whose]
    text = PAGE.read_text()
    rows = re.findall(r"^\| `([\w-]+)`: .* \| (.*) \| (.*) \|$", text, re.MULTILINE)
    said = {row[0]: row[column] for row in rows}
    assert said == {entry.name: written(found.get(entry.name, {})) for entry in EVERYTHING}


def test_the_page_lists_all_of_the_catalogue() -> None:
    text = PAGE.read_text()
    for entry in EVERYTHING:
        assert f"| `{entry.name}`: {entry.story} |" in text
