"""Whether a procfs is that of the running kernel, which counts the thread that reads it."""

from __future__ import annotations

from pathlib import Path

_START_FIELD = 19  # of /proc/PID/stat (proc(5): starttime), counted behind the command's name


def _start(path: Path) -> bytes:
    data = path.read_bytes()
    return data[data.rfind(b")") + 1 :].split()[_START_FIELD]


def counted_in(procfs: Path) -> int:
    """How many of our threads the kernel's number of running threads holds whenever we read it.

    Returns:
        1 for the procfs of the running kernel, wherever it is mounted: the thread that reads
        /proc/stat is running while it does. 0 for a recorded tree.
    """
    try:
        ours = _start(procfs / "self" / "stat") == _start(Path("/proc/self/stat"))
    except (OSError, IndexError):
        return 0
    return int(ours)
