"""The rule files and their unit tests."""

from __future__ import annotations

import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml

from perfanalysis.fast_yaml import load_fast
from perfanalysis.machines.book_prices import OPTIONS
from tests.grafana.hour.stores import victoria_program
from tests.prometheus.conftest import PROMETHEUS, Run
from tests.prometheus.needed_rules import made_tests, needed

RULES = sorted((PROMETHEUS / "rules").glob("*.yml"))
TESTS = sorted((PROMETHEUS / "tests").rglob("*.test.yml"))


def _rules(path: Path) -> list[dict[str, Any]]:
    groups = load_fast(path.read_bytes())["groups"]
    return [rule for group in groups for rule in group["rules"]]


def test_check_rules(promtool: Run) -> None:
    checked = promtool("check", "rules", *RULES)
    assert checked.returncode == 0, checked.stdout
    assert checked.stdout.count("SUCCESS") == len(RULES)


@pytest.mark.long
def test_unit_tests_as_they_stand(promtool: Run) -> None:
    """With all rules of the files that they name: no series of one makes the others fail."""
    tested = promtool("test", "rules", *TESTS)
    assert tested.returncode == 0, tested.stdout
    assert tested.stdout.count("SUCCESS") == len(TESTS)


def test_unit_tests(promtool: Run, tmp_path: Path) -> None:
    tested = promtool("test", "rules", *made_tests(TESTS, tmp_path))
    assert tested.returncode == 0, tested.stdout
    assert tested.stdout.count("SUCCESS") == len(TESTS)


# What Mimir takes unless its limits are raised: ruler_max_rules_per_rule_group, and
# ruler_max_rule_groups_per_tenant.
MOST_RULES, MOST_GROUPS = 20, 70


def test_groups_are_within_the_limits_of_mimir() -> None:
    groups = [group for path in RULES for group in load_fast(path.read_bytes())["groups"]]
    assert {g["name"]: n for g in groups if (n := len(g["rules"])) > MOST_RULES} == {}
    assert len({group["name"] for group in groups}) == len(groups) <= MOST_GROUPS


def test_no_rule_has_a_name_of_the_rules_beside_ours() -> None:
    """Names of node-mixin 1.9 and of kube-prometheus-stack that ours had, or are near to."""
    taken = {"Watchdog", "InfoInhibitor", "TargetDown", "NodeRAIDDegraded", "ConfigReloadFailed"}
    taken |= {"instance:node_load1_per_cpu:ratio", "instance:node_vmstat_pgmajfault:rate5m"}
    taken |= {"instance:node_num_cpu:sum", "instance:node_memory_utilisation:ratio"}
    names = {rule.get("record") or rule["alert"] for path in RULES for rule in _rules(path)}
    assert names & taken == set()


def test_rules_and_unit_tests_hold_in_the_newest_prometheus(
    newest_promtool: Run, tmp_path: Path
) -> None:
    checked = newest_promtool("check", "rules", *RULES)
    assert checked.returncode == 0, checked.stdout
    # Its ranges are open on the left, where Debian's are closed.
    tested = newest_promtool("test", "rules", *made_tests(TESTS, tmp_path))
    assert tested.returncode == 0, tested.stdout


@pytest.mark.e2e
def test_vmalert_takes_the_rules(tmp_path: Path) -> None:
    """VictoriaMetrics' evaluator reads them as they are, but Debian's is older than one field."""
    for path in RULES:
        content = load_fast(path.read_bytes())
        for group in content["groups"]:
            for rule in group["rules"]:
                rule.pop("keep_firing_for", None)
        (tmp_path / path.name).write_text(yaml.safe_dump(content))
    program = victoria_program().with_name("vmalert")
    command = [program, "-dryRun", f"-rule={tmp_path / '*.yml'}"]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr
    # It fails where a rule cannot be right: an empty folder would pass as well.
    (tmp_path / "wrong.yml").write_text(WRONG)
    done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode != 0
    assert "wrong.yml" in done.stderr


WRONG = """\
groups:
  - name: wrong
    rules:
      - record: a:b:c
        expr: sum by (job (up)
"""


@pytest.mark.parametrize("path", RULES, ids=lambda path: path.name)
def test_every_rule_has_a_unit_test_of_the_same_name(path: Path) -> None:
    for rule in _rules(path):
        name = f"alerts/{rule['alert']}" if "alert" in rule else path.stem
        tests = PROMETHEUS / "tests" / f"{name}.test.yml"
        text = tests.read_text()
        loaded = [tests.parent / file for file in load_fast(text)["rule_files"]]
        assert path in [file.resolve() for file in loaded]
        assert (rule.get("record") or rule["alert"]) in text


def test_a_rule_that_is_wrong_fails_its_unit_test(promtool: Run, tmp_path: Path) -> None:
    for folder in ("rules", "tests"):
        (tmp_path / folder).mkdir()
    name = "price_performance"
    rules = (PROMETHEUS / "rules" / f"{name}.yml").read_text()
    (tmp_path / "rules" / f"{name}.yml").write_text(rules.replace(" > 0)", ")"))
    tests = (PROMETHEUS / "tests" / f"{name}.test.yml").read_text()
    (tmp_path / "tests" / f"{name}.test.yml").write_text(tests)
    assert promtool("test", "rules", tmp_path / "tests" / f"{name}.test.yml").returncode != 0


def test_the_rules_that_a_unit_test_needs() -> None:
    rules = [
        {"record": "a:b:c", "expr": "sum by (job) (up)"},
        {"record": "d:e:f", "expr": 'max(a:b:c) unless ALERTS{alertname="Gone|Lost"}'},
        {"alert": "Gone", "expr": "up == 0"},
        {"alert": "Slow", "expr": "d:e:f > 1"},
        {"alert": "Other", "expr": "a:b:cd > 1"},
    ]
    assert needed(rules, "exp: Gone") == {"Gone"}
    assert needed(rules, "alertname: Slow,") == {"Slow", "d:e:f", "a:b:c", "Gone"}
    assert needed(rules, "Others") == set()


@pytest.mark.parametrize(
    ("file", "record"),
    [
        ("price_performance.yml", "perf:units_per_dollar:max"),
        ("price_performance.yml", "perf:units_per_dollar:sustained"),
        ("price_performance.yml", "perf:units_per_price:max"),
        ("kinds.yml", "perf:kind_work_per_dollar:max"),
    ],
)
def test_each_purchase_option_has_its_rule(file: str, record: str) -> None:
    rules = [rule for rule in _rules(PROMETHEUS / "rules" / file) if rule["record"] == record]
    assert [rule["labels"]["purchase"] for rule in rules] == list(OPTIONS)
    for rule, purchase in zip(rules, OPTIONS, strict=True):
        assert f'{{purchase="{purchase}"}}' in rule["expr"]
