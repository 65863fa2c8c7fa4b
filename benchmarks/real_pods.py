"""Real control groups of version 1, a process in each container's, as containers have them."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from benchmarks.case import PeerMissingError

BASE = Path("/sys/fs/cgroup")
CONTROLLERS = ("cpu", "cpuacct", "memory", "blkio", "pids")
MOST_TRIES = 50


def hierarchies() -> list[Path]:
    """The folders of the controllers, each once.

    Raises:
        PeerMissingError: there are none of version 1 that one may write to.
    """
    found = dict.fromkeys(
        (BASE / name).resolve() for name in CONTROLLERS if (BASE / name / "cgroup.procs").exists()
    )
    if not found or not all(os.access(root, os.W_OK) for root in found):
        raise PeerMissingError("there are no control groups of version 1 that one may write to")
    return list(found)


@contextmanager
def real_pods(pods: list[str], containers: list[str]) -> Iterator[None]:
    """Make the groups and start the processes; both are gone afterwards.

    All exporters of this machine show them meanwhile.

    Raises:
        PeerMissingError: see ``hierarchies``.
        OSError: a group cannot be made.
    """
    roots = hierarchies()
    made: list[Path] = []
    processes: list[subprocess.Popen[bytes]] = []
    try:
        for path in _with_parents([*pods, *containers]):
            for root in roots:
                group = Path(f"{root}{path}")
                group.mkdir()
                made.append(group)
        for path in containers:
            process = subprocess.Popen(["sleep", "3600"], stdin=subprocess.DEVNULL)
            processes.append(process)
            for root in roots:
                Path(f"{root}{path}", "cgroup.procs").write_text(str(process.pid))
        yield
    finally:
        for process in processes:
            process.kill()
        for process in processes:
            process.wait()
        for group in reversed(made):
            _remove(group)


def _with_parents(paths: list[str]) -> list[str]:
    """The paths, each behind those above it."""
    found: dict[str, None] = {}
    for path in paths:
        parts = path.strip("/").split("/")
        for count in range(1, len(parts) + 1):
            found["/" + "/".join(parts[:count])] = None
    return list(found)


def _remove(group: Path) -> None:
    """Remove a group; the kernel refuses while what has been killed is on its way out."""
    for _ in range(MOST_TRIES):
        try:
            group.rmdir()
        except OSError:
            time.sleep(0.1)
        else:
            return
