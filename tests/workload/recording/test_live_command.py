"""``workload record`` as people run it: a process, signals, kill -9, and what it loads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from perfanalysis.cli import run
from perfanalysis.exposition.families import Family, Series
from perfanalysis.recordings.reading import read, read_frames
from perfanalysis.recordings.recording import Recording
from perfanalysis.recordings.writing import RecordingWriter
from workload.usage_of import usage_of

PYTHON = sys.executable
RECORD = ("-m", "perfanalysis", "workload", "record", "--machine.cloud=off", "--machine=here")
MADE = (Series(Family("made_total", "counter", "Made.")),)


def start(out: Path, *flags: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [PYTHON, *RECORD, str(out), *flags],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def wait_until(true: Callable[[], bool]) -> None:
    until = time.monotonic() + 60
    while not true():
        assert time.monotonic() < until
        time.sleep(0.05)


def wait_until_recording(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    assert process.stderr.readline().startswith("record: to ")


@pytest.mark.e2e
def test_a_signal_ends_it_and_all_ticks_are_there(tmp_path: Path) -> None:
    numbers = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    processes = {number: start(tmp_path / number.name) for number in numbers}
    # The file is made when signals are heard.
    wait_until(lambda: all((tmp_path / number.name).exists() for number in numbers))
    time.sleep(2.2)
    for number, process in processes.items():
        process.send_signal(number)
    for number, process in processes.items():
        out = tmp_path / number.name
        said, errors = process.communicate(timeout=30)
        assert process.returncode == 0, errors
        recording = read(out)
        ticks = len(recording.times)
        assert ticks >= 1
        assert said.startswith(f"{out}: {ticks} ticks of {len(recording.columns)} series in ")
        assert recording.machine == "here"


@pytest.mark.e2e
def test_a_recording_of_this_machine_has_what_a_workload_is(tmp_path: Path) -> None:
    out = tmp_path / "a.om.gz"
    assert run([*RECORD[2:], str(out), "--duration=3.5s", "--per-cpu"]) == 0
    recording = read(out)
    names = {series.name for series in recording.columns}
    wanted = (
        "node_memory_MemAvailable_bytes node_vmstat_pgfault node_network_receive_bytes_total"
        " node_cpu_seconds_total perf_recording_cpu_seconds_total perf_recording_cpus"
        " perf_machine_info node_boot_time_seconds node_load1"
    )
    assert names >= set(wanted.split())
    assert recording.types["node_cpu_seconds_total"] == "counter"
    each, together = usage_of(recording), usage_of(_without(out, "node_cpu_seconds_total"))
    # On a machine that is held up there may be a gap.
    known = np.isfinite(each.busy)
    assert together.cpus[known].tolist() == each.cpus[known].tolist()
    # Two looks at the same text of /proc/stat.
    assert together.busy[known] == pytest.approx(each.busy[known], abs=0.03)


def _without(out: Path, name: str) -> Recording:
    return read(out, lambda one: one != name)


@pytest.mark.e2e
def test_after_kill_9_at_most_the_open_frame_is_lost(tmp_path: Path) -> None:
    out = tmp_path / "a.om.gz"
    with RecordingWriter(out, "here", step=1.0) as writer:
        for number in range(5):
            writer.tick(1000.0 + number, MADE, (b"%d" % number,))
    whole = out.read_bytes()
    process = start(out)
    wait_until_recording(process)
    time.sleep(2.5)
    process.kill()
    process.communicate(timeout=30)
    assert out.read_bytes() == whole
    assert run([*RECORD[2:], str(out), "--duration=1.5s"]) == 0
    assert out.read_bytes().startswith(whole)
    frames = list(read_frames(out))
    assert [frame.ticks[0] for frame in frames] == [1.0, 1.0]


_LOOP = """
import sys
from pathlib import Path
from perfanalysis.exposition.families import Family, Series
from perfanalysis.recordings.recording import Recording
from perfanalysis.recordings.writing import RecordingWriter
made = (Series(Family("made_total", "counter", "Made.")),)
with RecordingWriter(Path(sys.argv[1]), "here") as writer:
    first = float(sys.argv[2])
    for number in range(10_000_000):
        writer.tick(first + number, made, (b"%d" % number,))
        if number % 60 == 59:
            print(number, flush=True)
