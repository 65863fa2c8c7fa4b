"""What ``sadf -j`` of each version becomes, by literal values."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.cli import run
from tests.importing.openmetrics import Import, series

FLAGS = ("--machine=m",)
# 2026-01-10 10:00:00 UTC.
BEGIN = 1768039200

CPU_11 = {"user": 10.0, "nice": 1.0, "system": 5.0, "iowait": 2.0, "steal": 0.5, "idle": 81.5}
CPU_ALL = {
    "usr": 9.0,
    "nice": 0.5,
    "sys": 3.0,
    "iowait": 2.0,
    "steal": 0.5,
    "irq": 0.5,
    "soft": 1.5,
    "guest": 1.0,
    "gnice": 0.5,
    "idle": 81.5,
}


def document(*records: dict[str, Any], cpus: int = 2) -> str:
    host = {"nodename": "m", "number-of-cpus": cpus, "statistics": list(records), "restarts": []}
    return json.dumps({"sysstat": {"hosts": [host]}}, indent=1)


def stamp(minutes: int, seconds: int = 600, **zone: Any) -> dict[str, Any]:
    time = f"{10 + minutes // 60:02}:{minutes % 60:02}:00"
    told = {"date": "2026-01-10", "time": time, **(zone or {"utc": 1}), "interval": seconds}
    return {"timestamp": told}


def write(folder: Path, text: str) -> Path:
    path = folder / "sar.json"
    path.write_text(text)
    return path


@pytest.mark.parametrize(
    ("key", "zone"),
    [
        # 11.0 to 12.6.1; 12.7.2 and later; 11.0 with -u ALL.
        ("cpu-load", {"utc": 1}),
        ("cpu-load", {"tz": "UTC"}),
        ("cpu-load-all", {"utc": 1}),
    ],
)
def test_cpu_times(key: str, zone: dict[str, Any], tmp_path: Path, imported_text: Import) -> None:
    told = CPU_ALL if key.endswith("all") else CPU_11
    text = document(stamp(10, **zone) | {key: [{"cpu": "all", **told}]})
    found = imported_text(write(tmp_path, text), flags=FLAGS)
    expected = {"user": 60, "nice": 6, "system": 30, "iowait": 12, "steal": 3, "idle": 489}
    if key.endswith("all"):
        # /proc/stat has guests in user and nice; with all modes, interrupts are aside.
        expected |= {"system": 18, "irq": 3, "softirq": 9}
    for cpu in "01":
        for mode, seconds in expected.items():
            values = series(found, "node_cpu_seconds_total", cpu=cpu, mode=mode)
            assert values == [(0, BEGIN), (seconds, BEGIN + 600)], mode
    modes = {dict(labels)["mode"] for name, labels in found if name == "node_cpu_seconds_total"}
    assert modes == set(expected)


def test_each_cpu_by_itself_and_one_that_is_offline(tmp_path: Path, imported_text: Import) -> None:
    off = dict.fromkeys(CPU_11, 0.0)
    rows = [{"cpu": "all", **CPU_11}, {"cpu": "0", **CPU_11}, {"cpu": "1", **off}]
    found = imported_text(write(tmp_path, document(stamp(10) | {"cpu-load": rows})), flags=FLAGS)
    cpus = {dict(labels)["cpu"] for name, labels in found if name == "node_cpu_seconds_total"}
    assert cpus == {"0"}
    rows = [{"cpu": "all", **CPU_ALL}, {"cpu": "7", **CPU_ALL}]
    found = imported_text(write(tmp_path, document(stamp(10) | {"cpu-load": rows})), flags=FLAGS)
    guests = series(found, "node_cpu_guest_seconds_total", cpu="7", mode="nice")
    assert guests == [(0, BEGIN), (3, BEGIN + 600)]


MEMORY = {"memfree": 400, "buffers": 50, "cached": 300, "active": 1, "inactive": 2, "dirty": 3}


@pytest.mark.parametrize(
    ("more", "total"),
    [
        # 11.0: used is what is not free.
        ({"memused": 600, "memused-percent": 60.0}, 1000),
        # 12.x with -r ALL: buffers, page cache and slab do not count.
        ({"memused": 200, "memused-percent": 20.0, "slab": 50, "avail": 700}, 1000),
        # 12.x with -r: nobody knows the slab.
        ({"memused": 200, "memused-percent": 20.0, "avail": 700}, None),
        # Both would do.
        ({"memused": 0, "memused-percent": 0.0, "slab": 0}, None),
    ],
)
def test_memory(
    more: dict[str, float], total: int | None, tmp_path: Path, imported_text: Import
) -> None:
    found = imported_text(
        write(tmp_path, document(stamp(10) | {"memory": MEMORY | more})), flags=FLAGS
    )
    at = BEGIN + 600
    assert series(found, "node_memory_MemFree_bytes") == [(400 * 1024, at)]
    assert series(found, "node_memory_Dirty_bytes") == [(3 * 1024, at)]
    totals = [values for (name, _), values in found.items() if name == "node_memory_MemTotal_bytes"]
    assert totals == ([[(total * 1024, at)]] if total else [])
    if "avail" in more:
        assert series(found, "node_memory_MemAvailable_bytes") == [(700 * 1024, at)]


@pytest.mark.parametrize(
    "row",
    [
        # 11.0; 12.0; 12.2, without service times; 12.6.1.
        {"rd_sec": 20.0, "wr_sec": 4.0, "avgrq-sz": 8.0, "avgqu-sz": 0.5, "svctm": 1.0},
        {"rkB": 10.0, "wkB": 2.0, "areq-sz": 4.0, "aqu-sz": 0.5, "svctm": 1.0},
        {"rkB": 10.0, "wkB": 2.0, "dkB": 0.0, "areq-sz": 4.0, "aqu-sz": 0.5},
        {"rd_sec": 20.0, "wr_sec": 4.0, "dc_sec": 0, "rkB": 10, "wkB": 2, "avgqu-sz": 0.5},
    ],
)
def test_disks(row: dict[str, float], tmp_path: Path, imported_text: Import) -> None:
    same = {"tps": 3.0, "await": 2.0, "util-percent": 25.0}
    disks = [{"disk-device": name, **same, **row} for name in ("sda", "sda1", "loop0")]
    found = imported_text(write(tmp_path, document(stamp(10) | {"disk": disks})), flags=FLAGS)
    at = BEGIN + 600
    for name, value in (
        ("node_disk_read_bytes_total", 10 * 1024 * 600),
        ("node_disk_written_bytes_total", 2 * 1024 * 600),
        ("node_disk_io_time_seconds_total", 150),
        ("node_disk_io_time_weighted_seconds_total", 300),
    ):
        assert series(found, name, device="sda") == [(0, BEGIN), (value, at)]
    assert {dict(labels).get("device", "sda") for _, labels in found} == {"sda"}


def test_all_disks_together_and_paging(tmp_path: Path, imported_text: Import) -> None:
    told: dict[str, Any] = {
        "io": {
            "tps": 3.0,
            "io-reads": {"rtps": 2.0, "bread": 8.0},
            "io-writes": {"wtps": 1.0, "bwrtn": 4.0},
        },
        "paging": {"pgpgin": 4.0, "pgpgout": 2.0, "fault": 10.0, "majflt": 0.5, "pgsteal": 9.0},
        "swap-pages": {"pswpin": 0.0, "pswpout": 0.25},
        "process-and-context-switch": {"proc": 1.5, "cswch": 100.0},
        "queue": {"runq-sz": 3, "plist-sz": 100, "ldavg-1": 0.5, "ldavg-5": 0.25, "ldavg-15": 0.1},
        # Up to 12.4 with value, from 12.5.6 by CPU.
        "interrupts": [{"intr": "sum", "value": 70.0}, {"intr": "4", "value": 1.0}],
    }
    found = imported_text(write(tmp_path, document(stamp(10) | told)), flags=FLAGS)
    at = BEGIN + 600
    for name, value in (
        ("node_disk_read_bytes_total", 8 * 512 * 600),
        ("node_disk_writes_completed_total", 600),
        ("node_vmstat_pgpgin", 2400),
        ("node_vmstat_pgfault", 6000),
        ("node_vmstat_pgmajfault", 300),
        ("node_vmstat_pswpout", 150),
        ("node_forks_total", 900),
        ("node_context_switches_total", 60_000),
        ("node_intr_total", 42_000),
    ):
        assert series(found, name) == [(0, BEGIN), (value, at)], name
    assert series(found, "node_load5") == [(0.25, at)]
    assert not [name for name, _ in found if "pgsteal" in name or "procs_running" in name]


def test_networks(tmp_path: Path, imported_text: Import) -> None:
    row = {"iface": "eth0", "rxpck": 2.0, "txpck": 1.0, "rxkB": 3.0, "txkB": 0.5, "rxmcst": 0.1}
    errors = {"iface": "eth0", "rxerr": 0.0, "coll": 0.0, "rxdrop": 0.5, "txfifo": 0.0}
    told = {"network": {"net-dev": [row], "net-edev": [errors]}}
    found = imported_text(write(tmp_path, document(stamp(10) | told)), flags=FLAGS)
    for name, value in (
        ("receive_bytes", 3 * 1024 * 600),
        ("transmit_bytes", 512 * 600),
        ("receive_packets", 1200),
        ("receive_multicast", 60),
        ("receive_drop", 300),
    ):
        values = series(found, f"node_network_{name}_total", device="eth0")
        assert values == [(0, BEGIN), (value, BEGIN + 600)]


def test_a_restart_and_a_gap_begin_anew(tmp_path: Path, imported_text: Import) -> None:
    rate = {"process-and-context-switch": {"proc": 1.0, "cswch": 10.0}}
    records = [stamp(10) | rate, stamp(20) | rate, stamp(40, 300) | rate, stamp(50) | rate]
    found = imported_text(write(tmp_path, document(*records)), flags=FLAGS)
    assert series(found, "node_forks_total") == [
        (0, BEGIN),
        (600, BEGIN + 600),
        (1200, BEGIN + 1200),
        (0, BEGIN + 2100),
        (300, BEGIN + 2400),
        (900, BEGIN + 3000),
    ]


def test_files_of_two_days_go_on_from_each_other(tmp_path: Path, imported_text: Import) -> None:
    rate = {"process-and-context-switch": {"proc": 1.0, "cswch": 10.0}}
    paging = {"swap-pages": {"pswpin": 1.0, "pswpout": 0.0}}
    days = [stamp(10) | rate, stamp(20) | rate], [stamp(30) | rate | paging, stamp(40) | rate]
    paths = [tmp_path / f"{day}.json" for day in range(2)]
    for path, records in zip(paths, days, strict=True):
        path.write_text(document(*records))
    found = imported_text(*paths[::-1], flags=FLAGS)
    forks = series(found, "node_forks_total")
    assert forks == [(600 * i, BEGIN + 600 * i) for i in range(5)]
    swapped = series(found, "node_vmstat_pswpin")
    assert swapped == [(0, BEGIN + 1200), (600, BEGIN + 1800)]


def test_local_times_need_their_zone(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    rate = {"process-and-context-switch": {"proc": 1.0, "cswch": 10.0}}
    for zone in ({"utc": 0}, {"tz": "CET"}):
        path = write(tmp_path, document(stamp(10, **zone) | rate))
        output = tmp_path / "none.om"
        assert run(["import", "capture", str(path), *FLAGS, f"--output={output}"]) == 2
        said = capsys.readouterr().err
        assert f"{path}: statistics[0]: timestamp: expected a time with its offset, or" in said
        assert not output.exists()
        found = imported_text(path, flags=(*FLAGS, "--timezone=Europe/Berlin"))
        assert series(found, "node_forks_total")[1] == (600, BEGIN + 600 - 3600)
    flags = (*FLAGS, "--timezone=Mars", f"--output={path}2")
    assert run(["import", "capture", str(path), *flags]) == 2
    assert "--time-zone: expected a time zone such as" in capsys.readouterr().err


def test_the_hour_that_comes_twice(tmp_path: Path, imported_text: Import) -> None:
    rate = {"process-and-context-switch": {"proc": 1.0, "cswch": 10.0}}
    times = ["01:50:00", "02:20:00", "02:50:00", "02:20:00", "02:50:00", "03:20:00"]
    records = [
        {"timestamp": {"date": "2025-10-26", "time": time, "utc": 0, "interval": 1800}} | rate
        for time in times
    ]
    found = imported_text(
        write(tmp_path, document(*records)), flags=(*FLAGS, "--timezone=Europe/Berlin")
    )
    values = series(found, "node_forks_total")
    # 01:50 is of summer time, 23:50 UTC; all follow each other.
    begin = datetime(2025, 10, 25, 23, 20, tzinfo=UTC).timestamp()
    assert [value for value, _ in values] == [1800.0 * i for i in range(7)]
    assert [time for _, time in values] == [values[0][1] + 1800 * i for i in range(7)]
    assert values[0][1] == begin


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "a monitor prints nothing where it has recorded nothing"),
        (document(), "expected statistics of CPU, memory"),
        (document(stamp(10)), "expected statistics of CPU, memory"),
        (
            document(stamp(10) | {"cpu-load": [{"cpu": "all", "user": "x"}]}),
            "statistics[0]: cpu-load[0].user: expected a number of at least 0, found 'x'",
        ),
        ('{"sysstat": {"hosts": []}}', "sysstat.hosts: expected one host"),
        ('{"sysstat": {"hosts": 3}}', "$.sysstat.hosts"),
        (document(stamp(10) | {"memory": [1]}), "statistics[0]: memory: expected an object"),
        (document(stamp(10, 0) | {"memory": {}}), "timestamp.interval: expected seconds above 0"),
        (document({"timestamp": {"date": "2026-01-10"}}), "expected a date and time such as"),
        (document({"cpu-load": []}), "timestamp: expected an object with date"),
    ],
)
def test_what_is_none(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write(tmp_path, text)
    for flag in ("--output", "--recording"):
        command = ["import", "capture", str(path), *FLAGS, f"{flag}={tmp_path / 'out'}"]
        assert run(command) == 2
        assert said in (found := capsys.readouterr().err), found
        assert str(path) in found
    assert list(tmp_path.iterdir()) == [path]
