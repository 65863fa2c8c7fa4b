"""A kernel is added by its C file, its reference and its section, and by nothing else."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from cffi_burn.build import HERE
from tests.compilers import works

REPOSITORY = HERE.parent
CPU = min(os.sched_getaffinity(0))
REFERENCE = '''"""The sum of squares: kernels/toy.c."""


def checksum(grains: int, memory_bytes: int = 0) -> int:
    """The sum of the squares of all steps' numbers."""
    del memory_bytes
    return sum(step * step for step in range(grains * 1000)) & ((1 << 64) - 1)
'''
LAST = '    "vector": Reference'
SECTION = "### toy\nThe multiplier: squares, added up.\n\n"
OWN = "tests/cffi_burn"
WRITTEN = ("test_docs.py", "test_versions.py")
BUILD = "from cffi_burn.build import ffibuilder; ffibuilder.compile(tmpdir='.')"


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the package, to which the kernel toy was added, and which was built."""
    if not works("gcc"):
        pytest.skip("gcc is not on this machine")
    root = tmp_path_factory.mktemp("copy")
    without = shutil.ignore_patterns("_burn*", "__pycache__")
    for folder in ("cffi_burn", "tests/cffi_burn", "docs"):
        shutil.copytree(REPOSITORY / folder, root / folder, ignore=without)
    for file in (
        "tests/__init__.py",
        "tests/conftest.py",
        "tests/side_by_side.py",
        "tests/compilers.py",
    ):
        shutil.copy(REPOSITORY / file, root / file)
    shutil.copy(Path(__file__).with_name("toy.c"), root / "cffi_burn/kernels/toy.c")
    (root / "cffi_burn/reference/toy.py").write_text(REFERENCE)
    listed = root / "cffi_burn/reference/__init__.py"
    text = listed.read_text().replace("    system,\n", "    system,\n    toy,\n")
    listed.write_text(text.replace(LAST, f'    "toy": Reference(toy.checksum),\n{LAST}'))
    page = root / "docs/kernels.md"
    page.write_text(page.read_text().replace("### vector\n", f"{SECTION}### vector\n"))
    run(root, "-c", BUILD)
    # Pytest's settings; the build above would take them for those of a distribution.
    shutil.copy(REPOSITORY / "pyproject.toml", root)
    return root


def run(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Python, in the copy; what the copy does not have comes from this repository."""
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=root,
        env=os.environ | {"PYTHONPATH": f"{root}:{REPOSITORY}", "PYTHONSAFEPATH": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done


def test_the_command_offers_and_runs_it(copy: Path, tmp_path: Path) -> None:
    assert "toy" in run(copy, "-m", "perfanalysis", "loadtest", "run", "--help").stdout
    arguments = ["--kernel", "toy", "--levels", "100", "--seconds-per-level", "0.3", "--force"]
    arguments += ["--cpus", str(CPU), "--wait", "200", "--state-directory", str(tmp_path)]
    done = run(copy, "-m", "perfanalysis", "loadtest", "run", *arguments, "--json", "--quiet")
    found = json.loads(done.stdout)
    assert found["kernel"] == "toy"
    assert re.fullmatch(r"1-compiled-gcc\d+", found["kernel_version"])
    assert found["unit"]["operations"] == 20000
    assert found["max_units_per_second"] > 0


def own_tests(root: Path, *words: str) -> str:
    """What the copy's own tests say, which all pass."""
    return run(root, "-m", "pytest", "-p", "no:cacheprovider", *words).stdout


@pytest.fixture(scope="module")
def golden(copy: Path) -> Path:
    """The copy, with what `make golden` writes of its fingerprint and into the page's table."""
    own_tests(copy, "--update-golden", *(f"{OWN}/{name}" for name in WRITTEN))
    return copy


@pytest.fixture(scope="module")
def passed(golden: Path) -> str:
    """What the tests say that run in full; of those that measure, the ones that look at memory."""
    every = own_tests(golden, "-v", f"{OWN}/test_checksum.py", *(f"{OWN}/{n}" for n in WRITTEN))
    return every + own_tests(golden, "-v", f"{OWN}/test_worker.py", "-k", "kernel or memory")


@pytest.mark.parametrize("file", ["test_checksum.py", "test_worker.py"])
def test_the_tests_find_it_without_being_told(passed: str, file: str) -> None:
    assert re.search(rf"^{OWN}/{file}::.*\[.*toy.*\] PASSED", passed, flags=re.M), passed


@pytest.mark.parametrize("file", WRITTEN)
def test_what_golden_wrote_passes(passed: str, file: str) -> None:
    assert re.search(rf"^{OWN}/{file}::.* PASSED", passed, flags=re.M), passed


def test_golden_wrote_what_belongs_to_it(golden: Path) -> None:
    page = (golden / "docs/kernels.md").read_text()
    assert "| `toy` | 1 | 10000 squares, added up | 20,000 | 8 | 4 KiB |\n" in page
    versions = json.loads((golden / "tests/cffi_burn/versions.json").read_text())
    assert versions["toy"]["version"] == "1"


def test_without_its_reference_or_section_it_is_found_out(copy: Path, tmp_path: Path) -> None:
    bare = tmp_path / "bare"
    shutil.copytree(copy, bare)
    listed = bare / "cffi_burn/reference/__init__.py"
    listed.write_text((REPOSITORY / "cffi_burn/reference/__init__.py").read_text())
    page = bare / "docs/kernels.md"
    page.write_text(page.read_text().replace(SECTION, ""))
    for name in ("test_checksum.py", "test_docs.py"):
        with pytest.raises(AssertionError, match="toy"):
            run(bare, "-m", "pytest", "-q", "-p", "no:cacheprovider", f"tests/cffi_burn/{name}")
