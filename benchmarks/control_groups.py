"""A control group with a CPU quota, made for a measurement: of version 1 or 2."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterator
from pathlib import Path

from benchmarks.case import PeerMissingError

ROOT = Path("/sys/fs/cgroup")
PERIOD_SECONDS = 0.1
# What runs in the group comes before what else runs on the machine meanwhile.
WEIGHT = "10000"


@contextlib.contextmanager
def with_quota(cpus: float) -> Iterator[Path]:
    """A control group that may use so many CPUs; removed at the end, when it is empty.

    Raises:
        PeerMissingError: none may be made here, or no quota may be set.
    """
    old = (ROOT / "cpu" / "cgroup.procs").exists()
    folder = (ROOT / "cpu" if old else ROOT) / f"perfanalysis-quota-{os.getpid()}"
    try:
        folder.mkdir()
    except OSError as error:
        raise PeerMissingError(f"no control group may be made here: {error}") from error
    try:
        _set(folder, cpus, old=old)
        yield folder
    finally:
        _remove(folder)


def inside(folder: Path, command: list[str]) -> list[str]:
    """The command line that runs ``command`` in the group."""
    return ["sh", "-c", 'echo $$ > "$0/cgroup.procs" && exec "$@"', str(folder), *command]


def _set(folder: Path, cpus: float, *, old: bool) -> None:
    period = round(PERIOD_SECONDS * 1e6)
    quota = round(cpus * period)
    try:
        if old:
            (folder / "cpu.cfs_period_us").write_text(str(period))
            (folder / "cpu.cfs_quota_us").write_text(str(quota))
        else:
            (folder / "cpu.max").write_text(f"{quota} {period}")
        (folder / ("cpu.shares" if old else "cpu.weight")).write_text(WEIGHT)
    except OSError as error:
        raise PeerMissingError(f"no quota may be set here: {error}") from error


def _remove(folder: Path) -> None:
    # Its last process may still be on its way out.
    for _ in range(50):
        with contextlib.suppress(OSError):
            folder.rmdir()
            return
        time.sleep(0.1)
