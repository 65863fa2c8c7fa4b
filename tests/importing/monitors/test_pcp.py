"""``pcp2json`` and ``pmrep``, by literal values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.cli import run
from tests.importing.monitors.reading import FIXTURES, FLAGS
from tests.importing.openmetrics import Import, series

BEGIN = datetime(2026, 11, 30, 19, 21, 53, tzinfo=UTC).timestamp()
CPU = {"user": 300, "nice": 0, "sys": 100, "idle": 590, "steal": 10}
INTERRUPTS = {"@unit": "count/s", "value": "1"}
DEEP = {"wait": {"total": 0}, "irq": {"hard": 0, "soft": 0}}


def test_real_files(imported_text: Import) -> None:
    rates = imported_text(FIXTURES / "pcp2json-6.0.3.json", flags=FLAGS)
    raw = imported_text(FIXTURES / "pcp2json-6.0.3-raw.json", flags=FLAGS)
    table = imported_text(FIXTURES / "pmrep-6.0.3.csv", flags=FLAGS)
    assert {key for key in rates if key[0] != "perf_machine_info"} == {
        key for key in raw if key[0] != "perf_machine_info"
    }
    user = series(rates, "node_cpu_seconds_total", cpu="0", mode="user")
    assert user[:2] == [(0, BEGIN), (pytest.approx(0.964099 * 2), BEGIN + 2)]
    assert series(rates, "node_memory_MemTotal_bytes")[0] == (24684084 * 1024, BEGIN)
    assert series(raw, "node_disk_reads_completed_total", device="vda")[0] == (228803, BEGIN)
    assert series(raw, "node_disk_read_bytes_total", device="vda")[0] == (3327033 * 1024, BEGIN)
    for one in (rates, raw, table):
        assert series(one, "node_load1")[0][0] == 2.29
        read = series(one, "node_disk_read_bytes_total", device="vda")
        assert len(read) in {5, 6}
    stalled = "node_pressure_cpu_waiting_seconds_total"
    times = {time: value for value, time in series(raw, stalled)}
    told = {time: value for value, time in series(rates, stalled)}
    assert told[BEGIN + 8] - told[BEGIN] == pytest.approx(times[BEGIN + 8] - times[BEGIN], abs=0.02)


def document(*records: dict[str, Any]) -> str:
    return json.dumps({"@pcp": {"@hosts": [{"@host": "m", "@metrics": list(records)}]}}, indent=1)


def record(second: int, tree: dict[str, Any], interval: str = "10") -> dict[str, Any]:
    return {"@interval": interval, "@timestamp": f"2026-01-10 10:00:{second:02}", **tree}


def leaves(tree: dict[str, Any], unit: str) -> dict[str, Any]:
    return {
        key: leaves(value, unit)
        if isinstance(value, dict)
        else {"@unit": unit, "value": f"{value}.000"}
        for key, value in tree.items()
    }


@pytest.mark.parametrize("unit", ["ms/s", "ms / s", "millisec/sec"])
def test_cpus_in_all_are_spread(unit: str, tmp_path: Path, imported_text: Import) -> None:
    tree = {
        # What is not read may have any unit.
        "disk": {"dev": {"avg_rqsz": {"@unit": "Kbyte/count", "value": "-1"}}},
        "hinv": {"ncpu": {"value": "2"}},
        "kernel": {"all": {"cpu": leaves(CPU | DEEP, unit)}},
    }
    path = tmp_path / "pcp.json"
    remarks = '{ "//": "Writing 8 archived metrics to stdout..." }\n{ "//": "(Ctrl-C to stop)" }\n'
    path.write_text(remarks + document(record(10, tree)))
    found = imported_text(path, flags=("--machine=m", "--timezone=UTC"))
    for cpu in "01":
        user = series(found, "node_cpu_seconds_total", cpu=cpu, mode="user")
        assert user == [(0, 1768039200), (1.5, 1768039210)]
        assert series(found, "node_cpu_seconds_total", cpu=cpu, mode="idle")[1][0] == 2.95


def test_cpu_times_that_lack_a_mode_are_left_out(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    tree = {"kernel": {"all": {"cpu": leaves(CPU, "ms/s"), "pswitch": {"value": "5"}}}}
    path = tmp_path / "pcp.json"
    path.write_text(document(record(10, tree)))
    found = imported_text(path, flags=("--machine=m", "--timezone=UTC"))
    assert not [name for name, _ in found if "cpu_seconds" in name]
    assert "they lack wait.total, irq.hard, irq.soft: ask for" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"@pcp": {"@hosts": []}}', "expected what `pcp2json` writes"),
        ('{"@pcp": {"@hosts": [{"@host": "m", "@metrics": 3}]}}', "@metrics: expected a list"),
        (document(), "expected metrics of kernel, mem, disk or network"),
        (
            document(record(0, {"mem": {"physmem": {"@unit": "Kbyte", "value": "x"}}})),
            "@metrics[0]: node_memory_MemTotal_bytes: expected a number",
        ),
        (
            document(record(0, {"mem": {"physmem": {"@unit": "acre", "value": "1"}}})),
            "@metrics[0]: mem.physmem: expected a unit of count",
        ),
        (
            document(
                record(0, {"kernel": {"all": {"intr": {"@unit": "count/s", "value": "1"}}}}, "0")
            ),
            "@metrics[0]: @interval: expected seconds above 0",
        ),
        (document(record(0, {"mem": {}}) | {"@timestamp": "x"}), "@timestamp: expected a date"),
        ('{ "//": "remark" }\n{"@pcp": {', "it breaks off at line 2"),
        ((FIXTURES / "pmrep-6.0.3-raw.csv").read_text(), "(without --raw), found"),
        ("Time,kernel.all.intr\n", "expected rows of what `pmrep --output=csv` writes"),
        ("Time,kernel.all.intr\n2026-01-10 10:00:00,1,2\n", "line 2: expected 2 columns, found 3"),
    ],
)
def test_what_is_none(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "pcp"
    path.write_text(text)
    command = ["import", "capture", str(path), *FLAGS, f"--output={tmp_path}/o"]
    assert run(command) == 2
    assert said in (found := capsys.readouterr().err), found
    assert list(tmp_path.iterdir()) == [path]


def test_times_need_their_zone(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for name in ("pcp2json-6.0.3.json", "pmrep-6.0.3.csv"):
        command = ["import", "capture", str(FIXTURES / name), "--machine=m"]
        assert run([*command, f"--output={tmp_path}/o"]) == 2
        assert "expected a time with its offset, or --time-zone" in capsys.readouterr().err
