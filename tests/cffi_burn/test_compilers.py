"""The same work from other compilers, at other levels, for another CPU, and under sanitizers."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

from cffi_burn import reference
from cffi_burn.build import FLAGS, KERNELS
from cffi_burn.kernel import all_kernels
from tests.cffi_burn.small_memory import SMALL_MEMORY

PROGRAM = Path(__file__).with_name("checksums.c")
GRAINS = (1, 3, 140)
NAMES = tuple(all_kernels())
ARM64 = "aarch64-linux-gnu-gcc"


def expected(name: str) -> list[str]:
    memory = SMALL_MEMORY.get(name, all_kernels()[name].memory_bytes)
    return [str(reference.CHECKSUMS[name](grains, memory)) for grains in GRAINS]


@pytest.fixture(scope="module")
def checksums() -> dict[str, list[str]]:
    return {name: expected(name) for name in NAMES}


@cache
def works(compiler: str, *flags: str) -> bool:
    """Whether the compiler is there, and has the headers and libraries of its target."""
    if shutil.which(compiler) is None:
        return False
    command = [compiler, *flags, "-x", "c", "-", "-o", os.devnull]
    smallest = b"#include <stdlib.h>\nint main(void) { return 0; }\n"
    return subprocess.run(command, input=smallest, capture_output=True, check=False).returncode == 0


def build(folder: Path, compiler: str, *flags: str) -> Path:
    if not works(compiler, *(flag for flag in flags if flag == "-static")):
        pytest.skip(f"{compiler}, or the C library for it, is not on this machine")
    program = folder / "checksums"
    warnings = [flag for flag in FLAGS if flag.startswith("-W")]
    command = [compiler, *warnings, *flags, '-DBURN_FLAGS="test"', f"-I{KERNELS}"]
    sources = [str(path) for path in (*sorted(KERNELS.glob("*.c")), PROGRAM)]
    subprocess.run([*command, *sources, "-o", str(program)], check=True)
    return program


def variants(command: list[str], name: str) -> dict[str, list[str]]:
    arguments = [name, str(SMALL_MEMORY.get(name, 0)), *map(str, GRAINS)]
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


def test_arm64_does_the_same_work_with_neon(
    tmp_path: Path, checksums: dict[str, list[str]]
) -> None:
    program = build(tmp_path, ARM64, "-O2", "-static")
    emulator = shutil.which("qemu-aarch64")
    if emulator is None:
        pytest.skip("it compiles for arm64, but qemu-aarch64 is not on this machine to run it")
    for name in NAMES:
        wanted = "neon" if name in {"vector", "membw"} else "baseline"
        assert variants([emulator, str(program)], name) == {wanted: checksums[name]}


SANITIZERS = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")


def test_sanitizers_find_nothing(tmp_path: Path, checksums: dict[str, list[str]]) -> None:
    program = build(tmp_path, "gcc", *SANITIZERS)
    for name in NAMES:
        for values in variants([str(program)], name).values():
            assert values == checksums[name]


def test_the_sanitizer_sees_the_end_of_a_workers_memory(tmp_path: Path) -> None:
    # With half of the memory that it counts on, rmw must run into the poisoned rest.
    source = tmp_path / "kernels"
    shutil.copytree(KERNELS, source)
    rmw = source / "rmw.c"
    text = rmw.read_text()
    halved = text.replace("return WORDS * sizeof", "return WORDS / 2 * sizeof")
    halved = halved.replace(".least_bytes = WORDS", ".least_bytes = 0 * WORDS")
    assert halved.count("WORDS / 2") == 1
    rmw.write_text(halved)
    if shutil.which("gcc") is None:
        pytest.skip("gcc is not on this machine")
    program = tmp_path / "checksums"
    sources = [str(path) for path in (*sorted(source.glob("*.c")), PROGRAM)]
    command = ["gcc", *SANITIZERS, '-DBURN_FLAGS="test"', f"-I{source}"]
    subprocess.run([*command, *sources, "-o", str(program)], check=True)
    done = subprocess.run(
        [str(program), "rmw", "0", "1"],
        capture_output=True,
        text=True,
        check=False,
        env=os.environ | {"ASAN_OPTIONS": "exitcode=99"},
    )
    assert done.returncode == 99
    assert "use-after-poison" in done.stderr
