"""Bridging runs: measured with two real installations, and used by compare, show and spread."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from msgspec import structs

import cffi_burn
from loadtest import bridged, bridging
from perfanalysis.cli import run
from perfanalysis.errors import InputError
from perfanalysis.results import bridge
from perfanalysis.results.bridge import BridgeDocument, Turn, Version
from perfanalysis.results.document import Build, Document
from perfanalysis.results.machine import Machine
from tests.loadtest import documents

REPOSITORY = Path(cffi_burn.__file__).resolve().parents[1]
GCC = Build(compiler="gcc 12.2.0", flags="-O2", instruction_set="baseline")
CLANG = Build(compiler="clang 19", flags="-O2", instruction_set="baseline")
XEON = Machine(name="web-1", architecture="x86_64", cpu_model="Xeon", logical_cpus=2)
RATIOS = (0.797, 0.8, 0.803, 0.8)


def made(**changes: Any) -> BridgeDocument:
    turns = tuple(
        Turn(old=1000.0, new=1000 * ratio, old_first=True, old_test_id="a", new_test_id="b")
        for ratio in RATIOS
    )
    document = BridgeDocument(
        bridge_id="bridge-1",
        kernel="rmw",
        timestamp_seconds=1795464900.0,
        machine=XEON,
        old=Version(kernel_version="1", perfanalysis="0.1.0", build=GCC),
        new=Version(kernel_version="2", perfanalysis="0.2.0", build=GCC),
        turns=turns,
        ratio=0.8,
        lower=0.79,
        upper=0.81,
    )
    return structs.replace(document, **changes)


def runs(version: str, truth: float, count: int = 3) -> list[Document]:
    """Runs that vary by 0.2 %; each is known to 0.3 %."""
    random = np.random.default_rng(int(version))
    machine = {"name": "web-1", "cpu_model": "Xeon"}
    build = {"compiler": "gcc 12.2.0", "flags": "-O2", "instruction_set": "baseline"}
    return [
        documents.result(
            f"v{version}-{number}",
            [float(v) for v in truth * rate * (1 + 0.005 * random.standard_normal(20))],
            machine=machine,
            build=build,
            kernel_version=version,
            timestamp_seconds=1795464900.0 + number,
        )
        for number, rate in enumerate(np.exp(0.002 * random.standard_normal(count)))
    ]


@pytest.fixture
def folders(tmp_path: Path) -> Path:
    """Three runs of each version of one machine that has not changed, and a bridge."""
    for name, made_runs in (("old", runs("1", 1000.0)), ("new", runs("2", 800.0))):
        (tmp_path / name).mkdir()
        for one in made_runs:
            documents.write(tmp_path / name / f"{one.test_id}.json", one)
    bridge.write(tmp_path / "bridges" / "b.json", made())
    return tmp_path


def test_a_bridge_is_written_and_read(tmp_path: Path) -> None:
    path = tmp_path / "bridges" / "b.json"
    bridge.write(path, made())
    assert bridge.read(path) == bridge.read(path.parent) == [made()]
    path.write_text(path.read_text().replace('"old_first": true', '"old_first": 1'))
    with pytest.raises(InputError, match="old_first"):
        bridge.read(path)
    path.write_text("{}")
    with pytest.raises(InputError, match="expected a bridging run"):
        bridge.read(path)
    path.unlink()
    with pytest.raises(InputError, match="expected a bridging run"):
        bridge.read(path.parent)


def test_a_result_in_the_new_unit_is_of_full_load_alone() -> None:
    (old,) = runs("1", 1000.0, 1)
    crossed = bridged.cross(old, [made()])
    assert crossed is not None
    found, ratio = crossed.document, bridging.bridge_of(made().turns).value
    assert (found.kernel_version, [level.busy for level in found.levels]) == ("2", [100])
    assert old.max_units_per_second is not None
    assert found.max_units_per_second == pytest.approx(ratio * old.max_units_per_second)
    assert found.single_units_per_second is None
    assert "version 1 of rmw is shown in units of version 2, times 0.8000 (0.79" in crossed.remark
    assert bridged.cross(runs("2", 1.0, 1)[0], [made()]) is None


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"machine": structs.replace(XEON, cpu_model="EPYC")}, "machine.cpu_model: expected EPYC"),
        (
            {"old": Version(kernel_version="1", perfanalysis="0", build=CLANG)},
            "build.compiler: expected clang",
        ),
    ],
)
def test_another_machine_or_build_is_not_bridged(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(InputError) as raised:
        bridged.cross(runs("1", 1000.0, 1)[0], [made(**changes)])
    assert said in str(raised.value)


def test_compare_shows_old_runs_in_new_units_when_asked(
    folders: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["loadtest", "compare", str(folders / "old"), str(folders / "new"), "--json"]
    assert run(words) == 2
    assert "kernel_version" in capsys.readouterr().err
    assert run([*words, f"--bridge={folders / 'bridges'}"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert found["kernel_version"] == "2"
    (table,) = found["comparisons"]
    assert (table["verdict"], table["basis"]) == ("cannot tell", "runs")
    names = {figure["figure"] for figure in table["figures"]}
    assert names == {"units_per_second[100]", "max_units_per_second"}
    assert any("by bridge-1; only full load" in remark for remark in table["remarks"])
    # Runs differ by 0.2 %, the bridge is known to 0.5 %.
    primary = next(f for f in table["figures"] if f["figure"] == "max_units_per_second")
    assert 1.007 < primary["upper"] / primary["lower"] < 1.03


def test_spread_and_show_do_so_too(folders: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = ["loadtest", "spread", str(folders / "old"), str(folders / "new"), "--json"]
    assert run(words) == 0
    assert [row["runs"] for row in json.loads(capsys.readouterr().out)] == [3, 3]
    words.append(f"--bridge={folders / 'bridges' / 'b.json'}")
    assert run(words) == 0
    (row,) = json.loads(capsys.readouterr().out)
    assert (row["runs"], row["kernel_version"]) == (6, "2")
    assert len(row["bridged"]["test_ids"]) == 3
    assert row["within_machine"]["variation"] < 0.01
    assert run(words[:-2] + words[-1:]) == 0
    assert "3 of 6 runs bridged: version 1 of rmw" in capsys.readouterr().out
    old = next((folders / "old").iterdir())
    assert run(["loadtest", "show", str(old), words[-1]]) == 0
    assert "is shown in units of version 2" in capsys.readouterr().out
    assert run(["loadtest", "show", str(old), words[-1], "--json"]) == 2


def other_installation(folder: Path) -> Path:
    """A virtual environment whose kernels have another version, and this one's packages."""
    source, environment = folder / "source", folder / "environment"
    (source / "cffi_burn").mkdir(parents=True)
    for name in ("perfanalysis", "loadtest", "exporter"):
        (source / name).symlink_to(REPOSITORY / name)
    for path in (REPOSITORY / "cffi_burn").iterdir():
        (source / "cffi_burn" / path.name).symlink_to(path)
    kernel = source / "cffi_burn" / "kernel.py"
    text = kernel.read_text()
    kernel.unlink()
    assert "version=_text(description.version)," in text
    kernel.write_text(text.replace("version=_text(description.version),", 'version="another",'))
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", environment], check=True)
    (packages,) = environment.glob("lib/python*/site-packages")
    own = [path for path in sys.path if path.endswith("site-packages")]
    (packages / "other.pth").write_text("\n".join([str(source), *own]))
    return environment


