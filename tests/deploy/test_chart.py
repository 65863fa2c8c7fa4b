"""Helm and Kubernetes take the chart in every case, and it renders what was reviewed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
import yaml

from cffi_burn.build import kernel_files
from loadtest.driving.settings import PROFILES
from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.deploy.chart import (
    CASES,
    CHART,
    MANIFESTS,
    RELEASES,
    helm,
    kubernetes_takes,
    manifests,
    objects_of,
    rendered,
    values_of,
    values_table,
)
from tests.deploy.test_chart_rules import OF_THE_STACK
from tests.prometheus.conftest import Run, promtool  # noqa: F401 - a fixture

GOLDEN = Path(__file__).parent / "golden"
# Rules and dashboards are compared with their sources instead.
REVIEWED = [case for case in CASES if case != "operator"]
MARK = "<!-- values: made from values.yaml by `make golden` -->\n"
PLAIN = {
    "exporter": ("perfanalysis-exporter", "default"),
    "jobs": ("perfanalysis", "restricted"),
}


@pytest.mark.parametrize("case", CASES)
def test_helm_finds_nothing_wrong(case: str) -> None:
    linted = helm("lint", "--strict", CHART, values_of(case), "--kube-version", RELEASES[0])
    assert linted.returncode == 0, linted.stdout + linted.stderr


@pytest.mark.parametrize("case", CASES)
def test_kubernetes_takes_every_object(case: str) -> None:
    checked = 0
    for manifest in objects_of(case):
        if manifest["apiVersion"] != "monitoring.coreos.com/v1":
            for release in RELEASES:
                kubernetes_takes(manifest, release)
            checked += 1
    assert checked >= 2


def compare(path: Path, text: str, update: bool) -> None:
    if update:
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    assert path.read_text() == text


@pytest.mark.parametrize("case", REVIEWED)
def test_a_case_renders_what_was_reviewed(case: str, update_golden: bool) -> None:
    compare(GOLDEN / f"{case}.yaml", rendered(values_of(case)), update_golden)


@pytest.mark.parametrize("name", PLAIN)
def test_the_plain_manifests_are_what_the_chart_renders(name: str, update_golden: bool) -> None:
    namespace, case = PLAIN[name]
    text = rendered(values_of(case), "--skip-tests", namespace=namespace, release="perfanalysis")
    head = f"# Made by `make golden` from the chart with ci/{case}-values.yaml; change those.\n"
    compare(MANIFESTS / f"{name}.yaml", head + text, update_golden)
    namespaces = manifests((MANIFESTS / "namespaces.yaml").read_text())
    assert namespace in {entry["metadata"]["name"] for entry in namespaces}


def test_the_readme_has_the_values(update_golden: bool) -> None:
    path = CHART / "README.md"
    text = path.read_text()
    compare(path, text[: text.index(MARK)] + MARK + "\n" + values_table(), update_golden)


def test_the_schema_has_exactly_the_values() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())

    def check(given: dict[str, object], known: dict[str, object], path: str) -> None:
        if "$ref" in known:
            known = schema["definitions"][str(known["$ref"]).rsplit("/", 1)[-1]]
        properties = known.get("properties")
        if isinstance(properties, dict) and known.get("additionalProperties") is False:
            assert set(given) == set(properties), path
            for name, value in given.items():
                # A mapping that is a value itself need not have all that there could be in it.
                if isinstance(value, dict) and f"`{path}{name}`" not in table:
                    check(value, properties[name], f"{path}{name}.")

    table = values_table()
    check(load_fast((CHART / "values.yaml").read_text()), schema, "")


def test_the_schema_knows_every_kernel_that_a_build_can_have() -> None:
    schema = json.loads((CHART / "values.schema.json").read_text())
    known = schema["properties"]["loadtest"]["properties"]["kernel"]["enum"]
    assert set(known) == {*kernel_files(), "all", ""}
    profiles = schema["properties"]["loadtest"]["properties"]["profile"]["enum"]
    assert set(profiles) == {*PROFILES, ""}


def test_a_profile_brings_its_own_kernels() -> None:
    """A kernel beside ``--profile kinds`` would be the only one that is measured."""
    words = "loadtest.job.enabled=true,loadtest.profile=kinds"
    done = helm("template", "p", CHART, "--kube-version", RELEASES[-1], "--set", words)
    assert done.returncode == 0, done.stderr
    (job,) = [one for one in manifests(done.stdout) if one["kind"] == "Job"]
    (container,) = job["spec"]["template"]["spec"]["containers"]
    assert "--profile=kinds" in container["args"]
    assert not any(word.startswith("--kernel") for word in container["args"])


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("exporter.prot=9100", "at '/exporter': additional properties 'prot' not allowed"),
        ("loadtests.nodes=1", "additional properties 'loadtests' not allowed"),
        ("exporter.port=0", "at '/exporter/port'"),
        ("exporter.cloud=ibm", "at '/exporter/cloud'"),
        ("loadtest.kernel=fft", "at '/loadtest/kernel'"),
        ("image.exporter.digest=latest", "at '/image/exporter/digest'"),
        ("reporter.output=report.doc", "at '/reporter/output'"),
        ("prometheusRule.prices.m7i\\.large.spott=1", "additional properties 'spott' not allowed"),
        ("reporter.enabled=true", "reporter.prometheusUrl: expected the base URL of Prometheus"),
        (
            "loadtest.job.enabled=true,loadtest.remoteWrite.url=http://a,"
            "loadtest.remoteWrite.username=b",
            "loadtest.remoteWrite.existingSecret: expected the name of the Secret",
        ),
    ],
)
def test_bad_values_are_refused_by_name(words: str, message: str) -> None:
    done = helm("template", "p", CHART, "--kube-version", RELEASES[-1], "--set", words)
    assert done.returncode != 0
    assert message in done.stderr


def test_an_older_kubernetes_is_refused() -> None:
    done = helm("template", "p", CHART, "--kube-version", "1.28")
    assert done.returncode != 0
    assert "requires kubeVersion: >=1.29" in done.stderr


def test_the_operator_gets_the_rules_of_this_repository(
    promtool: Run,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    (rule,) = [entry for entry in objects_of("operator") if entry["kind"] == "PrometheusRule"]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump(rule["spec"]))
    checked = promtool("check", "rules", tmp_path / "rules.yml")
    assert checked.returncode == 0, checked.stdout
    groups = {group["name"]: group for group in rule["spec"]["groups"]}
    sources = {
        group["name"]: group
        for path in (REPOSITORY / "prometheus" / "rules").glob("*.yml")
        for group in load_fast(path.read_text())["groups"]
    }
    own = {name: groups.pop(name) for name in ("perfanalysis-prices", "perfanalysis-jobs")}
    for group in sources.values():
        group["rules"] = [r for r in group["rules"] if r.get("alert") not in OF_THE_STACK]
    assert groups == {name: group for name, group in sources.items() if group["rules"]}
    assert len(own["perfanalysis-prices"]["rules"]) == 3
    alerts = [entry["alert"] for entry in own["perfanalysis-jobs"]["rules"]]
    assert alerts == ["LoadtestJobFails", "ReporterJobFails", "BackupJobFails"]


JOB_ALERTS = """
rule_files: [rules.yml]
evaluation_interval: 1m
tests:
  - interval: 1m
    input_series:
      - series: >-
          kube_job_failed{condition="true",namespace="perf",job_name="p-perfanalysis-reporter-7"}
        values: 0 1 1
      - series: kube_job_failed{condition="true",namespace="perf",job_name="other-reporter-1"}
        values: 1 1 1
    alert_rule_test:
      - {eval_time: 0m, alertname: ReporterJobFails}
      - eval_time: 1m
        alertname: ReporterJobFails
        exp_alerts:
          - exp_labels:
              condition: "true"
              namespace: perf
              job_name: p-perfanalysis-reporter-7
              severity: warning
              tier: stack
            exp_annotations:
              summary: Job p-perfanalysis-reporter-7 has failed
              description: >-
                The last good report stays in place and grows old.
                The reason is the last line of `kubectl logs job/p-perfanalysis-reporter-7`.
  - interval: 1m
    input_series:
      - series: perf_machine_info{job="node",instance="a",instance_type="m7i.large"}
        values: 1
    promql_expr_test:
      - expr: perf_machine_price_dollars_per_hour
        eval_time: 0m
        exp_samples:
          - labels: >-
              perf_machine_price_dollars_per_hour{job="node",instance="a",purchase="on_demand"}
            value: 0.1197
          - labels: perf_machine_price_dollars_per_hour{job="node",instance="a",purchase="spot"}
            value: 0.0431
"""


def test_failed_jobs_alert_and_prices_go_by_type(
    promtool: Run,  # noqa: F811 - the fixture
    tmp_path: Path,
) -> None:
    (rule,) = [entry for entry in objects_of("operator") if entry["kind"] == "PrometheusRule"]
    own = [group for group in rule["spec"]["groups"] if group["name"].startswith("perfanalysis-")]
    (tmp_path / "rules.yml").write_text(yaml.safe_dump({"groups": own}))
    (tmp_path / "test.yml").write_text(JOB_ALERTS)
    tested = promtool("test", "rules", tmp_path / "test.yml")
    assert tested.returncode == 0, tested.stdout
