"""The compilers that tests use beside the one that built the C code, where they are there."""

from __future__ import annotations

import os
import shutil
import subprocess
from functools import cache
from pathlib import Path

import pytest

# Those of Debian 12, and what it calls by the bare names.
COMPILERS = (
    "gcc",
    "gcc-11",
    "gcc-12",
    "clang",
    "clang-13",
    "clang-14",
    "clang-15",
    "clang-16",
    "clang-19",
)
ARM64 = "aarch64-linux-gnu-gcc"
ARM64_TARGET = "--target=aarch64-linux-gnu"
EMULATOR = "qemu-aarch64"
SANITIZERS = ("-O1", "-g", "-fsanitize=address,undefined", "-fno-sanitize-recover=all")
FUZZER = ("-O1", "-g", "-fsanitize=fuzzer,address,undefined", "-fno-sanitize-recover=all")

_PROGRAM = "#include <stdlib.h>\nint main(void) { return 0; }\n"
_TARGET = """\
#include <stddef.h>
#include <stdint.h>
int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) { return !data && size; }
"""


@cache
def works(compiler: str, *flags: str) -> bool:
    """Whether the compiler is there, and has the headers and libraries of its target and flags."""
    if shutil.which(compiler) is None:
        return False
    smallest = _TARGET if flags == FUZZER else _PROGRAM
    command = [compiler, *flags, "-x", "c", "-", "-o", os.devnull]
    done = subprocess.run(command, input=smallest.encode(), capture_output=True, check=False)
    return done.returncode == 0


def compile_program(program: Path, compiler: str, flags: tuple[str, ...], *rest: str) -> Path:
    """Compile C files to a program, or skip the test where the compiler cannot.

    Args:
        program: where it goes.
        compiler: its name.
        flags: for it, which it must know.
        rest: more arguments, and the files.
    """
    if not works(compiler, *flags):
        pytest.skip(f"{compiler}, or the libraries for {' '.join(flags)}, is not on this machine")
    subprocess.run([compiler, *flags, *rest, "-o", str(program)], check=True)
    return program
