"""Our own recordings as an import: what goes on, what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from importing.recorded import check_apart, merged, prepare
from importing.refusals import Refusals
from perfanalysis.cli import run
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.recordings.writing import RecordingWriter

READS = Family("node_disk_reads_completed_total", "counter", "Reads.", ("device",))
SDA, SDB = Series(READS, ("sda",)), Series(READS, ("sdb",))


def recording(path: Path, machine: str, times: list[float]) -> Path:
    """Of two disks, one of which is there at every third tick."""
    with RecordingWriter(path, machine, durable=False) as writer:
        for number, time in enumerate(times):
            series = (SDA, SDB) if number % 3 == 0 else (SDA,)
            writer.tick(time, series, [b"7", b"%d" % number][: len(series)])
    return path


def refusals(said: list[str]) -> Refusals:
    return Refusals(said.append, strict=False)


def test_each_tick_is_a_snapshot_and_recordings_are_merged_by_time(tmp_path: Path) -> None:
    one = recording(tmp_path / "a", "a", [10.0, 20.0, 30.5])
    other = recording(tmp_path / "b", "b", [15.0, 12.0, 25.0])
    said: list[str] = []
    files = [prepare(path, None, refusals(said)) for path in (one, other)]
    check_apart(files)
    found = [
        (
            snapshot.time,
            snapshot.machine.name,
            [
                (series.labels, value)
                for batch in snapshot.batches
                for series, value in zip(batch.series, batch.values, strict=True)
            ],
        )
        for snapshot in merged(files)
    ]
    sda, sdb = ("sda",), ("sdb",)
    assert found == [
        (10.0, "a", [(sda, b"7"), (sdb, b"0")]),
        (12.0, "b", [(sda, b"7")]),
        (20.0, "a", [(sda, b"7")]),
        (25.0, "b", [(sda, b"7")]),
        (30.5, "a", [(sda, b"7")]),
    ]
    expected = "left out (out of order): "
    assert [line.startswith(f"{expected}{other}: tick 1: expected a time") for line in said] == [
        True
    ]


def test_two_recordings_of_one_machine_and_time_do_not_go_together(tmp_path: Path) -> None:
    one = recording(tmp_path / "a", "a", [10.0, 20.0])
    later = recording(tmp_path / "b", "a", [20.5, 30.0])
    amid = recording(tmp_path / "c", "a", [15.0, 16.0])
    check_apart([prepare(path, None, refusals([])) for path in (later, one)])
    with pytest.raises(InputError, match="one recording of a at a time"):
        check_apart([prepare(path, None, refusals([])) for path in (one, amid)])


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        ([], "import recording: expected one of --backfill and --remote-write"),
        (["--backfill=.", "--remote-write=http://a"], "expected one of --backfill and"),
    ],
)
def test_where_it_goes_has_to_be_said(
    tmp_path: Path, flags: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    path = recording(tmp_path / "a", "a", [10.0])
    assert run(["import", "recording", str(path), *flags]) == 2
    assert said in capsys.readouterr().err


def test_a_machine_without_a_name_is_asked_for(tmp_path: Path) -> None:
    path = recording(tmp_path / "a", "", [10.0])
    with pytest.raises(InputError, match="one machine, or --machine, found 'no name'"):
        prepare(path, None, refusals([]))
    assert prepare(path, "b", refusals([])).file.machine.name == "b"


def test_times_ahead_of_now_are_refused_before_anything_is_made(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = recording(tmp_path / "a", "a", [10.0, 4e9])
    data = tmp_path / "data"
    data.mkdir()
    assert run(["import", "recording", str(path), f"--backfill={data}"]) == 2
    assert "--allow-future-times" in capsys.readouterr().err
    assert list(data.iterdir()) == []


def test_other_commands_say_where_a_recording_goes(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = recording(tmp_path / "a", "a", [10.0])
    words = ["import", "capture", str(path), "--machine=a", f"--output={tmp_path / 'out'}"]
    assert run(words) == 2
    assert "goes to `perfanalysis import recording`" in capsys.readouterr().err
