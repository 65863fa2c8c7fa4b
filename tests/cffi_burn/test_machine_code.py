"""A kernel's work is the same machine code, byte for byte, from every compiler."""

from __future__ import annotations

import hashlib
import json
import platform
import re
from pathlib import Path

import pytest

from cffi_burn import _burn
from cffi_burn.build import kernel_files
from cffi_burn.kernel import all_kernels
from tests.cffi_burn.programs import build, machine_code
from tests.compilers import ARM64, ARM64_TARGET, COMPILERS

GOLDEN = Path(__file__).with_name("machine_code.json")
ARCHITECTURES = ("x86_64", "aarch64")
HERE = platform.machine()
LOOK = (
    "the machine code of {name} has changed for {architecture}: raise its kernel's version, then "
    "run `make golden`"
)


def digests(program: Path) -> dict[str, str]:
    found = machine_code(program)
    return {name: hashlib.sha256(found[name]).hexdigest() for name in sorted(found)}


def golden(architecture: str) -> dict[str, str]:
    found: dict[str, str] = json.loads(GOLDEN.read_text())[architecture]
    return found


def assert_golden(program: Path, architecture: str) -> None:
    found = digests(program)
    assert found.keys() == golden(architecture).keys()
    for name, digest in golden(architecture).items():
        assert found[name] == digest, LOOK.format(name=name, architecture=architecture)


def update(architecture: str, program: Path) -> None:
    kept = json.loads(GOLDEN.read_text()) if GOLDEN.is_file() else {}
    kept[architecture] = digests(program)
    GOLDEN.write_text(json.dumps(kept, indent=1, sort_keys=True) + "\n")


@pytest.fixture(autouse=True)
def only_where_there_is_assembly() -> None:
    if HERE not in ARCHITECTURES:
        pytest.skip(f"the kernels have no assembly for {HERE}")


def test_what_the_reference_compiler_makes_is_kept(update_golden: bool, tmp_path: Path) -> None:
    program = build(tmp_path, "gcc", "-O2")
    if update_golden:
        update(HERE, program)
    assert_golden(program, HERE)


def test_the_same_for_arm64(update_golden: bool, tmp_path: Path) -> None:
    program = build(tmp_path, ARM64, "-O2", "-static")
    if update_golden:
        update("aarch64", program)
    assert_golden(program, "aarch64")


@pytest.mark.parametrize("compiler", COMPILERS)
def test_every_compiler_makes_the_same_bytes(tmp_path: Path, compiler: str) -> None:
    assert_golden(build(tmp_path, compiler, "-O2"), HERE)


@pytest.mark.parametrize("compiler", ["gcc", "clang"])
@pytest.mark.parametrize(
    "flags",
    [
        # Not -O0, which our own flags never leave: clang's assembler then makes all jumps long.
        ("-O1", "-g"),
        ("-O3", "-march=native"),
        ("-Os", "-fPIC", "-fstack-protector-all"),
        ("-Ofast", "-fno-plt", "-fcf-protection=full"),
    ],
    ids=" ".join,
)
def test_no_flag_changes_them(tmp_path: Path, compiler: str, flags: tuple[str, ...]) -> None:
    if HERE != "x86_64":
        flags = tuple(flag for flag in flags if flag != "-fcf-protection=full")
    assert_golden(build(tmp_path, compiler, *flags), HERE)


@pytest.mark.parametrize("compiler", [name for name in COMPILERS if name.startswith("clang")])
def test_the_bytes_for_arm64_are_the_same_from_clang(tmp_path: Path, compiler: str) -> None:
    assert_golden(build(tmp_path, compiler, ARM64_TARGET, "-O2", "-static"), "aarch64")


def test_the_library_that_python_loads_has_these_bytes() -> None:
    library = Path(str(_burn.__file__))
    if not machine_code(library):
        pytest.skip(f"{library.name} was stripped of its symbols")
    assert_golden(library, HERE)


def test_what_is_compiled_says_so_in_the_version(tmp_path: Path) -> None:
    # As on an architecture without assembly.
    for compiler, word in (("gcc", "gcc"), ("clang", "clang")):
        program = build(tmp_path, compiler, "-O2", "-DBURN_PORTABLE")
        text = program.read_bytes().decode("latin-1")
        versions = re.findall(r"\0(\d+-compiled-[a-z]+\d+)(?=\0)", text)
        assert versions
        assert all(re.fullmatch(rf"\d+-compiled-{word}\d+", found) for found in versions)
        program.unlink()


def test_only_what_is_not_compiled_has_a_plain_version() -> None:
    library = Path(str(_burn.__file__))
    functions = machine_code(library)
    if not functions:
        pytest.skip(f"{library.name} was stripped of its symbols")
    own = {name: kernel for name, kernel in all_kernels().items() if not kernel.library}
    plain = {name for name, kernel in own.items() if kernel.version.isdecimal()}
    assert plain >= {
        "divide",
        "integer",
        "interpreter",
        "membw",
        "memlat",
        "memread_16k",
        "rmw",
        "vector",
    }
    for name in plain:
        file = kernel_files()[name].stem
        assert any(function.startswith(f"burn_{file}_") for function in functions), name


def test_compiled_code_would_differ(tmp_path: Path) -> None:
    # Or the tests above would find nothing.
    with pytest.raises(AssertionError):
        assert_golden(build(tmp_path, "gcc", "-O2", "-DBURN_PORTABLE"), HERE)
