"""Memory: what may be taken, and that it is really taken and given back."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import PerfAnalysisError
from workload.replaying.memory.anonymous import AnonymousMemory
from workload.replaying.memory.cached_file import CachedFile
from workload.replaying.memory.load import CHUNK, MemoryLimits, MemoryLoad, chunks_wanted
from workload.replaying.memory.reserve import (
    MemoryReading,
    default_reserve,
    group_room,
    parse_meminfo,
    read_memory,
)
from workload.replaying.own_files import OwnFiles
from workload.replaying.replay_tick import ReplayTick

MEBIBYTE = 1 << 20
MEMINFO = """MemTotal:        1000 kB
MemFree:          300 kB
MemAvailable:     600 kB
Cached:           250 kB
SwapTotal:          0 kB
Shmem:             50 kB
HugePages_Total:     4
"""


def test_meminfo_in_bytes(tmp_path: Path) -> None:
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text(MEMINFO)
    found = read_memory(tmp_path)
    assert (found.used, found.page_cache, found.swap) == (400 * 1024, 200 * 1024, 0)
    assert found.room(100 * 1024) == 500 * 1024
    assert "HugePages_Total" not in parse_meminfo(MEMINFO)
    (tmp_path / "proc/meminfo").write_text("MemTotal: 1 kB\n")
    with pytest.raises(PerfAnalysisError, match="MemAvailable"):
        read_memory(tmp_path)


@pytest.mark.parametrize(
    ("files", "expected"),
    [
        (
            {"memory.max": "1000", "memory.current": "700", "memory.stat": "inactive_file 200\n"},
            500,
        ),
        ({"memory.max": "max", "memory.current": "700", "memory.stat": ""}, None),
        (
            {
                "memory.limit_in_bytes": "1000",
                "memory.usage_in_bytes": "700",
                "memory.stat": "inactive_file 9\ntotal_inactive_file 100\ntotal_active_file 50\n",
            },
            450,
        ),
        (
            {
                "memory.limit_in_bytes": "9223372036854771712",
                "memory.usage_in_bytes": "7",
                "memory.stat": "",
            },
            None,
        ),
        ({}, None),
    ],
)
def test_room_in_a_control_group(
    tmp_path: Path, files: dict[str, str], expected: int | None
) -> None:
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    assert group_room([tmp_path]) == expected


def test_the_tighter_of_machine_and_group_counts() -> None:
    assert MemoryReading(1000, 600, 300, 0, 0, None).room(100) == 500
    assert MemoryReading(1000, 600, 300, 0, 0, 250).room(100) == 150


def test_the_usual_reserve() -> None:
    assert default_reserve(2 << 30) == 512 * MEBIBYTE
    assert default_reserve(100 << 30) == 5 << 30


@pytest.mark.parametrize(
    ("target", "used", "held", "room", "expected"),
    [
        (10 * CHUNK, 4 * CHUNK, 0, 100 * CHUNK, 6),
        (10 * CHUNK, 4 * CHUNK, 0, 2 * CHUNK, 2),
        (2 * CHUNK, 4 * CHUNK, 9 * CHUNK, 100 * CHUNK, -2),
        # No more than we hold can be given back.
        (2 * CHUNK, 9 * CHUNK, 3 * CHUNK, 100 * CHUNK, -3),
        # The reserve comes first, also where the recording does not know.
        (10 * CHUNK, 4 * CHUNK, 9 * CHUNK, -2 * CHUNK, -2),
        (float("nan"), 4 * CHUNK, 9 * CHUNK, -2 * CHUNK, -2),
        (float("nan"), 4 * CHUNK, 9 * CHUNK, 100 * CHUNK, 0),
    ],
)
def test_chunks_wanted(target: float, used: int, held: int, room: int, expected: int) -> None:
    assert chunks_wanted(target, used, held, room) == expected


@given(
    target=st.floats(0, 1e12),
    used=st.integers(0, 10**12),
    held=st.integers(0, 10**4).map(lambda count: count * CHUNK),
    room=st.integers(-(10**11), 10**12),
)
def test_the_reserve_is_never_taken(target: float, used: int, held: int, room: int) -> None:
    found = chunks_wanted(target, used, held, room)
    assert found * CHUNK <= max(room, 0) or found <= 0
    assert -found * CHUNK <= held
    if room < 0:
        # What lacks of the reserve is given back, as far as it is ours.
        assert -found * CHUNK >= min(held, -room)


def resident() -> int:
    return parse_meminfo(Path("/proc/self/status").read_text().replace("\t", " "))["VmRSS"]


def test_memory_is_there_and_given_back() -> None:
    before = resident()
    memory = AnonymousMemory(lock=False)
    for _ in range(16):
        memory.grow()
    assert memory.held == 16 * CHUNK
    assert resident() - before > 15 * CHUNK
    memory.shrink()
    assert memory.held == 15 * CHUNK
    memory.release()
    assert resident() - before < 2 * CHUNK
    assert memory.swapped() == 0


def test_pages_of_an_own_file_are_cached_and_given_up(tmp_path: Path) -> None:
    with OwnFiles(tmp_path) as files:
        descriptor = files.make(tmp_path)
        cached = CachedFile(descriptor)
        for _ in range(4):
            cached.grow()
        (path,) = tmp_path.glob(".perfanalysis-replay-*")
        # It has a length, and takes no room on the disk.
        assert path.stat().st_size == 4 * CHUNK
        assert path.stat().st_blocks * 512 < CHUNK
        cached.shrink()
        assert cached.held == 3 * CHUNK
        cached.release()
        assert cached.held == 0


def follow(load: MemoryLoad, tick: ReplayTick) -> list[float]:
    with load:
        load.prepare(tick, lambda: False)
        time.sleep(0.3)
        load.steer(0.0, 1.0)
        return [one.actual for one in load.finish(0.0)]


def test_a_target_is_come_to(tmp_path: Path) -> None:
    tick = ReplayTick(1.0, memory_bytes=100.0 * MEBIBYTE, page_cache_bytes=40.0 * MEBIBYTE)
    with OwnFiles(tmp_path) as files:
        cached = CachedFile(files.make(tmp_path))
        load = MemoryLoad(MemoryLimits(0, machine=False), cached)
        assert follow(load, tick) == [100 * MEBIBYTE, 40 * MEBIBYTE]
        # All of it was given back.
        assert load._anonymous.held == cached.held == 0


def test_what_would_touch_the_reserve_is_not_taken() -> None:
    available = read_memory().available
    reserve = available + (1 << 30)
    load = MemoryLoad(MemoryLimits(reserve, machine=False), None)
    with load:
        load.prepare(ReplayTick(1.0, memory_bytes=1e9), lambda: False)
        (found,) = load.finish(0.0)
    assert found.actual == 0
    # And it is told: the tick needed more than there was.
    assert found.limit < found.target
