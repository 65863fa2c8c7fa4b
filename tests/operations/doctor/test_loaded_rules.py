"""The doctor on rules, before Prometheus servers that have loaded ours, and others of our names."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import yaml

from demo.servers import start_prometheus
from operations.doctor.checks.loaded_rules import links
from operations.doctor.own_rules import ALERTS, RECORDED
from perfanalysis import __version__
from perfanalysis.cli import run
from perfanalysis.fast_yaml import load_fast
from perfanalysis.promql import Engine, QueryError
from perfanalysis.promql.rule_groups import LoadedRule, groups_of
from perfanalysis.promql.rule_shape import shape
from tests.conftest import REPOSITORY

RULES = sorted((REPOSITORY / "prometheus" / "rules").glob("*.yml"))
# A division whose right side has two series of the same labels: it cannot be evaluated.
FAILS = 'vector(1) / on () (vector(1) or label_replace(vector(1), "a", "b", "", ""))'


@contextmanager
def evaluated(folder: Path, groups: list[dict[str, Any]], waits: int) -> Iterator[str]:
    """A Prometheus that has evaluated all groups but ``waits`` of them."""
    (folder / "rules.yml").write_text(yaml.safe_dump({"groups": groups}))
    (folder / "prometheus.yml").write_text("rule_files: [rules.yml]\n")
    server, url = start_prometheus(folder / "prometheus.yml", folder / "data", folder / "log")
    try:
        deadline = time.monotonic() + 120
        while sum(group.evaluated is None for group in Engine(url).rules()) > waits:
            assert time.monotonic() < deadline
            time.sleep(0.3)
        yield url
    finally:
        server.stop()


def said(url: str, capsys: pytest.CaptureFixture[str]) -> list[tuple[str, str]]:
    """What the check says: state and words."""
    run(["doctor", f"--prometheus={url}", "--json"])
    found = json.loads(capsys.readouterr().out)
    return [(one["state"], one["said"]) for one in found if one["check"] == "loaded rules"]


@pytest.mark.e2e
def test_all_rules_are_known_as_prometheus_prints_them(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    groups = [group for path in RULES for group in load_fast(path.read_bytes())["groups"]]
    for group in groups:
        group["interval"] = "1s"
    count = sum(len(group["rules"]) for group in groups)
    with evaluated(tmp_path, groups, 0) as url:
        whole = f"{count} rules of {__version__} in {len(groups)} groups are evaluated"
        assert said(url, capsys) == [
            ("good", whole),
            ("unknown", "alerts have no link to their runbooks"),
        ]


def made(name: str, expr: str, **annotations: str) -> dict[str, Any]:
    return {"alert": name, "expr": expr, "annotations": annotations}


@pytest.mark.e2e
def test_what_is_wrong_with_rules_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    runbook = {"runbook_url": "https://a.example/x"}
    groups = [
        {"name": "first", "interval": "1s", "rules": [made("RunQueueLong", FAILS, **runbook)]},
        *(
            {"name": name, "interval": "1s", "rules": [made("StealHigh", "vector(1)", **runbook)]}
            for name in ("second", "third")
        ),
        {"name": "later", "interval": "1h", "rules": [made("NoMachines", "vector(1)", **runbook)]},
        {"name": "of others", "interval": "1h", "rules": [made("Theirs", "vector(1)")]},
    ]
    with evaluated(tmp_path, groups, 2) as url:
        states, words = zip(*said(url, capsys), strict=True)
    assert states == ("wrong", "warning", "warning", "warning", "warning", "unknown")
    assert re.fullmatch(
        "1 rules fail: RunQueueLong; RunQueueLong: found duplicate series.*", words[0]
    )
    assert words[1:4] == (
        "1 groups were not evaluated yet: later",
        "1 alerts are loaded more than once: StealHigh",
        f"3 rules are not those of {__version__}: NoMachines, RunQueueLong, StealHigh",
    )
    assert words[4].startswith(f"{len(RECORDED)} recorded names are not loaded: ")
    assert words[5].startswith(f"{len(ALERTS) - 3} alerts are not loaded: ")


@pytest.mark.e2e
def test_an_engine_without_rules_is_told_from_one_that_evaluates(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "prometheus.yml").write_text("{}\n")
    server, url = start_prometheus(tmp_path / "prometheus.yml", tmp_path / "data", tmp_path / "log")
    try:
        assert said(url, capsys) == [("unknown", f"{url} tells of none of ours")]
        assert run(["doctor", f"--prometheus={url}", f"--rules={url}/nothing", "--json"]) == 1
        found = json.loads(capsys.readouterr().out)
        (one,) = [
            one for one in found if one["check"] == "loaded rules" or "not asked" in one["said"]
        ]
        assert one["said"].startswith(f"not asked: {url}/nothing/api/v1/rules: answered HTTP 404")
    finally:
        server.stop()


@pytest.mark.parametrize(
    ("annotations", "url", "words"),
    [
        ({"runbook_url": "https://w.example/A"}, "http://p.example", []),
        ({"runbook": "docs/runbooks/A.md"}, "http://p.example", ["alerts have no link"]),
        (
            {"runbook_url": "https://w.example/A", "dashboard": "http://localhost:3000/d/x"},
            "http://p.example:9090",
            ["the dashboards of alerts are at localhost"],
        ),
        (
            {"runbook_url": "https://w.example/A", "dashboard": "http://localhost:3000/d/x"},
            "http://localhost:9090",
            [],
        ),
    ],
)
def test_where_alerts_lead(annotations: dict[str, str], url: str, words: list[str]) -> None:
    rule = LoadedRule("A", True, "vector(1)", {}, annotations, "ok", "")
    found = [one.said for one in links([rule], url)]
    assert [text[: len(start)] for text, start in zip(found, words, strict=True)] == words


@pytest.mark.parametrize(
    ("one", "other", "alike"),
    [
        ('sum by (a, b) (up{job="node"}) > 0.9', 'sum by(b)(up{job=~"x|y"})>4 / 24', True),
        ('a{job="node", b!~"c,d"} > 0', 'a{b!~"e",job="node"} > 0', True),
        ("rate(a[5m]) > 1e-05", "rate(a[10m]) > 3", True),
        ("a > 1", "a < 1", False),
        ("instance:a:rate5m > 1", "instance:a:rate1m > 1", False),
        ("a unless b", "a and b", False),
    ],
)
def test_shapes(one: str, other: str, alike: bool) -> None:
    assert (shape(one) == shape(other)) is alike


@pytest.mark.parametrize(
    "document",
    [None, {}, {"data": {}}, {"data": {"groups": 1}}, {"data": {"groups": [{"rules": []}]}}],
)
def test_what_is_no_answer(document: object) -> None:
    with pytest.raises(QueryError, match="http://a"):
        groups_of(document, "http://a")


def test_no_groups() -> None:
    assert groups_of({"data": {"groups": None}}, "http://a") == []
