"""Disks: the map, sizes of operations, counters, and real reads and writes of own files."""

from __future__ import annotations

import itertools
import math
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import InputError, PerfAnalysisError
from workload.replaying.disk.device_map import (
    DiskPlace,
    disk_of,
    parse_given,
    parse_size,
    read_map,
    whole_disks,
)
from workload.replaying.disk.follower import DiskFollower, carried_on, spread
from workload.replaying.disk.operations import sizes
from workload.replaying.disk.target_disk import DiskCounters, parse_diskstats
from workload.replaying.disk.target_file import TargetFile, free_bytes
from workload.replaying.own_files import OwnFiles
from workload.replaying.replay_tick import DiskRates

MAP = Path(__file__).resolve().parents[4] / "shared" / "captures" / "diskmapper.jsonl"


def test_the_old_systems_map_is_read() -> None:
    if not MAP.is_file():
        pytest.skip(f"{MAP} is missing")
    found = read_map(MAP)
    assert found[0] == DiskPlace("sda", Path("/tmp/replay/sda"), 100 << 20)
    recorded = ["sda", "sda1", "sdb1", "dm-0"]
    # A partition counts where its disk was not recorded.
    assert [place.device for place in whole_disks(found, recorded)] == ["sda", "sdb1"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("[]", "line 1: expected a JSON object"),
        ('{"devicename": "sda"}', "mountpoint: expected a text"),
        ('{"devicename": "", "mountpoint": "/a"}', "devicename: expected a text"),
        (
            '{"devicename": "a", "mountpoint": "/", "readsize": "x"}',
            "readsize: expected a size",
        ),
        ("", "expected a disk map"),
    ],
)
def test_a_bad_map_is_refused(tmp_path: Path, line: str, expected: str) -> None:
    path = tmp_path / "map"
    path.write_text(line + "\n")
    with pytest.raises(InputError, match=expected):
        read_map(path)


def test_a_device_and_its_folder() -> None:
    assert parse_given("sda=/srv/a=b").folder == Path("/srv/a=b")
    with pytest.raises(InputError, match="DEVICE=FOLDER"):
        parse_given("sda")


@pytest.mark.parametrize(
    ("text", "expected"),
    [("100M", 100 << 20), ("2g", 2 << 30), ("4096", 4096), ("1.5M", None), ("M", None)],
)
def test_sizes_as_people_write_them(text: str, expected: int | None) -> None:
    assert parse_size(text) == expected


@pytest.mark.parametrize(
    ("device", "disk"),
    [
        ("sda1", "sda"),
        ("sda", ""),
        ("xvdf12", "xvdf"),
        ("nvme0n1p2", "nvme0n1"),
        ("nvme0n1", ""),
        ("mmcblk0p1", "mmcblk0"),
        ("dm-0", ""),
        ("md127", ""),
    ],
)
def test_the_disk_of_a_partition(device: str, disk: str) -> None:
    assert disk_of(device) == disk


@pytest.mark.parametrize(
    ("operations", "owed_bytes", "expected"),
    [
        (3.0, 3 * 4096.0, [4096, 4096, 4096]),
        (2.0, 3 * 4096.0, [8192, 4096]),
        # A part of an operation waits.
        (0.9, 4096.0, []),
        # Fewer bytes than a block for each.
        (5.0, 2 * 4096.0, [4096, 4096]),
        # Bytes come first where so few operations cannot carry them.
        (1.0, 4 * 65536.0, [65536] * 4),
        (0.0, 0.0, []),
    ],
)
def test_sizes(operations: float, owed_bytes: float, expected: list[int]) -> None:
    assert sizes(operations, owed_bytes, 4096, 65536) == expected


@given(
    operations=st.floats(0, 500),
    owed_bytes=st.floats(0, 1e8),
    block=st.sampled_from([512, 4096]),
)
def test_operations_are_whole_blocks_and_never_beyond_what_is_owed(
    operations: float, owed_bytes: float, block: int
) -> None:
    found = sizes(operations, owed_bytes, block, 1 << 20)
    assert sum(found) <= owed_bytes
    assert all(size % block == 0 and 0 < size <= 1 << 20 for size in found)
    if found and len(found) == int(operations) and max(found) < 1 << 20:
        assert owed_bytes - sum(found) < block


def test_operations_are_spread_in_order() -> None:
    found = spread([(False, 1), (False, 2), (True, 3)], 10.0, 12.0)
    assert [(one.due, one.write) for one in found] == [(10.0, False), (10.0, True), (11.0, False)]


def test_a_part_of_an_operation_goes_on_and_more_does_not() -> None:
    assert carried_on(100.0, 5000.0, 0.4, 2.0) == (100.0, 0.0, 0.4, 0.0)


def test_counters_of_a_device() -> None:
    text = "   8 0 sda 10 1 20 5 30 2 40 6 0 7 8\n   8 1 sda1 1 1 2 5 3 2 4 6 0 7 8\n"
    assert parse_diskstats(text, "sda") == DiskCounters(20 * 512, 40 * 512, 10, 30)
    assert parse_diskstats(text, "sdb") is None


def test_real_reads_and_writes_come_to_what_is_wanted(tmp_path: Path) -> None:
    state = tmp_path / "state"
    state.mkdir()
    with OwnFiles(state) as files:
        file = TargetFile(files.make(tmp_path), tmp_path, 8 << 20, 0)
        file.fill(lambda: None)
        follower = DiskFollower("sda", file, machine=False)
        follower.launch()
        try:
            follower.begin(DiskRates(40 * 8192.0, 20 * 16384.0, 40.0, 20.0), time.monotonic(), 1.0)
            deadline = time.monotonic() + 30
            time.sleep(1.1)
            found = follower.finish()
            follower.check()
            while found.reads < 30 and time.monotonic() < deadline:
                time.sleep(0.1)
        finally:
            follower.close()
    # Never more than what is wanted, whatever else this machine does.
    assert 0 < found.reads <= 40
    assert 0 < found.writes <= 20
    assert found.read_bytes == pytest.approx(found.reads * 8192, abs=8192)
    assert found.write_bytes == pytest.approx(found.writes * 16384, abs=16384)
    assert list(tmp_path.iterdir()) == [state]


def test_the_reserve_is_not_touched(tmp_path: Path) -> None:
    with OwnFiles(tmp_path) as files:
        descriptor = files.make(tmp_path)
        with pytest.raises(PerfAnalysisError, match="the reserve of"):
            TargetFile(descriptor, tmp_path, 8 << 20, free_bytes(descriptor))


def test_a_reserve_that_others_eat_into_is_given_back(tmp_path: Path) -> None:
    with OwnFiles(tmp_path) as files:
        descriptor = files.make(tmp_path)
        file = TargetFile(descriptor, tmp_path, 8 << 20, 0)
        file.fill(lambda: None)
        file._reserve = 1 << 62
        follower = DiskFollower("sda", file, machine=False)
        follower.launch()
        try:
            follower.begin(DiskRates(1e6, 1e6, 10.0, 10.0), time.monotonic(), 5.0)
            for _ in itertools.takewhile(lambda _: not follower.given_up, range(100)):
                time.sleep(0.05)
        finally:
            follower.close()
        (path,) = tmp_path.glob(".perfanalysis-replay-*")
        assert path.stat().st_size == 0
    assert math.isclose(follower.finish().writes, 0)
