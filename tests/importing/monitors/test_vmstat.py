"""``vmstat -t`` of procps 3 and 4, narrow, wide and with -a, by literal values."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from perfanalysis.cli import run
from tests.importing.monitors.reading import FIXTURES, FLAGS
from tests.importing.openmetrics import Import, series

BEGIN = datetime(2026, 11, 30, 19, 19, 42, tzinfo=UTC).timestamp()
# procps 3.3.
OLD = """\
procs -----------memory---------- ---swap-- -----io---- -system-- ------cpu----- -----timestamp-----
 r  b   swpd   free   buff  cache   si   so    bi    bo   in   cs us sy id wa st                 CET
 1  0      0    100     50     20    0    0  2038  5085  762 1543 40  9 51  1  0 2026-01-10 11:00:00
 2  1      0    200     50     20    0    0   100    10   30   40 10  5 80  4  1 2026-01-10 11:00:10
"""
WIDE = """\
--procs-- -----------------------memory---------------------- ---swap-- -----io---- -system-- \
----------cpu---------- -----timestamp-----
   r    b         swpd         free         buff        cache   si   so    bi    bo   in   cs  us  \
sy  id  wa  st  gu                 UTC
   7    0            0          100           50           20    0    0  2038  5085  762 1543  \
40   9  51   1   0   0 2026-01-10 10:00:00
   4    0            0          200           50           20    0    0   992   636  916 1694  20  \
10  60   0   0  10 2026-01-10 10:00:02
"""


def test_procps_3(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "vmstat.txt"
    # The heading is printed anew now and then.
    path.write_text(OLD + "\n".join(OLD.splitlines()[:2]) + "\n")
    found = imported_text(path, flags=("--machine=m", "--cpus=4", "--timezone=Europe/Berlin"))
    begin = 1768039200
    for mode, seconds in {"user": 1, "system": 0.5, "idle": 8, "iowait": 0.4, "steal": 0.1}.items():
        values = series(found, "node_cpu_seconds_total", cpu="3", mode=mode)
        assert values == [(0, begin), (pytest.approx(seconds), begin + 10)]
    assert series(found, "node_vmstat_pgpgin") == [(0, begin), (1000, begin + 10)]
    assert series(found, "node_disk_written_bytes_total", device="all")[1][0] == 102_400
    assert series(found, "node_context_switches_total")[1][0] == 400
    assert series(found, "node_memory_MemFree_bytes") == [
        (102_400, begin),
        (204_800, begin + 10),
    ]
    assert series(found, "node_procs_blocked")[1][0] == 1
    assert f"{path}: line 3: its rates are since boot" in capsys.readouterr().err


def test_guests_are_user_time_as_in_proc_stat(tmp_path: Path, imported_text: Import) -> None:
    path = tmp_path / "vmstat.txt"
    path.write_text(WIDE)
    found = imported_text(path, flags=FLAGS)
    user = series(found, "node_cpu_seconds_total", cpu="0", mode="user")
    assert user[1][0] == pytest.approx(0.6)


def test_real_files(imported_text: Import) -> None:
    found = imported_text(FIXTURES / "vmstat-4.0.2.txt", flags=FLAGS)
    assert series(found, "node_vmstat_pgpgin")[:2] == [(0, BEGIN), (988 * 2, BEGIN + 2)]
    assert series(found, "node_cpu_seconds_total", cpu="0", mode="user")[1][0] == 1.8
    found = imported_text(FIXTURES / "vmstat-4.0.2-active.txt", flags=FLAGS)
    assert series(found, "node_memory_Inactive_bytes")[0] == (1408788 * 1024, BEGIN)
    assert series(found, "node_memory_Active_bytes")[0] == (1387864 * 1024, BEGIN)
    assert not [name for name, _ in found if "Buffers" in name or "SwapTotal" in name]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (OLD, "line 3: expected a time with its offset, or --time-zone"),
        (OLD.splitlines()[0] + "\n", "expected rows of `vmstat -t`"),
        ("procs -- --\n 1 0 3\n", "line 2: expected rows of `vmstat -t` under their heading"),
        (
            "procs -- --\n r  b   swpd   free   buff  cache  si so bi bo in cs us sy id wa st\n",
            "line 2: expected times, which `vmstat -t` prints",
        ),
        (
            OLD.replace("40  9 51", "40  x 51").replace("10  5 80", "10  y 80"),
            "sy: expected a number",
        ),
    ],
)
def test_what_is_none(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "vmstat.txt"
    path.write_text(text)
    assert run(["import", "capture", str(path), "--machine=m", f"--output={tmp_path}/o"]) == 2
    assert said in (found := capsys.readouterr().err), found
    assert list(tmp_path.iterdir()) == [path]


def test_a_row_that_is_cut_off_is_left_out(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "vmstat.txt"
    path.write_text(WIDE[:-2])
    found = imported_text(path, flags=FLAGS)
    assert len(series(found, "node_memory_MemFree_bytes")) == 1
    assert f"{path}: line 4: expected a date and time" in capsys.readouterr().err
