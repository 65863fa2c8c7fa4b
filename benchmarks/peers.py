"""The programs that we compare with: where they are on this machine, and which versions."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from benchmarks.case import PeerMissingError

REPOSITORY = Path(__file__).resolve().parent.parent
BUILD_SECONDS = 900
# That of scripts/build-cadvisor.
CADVISOR_VERSION = "0.53.0"


def node_exporter() -> Path:
    """The program node_exporter: built or unpacked below .tools/ when it is not there yet.

    Raises:
        PeerMissingError: there is neither Go nor Debian's package to make it from.
    """
    return _made_by("build-node-exporter", "node_exporter")


def cadvisor() -> Path:
    """cAdvisor, as a kubelet runs it: built below .tools/ when it is not there yet.

    Raises:
        PeerMissingError: there is no Go that could build it.
    """
    return _made_by("build-cadvisor", "cAdvisor")


def _made_by(script_name: str, program: str) -> Path:
    script = REPOSITORY / "scripts" / script_name
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
        message = f"{program} is missing: building it took more than {BUILD_SECONDS} s"
        raise PeerMissingError(message) from error
    if done.returncode != 0:
        reasons = done.stderr.strip().splitlines() or ["it printed no reason"]
        raise PeerMissingError(f"{program} is missing: {script.name}: {reasons[-1]}")
    return Path(done.stdout.strip())


def node_exporter_version(program: Path) -> str:
    """Its version, as ``--version`` says; ``unknown`` when it says none."""
    done = subprocess.run(
        [str(program), "--version"], check=False, capture_output=True, text=True, timeout=20
    )
    match = re.search(r"version (\d\S*)", done.stdout + done.stderr)
    return match[1] if match else "unknown"