@pytest.mark.e2e
def test_two_installations_in_turns(tmp_path: Path) -> None:
    state, old = tmp_path / "state", other_installation(tmp_path)
    words = [sys.executable, "-m", "perfanalysis", "loadtest", "bridge", f"--old={old}"]
    words += ["--turns=3", "--seconds=0.3", "--force", f"--state-directory={state}", "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=False, timeout=280)
    assert done.returncode == 0, done.stderr
    printed = json.loads(done.stdout)
    (found,) = bridge.read(state / "bridges")
    assert bridge.as_json(found) == printed
    assert (found.old.kernel_version, len(found.turns)) == ("another", 3)
    assert [turn.old_first for turn in found.turns] == [True, False, True]
    assert found.lower < found.ratio < found.upper
    assert found.ratio == pytest.approx(bridging.bridge_of(found.turns).value)
    # The same installation on both sides needs no bridge.
    same = subprocess.run(
        [*words[:5], f"--old={sys.prefix}", *words[6:]],
        capture_output=True,
        text=True,
        check=False,
        timeout=280,
    )
    assert same.returncode == 1
    assert "are comparable without a bridge" in same.stderr


def test_what_is_no_installation_is_refused(tmp_path: Path) -> None:
    assert run(["loadtest", "bridge", f"--old={tmp_path}"]) == 2
