"""The least that a scrape can cost: what the kernel takes to write the files that are read."""

from __future__ import annotations

import os
import time
from pathlib import Path

READS = 300
BUFFER_BYTES = 1 << 20


def held_open(pid: int, folders: tuple[str, ...] = ("/proc/", "/sys/")) -> list[Path]:
    """The files below ``folders`` that a process keeps open to read them again and again.

    Raises:
        OSError: there is no such process, or it is another user's.
    """
    files = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        target = str(descriptor.readlink())
        # Files of a process are read by another: /proc/self would be ours.
        if target.startswith(folders) and not target.startswith(f"/proc/{pid}/fd"):
            path = Path(target)
            if path.is_file():
                files.append(path)
    return sorted(set(files))


def read_seconds(files: list[Path], reads: int = READS) -> float:
    """CPU time to re-read all files once (mean of ``reads`` times), opened beforehand, in seconds.

    Raises:
        OSError: a file cannot be opened or read.
    """
    descriptors = [os.open(path, os.O_RDONLY) for path in files]
    buffer = [bytearray(BUFFER_BYTES)]
    try:
        begin = time.process_time_ns()
        for _ in range(reads):
            for descriptor in descriptors:
                os.preadv(descriptor, buffer, 0)
        return (time.process_time_ns() - begin) / 1e9 / reads
    finally:
        for descriptor in descriptors:
            os.close(descriptor)
