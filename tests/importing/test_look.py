"""What ``perfanalysis import look`` says of a user's folder."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from perfanalysis.cli import run
from tests.exporter.validation.made_captures import ticks, write_flat

CURVE = b'{"siteid":1,"host":0,"busy":10,"units":18}\n'
MAP = b'{"siteid":1,"host":0,"devicename":"sda","mountpoint":"/tmp/x","readsize":"100M"}\n'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A capture, what goes elsewhere, and what goes nowhere."""
    made = tmp_path / "old"
    (made / "deeper").mkdir(parents=True)
    write_flat(made / "web-1.jsonl", ticks())
    (made / "web-1.training.jsonl").write_bytes(CURVE)
    (made / "diskmapper.jsonl").write_bytes(MAP)
    (made / "sa28").write_bytes(bytes.fromhex("96d575210c060100") + bytes(400))
    (made / "notes.txt").write_text("call Ada\n")
    (made / ".hidden").write_text("x")
    (made / "vmstat.txt").write_text("procs -----------memory----------\n")
    return made


def test_each_file_is_named_with_where_it_goes(
    folder: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "look", "--json", str(folder)]) == 0
    seen = {Path(one["file"]).name: one for one in json.loads(capsys.readouterr().out)}
    assert set(seen) == {
        "web-1.jsonl", "web-1.training.jsonl", "diskmapper.jsonl", "sa28", "notes.txt",
        "vmstat.txt",
    }  # fmt: skip
    capture = seen["web-1.jsonl"]
    assert (capture["kind"], capture["goes_to"]) == ("capture", "perfanalysis import capture")
    assert capture["begins"].endswith("Z")
    goes = {name: one["goes_to"] for name, one in seen.items()}
    assert goes["web-1.training.jsonl"] == "a training curve goes to `perfanalysis import results`"
    assert goes["diskmapper.jsonl"].startswith("a disk map says where a replay writes")
    assert goes["sa28"].startswith("a binary archive of sar, which sysstat's sadf reads")
    assert goes["notes.txt"] == "nothing that is known here"
    assert goes["vmstat.txt"].startswith("perfanalysis import capture, told more: ")


def test_people_see_captures_first(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["import", "look", str(folder)]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert lines[0].startswith("`perfanalysis import capture` takes")
    assert lines[1].endswith(f"Z  capture  {folder / 'web-1.jsonl'}")
    assert lines[2] == "others:"
    assert f"  {folder / 'notes.txt'}: nothing that is known here" in lines


def test_nothing_is_imported_and_nothing_there_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "look", str(tmp_path)]) == 0
    assert capsys.readouterr().out == "no files\n"
    assert list(tmp_path.iterdir()) == []
    assert run(["import", "look", str(tmp_path / "absent")]) == 2