"""


@pytest.mark.e2e
def test_a_writer_that_is_killed_while_it_writes_loses_no_frame_that_it_ended(
    tmp_path: Path,
) -> None:
    out = tmp_path / "a.om.gz"
    ended = 0
    for turn in range(4):
        first = turn * 1e8
        process = subprocess.Popen(
            [PYTHON, "-c", _LOOP, str(out), str(first)], stdout=subprocess.PIPE, text=True
        )
        assert process.stdout is not None
        for _ in range(3 + 5 * turn):
            said = process.stdout.readline()
        process.kill()
        rest = process.stdout.read().split("\n")
        process.wait(timeout=30)
        # The last line may be cut off.
        told = [int(line) for line in [said, *rest[:-1]] if line.strip()]
        ended += told[-1] + 1
        times = [time for frame in read_frames(out) for time in frame.times]
        assert len(times) >= ended
        assert len(times) % 60 == 0
        ended = len(times)


def test_what_records_loads_no_more_than_the_exporter(tmp_path: Path) -> None:
    program = (
        "import sys\n"
        "from perfanalysis.cli import run\n"
        f"assert run({[*RECORD[2:], str(tmp_path / 'a'), '--duration=1.2s']!r}) == 0\n"
        "heavy = {'numpy', 'requests', 'google.protobuf', 'rich', 'asyncio', 'cramjam'}\n"
        "assert not heavy & sys.modules.keys(), heavy & sys.modules.keys()\n"
    )
    subprocess.run([PYTHON, "-c", program], check=True, timeout=60)


@pytest.mark.skipif(os.geteuid() != 0, reason="another user's rights are tried by root")
def test_it_needs_no_root_and_has_the_same_series_without(tmp_path: Path) -> None:
    open_to_all = tmp_path / "open"
    open_to_all.mkdir()
    above = [one for one in tmp_path.parents if one.name.startswith(("pytest-", "popen-"))]
    for folder in (open_to_all, *above, tmp_path):
        folder.chmod(0o755)
    os.chown(open_to_all, 65534, 65534)
    program = (
        "import os\n"
        "from perfanalysis.cli import run\n"
        # Others may not read what is imported.
        f"words = {[*RECORD[2:], '--duration=1.2s']!r}\n"
        f"assert run([*words, {str(tmp_path / 'root')!r}]) == 0\n"
        "os.setgroups([])\n"
        "os.setresgid(65534, 65534, 65534)\n"
        "os.setresuid(65534, 65534, 65534)\n"
        f"assert run([*words, {str(open_to_all / 'nobody')!r}]) == 0\n"
    )
    subprocess.run([PYTHON, "-c", program], check=True, timeout=60)
    by_root, by_nobody = read(tmp_path / "root"), read(open_to_all / "nobody")
    assert (open_to_all / "nobody").stat().st_uid == 65534
    assert {s.name for s in by_nobody.columns} == {s.name for s in by_root.columns}


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--step=0.5s"], "--step: expected a time such as 5s or 10m, 1s to 60s, found '0.5s'"),
        (["--step=2m"], "--step: expected a time such as 5s or 10m, 1s to 60s, found '2m'"),
        (["--keep=1kB"], "--keep: expected a size from 8MiB (500MB) or a time from 10m"),
        (["--from=now-1d"], "--from: expected --prometheus beside it"),
        (["--matcher=a=b"], "--matcher: expected --prometheus beside it"),
        (
            ["--prometheus-bearer-token-file=key"],
            "--prometheus-bearer-token-file: expected --prometheus beside it",
        ),
        (
            ["--prometheus=http://127.0.0.1:1", "--keep=30d"],
            "--keep: expected no --prometheus beside it",
        ),
        (["--prometheus=http://127.0.0.1:1"], "--from: expected a time, such as now-7d"),
        (
            ["--prometheus=http://127.0.0.1:1", "--from=now-1d", "--to=now-2d"],
            "--to: expected a time after --from now-1d, found 'now-2d'",
        ),
        (
            ["--prometheus=http://127.0.0.1:1", "--from=now-1d", "--matcher=x"],
            "--matcher: expected LABEL=VALUE, found 'x'",
        ),
    ],
)
def test_what_cannot_be_meant_is_said(
    tmp_path: Path, flags: list[str], said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["workload", "record", "--machine=here", str(tmp_path / "a"), *flags]) == 2
    assert said in capsys.readouterr().err
    assert not (tmp_path / "a").exists()


def test_files_of_others_stay(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    out = tmp_path / "notes"
    out.write_text("mine")
    assert run([*RECORD[2:], str(out), "--duration=1s"]) == 2
    assert run([*RECORD[2:], str(out), "--duration=1s", "--keep=8MiB"]) == 2
    assert run([*RECORD[2:], str(tmp_path), "--duration=1s"]) == 2
    assert out.read_text() == "mine"
    errors = capsys.readouterr().err
    assert "expected a recording to continue, or a new file, found 'another file'" in errors
    assert "expected a folder, which --keep fills with files, found 'a file'" in errors
    assert "expected a file (a folder goes with --keep), found 'a folder'" in errors


@pytest.mark.skipif(os.geteuid() != 0, reason="another user's rights are tried by root")
def test_a_place_that_it_may_not_see_is_refused(tmp_path: Path) -> None:
    tmp_path.chmod(0o700)
    program = (
        "import os\n"
        "from perfanalysis.cli import run\n"
        f"words = {RECORD[2:]!r}\n"
        "run([*words, '--help'])\n"
        "import workload.recording.live\n"
        "os.setresuid(65534, 65534, 65534)\n"
        f"raise SystemExit(run([*words, {str(tmp_path / 'a' / 'b')!r}]))\n"
    )
    done = subprocess.run(
        [PYTHON, "-c", program], check=False, timeout=60, capture_output=True, text=True
    )
    assert done.returncode == 2, done.stderr
    assert done.stderr.endswith("expected a place to write to (Permission denied)\n")
