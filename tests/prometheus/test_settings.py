"""Settings of an installation: what they give the rules, and what is refused."""

from __future__ import annotations

import copy
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from click.testing import CliRunner

from perfanalysis.errors import InputError
from perfanalysis.fast_yaml import load_fast
from prometheus.generator.__main__ import main
from prometheus.generator.settings import FILE, settings_of
from tests.conftest import REPOSITORY
from tests.prometheus.conftest import Run

GIVEN: dict[str, Any] = load_fast((REPOSITORY / FILE).read_bytes())


def changed(**settings: Any) -> dict[str, Any]:
    return {**copy.deepcopy(GIVEN), **settings}


def test_what_rules_get() -> None:
    figures = settings_of(GIVEN).figures
    assert figures["machine"].promql == "cluster, job, instance"
    assert figures["fleet"].promql == "cluster, job"
    assert figures["node"].promql == 'job="node"'
    assert figures["containers"].promql == 'name!=""'


@pytest.mark.parametrize(
    ("job", "selector"),
    [
        ("node-exporter", 'job="node-exporter"'),
        (["node"], 'job="node"'),
        (["node", "a.b"], 'job=~"node|a\\\\.b"'),
    ],
)
def test_jobs(job: object, selector: str) -> None:
    assert settings_of(changed(job=job)).figures["node"].promql == selector


@pytest.mark.parametrize(
    ("given", "page"),
    [
        ("", ""),
        ("https://a.example/docs/runbooks", "https://a.example/docs/runbooks/{alert}.md"),
        ("https://a.example/{alert}/", None),
        ("https://a.example/runbooks/{alert}.html", "https://a.example/runbooks/{alert}.html"),
    ],
)
def test_where_runbooks_are(given: str, page: str | None) -> None:
    settings = changed(links={"dashboards": "http://a", "runbooks": given})
    if page is None:
        with pytest.raises(InputError, match="without a slash at the end"):
            settings_of(settings)
    else:
        assert settings_of(settings).runbooks == page


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"identity": ["cluster", "job"]}, "identity: expected names of labels"),
        ({"identity": ["a-b", "instance"]}, "identity: expected names of labels"),
        ({"identity": ["job", "job", "instance"]}, "identity: expected names of labels"),
        ({"identity": "instance"}, "identity: expected names of labels"),
        ({"job": []}, "job: expected the name of a job"),
        ({"job": 1}, "job: expected the name of a job"),
        ({"virtual_disks": "(a"}, "virtual_disks: expected a regular expression"),
        ({"virtual_disks": ""}, "virtual_disks: expected a text"),
        ({"links": {"dashboards": "http://a"}}, "links: expected the addresses"),
        (
            {"links": {"dashboards": "http://a/", "runbooks": "http://b"}},
            "links.dashboards: expected an address",
        ),
        (
            {"links": {"dashboards": "", "runbooks": ""}},
            "links.dashboards: expected an address",
        ),
        (
            {"links": {"dashboards": "http://a", "runbooks": "docs/runbooks"}},
            "links.runbooks: expected an address",
        ),
        ({"alerts": []}, "alerts: expected a mapping"),
        ({"alerts": {"CpuPressure": {"for": "1h"}}}, "alerts.CpuPressure: expected some of"),
        ({"plain_node_exporter": "no"}, "plain_node_exporter: expected true or false"),
        ({"jobs": "node"}, "expected the settings"),
    ],
)
def test_what_is_refused(settings: dict[str, Any], message: str) -> None:
    with pytest.raises(InputError) as refused:
        settings_of(changed(**settings))
    assert message in str(refused.value)


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    for name in ("prometheus", "docs", "grafana", "helm", "operations"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    return tmp_path


def made_with(clone: Path, settings: dict[str, Any]) -> str:
    """What making says; nothing when all is well."""
    (clone / FILE).write_text(yaml.safe_dump(settings))
    done = CliRunner().invoke(main, ["--repository", str(clone)])
    return "" if done.exit_code == 0 else done.output


def test_rules_dashboards_and_docs_follow(clone: Path, promtool: Run) -> None:
    alerts = {
        "CpuPressure": {"severity": "info", "thresholds": {"waiting": "61 %"}},
        "RunQueueLong": {"enabled": False},
    }
    links = {"dashboards": "https://g.example", "runbooks": "https://r.example"}
    identity = ["tenant", "job", "instance"]
    settings = changed(alerts=alerts, links=links, identity=identity, job=["a", "b"])
    assert made_with(clone, settings) == ""
    rules = sorted((clone / "prometheus/rules").glob("*.yml"))
    texts = "".join(path.read_text() for path in rules)
    assert "cluster" not in "".join(line for line in texts.splitlines() if " by " in line)
    assert "by (tenant, job, instance)" in texts
    assert 'job=~"a|b"' in texts
    assert "alert: RunQueueLong" not in texts
    assert "ratio_rate5m > 0.61\n" in texts
    assert "https://r.example/CpuPressure.md" in texts
    assert "https://g.example/d/perfanalysis-machine" in texts
    assert promtool("check", "rules", *rules).returncode == 0
    assert "0.61" in (clone / "grafana/dashboards/thresholds.py").read_text()
    assert "waiting > 61 %" in (clone / "docs/alerting.md").read_text()


@pytest.mark.parametrize(
    ("alerts", "message"),
    [
        ({"CpuPresure": {"enabled": False}}, "alerts.CpuPresure: expected an alert"),
        ({"CpuPressure": {"thresholds": {"wait": 1}}}, "expected one of waiting, taken"),
        ({"CpuPressure": {"severity": "high"}}, "expected one of critical, warning"),
    ],
)
def test_changes_of_alerts_that_cannot_be(
    clone: Path, alerts: dict[str, Any], message: str
) -> None:
    assert message in made_with(clone, changed(alerts=alerts))


OF_ALL_CPUS: dict[str, Any] = {
    "rule_files": ["cpu.yml"],
    "evaluation_interval": "1m",
    "tests": [
        {
            "interval": "1m",
            "input_series": [
                {
                    "series": f'perf_cpu_seconds_total{{job="node",instance="a",state="{state}"}}',
                    "values": f"0+{seconds}x10",
                }
                for state, seconds in (("busy", 60), ("idle", 120), ("iowait", 30), ("steal", 30))
            ],
            "promql_expr_test": [
                {
                    "expr": f"instance:node_cpu_{share}:ratio_rate5m",
                    "eval_time": "8m",
                    "exp_samples": [
                        {
                            "labels": f"instance:node_cpu_{share}:ratio_rate5m"
                            '{job="node",instance="a"}',
                            "value": value,
                        }
                    ],
                }
                for share, value in (
                    ("busy", 0.25),
                    ("taken", 0.375),
                    ("iowait", 0.125),
                    ("steal", 0.125),
                )
            ],
        }
    ],
}


def test_without_plain_node_exporter_cpu_time_is_that_of_all_cpus(
    clone: Path, promtool: Run
) -> None:
    assert made_with(clone, changed(plain_node_exporter=False)) == ""
    rules = clone / "prometheus/rules"
    assert "rate(node_cpu_seconds_total" not in (rules / "cpu.yml").read_text()
    (rules / "test.yml").write_text(yaml.safe_dump(OF_ALL_CPUS))
    done = promtool("test", "rules", rules / "test.yml")
    assert done.returncode == 0, done.stdout
