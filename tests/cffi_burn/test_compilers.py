"""The same work from other compilers, at other levels, for another CPU, and under sanitizers."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from cffi_burn import reference
from cffi_burn.build import KERNELS
from cffi_burn.kernel import all_kernels
from tests.cffi_burn.programs import build
from tests.cffi_burn.small_memory import small
from tests.compilers import ARM64, EMULATOR, SANITIZERS

GRAINS = (1, 3, 140)
NAMES = tuple(name for name, kernel in all_kernels().items() if not kernel.library)


def expected(name: str) -> list[str]:
    checksum = reference.find(name).checksum
    return [str(checksum(grains, small(name).memory_bytes)) for grains in GRAINS]


@pytest.fixture(scope="module")
def checksums() -> dict[str, list[str]]:
    return {name: expected(name) for name in NAMES}


def variants(command: list[str], name: str) -> dict[str, list[str]]:
    arguments = [name, str(small(name).memory_bytes), *map(str, GRAINS)]
    done = subprocess.run([*command, *arguments], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    return {line[0]: line[1:] for line in lines}


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("level", ["-O0", "-O2", "-O3", "-Ofast"])
def test_no_compiler_changes_the_work(
    tmp_path: Path, checksums: dict[str, list[str]], compiler: str, level: str
) -> None:
    program = build(tmp_path, compiler, level)
    for name in NAMES:
        found = variants([str(program)], name)
        assert tuple(found) == all_kernels()[name].instruction_sets
        for instruction_set, values in found.items():
            assert values == checksums[name], (name, instruction_set)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("level", ["-O0", "-O2", "-O3", "-Ofast"])
def test_the_compiled_kernels_do_the_same(
    tmp_path: Path, checksums: dict[str, list[str]], compiler: str, level: str
) -> None:
    program = build(tmp_path, compiler, level, "-DBURN_PORTABLE")
    for name in NAMES:
        assert variants([str(program)], name) == {"baseline": checksums[name]}


def emulated(program: Path) -> list[str]:
    emulator = shutil.which(EMULATOR)
    if emulator is None:
        pytest.skip(f"it compiles for arm64, but {EMULATOR} is not on this machine to run it")
    return [emulator, str(program)]


def test_arm64_does_the_same_work_with_neon(
    tmp_path: Path, checksums: dict[str, list[str]]
) -> None:
    command = emulated(build(tmp_path, ARM64, "-O2", "-static"))
    for name in NAMES:
        ((instruction_set, found),) = variants(command, name).items()
        assert found == checksums[name], name
        if name in {"vector", "membw"}:
            assert instruction_set == "neon"


def assert_stays_inside(command: list[str], checksums: dict[str, list[str]]) -> None:
    for name in NAMES:
        arguments = [*command, name, str(small(name).memory_bytes), str(GRAINS[-1])]
        done = subprocess.run(arguments, capture_output=True, text=True, check=False)
        assert done.returncode == 0, (name, done.returncode)
        for line in done.stdout.splitlines():
            assert line.split()[1:] == [checksums[name][-1]] * 2, (name, line)


def test_no_kernel_touches_what_lies_beside_its_memory(
    tmp_path: Path, checksums: dict[str, list[str]]
) -> None:
    assert_stays_inside([str(build(tmp_path, "gcc", "-O2", program="guarded"))], checksums)


def test_no_kernel_does_on_arm64(tmp_path: Path, checksums: dict[str, list[str]]) -> None:
    program = build(tmp_path, ARM64, "-O2", "-static", program="guarded")
    assert_stays_inside(emulated(program), checksums)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_sanitizers_find_nothing(
    compiler: str, tmp_path: Path, checksums: dict[str, list[str]]
) -> None:
    program = build(tmp_path, compiler, *SANITIZERS)
    for name in NAMES:
        for values in variants([str(program)], name).values():
            assert values == checksums[name]


def test_the_sanitizer_sees_the_end_of_a_workers_memory(tmp_path: Path) -> None:
    # With half of the memory that it counts on, rmw must run into the poisoned rest.
    source = tmp_path / "kernels"
    shutil.copytree(KERNELS, source)
    rmw = source / "rmw.c"
    text = rmw.read_text()
    halved = text.replace(".memory_bytes = WORDS", ".memory_bytes = WORDS / 2")
    halved = halved.replace(".least_bytes = WORDS", ".least_bytes = 0 * WORDS")
    assert halved.count("WORDS / 2") == 1
    rmw.write_text(halved)
    program = build(tmp_path, "gcc", *SANITIZERS, kernels=source)
    done = subprocess.run(
        [str(program), "rmw", "0", "1"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"ASAN_OPTIONS": "exitcode=99"},
    )
    assert done.returncode == 99
    assert "use-after-poison" in done.stderr
