"""``atop -P`` and ``-J``, by literal values; the first sample is since boot."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from perfanalysis.cli import run
from tests.importing.monitors.reading import FIXTURES, FLAGS
from tests.importing.openmetrics import Import, series

BEGIN = 1796066382
TEXT, OBJECTS = (FIXTURES / f"atop-2.8.1-{kind}" for kind in ("P.txt", "J.json"))


@pytest.mark.parametrize("path", [TEXT, OBJECTS])
def test_a_real_file(path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]) -> None:
    found = imported_text(path, flags=FLAGS)
    # cpu 0: 19 102 78 0 0 0 0 0 ticks of 100 in the first interval.
    for mode, ticks in {"system": 19, "user": 102, "nice": 78, "idle": 0, "softirq": 0}.items():
        values = series(found, "node_cpu_seconds_total", cpu="0", mode=mode)
        assert values[:2] == [(0, BEGIN), (ticks / 100, BEGIN + 2)]
    assert series(found, "node_disk_read_bytes_total", device="vda")[1][0] == 3952 * 512
    assert series(found, "node_disk_reads_completed_total", device="vda")[1][0] == 234
    assert series(found, "node_disk_io_time_seconds_total", device="vda")[1][0] == 0.004
    assert series(found, "node_network_receive_bytes_total", device="lo")[1][0] == 27026
    assert series(found, "node_memory_MemTotal_bytes")[0] == (25276502016, BEGIN)
    assert series(found, "node_memory_MemFree_bytes")[1] == (21560885248, BEGIN + 2)
    assert series(found, "node_context_switches_total")[1][0] == 3371
    assert series(found, "node_load1")[0] == (1.52, BEGIN)
    assert series(found, "node_pressure_cpu_waiting_seconds_total")[1][0] == 1.310124
    assert "its counts are since boot, and are dropped" in capsys.readouterr().err
    # 494 pages.
    pages = [values for (name, _), values in found.items() if name == "node_vmstat_pgpgin"]
    assert [values[1][0] for values in pages] == ([494 * 4] if path == TEXT else [])


def test_atop_that_was_started_anew(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = OBJECTS.read_text().splitlines()
    again = json.loads(lines[4]) | {"timestamp": BEGIN + 100, "elapsed": 836}
    after = json.loads(lines[5]) | {"timestamp": BEGIN + 102}
    path = tmp_path / "atop.json"
    path.write_text("\n".join([*lines[:3], json.dumps(again), json.dumps(after)]))
    found = imported_text(path, flags=FLAGS)
    times = [time - BEGIN for _, time in series(found, "node_context_switches_total")]
    assert times == [0, 2, 4, 100, 102]
    values = [value for value, _ in series(found, "node_context_switches_total")]
    assert values[3] == 0
    assert capsys.readouterr().err.count("since boot") == 2


def test_memory_in_pages_is_left_out(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    samples = [json.loads(line) for line in OBJECTS.read_text().splitlines()]
    for sample in samples:
        sample["MEM"]["availablemem"] = 24 * 2**30
    path = tmp_path / "atop.json"
    path.write_text("\n".join(map(json.dumps, samples)))
    found = imported_text(path, flags=FLAGS)
    assert series(found, "node_memory_MemAvailable_bytes")[0] == (24 * 2**30, BEGIN)
    for sample in samples:
        sample["MEM"] = {word: value // 4096 for word, value in sample["MEM"].items()}
    path.write_text("\n".join(map(json.dumps, samples)))
    found = imported_text(path, flags=FLAGS)
    assert not [name for name, _ in found if name.startswith("node_memory")]
    assert len(series(found, "node_load1")) == len(samples)
    assert capsys.readouterr().err.count("MEM and SWP are told in pages of unknown size") == 1


def test_text_without_reset_begins_with_an_interval(tmp_path: Path, imported_text: Import) -> None:
    samples = TEXT.read_text().split("SEP\n")
    path = tmp_path / "atop.txt"
    path.write_text("SEP\n".join(samples[2:4]) + "SEP\n")
    found = imported_text(path, flags=FLAGS)
    times = [time - BEGIN for _, time in series(found, "node_context_switches_total")]
    assert times == [2, 4, 6]


def test_a_sample_that_is_cut_off_is_left_out(
    tmp_path: Path, imported_text: Import, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "atop"
    for text, said in (
        (TEXT.read_text()[: -len("SEP\n")], "expected a line SEP at the end of the sample"),
        (OBJECTS.read_text()[:-50], ": line 9: expected a line of `atop -J`: an object with"),
    ):
        path.write_text(text)
        found = imported_text(path, flags=FLAGS)
        assert len(series(found, "node_load1")) == 8
        assert said in (known := capsys.readouterr().err), known


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("RESET\nSEP\n", "expected lines of `atop -P`"),
        ("RESET\ncpu m 5\nSEP\n", "line 2: expected lines of `atop -P`: label, host, epoch"),
        (
            "cpu m 1768039200 2026/01/10 10:00:00 2 100 0 x\nSEP\n",
            "line 1: stime: expected a number of at least 0, found 'x'",
        ),
        ('{"host": "m", "timestamp": 1, "elapsed": "x"}\n', "line 1: elapsed: expected a number"),
        (
            '{"host": "m", "timestamp": 1, "elapsed": 1, "cpu": 3}\n',
            "line 1: cpu: expected a list of objects",
        ),
        (
            '{"host": "m", "timestamp": 1, "elapsed": 1, "PSI": 3}\n',
            "line 1: PSI: expected an object",
        ),
    ],
)
def test_what_is_none(
    text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "atop"
    path.write_text(text)
    strict = run(["import", "capture", str(path), "--machine=m", "--strict", f"--output={path}.o"])
    assert strict == 2
    assert said in (found := capsys.readouterr().err), found
    assert list(tmp_path.iterdir()) == [path]
