"""Every rule over made recordings: it holds on the well machine, and fires on the spoilt one."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from exporter.validation import rules
from perfanalysis.cli import run
from tests.exporter.validation.made_captures import (
    SNMP,
    Texts,
    ticks,
    with_column,
    with_number,
    write_flat,
)

Spoil = Callable[[list[Texts]], None]
Capsys = pytest.CaptureFixture[str]


def number(subsystem: str, field: str, value: int, at: int = 2) -> Spoil:
    def spoil(made: list[Texts]) -> None:
        made[at][subsystem] = with_number(made[at][subsystem], field, value)

    return spoil


def column(subsystem: str, row: str, place: int, value: int) -> Spoil:
    def spoil(made: list[Texts]) -> None:
        made[2][subsystem] = with_column(made[2][subsystem], row, place, value)

    return spoil


def entry(subsystem: str, field: str, value: int) -> Spoil:
    def spoil(made: list[Texts]) -> None:
        made[2][subsystem] = json.dumps(json.loads(made[2][subsystem]) | {field: value})

    return spoil


def drop(subsystem: str, field: str, at: int) -> Spoil:
    def spoil(made: list[Texts]) -> None:
        lines = made[at][subsystem].splitlines(keepends=True)
        made[at][subsystem] = "".join(line for line in lines if not line.startswith(field))

    return spoil


def freeze(subsystem: str) -> Spoil:
    def spoil(made: list[Texts]) -> None:
        for texts in made:
            texts[subsystem] = made[0][subsystem]

    return spoil


def replace(subsystem: str, text: str) -> Spoil:
    def spoil(made: list[Texts]) -> None:
        made[2][subsystem] = text

    return spoil


def faster(made: list[Texts]) -> None:
    for row, value in (("cpu", 200_000), ("cpu0", 100_000), ("cpu1", 100_000)):
        made[2]["/proc/stat"] = with_column(made[2]["/proc/stat"], row, 0, value)


MEM, VM, STAT, DISK = "/proc/meminfo", "/proc/vmstat", "/proc/stat", "/proc/diskstats"
CASES: dict[tuple[str, str], Spoil] = {
    ("meminfo", "free_above_total"): number(MEM, "MemFree", 1001),
    ("meminfo", "available_above_total"): number(MEM, "MemAvailable", 1001),
    ("meminfo", "cached_above_total"): number(MEM, "Cached", 1001),
    ("meminfo", "swap_free_above_total"): number(MEM, "SwapFree", 101),
    ("meminfo", "huge_pages_free_above_total"): number(MEM, "HugePages_Free", 5),
    ("meminfo", "active_not_its_parts"): number(MEM, "Active", 301),
    ("meminfo", "inactive_not_its_parts"): number(MEM, "Inactive(anon)", 29),
    ("meminfo", "slab_not_its_parts"): number(MEM, "SUnreclaim", 21),
    ("meminfo", "field_dropped"): drop(MEM, "MemAvailable", 2),
    ("meminfo", "field_added"): drop(MEM, "MemAvailable", 0),
    ("meminfo", "malformed_source"): replace(MEM, "nonsense\n"),
    ("vmstat", "kswapd_stolen_above_scanned"): number(VM, "pgsteal_kswapd", 1535),
    ("vmstat", "direct_stolen_above_scanned"): number(VM, "pgsteal_direct", 1331),
    ("vmstat", "khugepaged_stolen_above_scanned"): number(VM, "pgsteal_khugepaged", 1057),
    ("vmstat", "proactive_stolen_above_scanned"): number(VM, "pgsteal_proactive", 1057),
    ("vmstat", "stolen_above_scanned"): number(VM, "pgsteal_anon", 1453),
    ("vmstat", "stolen_by_reclaimers_above_by_kinds"): number(VM, "pgsteal_kswapd", 1477),
    ("vmstat", "major_faults_above_all"): number(VM, "pgmajfault", 1021),
    ("vmstat", "numa_local_hints_above_all"): number(VM, "numa_hint_faults_local", 1119),
    ("vmstat", "compactions_ended_above_begun"): number(VM, "compact_fail", 1029),
    ("vmstat", "thp_fault_fallback_charge_above_all"): number(VM, "thp_fault_fallback_charge", 10),
    ("vmstat", "counter_backwards"): number(VM, "pgfault", 1009),
    ("vmstat", "field_dropped"): drop(VM, "compact_fail", 2),
    ("vmstat", "field_added"): drop(VM, "compact_fail", 1),
    ("vmstat", "malformed_source"): replace(VM, "pgfault -1\n"),
    ("cpu", "guest_above_total"): column(STAT, "cpu0", 8, 706),
    ("cpu", "cpu_faster_than_time"): faster,
    ("cpu", "total_not_its_cpus"): column(STAT, "cpu", 0, 1410),
    ("cpu", "stale_source"): freeze(STAT),
    ("cpu", "counter_backwards"): column(STAT, "cpu1", 7, 10),
    ("cpu", "malformed_source"): replace(STAT, "cpu0 1 2 x 4\n"),
    ("stat", "stale_source"): freeze(STAT),
    ("stat", "counter_backwards"): number(STAT, "ctxt", 70),
    ("stat", "field_dropped"): drop(STAT, "processes", 2),
    ("stat", "field_added"): drop(STAT, "processes", 0),
    ("filesystem", "free_above_size"): entry("statfs[*]", "blocks_free", 101),
    ("filesystem", "available_above_free"): entry("statfs[*]", "blocks_available", 51),
    ("cgroup", "throttled_above_periods"): entry("container/docker/c1", "cpu_throttled", 53),
    ("cgroup", "counter_backwards"): entry("container/docker/c1", "cpu_usage_usec", 900),
    ("pressure", "io_stalled_above_waiting"): replace(
        "/proc/pressure/io",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=2200\n"
        "full avg10=0.00 avg60=0.00 avg300=0.00 total=102201\n",
    ),
    ("pressure", "memory_stalled_above_waiting"): replace(
        "/proc/pressure/memory",
        "some avg10=0.00 avg60=0.00 avg300=0.00 total=2200\n"
        "full avg10=0.00 avg60=0.00 avg300=0.00 total=102201\n",
    ),
    **{
        ("pressure", f"{resource}_pressure_faster_than_time"): replace(
            f"/proc/pressure/{resource}",
            "some avg10=0.00 avg60=0.00 avg300=0.00 total=12600000\n",
        )
        for resource in ("cpu", "io", "memory")
    },
    ("diskstats", "disk_busier_than_time"): replace(
        DISK, "   8  0 sda 102 0 800 50 62 0 500 40 0 11600 90\n"
    ),
    ("netstat", "counter_backwards"): replace(
        "/proc/net/snmp", SNMP.format(established=7, segments=70)
    ),
    ("diskstats", "counter_backwards"): replace(
        DISK, "   8  0 sda 100 0 800 50 62 0 500 40 0 92 90\n"
    ),
}


def checked(path: Path, capsys: Capsys) -> tuple[int, dict[tuple[str, str], dict[str, object]]]:
    status = run(["exporter", "check", f"--capture={path}", "--json"])
    document = json.loads(capsys.readouterr().out)
    found = document["subjects"][0]["rules"]
    return status, {(rule["collector"], rule["rule"]): rule for rule in found}


def test_every_rule_has_a_case() -> None:
    declared = {(need.collector, need.rule) for need in rules.needs()}
    assert declared - set(CASES) == set()
    assert {rule for _, rule in set(CASES) - declared} == {rules.BACKWARDS, rules.MALFORMED}


@pytest.mark.parametrize("case", CASES, ids="-".join)
def test_a_rule_fires(case: tuple[str, str], tmp_path: Path, capsys: Capsys) -> None:
    made = ticks()
    CASES[case](made)
    status, found = checked(write_flat(tmp_path / "spoilt.jsonl", made), capsys)
    assert status == 1
    assert found[case]["violations"]
    assert found[case]["detail"]


def test_no_rule_fires_on_a_well_machine(tmp_path: Path, capsys: Capsys) -> None:
    status, found = checked(write_flat(tmp_path / "well.jsonl", ticks()), capsys)
    assert status == 0
    assert {case for case, rule in found.items() if rule.get("violations")} == set()
    assert {case for case in CASES if "not_evaluated" in found[case]} == set()


def test_a_rule_without_its_fields_is_not_evaluated(tmp_path: Path, capsys: Capsys) -> None:
    made = ticks()
    for texts in made:
        texts.pop("/proc/pressure/io")
        drop("/proc/meminfo", "SwapFree", 0)([texts])
    status, found = checked(write_flat(tmp_path / "less.jsonl", made), capsys)
    assert status == 0
    said = found["meminfo", "swap_free_above_total"]["not_evaluated"]
    assert said == "no samples of node_memory_SwapFree_bytes"
    assert "node_pressure_io" in str(found["pressure", "io_stalled_above_waiting"]["not_evaluated"])


def test_a_recording_whose_clock_runs_backwards(tmp_path: Path, capsys: Capsys) -> None:
    status, found = checked(write_flat(tmp_path / "back.jsonl", ticks(), step=-10), capsys)
    assert status == 1
    assert found["time", "clock_backwards"]["violations"] == 2
