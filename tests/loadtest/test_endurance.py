"""Waiting for the baseline: with made bins, and on this machine with a quota that is lowered."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import msgspec
import pytest

from loadtest.driving.proc_stat import CpuTime
from loadtest.driving.steps import MachineSlice, Round
from loadtest.endurance import endure, rate, steal_ratio, until_steady
from loadtest.long_load import LongLoad, long_load
from perfanalysis.machines.facts.burstable import Credit, credits_per_hour
from perfanalysis.results import reading
from tests.loadtest.documents import result

GROUPS = Path("/sys/fs/cgroup/cpu")


def part(units_per_second: float, steal: int = 0, busy: int = 200, own: float = 2.0) -> Round:
    slices = tuple(
        MachineSlice(i / 20, 0.05, units_per_second / 20, units_per_second, units_per_second)
        for i in range(20)
    )
    return Round(slices, CpuTime(busy - steal, steal, 200), own, None, 0.0, 1.0)


def bins(*pairs: tuple[int, float], steal: int = 0) -> list[Round]:
    """So many seconds at each rate; the last ones with some steal."""
    rates = [units + i % 3 for seconds, units in pairs for i in range(seconds)]
    stolen = len(rates) - pairs[-1][0]
    return [part(units, steal if i >= stolen else 0) for i, units in enumerate(rates)]


def within(count: int) -> Iterator[float]:
    """How many seconds there are before each of so many bins but the first."""
    yield from (float(left) for left in range(count - 1, -1, -1))


BURSTABLE = Credit(burstable=True, baseline=0.2)


def test_it_ends_when_the_baseline_was_seen() -> None:
    made = iter(bins((40, 1000.0), (500, 200.0), steal=160))
    found = until_steady(lambda: next(made), lambda: 1e9, BURSTABLE)
    assert found.at_baseline and found.cause == "credit"
    assert 160 < len(found.bins) < 200
    assert found.course.first is not None and found.course.level is not None
    assert found.course.first.value == pytest.approx(1001, rel=0.01)
    assert found.course.level.value == pytest.approx(201, rel=0.01)
    assert steal_ratio(found.bins[45:]) == pytest.approx(0.8)
    assert found.duration == pytest.approx(len(found.bins))


def test_a_lower_clock_does_not_end_the_wait_for_the_baseline() -> None:
    made, left = iter(bins((40, 1000.0), (260, 850.0))), within(300)
    found = until_steady(lambda: next(made), lambda: next(left), BURSTABLE)
    assert len(found.bins) == 300
    assert found.course.kind == "step"
    assert not found.at_baseline


def test_it_ends_when_the_time_is_over() -> None:
    left = iter([2.0, 1.0, 0.4])
    found = until_steady(lambda: part(1000.0), lambda: next(left), Credit())
    assert len(found.bins) == 3
    assert found.course.kind == "short"
    assert found.whole() is None


@pytest.mark.parametrize(
    ("make", "credit", "course", "cause", "level"),
    [
        (partial(bins, (300, 1000.0)), Credit(), "steady", None, 1001),
        (partial(bins, (30, 1000.0), (270, 920.0)), Credit(), "step", "clock", 921),
        # Half of the CPU time is stolen: of a type that may be burstable, or is not.
        (partial(bins, (100, 1000.0), (200, 500.0), steal=100), Credit(), "step", "steal", 501),
        (partial(bins, (100, 1000.0), (200, 200.0), steal=160), BURSTABLE, "step", "credit", 201),
        # Not the baseline of its type, and nothing was stolen.
        (partial(bins, (100, 1000.0), (200, 500.0)), BURSTABLE, "step", None, 501),
        # A neighbour whose end was not seen: from steal it is known where there is no credit.
        (partial(bins, (200, 1000.0), (60, 500.0)), Credit(), "unsettled", None, None),
        (partial(bins, (200, 1000.0), (60, 500.0), steal=100), Credit(), "unsettled", None, None),
        (
            partial(bins, (200, 1000.0), (60, 500.0), steal=100),
            Credit(burstable=False),
            "steady",
            None,
            1001,
        ),
    ],
    ids=["steady", "clock", "steal", "credit", "unknown", "new", "new steal", "neighbour"],
)
def test_what_minutes_at_full_load_are_made_of(
    make: Callable[[], list[Round]],
    credit: Credit,
    course: str,
    cause: str | None,
    level: float | None,
) -> None:
    made = make()
    rounds, left = iter(made), within(len(made))
    found = endure(lambda: next(rounds), lambda: next(left), credit)
    assert len(found.bins) == len(made)
    assert (found.course.kind, found.cause) == (course, cause)
    known = found.course.level
    assert (known is None) == (level is None)
    assert known is None or known.value == pytest.approx(level, rel=0.01)
    fields = long_load(found, 1795464900.0, 1, until_steady=False)
    assert ("sustained_units_per_second" in fields) == (level is not None)
    document = result(**fields_as_json(fields))
    assert (document.sustained_units_per_second is None) == (level is None)
    assert document.sustained is not None and document.sustained.course == course


def fields_as_json(fields: LongLoad) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(msgspec.json.encode(fields))
    return {key: value for key, value in found.items() if value is not None}


def test_the_work_of_others_withholds_the_figure() -> None:
    made, left = iter([part(1000.0, own=1.8)] * 60), within(60)
    found = endure(lambda: next(made), lambda: next(left), Credit())
    assert found.course.kind == "steady"
    assert found.others_ratio(2) == pytest.approx(0.1)
    told = found.told(2)
    assert told.level is None
    assert told.reason == "other tasks took 10.0% of the CPU time: run it on a quiet machine"


def test_a_late_slice_counts_for_as_long_as_it_took() -> None:
    slow = MachineSlice(0.0, 0.15, 50.0, 50.0 / 0.15, 50.0 / 0.15, ("late",))
    quick = MachineSlice(0.15, 0.05, 50.0, 1000.0, 1000.0)
    made = Round((slow, quick), CpuTime(20, 0, 20), 0.2, None, 0.0, 0.2)
    assert rate(made) == pytest.approx(100.0 / 0.2)
    assert rate(Round((), CpuTime(0, 0, 0), 0.0, None, 0.0, 1.0)) == 0.0


@pytest.mark.parametrize(
    ("instance_type", "cpus", "credit"),
    [
        # Of the providers' tables.
        ("Standard_B2ts_v2", 2, 24),
        ("Standard_B4als_v2", 4, 72),
        ("Standard_B8ps_v2", 8, 192),
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
    command += ["--seconds-per-level", "0.3", "--until-steady", "--max-duration", "240"]
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
            out, errors = process.communicate(timeout=290)
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
        (["--max-duration", "140"], "--max-duration: expected at least 143.5 seconds"),
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
