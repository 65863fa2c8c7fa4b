"""A load test in a control group with a CPU quota, made here: version 1 or 2, where that may be."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from benchmarks import control_groups
from benchmarks.case import PeerMissingError


@contextlib.contextmanager
def group(quota_cpus: float) -> Iterator[Path]:
    """A control group with that quota; skips where none may be made."""
    try:
        with control_groups.with_quota(quota_cpus) as folder:
            yield folder
    except PeerMissingError as error:
        pytest.skip(str(error))


def load_test(folder: Path, state: Path, *arguments: str) -> dict[str, Any]:
    command = [sys.executable, "-m", "perfanalysis", "loadtest", "run", "--force", "--json"]
    command += ["--cloud", "off", "--progress", "none", "--state-directory", str(state), *arguments]
    done = subprocess.run(
        control_groups.inside(folder, command), capture_output=True, text=True, check=False
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
    assert settings["quota"] == {"cpus": quota, "period": control_groups.PERIOD_SECONDS}
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
