"""Real, short runs of the command on this machine; no timing is asserted."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import msgspec
import pytest

from cffi_burn.kernel import all_kernels, compiler, compiler_flags
from loadtest import worker_memory
from perfanalysis.results import reading, slices
from perfanalysis.results.document import Build, Unit
from perfanalysis.results.families import samples_of
from perfanalysis.results.state import RESULTS, RUNNING
from tests.perfanalysis.machines.cloud import services
from tests.perfanalysis.machines.cloud.services import serving

COMMAND = [sys.executable, "-m", "perfanalysis", "loadtest", "run"]
# Other work may go on beside the tests, also other load tests.
BESIDE_OTHERS = ["--force", "--wait", "200"]
SHORT = ["--levels", "20,100", "--seconds-per-level", "0.3", *BESIDE_OTHERS]


def run(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    command = [*COMMAND, "--state-directory", str(state), *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=False, timeout=280)


def test_a_run_leaves_a_valid_document_where_the_exporter_looks(tmp_path: Path) -> None:
    out = tmp_path / "out.json"
    done = run(tmp_path / "state", *SHORT, "--output", str(out), "--machine", "web-1")
    assert done.returncode == 0, done.stderr
    assert "95 % interval" in done.stdout
    assert "100 %" in done.stderr
    found = reading.read(out)
    files = list((tmp_path / "state" / RESULTS).iterdir())
    assert [path.name for path in files] == [f"{found.test_id}.json"]
    assert reading.read(files[0]) == found
    assert not (tmp_path / "state" / RUNNING).exists()
    assert found.machine.name == "web-1"
    assert found.machine.used_cpus == tuple(sorted(os.sched_getaffinity(0)))
    assert [level.busy for level in found.levels] == [20, 100]
    assert all(slices.count(level.slices or ()) >= 6 for level in found.levels)
    assert found.valid == (not found.invalid_reasons)
    assert found.max_units_per_second == found.levels[1].units_per_second


def test_one_cpu_and_json_on_standard_output(tmp_path: Path) -> None:
    cpu = min(os.sched_getaffinity(0))
    done = run(tmp_path, *SHORT, "--cpus", str(cpu), "--json", "--quiet")
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    found = reading.from_json(json.loads(done.stdout), "standard output")
    assert found.machine.used_cpus == (cpu,)


def test_several_kernels_one_after_the_other(tmp_path: Path) -> None:
    cpu = str(min(os.sched_getaffinity(0)))
    short = ["--levels", "50", "--seconds-per-level", "0.4", *BESIDE_OTHERS, "--cpus", cpu]
    out = tmp_path / "result.json"
    names = ["vector", "memlat", "memread_1m", "divide", "rmw"]
    done = run(
        tmp_path / "state", *short, "--kernel", ",".join(names), "--json", "--output", str(out)
    )
    assert done.returncode == 0, done.stderr
    found = [reading.from_json(entry, "standard output") for entry in json.loads(done.stdout)]
    assert [entry.kernel for entry in found] == names
    for entry in found:
        name = entry.kernel
        kernel = all_kernels()[name]
        assert reading.read(tmp_path / f"result-{name}.json") == entry
        assert reading.read(tmp_path / "state" / RESULTS / f"{entry.test_id}.json") == entry
        assert entry.kernel_version == kernel.version
        assert (entry.settings or {})["kernel"] == name
        assert entry.unit == Unit(
            name=name,
            description=kernel.unit,
            operations=kernel.operations_per_unit or None,
            bytes=kernel.bytes_per_unit or None,
        )
        assert entry.build == Build(
            compiler=compiler(),
            flags=compiler_flags(),
            instruction_set=kernel.instruction_sets[0],
        )
        assert entry.memory is not None
        assert entry.memory.bytes == worker_memory.of_workers(kernel, [int(cpu)])[0]
        mebibytes = -(-entry.memory.bytes // (1 << 20))
        assert (
            f"kernel {name}, {mebibytes} MiB of memory for the workers on CPU {cpu}" in done.stderr
        )


def test_the_document_says_what_the_cloud_tells(tmp_path: Path) -> None:
    cpu = str(min(os.sched_getaffinity(0)))
    short = ["--levels", "50", "--seconds-per-level", "0.3", *BESIDE_OTHERS, "--cpus", cpu]
    with serving(services.aws) as service:
        cloud = ["--cloud", "aws", "--cloud-endpoint", service.url]
        done = run(tmp_path, *short, "--json", *cloud)
    assert done.returncode == 0, done.stderr
    machine = reading.from_json(json.loads(done.stdout), "standard output").machine
    assert (machine.provider, machine.region) == ("aws", "eu-central-1")
    assert (machine.zone, machine.instance_type) == ("eu-central-1b", "m7i.xlarge")
    assert machine.burstable is False


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--cloud", "ec2"], "--cloud"),
        (["--cloud-endpoint", "169.254.169.254"], "--cloud-endpoint: expected an absolute URL"),
        (["--kernel", "nope"], f"--kernel: expected one of {', '.join(all_kernels())}, all"),
        (["--levels", "0,50"], "--levels: expected different whole percents"),
        (["--levels", ""], "--levels: expected"),
        (["--seconds-per-level", "0.01"], "--seconds-per-level: expected seconds from"),
        (["--seconds-per-level", "soon"], "--seconds-per-level"),
        (["--precise", "--seconds-per-level", "2"], "--seconds-per-level: expected no --precise"),
        (["--spread", "wide"], "--spread"),
        (["--nice", "20"], "--nice"),
        (["--seed", "0"], "--seed"),
        (["--max-duration", "3"], "--max-duration: expected at least"),
        (["--cpus", "4095"], "--cpus: expected CPUs of"),
        (["--cpus", "x"], "--cpus: expected a list of CPUs"),
        (
            ["--output", "/absent/folder/file.json"],
            "--output: expected a file in a folder that exists",
        ),
        (["--fail-if", "speed<5"], "--fail-if: expected a figure, a comparison and a number"),
        (["--fail-if", "units_per_dollar<5"], "--fail-if: expected the machine's price beside it"),
        (["--price", "0"], "--price: expected dollars per hour above 0"),
        (["--inventory", "/absent.yaml"], "--inventory: expected --machine beside it"),
        (["--nonsense"], "--nonsense"),
    ],
)
def test_bad_input_names_the_flag_and_writes_nothing(
    tmp_path: Path, arguments: list[str], message: str
) -> None:
    done = run(tmp_path, *arguments)
    assert done.returncode == 2
    assert message in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.rglob("*.json")) == []


def test_a_state_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    done = run(tmp_path / "file" / "state", *SHORT)
    assert done.returncode == 1
    assert "--state-directory" in done.stderr


@pytest.mark.parametrize(("number", "status"), [(signal.SIGINT, 130), (signal.SIGTERM, 1)])
def test_a_signal_ends_the_run_and_nothing_is_written(
    tmp_path: Path, number: signal.Signals, status: int
) -> None:
    command = [*COMMAND, "--state-directory", str(tmp_path), *BESIDE_OTHERS]
    command += ["--seconds-per-level", "60"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    try:
        deadline = time.monotonic() + 230
        while not (tmp_path / RUNNING).exists():
            assert process.poll() is None
            assert time.monotonic() < deadline
            time.sleep(0.05)
        shown = json.loads((tmp_path / RUNNING).read_bytes())
        assert shown["kernel"] == "rmw"
        assert shown["pid"] == process.pid
        assert 0 <= shown["progress_ratio"] <= 1
        process.send_signal(number)
        _, errors = process.communicate(timeout=60)
    finally:
        process.kill()
    assert process.returncode == status
    assert "Traceback" not in errors
    assert list(tmp_path.rglob("*.json")) == []


def test_packed_quick_and_nice(tmp_path: Path) -> None:
    arguments = ["--quick", "--levels", "50", "--spread", "packed", "--nice", "5", "--seed", "7"]
    done = run(tmp_path, *arguments, "--json", *BESIDE_OTHERS)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert found["settings"]["spread"] == "packed"
    assert found["settings"]["seed"] == 7
    assert found["settings"]["nice"] == 5
    assert "max_units_per_second" not in found


def test_a_threshold_that_is_not_passed_fails_the_command_after_all_is_written(
    tmp_path: Path,
) -> None:
    arguments = ["--price", "0.5", "--fail-if", "units_per_dollar<1e12", "--fail-if", "valid<0"]
    done = run(tmp_path, *SHORT, *arguments)
    assert done.returncode == 1
    assert "perfanalysis: thresholds not passed: units_per_dollar<1e+12 (kernel rmw:" in done.stderr
    assert "valid<0: passed" in done.stdout
    (path,) = (tmp_path / RESULTS).iterdir()
    found = reading.read(path)
    assert [entry.passed for entry in found.thresholds or ()] == [False, True]
    # The exporter shows the same, of a run at all levels of a profile.
    whole = msgspec.structs.replace(found, profile="default")
    assert [
        (series.labels, value)
        for series, value in samples_of(whole)
        if series.family.name == "perf_loadtest_threshold_passed"
    ] == [(("rmw", "units_per_dollar<1e+12"), b"0"), (("rmw", "valid<0"), b"1")]


def test_runs_can_be_listed_shown_and_compared(tmp_path: Path) -> None:
    short = ["--levels", "100", "--seconds-per-level", "0.3", *BESIDE_OTHERS, "--quiet"]
    for _ in range(2):
        done = run(tmp_path, *short)
        assert done.returncode == 0, done.stderr

    def read(*arguments: str) -> Any:
        command = [*COMMAND[:-1], *arguments, "--state-directory", str(tmp_path), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=60)
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    newest, oldest = (entry["test_id"] for entry in read("list"))
    assert read("show")["test_id"] == newest
    found = read("compare", "latest~1", "latest")
    assert found["baseline"]["test_ids"] == [oldest]
    assert found["comparisons"][0]["test_ids"] == [newest]
    row = {row["figure"]: row for row in found["comparisons"][0]["figures"]}["max_units_per_second"]
    assert row["lower"] <= row["ratio"] <= row["upper"]
    assert row["ratio"] == pytest.approx(row["value"] / row["baseline"])
    spreads = read("spread", str(tmp_path))
    assert [entry["runs"] for entry in spreads] == [2]
