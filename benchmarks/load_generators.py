"""Programs of Debian packages that we compare with: found on PATH, or unpacked below .tools/."""

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
    unpack(name)
    return with_libraries(TOOLS / name / "usr" / "bin" / name, name)


def with_libraries(path: Path, package: str) -> Program:
    """An unpacked program of a package, and the libraries that this system lacks.

    Raises:
        PeerMissingError: one is not to be had.
    """
    program = Program(path, _environment())
    for library in _libraries(package):
        if not _missing(program):
            break
        unpack(library)
        program = Program(path, _environment())
    if missing := _missing(program):
        raise PeerMissingError(f"{path.name} is missing: it lacks {', '.join(missing)}")
    return program


def unpack(package: str) -> None:
    """Unpack a Debian package below .tools/, where that has not been done yet.

    Raises:
        PeerMissingError: it is not to be had.
    """
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
    """The library packages that a package needs, also through others; not what is installed."""
    kinds = ("recommends", "suggests", "conflicts", "breaks", "replaces", "enhances")
    command = ["apt-cache", "depends", "--recurse", *(f"--no-{kind}" for kind in kinds), package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    names = [line.rpartition(" ")[2] for line in done.stdout.splitlines() if "Depends:" in line]
    found = [name for name in dict.fromkeys(names) if name.startswith("lib") and name != "libc6"]
    return [name for name in found if not _installed(name)]


def _installed(package: str) -> bool:
    command = ["dpkg-query", "--show", "--showformat=${db:Status-Status}", package]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return done.stdout.startswith("installed")


def _environment() -> dict[str, str]:
    folders = sorted({str(path.parent) for path in TOOLS.glob("*/usr/lib/*-linux-gnu/**/lib*.so*")})
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
