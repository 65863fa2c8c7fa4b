"""The plain C programs that kernels are compared with, compiled as the kernels were."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

from benchmarks.case import PeerMissingError
from perfanalysis.errors import PerfAnalysisError

SOURCES = Path(__file__).resolve().parent / "plain_c"
COMPILER = "cc"


def build(name: str, flags: str, folder: Path, libraries: str = "") -> Path:
    """Compile ``plain_c/NAME.c`` into ``folder``, and return the program.

    Args:
        name: of the file, without its ending.
        flags: of the compiler, separated by spaces.
        folder: for the program.
        libraries: to link, as ``-lNAME``, separated by spaces.

    Raises:
        PeerMissingError: there is no C compiler, or it refuses.
    """
    if shutil.which(COMPILER) is None:
        raise PeerMissingError(f"there is no C compiler ({COMPILER}) on PATH")
    program = folder / f"{name}-{len(list(folder.iterdir()))}"
    command = [COMPILER, *flags.split(), str(SOURCES / f"{name}.c"), "-o", str(program)]
    command += libraries.split()
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PeerMissingError(f"{name}.c does not compile: {done.stderr.strip()[-300:]}")
    return program


def rate(program: Path, seconds: float, *arguments: object) -> float:
    """Run it for about ``seconds`` of CPU time on the caller's CPUs; the rate that it prints.

    Raises:
        PerfAnalysisError: it failed.
    """
    command = [str(program), str(seconds), *map(str, arguments)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PerfAnalysisError(f"{program.name} failed: {done.stderr.strip()[-300:]}")
    return float(done.stdout)
