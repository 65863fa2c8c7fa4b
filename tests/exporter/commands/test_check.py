"""``perfanalysis exporter check``: on this machine, on trees, and beside the serving exporter."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import requests

from perfanalysis.cli import run
from tests.exporter.conftest import StartExporter

QUICK = ["--interval=0.05"]


def of_tree(tree: Path, *arguments: str) -> list[str]:
    flags = [f"--path.procfs={tree / 'proc'}", f"--path.sysfs={tree / 'sys'}"]
    return ["exporter", *flags, "--collector.disable-defaults", *arguments]


def test_flags_alone_still_serve(start_exporter: StartExporter) -> None:
    running = start_exporter("--collector.disable-defaults", "--collector.loadavg")
    assert "node_load1 " in requests.get(running.url + "/metrics", timeout=10).text


def test_this_machine_is_looked_at_twice(capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["exporter", "check", "--json", *QUICK]) in {0, 1}
    subject = json.loads(capsys.readouterr().out)["subjects"][0]
    assert (subject["subject"], subject["looks"]) == ("this machine", 2)
    found = {(rule["collector"], rule["rule"]): rule for rule in subject["rules"]}
    assert found["cpu", "total_not_its_cpus"]["evaluations"] == 1
    assert found["meminfo", "free_above_total"]["evaluations"] == 2


def test_a_contradiction_is_shown_and_ends_with_status_1(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    meminfo = tree / "proc" / "meminfo"
    meminfo.write_text("MemTotal: 1000 kB\nMemFree: 1001 kB\n")
    assert run(of_tree(tree, "--collector.meminfo", "check", *QUICK)) == 1
    said = capsys.readouterr().out
    assert "free_above_total" in said
    assert "1025024, 1024000" in said
    assert "meminfo/swap_free_above_total" in said.split("not evaluated:", 1)[1]
    assert "1 of 4 rules violated, 2 times" in said


def test_a_tree_without_contradictions_ends_with_status_0(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(of_tree(tree, "--collector.meminfo", "--collector.vmstat", "check", *QUICK)) == 0
    said = capsys.readouterr().out
    assert "┏" not in said
    assert "0 of " in said


def test_all_shows_rules_that_hold(tree: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(of_tree(tree, "--collector.meminfo", "check", "--all", *QUICK)) == 0
    assert "available_above_total" in capsys.readouterr().out


def test_all_fields_of_vmstat_are_looked_at_unless_a_flag_names_some(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for flags, evaluated in (
        (["--collector.vmstat"], True),
        (["--collector.vmstat.fields=x"], False),
    ):
        run(of_tree(tree, "--collector.vmstat", *flags, "check", "--json", *QUICK))
        rules = json.loads(capsys.readouterr().out)["subjects"][0]["rules"]
        found = {rule["rule"]: rule for rule in rules if rule["collector"] == "vmstat"}
        assert ("evaluations" in found["direct_stolen_above_scanned"]) is evaluated


def test_a_rule_that_needs_more_time_says_so(
    tree: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(of_tree(tree, "--collector.cpu", "check", *QUICK)) == 0
    said = capsys.readouterr().out
    assert re.search(r"cpu/stale_source: needs 10 s, looked for \d\.\d", said)


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["exporter", "check", "--interval=0"], "--interval"),
        (["exporter", "check", "--looks=1"], "--looks"),
        (["exporter", "--path.procfs=/no/such/folder", "check"], "--path.procfs"),
        (["exporter", "chek"], "chek"),
    ],
)
def test_wrong_usage_ends_with_status_2(
    arguments: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(arguments) == 2
    assert said in capsys.readouterr().err
