"""``--profile kinds``: real runs, of two kernels; all of them in the long tests."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from cffi_burn.kernel import all_kernels
from loadtest import kernel_choice
from loadtest.commands.run import Job
from loadtest.commands.sinks import Sinks
from loadtest.driving import settings
from loadtest.driving.settings import Settings
from loadtest.outputs.delivering import Outputs
from loadtest.outputs.options import OutputFlags
from loadtest.run import Subject
from perfanalysis.machines.cpus import UsableCpus
from perfanalysis.machines.identity import Identity

CPU = min(os.sched_getaffinity(0))


def run(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    start = [sys.executable, "-m", "perfanalysis", "loadtest", "run", "--profile", "kinds"]
    words = [*start, "--force", "--wait", "200", "--state-directory", str(state), *arguments]
    return subprocess.run(words, capture_output=True, text=True, check=False)


def test_each_kernel_is_measured_in_full_and_alone(tmp_path: Path) -> None:
    kernels = ["--kernel", "divide,memread_16k", "--cpus", str(CPU), "--progress", "none"]
    done = run(tmp_path, *kernels, "--json")
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [entry["kernel"] for entry in found] == ["divide", "memread_16k"]
    for entry in found:
        assert entry["profile"] == "kinds"
        assert [level["busy"] for level in entry["levels"]] == [100]
        assert entry["single_units_per_second"] > 0
    # No bytes are nothing to tell.
    assert "bytes" not in found[0]["unit"]
    done = run(tmp_path, *kernels)
    assert done.returncode == 0, done.stderr
    (row,) = [line for line in done.stdout.splitlines() if line.startswith("│ memread_16k")]
    assert len(row.split("│")) == 8


@pytest.mark.parametrize("words", [("--quick",), ("--precise",)])
def test_two_profiles_are_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    done = run(tmp_path, *words)
    assert done.returncode == 2
    assert f"--profile: expected no {words[0]} beside it, found 'kinds'" in done.stderr


def test_what_the_time_is_too_short_for_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    short = replace(settings.PROFILES["kinds"], total_seconds=4.0)
    monkeypatch.setitem(settings.PROFILES, "kinds", short)
    identity = Identity(name="here")
    subjects = [
        Subject(identity, all_kernels()[name], UsableCpus((CPU,), None))
        for name in ("divide", "rmw")
    ]
    receivers = Outputs(OutputFlags(), tmp_path)
    sinks = Sinks(tmp_path, None, receivers, kernels=2, listed=True)
    wanted = Settings(profile="kinds", levels=(100,))
    job = Job(subjects, wanted, (), tmp_path, sinks, receivers, "none")
    assert job.measure() == []
    assert job.too_late([]) == [
        f"not measured: kernel {name}: the 4 s of the profile were over"
        for name in ("divide", "rmw")
    ]


@pytest.mark.long
def test_without_a_kernel_it_measures_all_that_kinds_need(tmp_path: Path) -> None:
    done = run(tmp_path, "--json", "--progress", "none")
    assert done.returncode == 0, done.stderr
    found = {entry["kernel"] for entry in json.loads(done.stdout)}
    late = {line.split()[5].rstrip(":") for line in done.stderr.splitlines() if "were over" in line}
    assert found | late == set(kernel_choice.OF_KINDS) & set(all_kernels())
    assert "not measured: levels below 100 %" in done.stderr
