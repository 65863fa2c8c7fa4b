"""CSVs of dool, dstat and PCP's dstat: units, times, columns, by literal values."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from importing.monitors.dool_columns import aligned, columns_of
from perfanalysis.cli import run
from tests.importing.monitors.reading import FIXTURES, FLAGS
from tests.importing.openmetrics import Import, series

HEADING = """\
"{program} CSV output"
"Author:","A",,,,"URL:","https://example.org/"
"Host:","m",,,,"User:","root"
"Cmdline:","{command}",,,,"Date:","{date}"
"""
COLUMNS = """\
"system","total cpu usage",,,,,"dsk/total",,"net/total",
"time","usr","sys","idl","wai","stl","read","writ","recv","send"
"""
ROW = COLUMNS + "Dec-31 23:59:00,1,0,99,0,0,8,8,8,8\n"
DATE = "31 Dec 2025 23:59:00 UTC"


def write(folder: Path, program: str, command: str, rows: str, date: str = DATE) -> Path:
    path = folder / "dool.csv"
    path.write_text(HEADING.format(program=program, command=command, date=date) + rows)
    return path


def moment(text: str) -> float:
    return datetime.fromisoformat(text).replace(tzinfo=UTC).timestamp()


@pytest.mark.parametrize(
    ("program", "command", "bytes_of_8000"),
    [
        ("dool 1.3.8", "dool -cdn --output a.csv 5", 1000),
        ("dool 1.3.8", "dool -cdn --bytes --output a.csv 5", 8000),
        ("dool 1.3.8", "dool -cdn --bytes --bits --output a.csv 5", 1000),
        ("dool 1.3.8", "/usr/bin/dool --dstat 5", 8000),
        ("Dstat 0.8.0", "dstat -cdn --output a.csv 5", 8000),
    ],
)
def test_units_and_the_turn_of_the_year(
    program: str, command: str, bytes_of_8000: int, tmp_path: Path, imported_text: Import
) -> None:
    times = ("Dec-31 23:59:55", "Jan-01 00:00:00", "Jan-01 00:00:05")
    if program.startswith("Dstat"):
        times = ("31-12 23:59:55", "01-01 00:00:00", "01-01 00:00:05")
    rows = "".join(f"{time},20,10,65,4,1,8000,16000,0,800\n" for time in times)
    path = write(tmp_path, program, command, COLUMNS + rows)
    found = imported_text(path, flags=("--machine=m", "--cpus=4"))
    begin = moment("2025-12-31 23:59:55")
    assert series(found, "node_disk_read_bytes_total", device="all") == [
        (0, begin),
        (5 * bytes_of_8000, begin + 5),
        (10 * bytes_of_8000, begin + 10),
    ]
    sent = series(found, "node_network_transmit_bytes_total", device="all")
    assert sent[2][0] == bytes_of_8000
    busy = series(found, "node_cpu_seconds_total", cpu="3", mode="user")
    assert [value for value, _ in busy] == [0, 1, 2]


def test_pcps_dstat_tells_kib(imported_text: Import) -> None:
    found = imported_text(FIXTURES / "pcp-dstat-6.0.3-t.csv", flags=FLAGS)
    begin = moment("2026-11-30 19:22:30")
    # Its machine has no swap, so that its rows have a cell less than its heading. Unknown as the
    # first row's rates are, the second one's stand for the first interval.
    assert series(found, "node_memory_MemFree_bytes")[0] == (21400920 * 1024, begin)
    reads = series(found, "node_disk_read_bytes_total", device="all")
    assert reads[0] == (0, begin - 2)
    assert reads[1][0] == pytest.approx(97.994 * 1024 * 2)
    assert series(found, "node_load1")[0] == (2.82, begin)
    assert series(found, "node_context_switches_total")[1][0] == 31012 * 2
    found = imported_text(FIXTURES / "pcp-dstat-6.0.3-epoch.csv", flags=FLAGS)
    user = series(found, "node_cpu_seconds_total", cpu="1", mode="user")
    assert user[:2] == [(0, 1796066560), (pytest.approx(2 * 0.91436), 1796066562)]
    assert series(found, "node_disk_written_bytes_total", device="vda")[1][0] == (
        pytest.approx(4466.878 * 1024 * 2)
    )


def test_the_named_devices_are_taken_where_there_are_any(
    tmp_path: Path, imported_text: Import
) -> None:
    rows = (
        '"epoch","dsk/total",,"dsk/sda",,"dsk/sda1",\n'
        '"epoch","read","writ","read","writ","read","writ"\n'
        "1768039200.5,9,9,9,9,9,9\n1768039202.5,8,0,8,0,8,0\n"
    )
    path = write(tmp_path, "Dstat 0.7.4", "dstat", rows)
    found = imported_text(path, flags=("--machine=m",))
    devices = {dict(labels).get("device") for name, labels in found if "disk" in name}
    assert devices == {"sda"}
    assert series(found, "node_disk_read_bytes_total") == [(0, 1768039200.5), (16, 1768039202.5)]


def test_a_file_of_two_runs_drops_both_first_rows(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    first = COLUMNS + "".join(f"Dec-31 23:00:{s:02},1,0,99,0,0,8,8,8,8\n" for s in (0, 5, 10))
    path = write(tmp_path, "dool 1.3.8", "dool -cdn 5", first)
    again = HEADING.format(program="", command="dool -cdn 5", date=DATE).split("\n", 2)[2]
    second = COLUMNS + "".join(f"Dec-31 23:10:{s:02},1,0,99,0,0,8,8,8,8\n" for s in (0, 5))
    path.write_text(path.read_text() + "\n\n" + again + second)
    found = imported_text(path, flags=("--machine=m",))
    begin = moment("2025-12-31 23:00:00")
    reads = series(found, "node_disk_read_bytes_total")
    assert reads == [
        (0, begin),
        (5, begin + 5),
        (10, begin + 10),
        (0, begin + 600),
        (5, begin + 605),
    ]
    said = capsys.readouterr().err
    assert said.count("its rates are since boot, and are dropped") == 2
    assert f"{path}: line 7" in said


@pytest.mark.parametrize(
    ("rows", "date", "said"),
    [
        (
            ROW,
            "x",
            "line 6: time: expected a heading",
        ),
        (ROW, DATE[:-3] + "CET", "or --time-zone"),
        (COLUMNS + "Dec-31 23:59:00,1,0,99\n", DATE, "line 7: expected 10 columns, found 4"),
        (COLUMNS + "Dez-31 23:59:00,1,0,99,0,0,8,8,8,8\n", DATE, "a day and time"),
        (COLUMNS + "now,1,0,99,0,0,8,8,8,8\n", DATE, "expected a time such as Nov-30 19:19:42"),
        (COLUMNS + "Dec-31 23:59:00,-1,0,99,0,0,8,8,8,8\n", DATE, "total cpu usage/usr"),
        (COLUMNS, DATE, "expected rows of the CSV that dool"),
        ('"dsk/total",\n"read","writ"\n1,2\n', DATE, "expected a column of times"),
    ],
)
def test_what_is_none(
    rows: str,
    date: str,
    said: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    path = write(tmp_path, "dool 1.3.8", "dool", rows, date)
    command = ["import", "capture", str(path), "--machine=m"]
    assert run([*command, f"--output={tmp_path / 'out'}"]) == 2
    assert said in (found := capsys.readouterr().err), found
    assert list(tmp_path.iterdir()) == [path]


def test_a_year_and_a_zone_that_are_given(tmp_path: Path, imported_text: Import) -> None:
    rows = "".join(f"Jan-10 11:00:{s:02},1,0,99,0,0,8,8,8,8\n" for s in (0, 5))
    path = write(tmp_path, "dool 1.3.8", "dool", COLUMNS + rows, "x")
    found = imported_text(path, flags=("--machine=m", "--year=2026", "--timezone=Europe/Berlin"))
    assert series(found, "node_disk_read_bytes_total") == [(0, 1768039200), (5, 1768039205)]


def test_columns_and_rows_that_lack_cells() -> None:
    assert columns_of(["a", "b", ""], ["x", "b:y", "z"]) == [("a", "x"), ("b", "y"), ("b", "z")]
    groups = ["t", "s", "s", "d", "d"]
    assert aligned(groups, ["1", "2", "3", "4", "5"]) == ["1", "2", "3", "4", "5"]
    assert aligned(groups, ["1", "", "4", "5"]) == ["1", "", "", "4", "5"]
    assert aligned(groups, ["1", "", ""]) == ["1", "", "", "", ""]
    assert aligned(groups, ["1", "2", "3"]) is None
    # It could be either group.
    assert aligned(["a", "a", "b", "b"], ["", "1", ""]) is None
