"""The kernels, built by other compilers than the one that built this installation."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from benchmarks.case import PeerMissingError
from cffi_burn.build import ENGINE, FLAGS, FOLDERS, choose, kernel_table
from perfanalysis.errors import PerfAnalysisError

PROGRAM = Path(__file__).resolve().parent / "rate.c"


def build(compiler: str, folder: Path) -> Path:
    """Compile the kernels but those of libraries, and ``rate.c``; the program, in ``folder``.

    Args:
        compiler: its name.
        folder: for the program.

    Raises:
        PeerMissingError: there is no such compiler, or it refuses.
    """
    if shutil.which(compiler) is None:
        raise PeerMissingError(f"there is no {compiler} on PATH")
    program = folder / f"rate-{compiler}"
    table = folder / "kernel_table.c"
    choice = choose(lambda _: False)
    table.write_text(kernel_table(choice))
    sources = sorted(map(str, [*ENGINE.glob("*.c"), *choice.files]))
    includes = [f"-I{source}" for source in FOLDERS]
    command = [compiler, *FLAGS, '-DBURN_FLAGS="benchmark"', *includes, *sources]
    command += [str(table), str(PROGRAM)]
    done = subprocess.run([*command, "-o", program], capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PeerMissingError(f"{compiler} does not compile: {done.stderr.strip()[-300:]}")
    return program


def version(compiler: str) -> str:
    """The first line of what ``COMPILER --version`` says."""
    done = subprocess.run([compiler, "--version"], capture_output=True, text=True, check=True)
    return done.stdout.splitlines()[0]


@dataclass(frozen=True)
class Rates:
    """A kernel of one build, with its memory filled, that waits to be asked for its rate."""

    name: str
    requests: IO[bytes]
    answers: IO[bytes]

    def rate(self, seconds: float) -> float:
        """Units a second of CPU time over about so long.

        Raises:
            PerfAnalysisError: the program has ended.
        """
        try:
            self.requests.write(f"{seconds}\n".encode())
            return float(self.answers.readline())
        except (OSError, ValueError) as error:
            raise PerfAnalysisError(f"{self.name} has ended") from error


@contextmanager
def asked(program: Path, kernel: str, instruction_set: str, memory_bytes: int) -> Iterator[Rates]:
    """Start the program on the caller's CPUs, and wait until its memory is filled.

    Raises:
        PerfAnalysisError: it refuses.
    """
    command = [str(program), kernel, instruction_set, str(memory_bytes)]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        if process.stdout.readline() != b"ready\n":
            process.wait()
            raise PerfAnalysisError(f"{' '.join(command)} ended with {process.returncode}")
        yield Rates(program.name, process.stdin, process.stdout)
