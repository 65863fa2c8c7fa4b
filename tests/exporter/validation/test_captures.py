"""Captures: both formats, gzip, what is wrong with a file, and those of real machines."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from perfanalysis.cli import run
from perfanalysis.recordings.captures import read
from tests.exporter.validation.made_captures import BEGIN, ticks, write_flat

GOOD = {"timestamp": 5, "subsystem": "/proc/loadavg", "measurement": "0.1 0.2 0.3 1/2 3\n"}


def write(path: Path, *records: object) -> Path:
    path.write_text("".join(f"{json.dumps(record)}\n" for record in records))
    return path


def test_ticks_of_a_flat_capture(tmp_path: Path) -> None:
    path = write_flat(tmp_path / "a.jsonl", ticks())
    found = list(read(path))
    assert [tick.time for tick in found] == [BEGIN, BEGIN + 10, BEGIN + 20]
    assert [tick.line for tick in found] == [1, 12, 23]
    assert found[0].texts["/proc/stat"].startswith(b"cpu  1000 80 600")


def test_ticks_of_a_nested_capture_end_where_a_subsystem_comes_again(tmp_path: Path) -> None:
    path = write(
        tmp_path / "n.jsonl",
        *(
            {"Site": 1, "Measurement": {"Timestamp": when, "System": system, "Measurement": "x"}}
            for when in ("2026-01-10T18:06:07.784822869Z", "2026-01-10T18:06:08.1Z")
            for system in ("/proc/stat", "/proc/meminfo")
        ),
    )
    found = list(read(path))
    assert [sorted(tick.texts) for tick in found] == [["/proc/meminfo", "/proc/stat"]] * 2
    assert found[1].time - found[0].time == pytest.approx(0.315178, abs=1e-5)


def test_gzip_is_known_by_its_first_bytes(tmp_path: Path) -> None:
    plain = write_flat(tmp_path / "a.jsonl", ticks())
    packed = tmp_path / "packed"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert list(read(packed)) == list(read(plain))


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "records of a capture"),
        ("nonsense\n", "line 1: expected a JSON object"),
        (f"{json.dumps(GOOD)}\n[1]\n", "line 2: expected a JSON object, found a list"),
        (json.dumps(GOOD | {"timestamp": None}), "line 1: timestamp: expected Unix seconds"),
        (json.dumps(GOOD | {"timestamp": "yesterday"}), "found 'yesterday'"),
        (json.dumps(GOOD | {"subsystem": 7}), "line 1: subsystem: expected a text, found 7"),
        ('{"Measurement": {"Timestamp": 1, "System": "a"}}', "Measurement.Measurement: expected"),
        ("[" * 100_000, "line 1: expected a JSON object (it is nested too deep)"),
    ],
)
def test_a_file_that_is_no_capture_ends_with_status_2(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "bad.jsonl"
    path.write_text(text)
    assert run(["exporter", "check", f"--capture={path}"]) == 2
    shown = capsys.readouterr()
    assert (said in shown.err, str(path) in shown.err, shown.out) == (True, True, "")


def test_a_cut_gzip_file_is_named_with_its_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "cut.jsonl.gz"
    packed = gzip.compress(write_flat(tmp_path / "a.jsonl", ticks()).read_bytes())
    path.write_bytes(packed[: len(packed) // 2])
    assert run(["exporter", "check", f"--capture={path}"]) == 2
    assert f"{path}: line " in capsys.readouterr().err
    assert run(["exporter", "check", f"--capture={tmp_path / 'none'}"]) == 2
    assert "No such file" in capsys.readouterr().err


def test_captures_of_real_machines_contradict_nothing(
    captures: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    paths = sorted(captures.glob("*.jsonl.gz"))
    assert len(paths) >= 9
    flags = [f"--capture={path}" for path in paths]
    assert run(["exporter", "check", *flags, "--json"]) == 0
    for subject in json.loads(capsys.readouterr().out)["subjects"]:
        found = {(rule["collector"], rule["rule"]): rule for rule in subject["rules"]}
        if "containers" in subject["subject"]:
            assert found["cgroup", "throttled_above_periods"]["evaluations"] == 3 * subject["looks"]
        else:
            assert found["cpu", "total_not_its_cpus"]["evaluations"] == subject["looks"] - 1
            assert found["meminfo", "active_not_its_parts"]["evaluations"] == subject["looks"]


@pytest.mark.parametrize(
    ("flags", "looked"),
    [
        (("--no-collector.cpu",), {"meminfo"}),
        (("--collector.disable-defaults", "--collector.cpu"), {"cpu"}),
        ((), {"cpu", "meminfo"}),
    ],
)
def test_collectors_that_are_off_do_not_look(
    flags: tuple[str, ...], looked: set[str], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = write_flat(tmp_path / "a.jsonl", ticks())
    assert run(["exporter", *flags, "check", f"--capture={path}", "--json"]) == 0
    rules = json.loads(capsys.readouterr().out)["subjects"][0]["rules"]
    found = {rule["collector"] for rule in rules if rule.get("evaluations")}
    assert found & {"cpu", "meminfo"} == looked
