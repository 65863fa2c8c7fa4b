"""The table of alerts: its figures, what is refused, and that what comes from it is up to date."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from grafana.dashboards import thresholds as drawn
from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError
from perfanalysis.fast_yaml import load_fast
from prometheus.generator.__main__ import main
from prometheus.generator.marked import with_part
from prometheus.generator.table import FOLDER, read_table
from prometheus.generator.thresholds import (
    AlertThreshold,
    duration,
    in_expression,
    in_text,
    threshold,
)
from tests.conftest import REPOSITORY

TABLE = read_table(REPOSITORY)
HALF_HOUR = {"value": "30m", "text": "half hour"}


def test_all_that_is_made_is_up_to_date() -> None:
    done = CliRunner().invoke(main, ["--check"])
    assert done.exit_code == 0, done.output


@pytest.mark.parametrize(
    ("written", "promql", "value", "text"),
    [
        (10, "10", 10, "10"),
        (2000, "2000", 2000, "2000"),
        (14.4, "14.4", 14.4, "14.4"),
        ("90 %", "0.9", 0.9, "90 %"),
        ("0.1 %", "0.001", 0.001, "0.1 %"),
        ("100 %", "1", 1, "100 %"),
        ("50 ms", "0.05", 0.05, "50 ms"),
        ("5 s", "5", 5, "5 s"),
        ("2 minutes", "120", 120, "2 minutes"),
        ("1 hour", "3600", 3600, "1 hour"),
        ("9 days", "777600", 777600, "9 days"),
        ({"value": "4 / 24", "text": "4 hours"}, "4 / 24", 4 / 24, "4 hours"),
        ({"value": "36 * 3600", "text": "too old"}, "36 * 3600", 129600, "too old"),
        ({"value": 0.5, "text": "half"}, "0.5", 0.5, "half"),
    ],
)
def test_a_threshold(written: object, promql: str, value: float, text: str) -> None:
    made = threshold(written, "file", "field")
    assert (made.promql, made.value, made.text) == (promql, value, text)


@pytest.mark.parametrize(
    ("written", "promql", "text"),
    [
        ("15m", "15m", "15 minutes"),
        ("1h", "1h", "1 hour"),
        ("1d", "1d", "1 day"),
        (HALF_HOUR, "30m", "half hour"),
    ],
)
def test_a_duration(written: object, promql: str, text: str) -> None:
    made = duration(written, "file", "field")
    assert (made.promql, made.text) == (promql, text)


@pytest.mark.parametrize(
    "written",
    ["ten", "90%", "-1", "10 kg", True, None, [], {}, {"value": 1}, {"value": "up", "text": "a"}],
)
def test_what_is_no_threshold(written: object) -> None:
    with pytest.raises(InputError, match=r"file: field"):
        threshold(written, "file", "field")


@pytest.mark.parametrize("written", ["15", "1h30m", "0m", 15, None, {"value": "15m"}])
def test_what_is_no_duration(written: object) -> None:
    with pytest.raises(InputError, match=r"file: field"):
        duration(written, "file", "field")


@given(st.decimals(min_value=0, max_value=10**6, places=2))
def test_the_number_of_a_threshold_is_that_of_its_promql(number: object) -> None:
    for unit in ("", " %", " ms", " hours"):
        made = threshold(f"{number}{unit}", "file", "field")
        assert float(made.promql) == pytest.approx(made.value)
        assert "e" not in made.promql.lower()


FIGURES = {
    "used": AlertThreshold("0.9", "90 %", "90 %"),
    "left": AlertThreshold("4 / 24", "4 hours", ""),
}


def test_what_names_stand_for() -> None:
    selector = 'up{job=~"a.{3}"} > ${used} and b < -${left}'
    expected = 'up{job=~"a.{3}"} > 0.9 and b < -4 / 24'
    assert in_expression(selector, FIGURES, "file", "field") == expected
    text = "{{ $labels.a }}: ${used}, ${left} are ${left:.3f}, $value"
    expected = "{{ $labels.a }}: 90 %, 4 hours are 0.167, $value"
    assert in_text(text, FIGURES, "file", "field") == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("${busy}", r"a figure of the alert \(\$\{used\}, \$\{left\}\), found .\$\{busy\}"),
        ("${}", "a figure of the alert"),
        ("${used:zz}", "a format as Python's"),
    ],
)
def test_names_that_stand_for_nothing(text: str, expected: str) -> None:
    with pytest.raises(InputError, match=expected):
        in_text(text, FIGURES, "file", "field")
    with pytest.raises(InputError, match="file: field"):
        in_expression(text, FIGURES, "file", "field")


@pytest.mark.parametrize(
    ("file", "right", "wrong", "message"),
    [
        (
            "cpu",
            "waiting: 40 %",
            "waiting: much",
            "cpu.yml: CpuPressure.thresholds.waiting: expected",
        ),
        ("cpu", "> ${waiting}", "> 0.4", "cpu.yml: CpuPressure.expr: expected ${waiting}"),
        (
            "cpu",
            "> ${waiting}",
            "> ${wating} + ${waiting}",
            "${waiting}, ${taken}, ${for}, ${keep_firing_for}",
        ),
        ("cpu", "severity: warning", "severity: high", "one of critical, warning, info, none"),
        ("cpu", "dashboard: machine", "dashboard: fleet", "one of machine, quality, loadtest"),
        ("cpu", "severity:", "severities:", "cpu.yml: [0].severity: expected a value"),
        ("cpu", "panel:", "panels:", "cpu.yml: [0]: expected one of alert, severity"),
        ("cpu", "for: 15m", "for: soon", "cpu.yml: CpuPressure.for: expected a duration"),
        (
            "cpu",
            "RunQueueLong",
            "CpuPressure",
            "CpuPressure: expected a name that no other alert has",
        ),
        ("cpu", "- alert: CpuPressure", "alert: CpuPressure", "cpu.yml: line"),
        ("budget", "${ScrapeBudgetBurnsFast.", "${Slow.", "of an alert above"),
        (
            "needs",
            "alert: CpuPressure",
            "alert: Cpu",
            "machine: cpu_pressure.alert: expected an alert",
        ),
        ("needs", "/ ${queue}", "/ ${length}", "needs.yml: disk.expr: expected a figure"),
        ("needs", "near: 80 %", "near: soon", "needs.yml: near: expected a figure"),
        ("tiers", "[cpu, memory,", "[memory,", "cpu.yml to be there, and in one tier"),
        ("tiers", "[cpu, memory,", "[cpu, gpu, memory,", "gpu.yml: expected a readable file"),
    ],
)
def test_a_table_that_cannot_be_right_is_refused(
    tmp_path: Path, file: str, right: str, wrong: str, message: str
) -> None:
    for name in ("prometheus", "docs", "grafana", "helm", "operations"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    path = tmp_path / FOLDER / f"{file}.yml"
    assert right in path.read_text()
    path.write_text(path.read_text().replace(right, wrong, 1))
    before = (tmp_path / "prometheus/rules/machine_alerts.yml").read_text()
    done = CliRunner().invoke(main, ["--repository", str(tmp_path)])
    assert done.exit_code == 2, done.output
    assert message in done.output
    assert (tmp_path / "prometheus/rules/machine_alerts.yml").read_text() == before


def test_what_is_changed_by_hand_is_named(tmp_path: Path) -> None:
    for name in ("prometheus", "docs", "grafana", "helm", "operations"):
        shutil.copytree(REPOSITORY / name, tmp_path / name)
    changed = ["prometheus/rules/need.yml", "docs/runbooks/StealHigh.md", "docs/alerting.md"]
    for name in changed:
        text = (tmp_path / name).read_text()
        (tmp_path / name).write_text(text.replace("0.05", "0.06").replace("5 %", "6 %"))
    done = CliRunner().invoke(main, ["--check", "--repository", str(tmp_path)])
    assert done.exit_code == 1
    assert all(name in done.output for name in changed)
    assert "run `python -m prometheus.generator`" in done.output
    assert CliRunner().invoke(main, ["--repository", str(tmp_path)]).exit_code == 0
    for name in changed:
        assert (tmp_path / name).read_text() == (REPOSITORY / name).read_text()


def test_the_part_between_marks_is_replaced() -> None:
    made = with_part("1\n<\nold\n>\n2\n", "new\n", "<", ">", "file")
    assert made == "1\n<\nnew\n>\n2\n"


@pytest.mark.parametrize("text", ["", "<\n", ">\n<\n", "<\n<\n>\n", "<\n>\n>\n"])
def test_a_file_without_its_marks_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="file: expected the lines `<` and `>`"):
        with_part(text, "new\n", "<", ">", "file")


def test_what_is_made_says_by_what() -> None:
    made = [f"{tier.name}_alerts.yml" for tier in TABLE.tiers] + ["need.yml", "container.yml"]
    for folder in ("prometheus/rules", "helm/perfanalysis/rules"):
        for name in made:
            text = (REPOSITORY / folder / name).read_text()
            assert "Made by `python -m prometheus.generator` from prometheus/alerts" in text


def test_the_rules_have_the_words_and_labels_of_the_table() -> None:
    """What YAML reads of the rules is what the table says, whatever its characters."""
    for tier in TABLE.tiers:
        path = REPOSITORY / f"prometheus/rules/{tier.name}_alerts.yml"
        groups = load_fast(path.read_bytes())["groups"]
        rules = {rule["alert"]: rule for group in groups for rule in group["rules"]}
        assert rules.keys() == {alert.name for alert in tier.alerts}
        for alert in tier.alerts:
            rule = rules[alert.name]
            where, texts = str(alert.source), rule["annotations"]
            assert rule["expr"] == in_expression(alert.expr, alert.figures, where, "expr")
            assert texts["summary"] == in_text(alert.summary, alert.figures, where, "summary")
            description = in_text(alert.description, alert.figures, where, "description")
            assert texts["description"] == description


def test_the_longer_alerts_wait_the_less_often_they_are_looked_at() -> None:
    """Containers are many: those of their alerts that wait are looked at seldom."""
    looked_at: dict[str, set[str]] = {}
    for path in sorted((REPOSITORY / "prometheus/rules").glob("*_alerts.yml")):
        for group in load_fast(path.read_bytes())["groups"]:
            for rule in group["rules"]:
                waits = parse_duration(rule.get("for", "0s"))
                assert waits is not None
                if waits and group["name"].startswith("container_alerts_container"):
                    waits = max(waits, 900)
                expected = "4m" if waits >= 900 else "2m" if waits >= 600 else "1m"
                assert group["interval"] == expected, rule["alert"]
                looked_at.setdefault(expected, set()).add(rule["alert"])
    assert {"1m", "2m", "4m"} == set(looked_at)
    assert "OutOfMemoryKill" in looked_at["1m"]
    assert "ContainerOutOfMemory" in looked_at["1m"]
    assert "ContainerThrottled" in looked_at["4m"]
    assert "FilesystemAlmostFull" in looked_at["4m"]


def test_the_agreed_share_of_scrapes_is_what_the_docs_say() -> None:
    agreed = 100 * (1 - drawn.SCRAPE_BUDGET_BURNS_FAST_ALLOWANCE.value)
    for page in ("docs/alerting.md", "prometheus/rules/stack.yml", "prometheus/alerts/budget.yml"):
        assert f"{agreed:g} %" in (REPOSITORY / page).read_text()
