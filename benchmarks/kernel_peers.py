"""The public programs that kernels are held against: how they are asked, and what they answer."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

from benchmarks.case import PeerMissingError
from perfanalysis.errors import PerfAnalysisError

# Debian's package of each program.
PACKAGES = {"openssl": "openssl", "zstd": "zstd", "stress-ng": "stress-ng"}
BLOCK_BYTES = 16_384
_ZSTD = re.compile(r"^-?\d+\s+\d+ \([\d.]+\)\s+([\d.]+) MB/s", re.MULTILINE)
_STRESS_NG = re.compile(r"metrc: \[\d+\] cpu +(\d+) +([\d.]+) +([\d.]+) +([\d.]+) ")


def version(program: str, *words: str) -> str:
    """The first version number that a program says.

    Raises:
        PeerMissingError: there is no such program.
    """
    found = re.search(r"\d+\.\d+[.\w]*", _output([program, *words]))
    return found[0] if found else "unknown"


def openssl_speed(algorithm: str, seconds: int, processes: int = 1) -> float:
    """Bytes a second of EVP at 16 KiB, by ``openssl speed``.

    One process counts its own CPU time; several count the time on the wall.
    """
    command = ["openssl", "speed", "-mr", "-bytes", str(BLOCK_BYTES), "-seconds", str(seconds)]
    if processes > 1:
        command += ["-multi", str(processes)]
    for line in _output([*command, "-evp", algorithm]).splitlines():
        if line.startswith("+F:"):
            return float(line.rsplit(":", 1)[1])
    raise PerfAnalysisError(f"openssl speed -evp {algorithm} said no rate")


def zstd_benchmark(file: Path, level: int, seconds: int) -> float:
    """Bytes a second of compressing a file, by ``zstd -b``: of its quickest pass, on the wall."""
    words = [f"-b{level}", f"-i{seconds}", "-q", str(file)]
    found = _ZSTD.search(_output(["zstd", *words]).replace("\r", "\n"))
    if not found:
        raise PerfAnalysisError(f"zstd {' '.join(words)} said no rate")
    return float(found[1]) * 1e6


def stress_ng_div16(workers: int, seconds: int) -> float:
    """Bogo operations of stress-ng's div16, a second of CPU time of each worker, all together."""
    words = ["--cpu", str(workers), "--cpu-method", "div16", "-t", str(seconds), "--metrics"]
    found = _STRESS_NG.search(_output(["stress-ng", *words]))
    if not found:
        raise PerfAnalysisError(f"stress-ng {' '.join(words)} said no rate")
    operations, _, user, system = map(float, found.groups())
    return workers * operations / (user + system)


def _output(command: Sequence[str]) -> str:
    if shutil.which(command[0]) is None:
        raise PeerMissingError(f"{command[0]} is missing (Debian: {PACKAGES[command[0]]})")
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode != 0:
        raise PerfAnalysisError(f"{' '.join(command)} failed: {done.stderr.strip()[-300:]}")
    return done.stdout + done.stderr
