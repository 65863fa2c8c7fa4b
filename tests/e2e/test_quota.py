"""A load test in a control group with a CPU quota, made here: version 1 or 2, where that may be."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path("/sys/fs/cgroup")
PERIOD = 100_000


@contextlib.contextmanager
def group(quota_cpus: float) -> Iterator[Path]:
    """A control group with that quota; skips where none may be made."""
    old = (ROOT / "cpu" / "cgroup.procs").exists()
    folder = (ROOT / "cpu" if old else ROOT) / f"perfanalysis-test-{os.getpid()}"
    quota = round(quota_cpus * PERIOD)
    try:
        folder.mkdir()
    except OSError as error:
        pytest.skip(f"no control group may be made here: {error}")
    try:
        if old:
            (folder / "cpu.cfs_period_us").write_text(str(PERIOD))
            (folder / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (folder / "cpu.max").write_text(f"{quota} {PERIOD}")
        # Before other tests that run meanwhile.
        (folder / ("cpu.shares" if old else "cpu.weight")).write_text("10000")
    except OSError as error:
        folder.rmdir()
        pytest.skip(f"no quota may be set here: {error}")
    try:
        yield folder
    finally:
        # Its last process may still be on its way out.
        for _ in range(50):
            with contextlib.suppress(OSError):
                folder.rmdir()
                break
            time.sleep(0.1)


def load_test(folder: Path, state: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "perfanalysis", "loadtest", "run", "--force", "--json"]
    command += ["--cloud", "off", "--progress", "none", "--state-directory", str(state), *arguments]
    script = 'echo $$ > "$0/cgroup.procs" && exec "$@"'
    done = subprocess.run(
        ["sh", "-c", script, str(folder), *command], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.mark.timeout(120)
@pytest.mark.parametrize(("quota", "workers"), [(0.5, 1), (1.5, 2)])
def test_no_more_work_is_told_than_a_quota_allows(
    tmp_path: Path, quota: float, workers: int
) -> None:
    usable = len(os.sched_getaffinity(0))
    if workers > usable:
        pytest.skip(f"{workers} CPUs are needed")
    with group(quota) as folder:
        found = load_test(folder, tmp_path, "--levels", "50,100", "--seconds-per-level", "1")
    machine, settings = found["machine"], found["settings"]
    assert len(machine["used_cpus"]) == workers
    assert machine["cgroup_quota_cpus"] == quota
    assert settings["quota"] == {"cpus": quota, "period": PERIOD / 1e6}
    half, full = found["levels"]
    # However busy the machine is: what was done in a second, and not what the workers would have
    # done had nobody stopped them, which is 1.3 to 2 times as much.
    slices = [entry for entry in full["slices"] if "excluded" not in entry] or full["slices"]
    rates = [entry["units"] / entry["duration_seconds"] for entry in slices]
    assert full["mean_units_per_second"] == pytest.approx(sum(rates) / len(rates), rel=0.25)
    assert min(rates) <= full["units_per_second"] <= max(rates)
    # A level of 50 % is half of the quota.
    assert half["own_busy_ratio"] < 0.6
    # That a quota stops its workers spoils nothing.
    assert not {"throttling", "other load"} & {*half["excluded_reasons"], *full["excluded_reasons"]}
    waited = [reason for reason in found["invalid_reasons"] if reason.startswith("pressure")]
    assert not [reason for reason in waited if "% busy" in reason]
