"""What a disk can do, by fio: on a file of its own, past the page cache."""

from __future__ import annotations

import os
import secrets
import time
from pathlib import Path
from typing import Any, NamedTuple

from loadtest.limits.tool import json_of
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.results.limits import Limits

# What stays free on the file system.
RESERVE = 1 << 30
TOOL = "fio"


class DiskJob(NamedTuple):
    """One measurement: fio's pattern, which side of it counts, block size and queue depth."""

    pattern: str
    side: str
    block: str
    depth: int


JOBS = {
    "write_bytes": DiskJob("write", "write", "1m", 16),
    "read_bytes": DiskJob("read", "read", "1m", 16),
    "write_operations": DiskJob("randwrite", "write", "4k", 32),
    "read_operations": DiskJob("randread", "read", "4k", 32),
}


def measured(folder: Path, size: int, seconds: float, machine: str) -> Limits:
    """Measure the disk below a folder.

    Args:
        folder: in which the file is made, and from which it is removed again.
        size: of the file, bytes.
        seconds: of each of the four measurements.
        machine: its name.

    Raises:
        InputError: the folder cannot be used, or has too little room.
        PerfAnalysisError: fio is not installed, or failed.
    """
    _check_room(folder, size)
    path = folder.absolute() / f".perfanalysis-fio-{secrets.token_hex(16)}"
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_NOFOLLOW | os.O_WRONLY, 0o600))
    except OSError as error:
        raise InputError(str(folder), "", f"a folder to write in ({error.strerror})") from error
    try:
        arguments = arguments_of(path, size, seconds)
        return limits_of(json_of(TOOL, arguments, len(JOBS) * seconds), machine)
    finally:
        path.unlink(missing_ok=True)


def arguments_of(path: Path, size: int, seconds: float) -> list[str]:
    """Of fio: one job after the other, on one file."""
    # fio takes a colon in a file's name for the end of it.
    name = str(path).replace("\\", "\\\\").replace(":", "\\:")
    found = ["--output-format=json", f"--filename={name}", f"--size={size}", "--direct=1"]
    found += ["--ioengine=libaio", "--time_based", f"--runtime={seconds:g}", "--randrepeat=0"]
    for job, of in JOBS.items():
        found += [f"--name={job}", "--stonewall", f"--rw={of.pattern}", f"--bs={of.block}"]
        found += [f"--iodepth={of.depth}"]
    return found


def limits_of(tree: dict[str, Any], machine: str) -> Limits:
    """What fio's JSON says. Pure but for the time.

    Raises:
        PerfAnalysisError: it lacks a job, or one failed.
    """
    details = {}
    by_name = {one.get("jobname"): one for one in tree.get("jobs", []) if isinstance(one, dict)}
    for name, job in JOBS.items():
        found = by_name.get(name, {})
        if found.get("error"):
            raise PerfAnalysisError(
                f"fio: {name} failed ({os.strerror(int(found['error']))}): the file system must be "
                "able to read and write past the page cache (O_DIRECT)"
            )
        figure = found.get(job.side, {}).get("bw_bytes" if "bytes" in name else "iops")
        if not isinstance(figure, int | float) or figure <= 0:
            raise PerfAnalysisError(f"fio: expected a rate of {name} in its JSON, found {figure!r}")
        details[f"{name}_per_second"] = float(figure)
    return Limits(
        tool=str(tree.get("fio version", TOOL)),
        timestamp_seconds=time.time(),
        details=details,
        machine=machine,
        disk_bytes_per_second=min(v for k, v in details.items() if "bytes" in k),
        disk_operations_per_second=min(v for k, v in details.items() if "operations" in k),
    )


def _check_room(folder: Path, size: int) -> None:
    try:
        found = os.statvfs(folder)
    except OSError as error:
        raise InputError(str(folder), "", f"a folder ({error.strerror})") from error
    free = found.f_bavail * found.f_frsize
    if free < size + RESERVE:
        raise InputError(
            str(folder), "", f"{size + RESERVE:,} bytes free: the file and a reserve of 1 GiB", free
        )
