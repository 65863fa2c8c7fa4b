"""CSVs of containers and of the portal as OpenMetrics; made ones, and real ones."""

from __future__ import annotations

import csv
import gzip
from collections.abc import Callable
from pathlib import Path

import pytest

from importing.old.container_rows import by_time
from importing.old.csv_rows import CsvRow
from importing.refusals import Refusals
from perfanalysis.cli import run
from tests.exporter.validation.made_captures import ticks, write_flat
from tests.importing.openmetrics import Import, series

CONTAINER_CSV = """\
timestamp,container_id,container_name,runtime,cpu_percent,cpu_user_percent,cpu_system_percent,\
memory_current_bytes,memory_max_bytes,memory_percent,io_read_bytes,io_write_bytes,io_read_ops,\
io_write_ops,pids_current
100,aa,one,docker,,,,500,1000,50.0,7,8,9,10,2
110,aa,one,docker,50.00,30.00,20.00,600,1000,60.0,8,9,10,11,3
100,bb,,docker,,,,50,,,1,1,1,1,1
110,bb,,docker,x,,,50,,,1,1,1,1,1
105,bb,,docker,1,,,50,,,1,1,1,1,1
120,bb,,docker,20,,,50,,,1,1,1,1
"""


def test_a_container_csv(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "containers.csv"
    path.write_text(CONTAINER_CSV)
    names = tmp_path / "names.json"
    names.write_text('{"bb": "two"}')
    found = imported_text(path, flags=("--machine=m", f"--container-names={names}"))
    used = series(found, "container_cpu_usage_seconds_total", id="aa", name="one")
    assert used == [(0.0, 100), (5.0, 110)]
    assert series(found, "container_cpu_user_seconds_total", id="aa")[1] == (3.0, 110)
    assert series(found, "container_memory_usage_bytes", id="aa") == [(500, 100), (600, 110)]
    assert series(found, "container_fs_writes_total", id="aa")[1] == (11, 110)
    assert series(found, "container_memory_usage_bytes", id="bb", name="two") == [(50, 100)]
    assert "1 out of order" in (said := capsys.readouterr().err)
    assert f"{path}: line 5: cpu_percent: expected a number of at least 0, found 'x'" in said
    assert f"{path}: line 7: expected 15 columns" in said


PORTAL_CSV = """\
timestamp,cpu_user,cpu_system,cpu_idle,cpu_iowait,cpu_steal,mem_total_kb,mem_used_kb,mem_free_kb,\
mem_cached_kb,disk_read_bytes,disk_write_bytes,net_rx_bytes,net_tx_bytes
100,50,1,48,0,0,1000,400,500,100,10,20,30,40
105,60,2,32,1,1,1000,400,400,200,100,200,300,400
"""


def test_a_portal_csv(tmp_path: Path, imported_text: Import) -> None:
    path = tmp_path / "portal.csv"
    path.write_text(PORTAL_CSV)
    found = imported_text(path, flags=("--machine=m", "--cpus=2"))
    assert series(found, "node_memory_MemFree_bytes") == [(512_000, 100), (409_600, 105)]
    assert series(found, "node_disk_read_bytes_total", device="all") == [(0, 100), (500, 105)]
    assert series(found, "node_network_transmit_bytes_total") == [(0, 100), (2000, 105)]
    for cpu in "01":
        assert series(found, "node_cpu_seconds_total", cpu=cpu, mode="user")[1] == (3.0, 105)
        assert series(found, "node_cpu_seconds_total", cpu=cpu, mode="other")[1] == (0.2, 105)
    assert not [name for name, _ in found if "MemTotal" in name]
    # Without the number of CPUs, nothing is said of them.
    assert not [name for name, _ in imported_text(path) if name.startswith("node_cpu")]


@pytest.mark.parametrize("time", ["1e300", "1760000000000", "nan", ""])
def test_a_row_whose_time_is_none_is_left_out(
    tmp_path: Path, imported_text: Import, time: str
) -> None:
    path = tmp_path / "portal.csv"
    path.write_text(f"{PORTAL_CSV}{PORTAL_CSV.splitlines()[-1].replace('105', time, 1)}\n")
    found = imported_text(path, flags=("--machine=m", "--cpus=2"))
    assert series(found, "node_memory_MemFree_bytes") == [(512_000, 100), (409_600, 105)]


def test_a_real_portal_csv_gives_its_rates_back(captures: Path, imported_text: Import) -> None:
    path = captures / "azure-suse.portal.csv"
    rows = list(csv.DictReader(path.read_text().splitlines()))
    found = imported_text(path, flags=("--machine=m", "--cpus=2"))
    user = series(found, "node_cpu_seconds_total", cpu="0", mode="user")
    read = series(found, "node_disk_read_bytes_total")
    assert len(user) == len(read) == len(rows)
    for i in range(1, len(rows)):
        seconds = user[i][1] - user[i - 1][1]
        share = 100 * (user[i][0] - user[i - 1][0]) / seconds
        assert share == pytest.approx(float(rows[i]["cpu_user"]), abs=1e-6)
        rate = (read[i][0] - read[i - 1][0]) / seconds
        assert rate == pytest.approx(float(rows[i]["disk_read_bytes"]), abs=1.0)


def test_a_real_container_csv_is_what_its_capture_is(captures: Path, imported_text: Import) -> None:
    capture = imported_text(captures / "lt1-containers.jsonl.gz")
    table = imported_text(captures / "lt1-containers.csv")
    compared = 0
    for (name, labels), values in table.items():
        identity = dict(labels).get("id", "")
        if name.startswith("container_") and "cpu" not in name:
            assert series(capture, name, id=identity) == values
            compared += 1
    assert compared == 3 * 7


def test_rows_of_containers_are_sorted_and_late_ones_left_out() -> None:
    said: list[str] = []
    refusals = Refusals(said.append, strict=False)
    given = [("a", 10.0), ("a", 20.0), ("a", 15.0), ("a", 20.0), ("b", 0.0), ("b", 12.0)]
    rows = [
        CsvRow(time, line, {"container_id": name}) for line, (name, time) in enumerate(given, 2)
    ]
    found = by_time(iter(rows), Path("c.csv"), refusals)
    # The third is older than the one before it of its container; another of the same time is not.
    order = [("b", 0.0, 6), ("a", 10.0, 2), ("b", 12.0, 7), ("a", 20.0, 3), ("a", 20.0, 5)]
    assert [(row.cells["container_id"], row.time, row.line) for row in found] == order
    assert len(said) == 1
    assert "c.csv: line 4: timestamp: expected a time after 20" in said[0]


@pytest.mark.parametrize(
    "make",
    [
        lambda text: b"\xef\xbb\xbf" + text.encode(),
        lambda text: b"\n\n" + text.replace("\n", "\r\n").encode(),
        lambda text: "\n".join(
            ",".join(f'"{cell}"' for cell in line.split(",")) for line in text.splitlines()
        ).encode(),
        lambda text: b"\xef\xbb\xbf" + text.replace(",", ", ", 14).encode(),
        lambda text: gzip.compress(b"\xef\xbb\xbf" + text.encode()),
    ],
)
@pytest.mark.parametrize("text", [PORTAL_CSV, CONTAINER_CSV])
def test_csvs_as_spreadsheets_write_them(
    tmp_path: Path, imported_text: Import, make: Callable[[str], bytes], text: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_text(text)
    plain = imported_text(path)
    path.write_bytes(make(text))
    assert imported_text(path) == plain
    assert len(plain) > 5


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (PORTAL_CSV.replace(",", ";").encode(), "line 1: expected columns parted by commas, not"),
        (PORTAL_CSV.replace(",", "\t").encode(), "not by tabs"),
        (PORTAL_CSV.encode("utf-16"), "expected UTF-8 (such as by `iconv -f UTF-16 -t UTF-8`)"),
        (b"timestamp,cpu_idle\n1,2\n", "line 1: expected a capture (JSON lines), a CSV of"),
    ],
)
def test_csvs_that_are_none_of_ours_are_told_why(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], content: bytes, said: str
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(content)
    assert run(["import", "capture", str(path), "--machine=m", f"--output={tmp_path}/o"]) == 2
    assert said in capsys.readouterr().err


def test_a_capture_with_a_byte_order_mark(tmp_path: Path, imported_text: Import) -> None:
    path = write_flat(tmp_path / "a.jsonl", ticks())
    plain = imported_text(path)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert imported_text(path) == plain
