"""CONTRIBUTING.md's way to a new alert, followed to the letter in a copy of the repository."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from textwrap import dedent

import pytest

from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.grafana.published import panels_of
from tests.prometheus.conftest import Run

SECTION = (REPOSITORY / "CONTRIBUTING.md").read_text().split("## Add an alert\n")[1]
ENTRY, RUNBOOK, TEST = (
    dedent(f"   {block}")
    for block in re.findall(r"   ```\w+\n   (.*?)   ```\n", SECTION.split("\n## ")[0], re.DOTALL)[
        :3
    ]
)
PAGE, TESTED = "docs/runbooks/TasksBlocked.md", "prometheus/tests/alerts/TasksBlocked.test.yml"
MADE = ("prometheus", "docs", "grafana", "helm", "operations", "scripts")


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of all that is made from the table of alerts, and of what makes it."""
    for name in MADE:
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    return tmp_path


def run(copy: Path, *words: str) -> subprocess.CompletedProcess[str]:
    """A command of the copy, with the copy's own code."""
    environment = {**os.environ, "PYTHONPATH": str(copy)}
    command = [sys.executable, "-m", *words]
    return subprocess.run(
        command, cwd=copy, env=environment, capture_output=True, text=True, timeout=120, check=False
    )


def generate(copy: Path) -> str:
    """Run the generator; what it complains of."""
    done = run(copy, "prometheus.generator")
    assert done.returncode == (1 if done.stderr else 0), done.stderr
    return done.stderr


def test_an_alert_by_the_book(copy: Path, promtool: Run) -> None:
    with (copy / "prometheus/alerts/cpu.yml").open("a") as file:
        file.write(f"\n{ENTRY}")
    complaint = generate(copy)
    assert f"{PAGE} is missing" in complaint
    assert f"{TESTED} is missing" in complaint
    (copy / PAGE).write_text(RUNBOOK)
    complaint = generate(copy)
    assert "docs/runbooks" not in complaint
    assert f"{TESTED} is missing" in complaint
    (copy / TESTED).write_text(TEST)
    assert generate(copy) == ""
    assert run(copy, "prometheus.generator", "--check").returncode == 0
    rules = copy / "prometheus/rules/machine_alerts.yml"
    assert promtool("check", "rules", rules).returncode == 0
    tested = promtool("test", "rules", copy / TESTED)
    assert tested.returncode == 0, tested.stdout
    (rule,) = [
        rule
        for group in load_fast(rules.read_text())["groups"]
        for rule in group["rules"]
        if rule.get("alert") == "TasksBlocked"
    ]
    assert rule["expr"] == 'max by (cluster, job, instance) (node_procs_blocked{job="node"}) > 20'
    row = "| [TasksBlocked](runbooks/TasksBlocked.md) | machine | warning | 15m | blocked > 20 | |"
    assert f"{row} machine: Disk queue |\n" in (copy / "docs/alerting.md").read_text()
    index = (copy / "docs/runbooks/README.md").read_text()
    assert "| [TasksBlocked](TasksBlocked.md) | warning | 15m | machine: Disk queue |\n" in index
    head = "Severity: warning. Threshold: blocked > 20. Set in"
    assert (copy / PAGE).read_text().startswith(f"# TasksBlocked\n\n{head} [cpu.yml](../../")
    checked = run(copy, "perfanalysis", "dashboards", "check")
    assert checked.returncode == 0, checked.stderr


@pytest.mark.parametrize(
    ("file", "right", "wrong", "complaint"),
    [
        (PAGE, "after 15m", "after 5m", f"{PAGE}: expected `fires after 15m.`"),
        (PAGE, "kept for 10m", "kept for 5m", f"{PAGE}: expected `kept for 10m`"),
        (PAGE, "# TasksBlocked", "# Blocked", f"{PAGE}: expected the title `# TasksBlocked`"),
        (PAGE, "## What to do", "## Do", f"{PAGE}: expected the section `## What to do`"),
        (TESTED, "TasksBlocked,", "Other,", f"{TESTED}: expected a moment (exp_alerts: [])"),
        (
            TESTED,
            "  - alertname: TasksBlocked",
            "  - alertname: Other",
            "at which TasksBlocked fires",
        ),
        (TESTED, "machine_alerts", "stack_alerts", "expected ../../rules/machine_alerts.yml"),
        (TESTED, "rule_files", "rules", f"{TESTED}: expected a unit test as promtool reads it"),
    ],
)
def test_a_page_or_a_test_that_does_not_fit(
    copy: Path, file: str, right: str, wrong: str, complaint: str
) -> None:
    with (copy / "prometheus/alerts/cpu.yml").open("a") as entries:
        entries.write(f"\n{ENTRY}")
    (copy / PAGE).write_text(RUNBOOK)
    (copy / TESTED).write_text(TEST)
    text = (copy / file).read_text()
    assert right in text
    (copy / file).write_text(text.replace(right, wrong))
    assert complaint in generate(copy)


def test_a_page_and_a_test_without_an_alert(copy: Path) -> None:
    (copy / PAGE).write_text(RUNBOOK)
    (copy / TESTED).write_text(TEST)
    complaint = generate(copy)
    assert f"{PAGE}: no alert has this name" in complaint
    assert f"{TESTED}: no alert has this name" in complaint


def test_one_figure_is_changed_in_one_place(copy: Path, promtool: Run) -> None:
    entries = copy / "prometheus/alerts/cpu.yml"
    entries.write_text(entries.read_text().replace("waiting: 40 %", "waiting: 55 %"))
    assert generate(copy) == ""
    built = run(copy, "perfanalysis", "dashboards", "build")
    assert built.returncode == 0, built.stderr
    filled = subprocess.run(["scripts/fill-chart"], cwd=copy, timeout=60, check=True)
    assert filled.returncode == 0
    chart, rules = copy / "helm/perfanalysis", copy / "prometheus/rules"
    for folder in (rules, chart / "rules"):
        texts = {path.name: path.read_text() for path in folder.glob("*.yml")}
        alerts = texts["machine_alerts.yml"]
        assert " instance:node_pressure_cpu_waiting:ratio_rate5m > 0.55\n" in alerts
        assert "of the time, above 55 %,\n" in alerts
        need = "clamp_max(instance:node_pressure_cpu_waiting:ratio_rate5m / 0.55, 1)"
        assert need in texts["need.yml"]
    for folder in (copy / "grafana/dashboards", chart / "dashboards"):
        for name in ("fleet", "machine", "phone"):
            panels = panels_of(json.loads((folder / f"{name}.json").read_bytes()))
            (panel,) = [panel for panel in panels if panel["title"] == "CPU pressure"]
            assert "55 %" in panel["description"]
            steps = panel["fieldConfig"]["defaults"]["thresholds"]["steps"]
            assert [step["value"] for step in steps] == [None, 0.55]
    assert (
        "| waiting > 55 %, taken > 70 % | cpu_pressure |" in (copy / "docs/alerting.md").read_text()
    )
    runbook = (copy / "docs/runbooks/CpuPressure.md").read_text()
    assert "Severity: warning. Thresholds: waiting > 55 %, taken > 70 %." in runbook
    # The test still has the old figure, written out: a person changes it.
    assert promtool(
        "test", "rules", copy / "prometheus/tests/alerts/CpuPressure.test.yml"
    ).returncode
    assert promtool("check", "rules", *rules.glob("*.yml")).returncode == 0
