"""No alert fires over what real machines did in recorded quiet hours.

Every alert's expression is asked for over the recorded time, with the recording rules that it uses
put in their places: nobody evaluated those at that time. An alert whose expression is never true
cannot fire, however long its `for` is.
"""

from __future__ import annotations

import re

import promql_parser
import pytest

from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.importing.conftest import Query

pytestmark = pytest.mark.e2e

RULES = REPOSITORY / "prometheus" / "rules"
STEP = 15
# When each recording was made.
TIMES = {
    "oci-vm01": (1_767_800_521, 1_767_801_176),
    "azure-suse": (1_767_829_424, 1_767_830_079),
    "lt1": (1_767_898_003, 1_767_898_628),
    "oci-perftest-vm-02": (1_768_021_418, 1_768_022_048),
    "azure-pcd-server-01": (1_768_068_367, 1_768_068_948),
    "replay": (1_768_156_071, 1_768_156_767),
}


def rules(kind: str) -> list[tuple[str, str]]:
    """Names and expressions of all rules of a kind: ``record`` or ``alert``."""
    return [
        (rule[kind], rule["expr"])
        for path in sorted(RULES.glob("*.yml"))
        for group in load_fast(path.read_text())["groups"]
        for rule in group["rules"]
        if kind in rule
    ]


def without_recorded(expression: str) -> str:
    """The expression with what recording rules say in the places of their names."""
    recorded = [(name, text) for name, text in rules("record") if ":" in name]

    def chosen(text: str, matchers: str) -> str:
        # A recorded series is chosen by labels that all it is made of have.
        return text.replace('job="node"', f'job="node", {matchers}')

    def before(text: str, offset: str | None) -> str:
        # What a series was is what its expression was: an offset is none of an expression.
        return f"last_over_time(({text})[1m:1m] offset {offset})" if offset else f"({text})"

    for _ in range(5):
        for name, text in recorded:
            expression = re.sub(
                rf"(?<![\w:]){name}{{((?:\"[^\"]*\"|[^\"}}])*)}}(?: offset (\w+))?",
                lambda found, t=text: before(chosen(t, found[1]), found[2]),
                expression,
            )
            expression = re.sub(
                rf"(?<![\w:]){name}(?![\w:{{\[])(?: offset (\w+))?",
                lambda found, t=text: before(t, found[1]),
                expression,
            )
    return expression


def metrics_in(expression: str) -> set[str]:
    """The names of all metrics that an expression selects."""
    found = set()
    waiting = [promql_parser.parse(expression)]
    while waiting:
        node = waiting.pop()
        if isinstance(node, promql_parser.VectorSelector):
            found.add(node.name or "")
        for name in ("expr", "lhs", "rhs", "vector_selector"):
            if (part := getattr(node, name, None)) is not None:
                waiting.append(part)
        waiting += [part for part in getattr(node, "args", None) or () if not isinstance(part, str)]
    return found


# True of any recording, or true of these for a reason that is no trouble of the machine.
EXCLUDED = {
    "PerfAnalysisWatchdog": "it always fires",
    "PriceMissing": "no prices are stated with the recordings, so it is right",
}

# What a rule asks for beside what machines show: without it, it stands on the rest.
BESIDE = {"ALERTS", "perf_network_physical", "perf_disk_physical"}


def test_no_alert_is_ever_true(query: Query) -> None:
    evaluated = set()
    for name, alert in rules("alert"):
        # An alert that something is missing is true of any recording that has not everything.
        if name in EXCLUDED or "absent(" in alert:
            continue
        expression = without_recorded(alert)
        for start, end in TIMES.values():
            if all(query(metric, start, end, STEP) for metric in metrics_in(expression) - BESIDE):
                evaluated.add(name)
                assert query(expression, start, end, STEP) == [], name
    # All others ask for metrics that no recording has: PSI, vmstat, scrapes, load tests and so on.
    assert evaluated >= {"ContainerThrottled", "DiskSaturated", "NetworkErrors", "StealHigh"}
