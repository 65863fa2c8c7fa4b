"""Files that lie beside captures: what is read with them, and what is said of the others."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from importing.old import system_info
from perfanalysis.cli import run
from perfanalysis.errors import InputError
from tests.exporter.validation.made_captures import BEGIN, ticks, write_flat
from tests.importing.openmetrics import Import, series

SYSTEM = {
    "vendor_id": "AuthenticAMD",
    "model_name": "AMD EPYC 9J14 96-Core Processor",
    "cache_size": "512 KB",
    "total_cpus": 2,
    "physical_cpus": 1,
    "cpu_cores": 1,
    "siblings": 2,
}
OWN = "processor : 0\nphysical id : 0\ncore id : 4\nmodel name\t: Fast CPU\n"


def of_cpus(total: int, packages: int, cores: int, siblings: int) -> list[tuple[str, ...]]:
    """Package, core and number of each CPU of a machine that is told so."""
    counts = dict(zip(system_info.COUNTS, (total, packages, cores, siblings), strict=True))
    found = system_info.parse(json.dumps(SYSTEM | counts).encode(), "s.json")
    assert found.cpus == total
    return [sample.labels[:3] for sample, _ in found.pairs]


def test_cores_where_the_counts_tell_them() -> None:
    assert of_cpus(2, 1, 1, 2) == [("0", "0", "0"), ("0", "0", "1")]
    assert of_cpus(2, 1, 2, 2) == [("0", "0", "0"), ("0", "1", "1")]
    assert of_cpus(1, 1, 1, 1) == [("0", "0", "0")]
    # Which of four share a core, and which are in one package, is not told.
    assert of_cpus(4, 1, 2, 4) == []
    assert of_cpus(4, 2, 1, 2) == []
    assert of_cpus(3, 1, 1, 2) == []


def test_cpus_of_a_file_beside_the_recording(tmp_path: Path, imported_text: Import) -> None:
    recording = write_flat(tmp_path / "m.jsonl", ticks())
    (tmp_path / "m.system_info.json").write_text(json.dumps(SYSTEM))
    found = imported_text(recording)
    model = SYSTEM["model_name"]
    assert len(series(found, "perf_machine_info", cpu_model=model)) == 3
    seen = series(found, "node_cpu_info", cpu="1", core="0", package="0", model_name=model)
    assert seen == [(1, BEGIN), (1, BEGIN + 10), (1, BEGIN + 20)]


def test_what_the_recording_itself_says_of_cpus_is_truer(
    tmp_path: Path, imported_text: Import
) -> None:
    made = ticks()
    made[0]["/proc/cpuinfo"] = OWN
    (tmp_path / "other.json").write_text(json.dumps(SYSTEM))
    flags = ("--machine=m", f"--system-info={tmp_path / 'other.json'}")
    found = imported_text(write_flat(tmp_path / "m.jsonl", made), flags=flags)
    assert len(series(found, "perf_machine_info", cpu_model="Fast CPU")) == 3
    # Read once, told at each snapshot.
    assert len(series(found, "node_cpu_info", cpu="0", core="4", model_name="Fast CPU")) == 3
    assert not any(dict(labels).get("vendor") for name, labels in found if name == "node_cpu_info")


def test_a_portal_csv_is_told_how_many_cpus_there_are(
    tmp_path: Path, imported_text: Import
) -> None:
    heading = "timestamp,cpu_user,cpu_system,cpu_idle,cpu_iowait,cpu_steal"
    rows = "".join(f"{BEGIN + 10 * i},25,5,70,0,0\n" for i in range(3))
    (tmp_path / "m.portal.csv").write_text(f"{heading}\n{rows}")
    (tmp_path / "m.system_info.json").write_text(json.dumps(SYSTEM))
    found = imported_text(tmp_path / "m.portal.csv")
    assert series(found, "node_cpu_seconds_total", cpu="1", mode="user")[-1] == (5.0, BEGIN + 20)
    assert len(series(found, "node_cpu_info", cpu="1", core="0")) == 3


def test_the_real_file_says_what_the_recording_beside_it_says(
    captures: Path, tmp_path: Path
) -> None:
    name = "oci-perftest-vm-02"
    path = system_info.beside(captures / f"{name}.jsonl.gz")
    assert path == captures / f"{name}.system_info.json"
    known = system_info.read(path)
    output = tmp_path / "o"
    command = ["import", "capture", str(captures / f"{name}.jsonl.gz"), "--machine=m"]
    assert run([*command, f"--output={output}"]) == 0
    text = output.read_text()
    assert known.model == "AMD EPYC 9J14 96-Core Processor"
    assert f'cpu_model="{known.model}"' in text
    assert [sample.labels[2] for sample, _ in known.pairs] == ["0", "1"]
    for cpu in ("0", "1"):
        start = f'node_cpu_info{{package="0",core="0",cpu="{cpu}",vendor="AuthenticAMD"'
        assert text.count(start) == 126


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "s.json: expected a JSON object (nothing is in it)"),
        ("[]", "s.json: expected a JSON object of a machine's CPUs"),
        (json.dumps(SYSTEM | {"total_cpus": "2"}), "s.json: total_cpus: expected how many there"),
        (json.dumps(SYSTEM | {"siblings": 0}), "s.json: siblings: expected how many there are"),
        (json.dumps(SYSTEM | {"model_name": 5}), "s.json: model_name: expected a text, found 5"),
    ],
)
def test_a_file_that_is_none(text: str, said: str) -> None:
    with pytest.raises(InputError) as error:
        system_info.parse(text.encode(), "s.json")
    assert str(error.value).startswith(said)


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("oci-perftest-vm-02.system_info.json", "--system-info FILE, or beside it as NAME.system"),
        ("oci-perftest-vm-02.container_names.json", "--container-names FILE"),
        ("oci.training.jsonl", "a training curve goes to `perfanalysis import results`"),
        ("oci-vm01.sysbench.log", "a sysbench log goes to `perfanalysis import results`"),
        ("training-comparison.csv", "the curves themselves go to `perfanalysis import results`"),
        ("diskmapper.jsonl", "a disk map says where a replay writes"),
        ("replay-validation.csv", "a replay's validation holds its own targets"),
        ("README.md", "line 1: expected a capture (JSON lines)"),
    ],
)
def test_real_files_that_are_no_recordings(
    captures: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, said: str
) -> None:
    output = tmp_path / "o"
    # No machine is named: what the file is, is said first.
    assert run(["import", "capture", str(captures / name), f"--output={output}"]) == 2
    error = capsys.readouterr().err
    assert error.startswith(f"perfanalysis: {captures / name}: ")
    assert said in error
    assert not output.exists()


def test_a_file_that_is_missing_is_said_before_its_machine_is_asked_for(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["import", "capture", str(tmp_path / "none"), f"--output={tmp_path}/o"]) == 2
    said = f"{tmp_path}/none: expected a readable file (No such file or directory)"
    assert said in capsys.readouterr().err
