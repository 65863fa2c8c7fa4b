"""Waiting for the baseline: with made bins, and on this machine with a quota that is lowered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from loadtest import presentation
from loadtest.driving.proc_stat import CpuTime
from loadtest.driving.steps import MachineSlice, Round
from loadtest.endurance import endure, rate, steal_ratio
from perfanalysis.errors import InputError
from perfanalysis.machines.facts.burstable import credits_per_hour
from perfanalysis.results import reading
from tests.loadtest.documents import result, write

GROUPS = Path("/sys/fs/cgroup/cpu")


def part(units_per_second: float, steal: int = 0) -> Round:
    slices = tuple(
        MachineSlice(i / 20, 0.05, units_per_second / 20, units_per_second, units_per_second)
        for i in range(20)
    )
    return Round(slices, CpuTime(200 - steal, steal, 200), 2.0, None, 0.0, 1.0)


def test_it_ends_when_the_step_was_seen() -> None:
    burst = [part(1000.0 + i % 3) for i in range(40)]
    bins = iter(burst + [part(200.0 + i % 3, 160) for i in range(500)])
    found = endure(lambda: next(bins), lambda: 1e9)
    assert found.step is not None
    assert len(found.bins) == 70
    assert found.step.burst.value == pytest.approx(1001)
    assert steal_ratio(found.bins[found.step.baseline_start :]) == pytest.approx(0.8)
    assert found.duration == pytest.approx(70)


def test_it_ends_when_the_time_is_over() -> None:
    left = iter([3.0, 2.0, 1.0, 0.5])
    found = endure(lambda: part(1000.0), lambda: next(left))
    assert len(found.bins) == 3
    assert found.step is None
    assert found.whole() is None


def test_a_late_slice_counts_for_as_long_as_it_took() -> None:
    slow = MachineSlice(0.0, 0.15, 50.0, 50.0 / 0.15, 50.0 / 0.15, ("late",))
    quick = MachineSlice(0.15, 0.05, 50.0, 1000.0, 1000.0)
    made = Round((slow, quick), CpuTime(20, 0, 20), 0.2, None, 0.0, 0.2)
    assert rate(made) == pytest.approx(100.0 / 0.2)
    assert rate(Round((), CpuTime(0, 0, 0), 0.0, None, 0.0, 1.0)) == 0.0


SEEN: dict[str, Any] = {
    "steady": True,
    "duration_seconds": 70.0,
    "seconds_to_baseline": 40.0,
    "baseline_ratio": 0.2,
    "burst_units_per_second": 1000.0,
    "burst_lower": 990.0,
    "burst_upper": 1010.0,
    "baseline_units_per_second": 200.0,
    "baseline_lower": 199.0,
    "baseline_upper": 201.0,
    "baseline_steal_ratio": 0.8,
    "slices": [{"duration_seconds": 0.05, "units": 50.0}] * 1001,
}


def test_both_rates_stand_in_the_document_and_on_the_page(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = result(until_steady=SEEN)
    write(tmp_path / "a.json", made)
    assert reading.read(tmp_path / "a.json") == made
    stored = json.loads((tmp_path / "a.json").read_bytes())
    assert stored["until_steady"]["slices"]["count"] == 1001
    presentation.show(made, presentation.console())
    out = capsys.readouterr().out
    assert "burst: 1000 units/s (990 .. 1010), steal unknown" in out
    assert "baseline: 200 units/s (199 .. 201), steal 80.00%; 20.0% of the burst" in out
    unseen = {key: SEEN[key] for key in ("duration_seconds", "slices")} | {"steady": False}
    part = result(until_steady=unseen).until_steady
    assert presentation.endurance_lines(part) == ["no fall from burst to baseline in 70 s"]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"baseline_upper": 199.5}, "until_steady.baseline_units_per_second: expected a value"),
        ({"burst_units_per_second": 150.0, "burst_lower": 150.0}, "less than burst_units_per"),
        ({"surprise": 1}, "until_steady.surprise: expected no such field"),
    ],
)
def test_a_broken_part_is_refused(change: dict[str, float], message: str) -> None:
    with pytest.raises(InputError, match=message):
        result(until_steady=SEEN | change)


@pytest.mark.parametrize(
    ("instance_type", "cpus", "credit"),
    [
        # Of the providers' tables.
        ("t3.micro", 2, 12),
        ("t2.large", 2, 36),
        ("t3.2xlarge", 8, 192),
        ("Standard_B2ms", 2, 36),
        ("Standard_B1ls", 1, 3),
        ("e2-micro", 2, None),
        ("m7i.large", 2, None),
    ],
)
def test_credits(instance_type: str, cpus: int, credit: float | None) -> None:
    assert credits_per_hour(instance_type, cpus) == pytest.approx(credit)


@pytest.fixture
def group() -> Iterator[Path]:
    folder = GROUPS / f"perfanalysis-test-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError:
        pytest.skip("no cgroup (version 1) with a CPU quota can be made here")
    try:
        if not (folder / "cpu.cfs_quota_us").exists():
            pytest.skip("the kernel has no CPU quotas")
        yield folder
    finally:
        deadline = time.monotonic() + 30
        while (folder / "cgroup.procs").read_text() and time.monotonic() < deadline:
            time.sleep(0.1)
        folder.rmdir()


@pytest.mark.long
@pytest.mark.timeout(900)
def test_a_quota_that_is_lowered_is_seen_as_the_baseline(tmp_path: Path, group: Path) -> None:
    cpu = str(min(os.sched_getaffinity(0)))
    command = [sys.executable, "-m", "perfanalysis", "loadtest", "run", "--force", "--json"]
    command += ["--state-directory", str(tmp_path), "--cpus", cpu, "--levels", "100"]
    command += ["--seconds-per-level", "0.3", "--until-steady", "--max-duration", "150"]
    # Other load tests may take turns on this host.
    command += ["--progress", "json", "--wait", "300"]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        try:
            (group / "cgroup.procs").write_text(str(process.pid))
            assert process.stderr is not None
            # One line a second: after these the phase has been going on for a while.
            seen = 0
            for line in process.stderr:
                seen += "until steady" in line
                if seen > 20:
                    break
            # Far below what other work beside the tests leaves of a CPU.
            (group / "cpu.cfs_quota_us").write_text("10000")
            out, errors = process.communicate(timeout=200)
        finally:
            process.kill()
    assert process.returncode == 0, errors
    found = reading.from_json(json.loads(out), "standard output")
    part = found.until_steady
    assert part is not None and part.steady, part
    # A tenth of a CPU; other work beside the tests can take from the burst.
    assert 0.06 < (part.baseline_ratio or 0) < 0.25
    assert (part.baseline_upper or 0) < (part.burst_lower or 0)


def test_it_is_refused_with_all_kernels(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "perfanalysis", "loadtest", "run", "--until-steady"]
    for more, message in (
        (["--kernel", "all"], "--until-steady: expected one --kernel"),
        (["--max-duration", "40"], "--max-duration: expected at least 53.5 seconds"),
    ):
        done = subprocess.run(
            [*command, *more, "--state-directory", str(tmp_path)],
            capture_output=True,
            text=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 2
        assert message in done.stderr
