"""What was measured is kept wherever there is room: real runs on disks that are full."""

from __future__ import annotations

import json
import os
import platform
import shlex
import subprocess
import sys
import time
from pathlib import Path

import pytest

from cffi_burn.kernel import all_kernels
from loadtest import run as running
from loadtest import session
from loadtest.driving.settings import Settings
from loadtest.outputs.outbox import folders
from loadtest.run import Subject
from perfanalysis.delivery.spool import Spool
from perfanalysis.machines.cpus import UsableCpus
from perfanalysis.machines.identity import Identity
from perfanalysis.results import reading, writing
from perfanalysis.results.state import RESULTS
from tests.loadtest.pretending import namespace_command

CPU = min(os.sched_getaffinity(0))
SHORT = ["--levels", "100", "--seconds-per-level", "0.3", "--cpus", str(CPU)]
SHORT += ["--force", "--wait", "200", "--progress", "lines"]
NOWHERE = "http://127.0.0.1:9/"
# A disk that is full from when the measuring begins: before it the folders are looked at.
FILLS = """
import pathlib, sys
from loadtest import session
from perfanalysis.cli import run
disk, real = pathlib.Path(sys.argv[1]), session.measure
def measure(*arguments):
    found = real(*arguments)
    filler = disk / "filler"
    if not filler.exists():
        with filler.open("wb", buffering=0) as stream:
            try:
                while stream.write(bytes(4096)):
                    pass
            except OSError:
                pass
    return found
session.measure = measure
sys.exit(run(sys.argv[2:]))
"""


def on_a_disk_that_fills(
    disk: Path, *words: str, stdout: str = ""
) -> subprocess.CompletedProcess[str]:
    """A run beside a tiny disk that is full when the run is over; its files are left as copies."""
    disk.mkdir()
    copies = disk.with_name("copies")
    run = shlex.join([sys.executable, "-c", FILLS, str(disk), "loadtest", "run", *SHORT, *words])
    script = (
        f"mount -t tmpfs -o size=1m none {shlex.quote(str(disk))} && {run} {stdout}; status=$?; "
        f"rm -f {disk}/filler; cp -r {disk} {copies}; exit $status"
    )
    command = [*namespace_command(), "sh", "-c", script]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)


def lines(done: subprocess.CompletedProcess[str]) -> list[str]:
    """The lines about what failed."""
    return [line for line in done.stderr.splitlines() if line.startswith("perfanalysis: ")]


@pytest.mark.parametrize("words", [(), ("--quiet",), ("--json",)])
def test_a_state_folder_that_is_full_leaves_the_document_on_standard_output(
    tmp_path: Path, words: tuple[str, ...]
) -> None:
    disk = tmp_path / "disk"
    done = on_a_disk_that_fills(disk, "--state-directory", str(disk), *words)
    assert done.returncode == 1, done.stderr
    found = reading.from_json(json.loads(done.stdout), "standard output")
    (line,) = lines(done)
    assert str(disk / RESULTS) in line
    assert f"{found.test_id}.json: cannot be written: No space left on device" in line
    assert "Traceback" not in done.stderr


def test_a_full_out_disk_costs_neither_kernels_nor_delivery(tmp_path: Path) -> None:
    state, disk = tmp_path / "state", tmp_path / "disk"
    words = ["--state-directory", str(state), "--output", str(disk / "result.json")]
    words += [
        "--kernel",
        "rmw,divide,memlat",
        "--upload-url",
        NOWHERE,
        "--deliver-timeout",
        "0.1",
        "--quiet",
    ]
    done = on_a_disk_that_fills(disk, *words)
    assert done.returncode == 1, done.stderr
    found = [reading.read(path) for path in (state / RESULTS).iterdir()]
    assert {document.kernel for document in found} == {"rmw", "divide", "memlat"}
    said = lines(done)
    assert len(said) == len(found)
    for document in found:
        assert any(f"result-{document.kernel}.json: cannot be written" in line for line in said)
    # They are in the state folder, and so not on standard output.
    assert done.stdout == ""
    (folder,) = folders(state)
    assert len(Spool(folder).waiting()) == len(found)


def test_all_sinks_but_one_are_full(tmp_path: Path) -> None:
    disk, out = tmp_path / "disk", tmp_path / "result.json"
    words = ["--state-directory", str(disk), "--output", str(out), "--json"]
    words += ["--upload-url", NOWHERE, "--deliver-timeout", "0.1"]
    done = on_a_disk_that_fills(disk, *words, stdout="> /dev/full")
    assert done.returncode == 1, done.stderr
    reading.read(out)
    state, standard_output, spool = sorted(lines(done), key=lambda line: "spool" in line)
    if "standard output" in state:
        state, standard_output = standard_output, state
    assert str(disk / RESULTS) in state
    assert standard_output == (
        "perfanalysis: standard output: cannot be written: No space left on device"
    )
    assert NOWHERE in spool
    assert "Exception ignored" not in done.stderr


@pytest.mark.parametrize("step", [-1e9, -5.0, 1e6])
def test_a_clock_that_is_set_during_a_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, step: float
) -> None:
    real, off = time.time, [0.0]

    class Clock:
        """The clock of day, which is set before the levels are held."""

        monotonic = staticmethod(time.monotonic)

        @staticmethod
        def time() -> float:
            return real() + off[0]

    class Measuring(running.Measuring):
        def levels(self) -> tuple[running.Level, ...]:
            off[0] = step
            return super().levels()

    monkeypatch.setattr(running, "time", Clock)
    monkeypatch.setattr(running, "Measuring", Measuring)
    identity = Identity(name="web-1", architecture=platform.machine())
    subject = Subject(identity, all_kernels()["rmw"], UsableCpus((CPU,), None))
    settings = Settings(levels=(100,), seconds_per_level=0.3)
    began = time.monotonic()
    found = session.measure_into(tmp_path, subject, settings, progress="none")
    took = time.monotonic() - began
    assert found.duration_seconds is not None
    assert 0.3 < found.duration_seconds <= took
    # It ended when the clock says so now, and can be written.
    assert abs(found.timestamp_seconds - (real() + step)) < 60
    writing.encode(found)
