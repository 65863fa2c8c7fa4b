"""The chart's PodMonitor and ServiceMonitor: nothing that a user says of them is lost."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.deploy.chart import (
    CHART,
    RELEASES,
    Manifest,
    helm,
    manifests,
    objects_of,
    rendered,
    values_of,
)
from tests.deploy.test_chart_operator import errors_of

MONITORS = {
    "podMonitor": ("PodMonitor", "podMetricsEndpoints"),
    "serviceMonitor": ("ServiceMonitor", "endpoints"),
}
DROP = {"action": "drop", "sourceLabels": ["a"], "regex": "b"}
GIVEN: Manifest = {
    "enabled": True,
    "honorLabels": True,
    "scrapeTimeout": "7s",
    "relabelings": [DROP],
    "metricRelabelings": [DROP],
    "sampleLimit": 5000000,
    "targetLimit": 9,
    "bodySizeLimit": "10MB",
    "endpoint": {"interval": "1m", "relabelings": [{"targetLabel": "a", "replacement": "c"}]},
    "spec": {"scrapeClass": "mutual"},
}


def monitor(folder: Path, part: str, given: Manifest) -> Manifest:
    """The only monitor that the chart renders."""
    (folder / "values.yaml").write_text(yaml.safe_dump({part: {"enabled": True} | given}))
    done = helm(
        *("template", "p", CHART, "--namespace=perf", "--kube-version", RELEASES[-1]),
        f"--values={folder / 'values.yaml'}",
    )
    assert done.returncode == 0, done.stderr
    kinds = {kind for kind, _ in MONITORS.values()}
    (found,) = [one for one in manifests(done.stdout) if one["kind"] in kinds]
    assert errors_of(found) == []
    return found


@pytest.mark.parametrize("part", MONITORS)
def test_what_is_said_twice_is_there_once_and_what_comes_besides_is_there(
    part: str, tmp_path: Path
) -> None:
    kind, endpoints = MONITORS[part]
    found = monitor(tmp_path, part, GIVEN)
    assert found["kind"] == kind
    (endpoint,) = found["spec"][endpoints]
    assert (endpoint["honorLabels"], endpoint["scrapeTimeout"]) == (True, "7s")
    # Of the endpoint itself, it goes before what the value beside it says.
    assert endpoint["interval"] == "1m"
    assert endpoint["relabelings"][0] == {"targetLabel": "job", "replacement": "node"}
    assert endpoint["relabelings"][-2:] == [DROP, {"targetLabel": "a", "replacement": "c"}]
    assert endpoint["metricRelabelings"][-2]["action"] == "labeldrop"
    assert endpoint["metricRelabelings"][-1] == DROP
    spec = {k: v for k, v in found["spec"].items() if k not in {endpoints, "selector"}}
    assert spec == {
        "attachMetadata": {"node": True},
        "bodySizeLimit": "10MB",
        "namespaceSelector": {"matchNames": ["perf"]},
        "sampleLimit": 5000000,
        "scrapeClass": "mutual",
        "targetLimit": 9,
    }


def test_a_service_monitor_finds_the_service_and_its_named_port() -> None:
    objects = {entry["kind"]: entry for entry in objects_of("coexisting")}
    found, service = objects["ServiceMonitor"], objects["Service"]
    labels = service["metadata"]["labels"]
    assert found["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert found["spec"]["namespaceSelector"]["matchNames"] == [service["metadata"]["namespace"]]
    assert found["metadata"]["namespace"] == "monitoring"
    (port,) = service["spec"]["ports"]
    assert found["spec"]["endpoints"][0]["port"] == port["name"]


def test_both_at_once_are_refused() -> None:
    words = "podMonitor.enabled=true,serviceMonitor.enabled=true"
    done = helm("template", "p", CHART, "--kube-version", RELEASES[-1], "--set", words)
    assert (done.returncode, done.stdout) == (1, "")
    assert "with both, each exporter is scraped twice" in done.stderr


def rules_with(*words: str) -> list[Any]:
    """The groups of rules with these values."""
    text = rendered("--set=prometheusRule.enabled=true", *words)
    (rule,) = [entry for entry in manifests(text) if entry["kind"] == "PrometheusRule"]
    groups: list[Any] = rule["spec"]["groups"]
    return groups


def test_rules_go_by_the_job_of_what_is_scraped() -> None:
    words = ("--set=podMonitor.enabled=true", "--set=podMonitor.job=node-exporter")
    text = yaml.safe_dump(rules_with(*words), width=10**6)
    assert 'up{job="node-exporter"}' in text
    assert 'job="node"' not in text
    assert text == yaml.safe_dump(rules_with("--set=prometheusRule.job=node-exporter"), width=10**6)


def test_a_job_label_takes_the_place_of_the_job(tmp_path: Path) -> None:
    found = monitor(tmp_path, "podMonitor", {"jobLabel": "app.kubernetes.io/part-of"})
    assert found["spec"]["jobLabel"] == "app.kubernetes.io/part-of"
    (endpoint,) = found["spec"]["podMetricsEndpoints"]
    assert "job" not in {one.get("targetLabel") for one in endpoint["relabelings"]}


def test_rules_that_are_disabled_are_left_out_and_no_others() -> None:
    groups = rules_with()
    group = groups[0]["name"]
    rules = [rule for one in groups[1:] for rule in one["rules"]]
    alert = next(rule["alert"] for rule in rules if "alert" in rule)
    record = next(rule["record"] for rule in rules if "record" in rule)
    left = rules_with(f"--set=prometheusRule.disabled={{{group},{alert},{record}}}")
    assert group not in {one["name"] for one in left}
    after = [rule for one in left for rule in one["rules"]]
    assert after == [r for r in rules if not {r.get("alert"), r.get("record")} & {alert, record}]
    assert len(after) <= len(rules) - 2
    # A group of which nothing is left goes, too.
    assert all(one["rules"] for one in left)


def test_results_are_sent_under_the_job_of_the_rules() -> None:
    words = ["--set=loadtest.cronjob.enabled=true", "--set=loadtest.remoteWrite.url=http://a/b"]
    for given, expected in ((), False), (("--set=podMonitor.job=node-exporter",), True):
        text = rendered(*words, *given)
        assert ("--remote-write-label=job=node-exporter" in text) is expected


def test_labels_of_the_user_go_before_the_charts_and_none_is_there_twice() -> None:
    # What is loaded has each key once, or the loader fails.
    words = "--set-json=commonLabels={}"
    labels = '{"app.kubernetes.io/part-of": "platform", "helm.sh/chart": "a"}'
    text = rendered(values_of("operator"), words.replace("{}", labels))
    for entry in manifests(text):
        assert entry["metadata"]["labels"]["app.kubernetes.io/part-of"] == "platform"
        assert entry["metadata"]["labels"]["helm.sh/chart"] == "a"
