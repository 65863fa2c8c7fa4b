"""The load generators that we compare with: found on PATH, or unpacked below .tools/."""

from __future__ import annotations

import os
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from benchmarks.case import PeerMissingError

REPOSITORY = Path(__file__).resolve().parent.parent
TOOLS = REPOSITORY / ".tools"
UNPACK = REPOSITORY / "scripts" / "unpack-debian-package"
UNPACK_SECONDS = 300


@dataclass(frozen=True)
class Program:
    """A program, and the environment that it needs to find its libraries."""

    path: Path
    environment: dict[str, str]

    def run(self, *arguments: str, timeout: float) -> str:
        """Run it to its end, and return what it printed.

        Raises:
            PeerMissingError: it cannot be started or fails.
        """
        try:
            done = subprocess.run(
                [str(self.path), *arguments],
                env=self.environment,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=timeout,
                check=False,
            )
        except (OSError, subprocess.TimeoutExpired) as error:
            raise PeerMissingError(f"{self.path.name} did not run: {error}") from error
        if done.returncode != 0:
            raise PeerMissingError(f"{self.path.name} failed: {done.stderr.strip()[-200:]}")
        return done.stdout + done.stderr

    def version(self) -> str:
        """The first line of what ``--version`` prints."""
        return self.run("--version", timeout=20).strip().splitlines()[0]


def find(name: str) -> Program:
    """A program whose Debian package has its name.

    Raises:
        PeerMissingError: it is neither on PATH nor to be had as a Debian package.
    """
    if found := shutil.which(name):
        return Program(Path(found), dict(os.environ))
    _unpack(name)
    program = Program(TOOLS / name / "usr" / "bin" / name, _environment())
    for package in _libraries(name):
        if not _missing(program):
            break
        _unpack(package)
        program = Program(program.path, _environment())
    if missing := _missing(program):
        raise PeerMissingError(f"{name} is missing: it lacks the libraries {', '.join(missing)}")
    return program


def _unpack(package: str) -> None:
    try:
        done = subprocess.run(
            [str(UNPACK), package],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=UNPACK_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise PeerMissingError(f"{package} is missing: no answer in {UNPACK_SECONDS} s") from error
    if done.returncode != 0:
        reasons = done.stderr.strip().splitlines() or ["no reason was printed"]
        raise PeerMissingError(f"{package} is missing: {reasons[-1]}")


def _libraries(package: str) -> list[str]:
    """The library packages that a package depends on; not those every system has."""
    done = subprocess.run(
        ["apt-cache", "depends", package], capture_output=True, text=True, check=False
    )
    names = [line.rpartition(" ")[2] for line in done.stdout.splitlines() if "Depends:" in line]
    return [name for name in names if name.startswith("lib") and name != "libc6"]


def _environment() -> dict[str, str]:
    folders = sorted({str(path.parent) for path in TOOLS.glob("*/usr/lib/*/lib*.so*")})
    return os.environ | {"LD_LIBRARY_PATH": ":".join(folders)}


def _missing(program: Program) -> list[str]:
    done = subprocess.run(
        ["ldd", str(program.path)],
        env=program.environment,
        capture_output=True,
        text=True,
        check=False,
    )
    return [line.split()[0] for line in done.stdout.splitlines() if "not found" in line]
