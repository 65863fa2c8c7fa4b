from __future__ import annotations

import os
from pathlib import Path

from benchmarks.read_floor import held_open, read_seconds


def test_files_held_open_are_found() -> None:
    descriptor = os.open("/proc/loadavg", os.O_RDONLY)
    try:
        assert Path("/proc/loadavg") in held_open(os.getpid())
    finally:
        os.close(descriptor)
    assert Path("/proc/loadavg") not in held_open(os.getpid())


def test_reading_takes_cpu_time() -> None:
    assert read_seconds([Path("/proc/vmstat"), Path("/proc/stat")], 50) > 0


def test_no_files_are_left_open() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    read_seconds([Path("/proc/vmstat")], 2)
    assert len(list(Path("/proc/self/fd").iterdir())) == before
