"""What a summary and its chart say, and ``workload show``."""

from __future__ import annotations

import json
import math
from pathlib import Path

import numpy as np
import pytest

from perfanalysis.cli import run
from perfanalysis.exposition.families import Family, Series
from perfanalysis.recordings.reading import FrameReading, read_frames
from perfanalysis.recordings.writing import RecordingWriter
from workload.recording.summary import Gap, RecordingSummary, summarise
from workload.recording.terminal_chart import ASCII, BLOCKS, draw

MODES = Family("perf_recording_cpu_seconds_total", "counter", "Seconds.", ("mode",))
USER, IDLE = Series(MODES, ("user",), b"e-2"), Series(MODES, ("idle",), b"e-2")
CPUS = Series(Family("perf_recording_cpus", "gauge", "CPUs."))
TOTAL = Series(Family("node_memory_MemTotal_bytes", "gauge", "All."))
AVAILABLE = Series(Family("node_memory_MemAvailable_bytes", "gauge", "Not used."))
BOOT = Series(Family("node_boot_time_seconds", "gauge", "Boot."))
INFO = Series(Family("perf_machine_info", "gauge", "Who.", ("machine", "zone")), ("web-1", ""))
SERIES = (USER, IDLE, CPUS, TOTAL, AVAILABLE, BOOT, INFO)
BEGIN = 1_700_000_000.0


def tick(writer: RecordingWriter, second: float, user: int, idle: int, boot: int) -> None:
    available = 8000 - 10 * user
    values = (user, idle, 2, 8000, available, boot, 1)
    writer.tick(BEGIN + second, SERIES, [b"%d" % value for value in values])


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Half busy; 20 s without ticks; a restart; begun anew; a tick of a clock that was put back."""
    path = tmp_path / "a.om.gz"
    with RecordingWriter(path, "web-1", step=1.0, durable=False) as writer:
        for second in range(10):
            tick(writer, second, 100 * second, 100 * second, 500)
        for second in range(30, 40):
            tick(writer, second, 30 * (second - 30), 170 * (second - 30), 2000)
    with RecordingWriter(path, "web-1", step=1.0, durable=False) as writer:
        tick(writer, 12.0, 999, 999, 2000)
        for second in range(40, 45):
            tick(writer, second, 30 * (second - 30), 170 * (second - 30), 2000)
    return path


def summary_of(path: Path) -> RecordingSummary:
    reading = FrameReading()
    frames = read_frames(path, reading=reading)
    return summarise(frames, str(path), path.stat().st_size, reading).summary


def test_a_summary(path: Path) -> None:
    found = summary_of(path)
    assert (found.machine, found.labels) == ("web-1", {"machine": "web-1"})
    assert (found.cpus, found.memory_bytes) == (2.0, 8000.0)
    assert (found.start, found.end) == (BEGIN, BEGIN + 44)
    assert (found.ticks, found.out_of_order, found.continued) == (25, 1, 1)
    assert (found.step, found.wanted_step) == (1.0, 1.0)
    assert found.gaps == [Gap(BEGIN + 9, BEGIN + 30)]
    assert found.restarts == [2000.0]
    assert (found.series, found.families, found.samples) == (7, 6, 7 * 26)
    assert found.lines < found.samples
    assert found.bytes_per_sample == found.bytes / found.samples
    peaks = {peak.what: peak for peak in found.peaks}
    assert peaks["busy"].value == pytest.approx(0.5)
    assert peaks["busy"].percentiles[50] == pytest.approx(0.15)
    assert peaks["memory"].value == 9000.0
    assert peaks["memory"].time == BEGIN + 9


def test_what_is_shown_to_people(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path.write_bytes(path.read_bytes() + b"\x1f\x8b\x08\x04xx")
    assert run(["workload", "show", str(path)]) == 0
    said = capsys.readouterr().out
    for line in (
        "machine    machine web-1",
        "size       2 CPUs, 8 kB memory",
        "span       2023-11-14T22:13:20Z to 2023-11-14T22:14:04Z, 44 s",
        "ticks      25, every 1 s, begun anew 1 times, 1 more not in order of time",
        "gaps       1: 21 s from 2023-11-14T22:13:29Z",
        "restarts   1970-01-01T00:33:20Z",
        "lost       6 bytes of frames that are cut off or damaged",
    ):
        assert f"\n{line}\n" in said
    assert "busy                    15.0%       50.0%       50.0%       50.0%  2023" in said
    assert "█" in said


def test_what_programs_read(path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["workload", "show", "--json", str(path)]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["gaps"] == [{"start": BEGIN + 9, "end": BEGIN + 30}]
    assert found["peaks"][0]["percentiles"]["50"] == pytest.approx(0.15)
    assert run(["workload", "show", "--json", "--openmetrics", str(path)]) == 2


def test_the_whole_text_is_in_order_and_ends_once(
    path: Path, capfdbinary: pytest.CaptureFixture[bytes]
) -> None:
    assert run(["workload", "show", "--openmetrics", str(path)]) == 0
    text = capfdbinary.readouterr().out
    assert text.endswith(b"\n# EOF\n")
    assert text.count(b"# EOF") == 1
    lines = [line.split(b" ") for line in text.splitlines() if line.startswith(b"node_boot")]
    times = [float(time) for _, _, time in lines]
    assert times == sorted(times)
    assert len(times) == 25
    assert lines[0][0] == b'node_boot_time_seconds{job="node",instance="web-1"}'


def test_a_recording_of_one_tick_has_no_peaks(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = tmp_path / "a"
    with RecordingWriter(path, "", durable=False) as writer:
        tick(writer, 0, 1, 1, 1)
    assert run(["workload", "show", str(path)]) == 0
    said = capsys.readouterr().out
    assert f"{path}: a machine without a name" in said
    assert "busy" not in said


def test_what_is_no_recording_is_said(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["workload", "show", str(tmp_path / "none")]) == 2
    assert "none: expected a recording (No such file or directory)" in capsys.readouterr().err
    (tmp_path / "folder").mkdir()
    assert run(["workload", "show", str(tmp_path / "folder")]) == 2
    assert "folder: expected a recording, of one tick at least" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("values", "strokes", "lines"),
    [
        ([0.0, 1.0, 0.5, 0.25], BLOCKS, [" █  ", " ██▄"]),
        ([0.0, 1.0, 0.5, math.nan], ASCII, [" #  ", " ## "]),
        # A peak within a stretch is marked; its mean is filled.
        ([0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0], ASCII, [" '  ", " #  "]),
        ([0.001, 0.0, 2.0, 0.0], BLOCKS, ["  █ ", "▁ █ "]),
    ],
)
def test_a_chart(values: list[float], strokes: object, lines: list[str]) -> None:
    times = np.arange(float(len(values)))
    found = draw(times, np.array(values), 1.0, (4, 2), strokes)  # type: ignore[arg-type]
    assert found == lines
