"""The exporter's C code from other compilers, for another CPU, under sanitizers and a fuzzer."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path
from random import Random

import pytest

from exporter.native.build import FOLDER, WARNINGS
from tests.compilers import ARM64, EMULATOR, FUZZER, SANITIZERS, compile_program
from tests.exporter.native.cases import Case, cases

HERE = Path(__file__).parent
FUZZED_REFRESH = "fuzz_refresh.c"
FUZZED = ("fuzz_numbers_of.c", "fuzz_first_fallen.c", FUZZED_REFRESH)
BROKEN = 99
ENVIRONMENT = os.environ | {"ASAN_OPTIONS": f"exitcode={BROKEN}"}


@pytest.fixture(scope="module")
def made() -> list[Case]:
    """Cases of which a good part is understood, and a good part is not."""
    found = list(cases(5, Random(4)))
    understood = sum(case.found is not None for case in found)
    assert len(found) // 5 < understood < len(found) * 4 // 5
    return found


def build(
    folder: Path,
    source: str,
    compiler: str,
    *flags: str,
    numbers: Path = FOLDER / "numbers.c",
    steady: Path = FOLDER / "steady.c",
) -> Path:
    warnings = [*WARNINGS, "-Werror"]
    sources = [str(numbers), str(HERE / source)]
    if source == FUZZED_REFRESH:
        sources += [str(steady), str(FOLDER / "checks.c")]
    program = folder / Path(source).stem
    return compile_program(program, compiler, flags, *warnings, f"-I{FOLDER}", *sources)


def run(command: list[str], given: bytes = b"") -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        command, input=given, capture_output=True, check=False, env=ENVIRONMENT, timeout=1200
    )


def check(command: list[str], made: list[Case]) -> None:
    done = run(command, b"".join(case.packed() for case in made))
    assert done.returncode == 0, done.stderr.decode()[-3000:]
    assert done.stdout == b"".join(case.answer() for case in made)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize("level", ["-O0", "-O3"])
def test_no_compiler_finds_other_numbers(
    compiler: str, level: str, made: list[Case], tmp_path: Path
) -> None:
    check([str(build(tmp_path, "cases.c", compiler, level))], made)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
def test_sanitizers_find_nothing(compiler: str, made: list[Case], tmp_path: Path) -> None:
    check([str(build(tmp_path, "cases.c", compiler, *SANITIZERS))], made)


def test_the_sanitizer_sees_the_end_of_the_output(made: list[Case], tmp_path: Path) -> None:
    program = build(tmp_path, "cases.c", "gcc", *SANITIZERS)
    case = next(case for case in made if case.found)
    done = run([str(program)], case.packed(len(case.found or b"") - 1))
    assert done.returncode == BROKEN
    assert b"heap-buffer-overflow" in done.stderr


def test_arm64_finds_the_same_numbers(made: list[Case], tmp_path: Path) -> None:
    program = build(tmp_path, "cases.c", ARM64, "-O2", "-static")
    emulator = shutil.which(EMULATOR)
    if emulator is None:
        pytest.skip(f"it compiles for arm64, but {EMULATOR} is not on this machine to run it")
    check([emulator, str(program)], made)


def fuzz(program: Path, runs: int) -> subprocess.CompletedProcess[bytes]:
    """Let the fuzzer run in a folder of its own, for it leaves there what it has found."""
    flags = [f"-runs={runs}", "-seed=4", "-max_len=400", "-verbosity=0"]
    return run([str(program), *flags, f"-artifact_prefix={program.parent}/"])


@pytest.mark.parametrize("source", FUZZED)
def test_a_fuzzer_finds_nothing(source: str, tmp_path: Path) -> None:
    done = fuzz(build(tmp_path, source, "clang", *FUZZER), 100_000)
    assert done.returncode == 0, done.stderr.decode()[-3000:]


@pytest.mark.parametrize(
    ("source", "right", "wrong", "said"),
    [
        (FUZZED[0], "#define LONGEST 20\n", "#define LONGEST 25\n", "heap-buffer-overflow"),
        (FUZZED[1], "new_length) < 0)", "new_length) <= 0)", "deadly signal"),
    ],
    ids=FUZZED[:2],
)
def test_the_fuzzer_finds_a_mistake(
    source: str, right: str, wrong: str, said: str, tmp_path: Path
) -> None:
    text = (FOLDER / "numbers.c").read_text()
    assert text.count(right) == 1
    numbers = tmp_path / "numbers.c"
    numbers.write_text(text.replace(right, wrong))
    done = fuzz(build(tmp_path, source, "clang", *FUZZER, numbers=numbers), 5_000_000)
    assert done.returncode != 0
    assert said in done.stderr.decode()


def test_the_fuzzer_finds_a_read_behind_the_room(tmp_path: Path) -> None:
    text = (FOLDER / "steady.c").read_text()
    right = "size_t wanted = room - held < file->size ? room - held : file->size;"
    assert text.count(right) == 1
    steady = tmp_path / "steady.c"
    steady.write_text(text.replace(right, "size_t wanted = room ? file->size : 0;"))
    done = fuzz(build(tmp_path, FUZZED_REFRESH, "clang", *FUZZER, steady=steady), 1_000_000)
    assert done.returncode != 0
    assert "heap-buffer-overflow" in done.stderr.decode()


@pytest.mark.long
@pytest.mark.parametrize("source", FUZZED)
def test_a_fuzzer_finds_nothing_for_long(source: str, tmp_path: Path) -> None:
    done = fuzz(build(tmp_path, source, "clang", *FUZZER), 10_000_000)
    assert done.returncode == 0, done.stderr.decode()[-3000:]
