"""The least that a scrape can cost: what the kernel takes to write the files that are read."""

from __future__ import annotations

import os
import time
from pathlib import Path

READS = 300
PAGE_BYTES = 4096
# Held open to hear of its changes, and read only then.
_HEARD_OF = "mountinfo"


def held_open(pid: int, folders: tuple[str, ...] = ("/proc/", "/sys/")) -> list[Path]:
    """The files below ``folders`` that a process keeps open to read them at each scrape.

    Raises:
        OSError: there is no such process, or it is another user's.
    """
    files = []
    for descriptor in Path(f"/proc/{pid}/fd").iterdir():
        try:
            target = str(descriptor.readlink())
        except FileNotFoundError:
            continue  # Closed since the folder was listed.
        # Files of a process are read by another: /proc/self would be ours.
        if target.startswith(folders) and not target.startswith(f"/proc/{pid}/fd"):
            path = Path(target)
            if path.is_file() and path.name != _HEARD_OF:
                files.append(path)
    return sorted(set(files))


def read_seconds(files: list[Path], reads: int = READS) -> float:
    """CPU time to re-read all files once (mean of ``reads`` times), opened beforehand, in seconds.

    Raises:
        OSError: a file cannot be opened or read.
    """
    opened = [_Opened(path) for path in files]
    try:
        begin = time.process_time_ns()
        for _ in range(reads):
            for file in opened:
                file.read()
        return (time.process_time_ns() - begin) / 1e9 / reads
    finally:
        for file in opened:
            file.close()


class _Opened:
    """A file with a buffer just large enough for it.

    The kernel allocates as much as is asked for when a file of /proc/sys is read, so that a
    generous buffer would be paid for at each read, and would make the floor too high.
    """

    def __init__(self, path: Path) -> None:
        self._size = len(path.read_bytes())
        self._buffer = [bytearray((self._size // PAGE_BYTES + 1) * PAGE_BYTES)]
        self._descriptor = os.open(path, os.O_RDONLY)

    def read(self) -> None:
        """Read it once: the kernel hands over sequential files a page at a time."""
        offset = 0
        while offset < self._size:
            count = os.preadv(self._descriptor, self._buffer, offset)
            if not count:
                return
            offset += count

    def close(self) -> None:
        os.close(self._descriptor)
