"""The programs that we compare with: where they are on this machine, and which versions."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from benchmarks.case import PeerMissingError

REPOSITORY = Path(__file__).resolve().parent.parent
BUILD_SECONDS = 900


def node_exporter() -> Path:
    """The program node_exporter: built or unpacked below .tools/ when it is not there yet.

    Raises:
        PeerMissingError: there is neither Go nor Debian's package to make it from.
    """
    script = REPOSITORY / "scripts" / "build-node-exporter"
    try:
        done = subprocess.run(
            [str(script)],
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=BUILD_SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        message = f"node_exporter is missing: building it took more than {BUILD_SECONDS} s"
        raise PeerMissingError(message) from error
    if done.returncode != 0:
        reasons = done.stderr.strip().splitlines() or ["it printed no reason"]
        raise PeerMissingError(f"node_exporter is missing: {script.name}: {reasons[-1]}")
    return Path(done.stdout.strip())


def node_exporter_version(program: Path) -> str:
    """Its version, as ``--version`` says; ``unknown`` when it says none."""
    done = subprocess.run(
        [str(program), "--version"], check=False, capture_output=True, text=True, timeout=20
    )
    match = re.search(r"version (\d\S*)", done.stdout + done.stderr)
    return match[1] if match else "unknown"
