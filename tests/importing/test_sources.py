"""Whose recordings files are, and which of them go together."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from perfanalysis.cli import run
from tests.exporter.validation.made_captures import BEGIN, ticks, write_flat
from tests.importing.openmetrics import Import, series
from tests.importing.test_csv import CONTAINER_CSV, PORTAL_CSV
from tests.perfanalysis.results.made import VALID

NAMES = {"name", "hostname", "provider", "region", "zone", "instance_type"}
LOAD = "0.5 0.2 0.3 1/2 3\n"


def loads(path: Path, *times: float, subsystem: str = "/proc/loadavg") -> Path:
    records = [{"timestamp": t, "subsystem": subsystem, "measurement": LOAD} for t in times]
    path.write_text("".join(json.dumps(record) + "\n" for record in records))
    return path


def result(path: Path, when: float = BEGIN, **machine: str) -> Path:
    facts = {key: value for key, value in VALID["machine"].items() if key not in NAMES} | machine
    made = VALID | {"test_id": path.stem, "timestamp_seconds": when, "machine": facts}
    path.write_text(json.dumps(made))
    return path


def error(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    assert run(["import", "capture", *map(str, words)]) == 2
    return capsys.readouterr().err


@pytest.mark.parametrize(
    ("first", "second"),
    [
        ((100, 110, 120), (100, 110, 120)),  # the same, under two names
        ((100, 110, 120), (115, 125)),
        ((100, 110, 120), (105,)),
        ((100, 200), (110, 120)),
        ((100,), (100,)),
    ],
)
def test_two_files_that_tell_the_same_for_one_time_are_refused(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    first: tuple[float, ...],
    second: tuple[float, ...],
) -> None:
    one, two = loads(tmp_path / "1.jsonl", *first), loads(tmp_path / "2.jsonl", *second)
    for output in (f"--output={tmp_path}/o", "--remote-write=http://127.0.0.1:9/w"):
        more = [] if "output" in output else [f"--state-directory={tmp_path}/s", "--give-up=0"]
        said = error(capsys, two, one, "--machine=m", output, *more)
        assert "expected one file at a time that tells /proc/loadavg of m: " in said
        assert str(one) in said
        assert str(two) in said
        assert "import one of both" in said
    assert not (tmp_path / "o").exists()


def test_files_that_follow_each_other_or_tell_different_things_are_joined(
    tmp_path: Path, imported_text: Import
) -> None:
    files = [
        loads(tmp_path / "1.jsonl", 100, 110),
        # A recorder's next file may begin with the last look of the one before.
        loads(tmp_path / "2.jsonl", 110, 120),
        write_flat(tmp_path / "3.jsonl", ticks()),
        loads(tmp_path / "4.jsonl", BEGIN + 5, BEGIN + 15),
    ]
    found = imported_text(*files)
    times = [when for _, when in series(found, "node_load1")]
    assert times == [100, 110, 120, BEGIN + 5, BEGIN + 15]
    assert len(series(found, "node_context_switches_total")) == 3


def test_files_of_two_machines_are_of_one_time(tmp_path: Path, imported_text: Import) -> None:
    (tmp_path / "machines.yaml").write_text("machines: [{name: a}, {name: b}]")
    files = [loads(tmp_path / f"{name}.jsonl", 100, 110) for name in "ab"]
    found = imported_text(*files, flags=(f"--inventory={tmp_path}/machines.yaml",))
    assert len(series(found, "node_load1", instance="b")) == 2


def test_a_csv_beside_the_capture_that_it_was_made_from_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    made = ticks()
    capture = write_flat(tmp_path / "a.jsonl", made)
    portal = tmp_path / "portal.csv"
    portal.write_text(PORTAL_CSV.replace("\n10", f"\n{BEGIN // 10}"))
    said = error(capsys, capture, portal, "--machine=m", f"--output={tmp_path}/o")
    assert "one file at a time that tells /proc/" in said
    containers = tmp_path / "containers.csv"
    containers.write_text(CONTAINER_CSV)
    same = loads(tmp_path / "c.jsonl", 105, subsystem="container/docker/aa")
    said = error(capsys, containers, same, "--machine=m", f"--output={tmp_path}/o")
    assert "one file at a time that tells container/docker/aa of m" in said


def test_real_captures_and_what_was_made_from_them(
    captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], imported_text: Import
) -> None:
    host, containers = captures / "lt1-host.jsonl.gz", captures / "lt1-containers.jsonl.gz"
    flags = ["--machine=lt1", f"--output={tmp_path}/o"]
    assert "import one of both" in error(capsys, host, captures / "lt1-host.portal.csv", *flags)
    said = error(capsys, containers, captures / "lt1-containers.csv", *flags)
    assert "tells container/docker/" in said
    # The host and its containers are one machine's.
    found = imported_text(host, containers)
    assert {"node_load1", "container_threads"} & {name for name, _ in found}


def test_two_results_of_one_kernel_and_time_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    one, two = result(tmp_path / "a.json", name="m"), result(tmp_path / "b.json", name="m")
    said = error(capsys, one, two, f"--output={tmp_path}/o")
    assert "one file at a time that tells a result of " in said
    result(two, BEGIN + 1, name="m")
    assert run(["import", "capture", str(one), str(two), f"--output={tmp_path}/o"]) == 0


PLACE = {"provider": "aws", "region": "eu-1", "zone": "eu-1a", "instance_type": "m7i.large"}


def test_a_result_is_of_the_machine_that_it_names(tmp_path: Path, imported_text: Import) -> None:
    one = result(tmp_path / "a.json", name="web-1", hostname="ip-1", **PLACE)
    two = result(tmp_path / "b.json", BEGIN + 1, hostname="web-2")
    found = imported_text(one, two, flags=())
    assert series(found, "perf_machine_info", machine="web-1", **PLACE) == [(1, BEGIN)]
    # It has no name but the one of its kernel.
    assert series(found, "perf_machine_info", machine="web-2") == [(1, BEGIN + 1)]
    # Flags that say the same, or what it does not say, go with it.
    found = imported_text(two, flags=("--machine=other", "--zone=z"))
    assert series(found, "perf_machine_info", machine="other", zone="z") == [(1, BEGIN + 1)]
    imported_text(one, flags=("--machine=web-1", "--provider=aws"))


@pytest.mark.parametrize(
    ("flag", "found"),
    [
        ("--machine=web-2", "web-1"),
        ("--provider=oci", "aws"),
        ("--region=x", "eu-1"),
        ("--zone=x", "eu-1a"),
        ("--instance-type=x", "m7i.large"),
    ],
)
def test_flags_that_contradict_a_result_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flag: str, found: str
) -> None:
    path = result(tmp_path / "a.json", name="web-1", **PLACE)
    said = error(capsys, path, flag, f"--output={tmp_path}/o")
    name, _, value = flag.partition("=")
    assert f"{name}: expected '{found}', which {path} says that it is of" in said
    assert f"found '{value}'" in said


def test_the_inventory_and_what_import_results_wrote(
    tmp_path: Path, captures: Path, capsys: pytest.CaptureFixture[str], imported_text: Import
) -> None:
    machines = tmp_path / "machines.yaml"
    machines.write_text("machines: [{name: oci, provider: oci}, {name: old-1, provider: azure}]")
    words = ["import", "results", str(captures / "oci.training.jsonl"), f"--inventory={machines}"]
    words += ["--timestamp=2026-01-15", "--machine=old-1", f"--output={tmp_path}"]
    assert run(words) == 0
    written = Path(capsys.readouterr().out.strip())
    found = imported_text(written, flags=(f"--inventory={machines}",))
    assert len(series(found, "perf_machine_info", machine="old-1", provider="azure")) == 1
    machines.write_text("machines: [{name: oci}]")
    said = error(capsys, written, f"--inventory={machines}", f"--output={tmp_path}/o")
    assert f"{written}: machine.name: expected a machine of {machines} (oci), found 'old-1'" in said


def test_a_file_whose_machine_nobody_names(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = result(tmp_path / "a.json")
    said = error(capsys, path, f"--output={tmp_path}/o")
    assert "--machine: expected the machine's name (or --inventory, a file" in said
    assert f"whose {path} is" in said
