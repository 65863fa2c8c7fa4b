from __future__ import annotations

from pathlib import Path

import pytest

from perfanalysis.machines.facts import memory

MEMINFO = "MemTotal:        4004576 kB\nMemAvailable:    1000 kB\n"


def test_fields_are_bytes() -> None:
    assert memory.field(MEMINFO, "MemTotal") == 4004576 * 1024
    assert memory.field("", "MemTotal") is None


@pytest.mark.parametrize(
    ("text", "size"), [("32768K\n", 1 << 25), ("1M", 1 << 20), ("512", 512), ("much", None)]
)
def test_cache_sizes(text: str, size: int | None) -> None:
    assert memory.cache_size(text) == size


@pytest.mark.parametrize(
    ("choices", "choice"), [("always [madvise] never", "madvise"), ("", ""), ("always", "")]
)
def test_the_choice_stands_in_brackets(choices: str, choice: str) -> None:
    assert memory.chosen(choices) == choice


def test_the_largest_cache_is_the_last(tmp_path: Path) -> None:
    cache = tmp_path / "sys/devices/system/cpu/cpu0/cache"
    for number, size in enumerate(["48K", "32K", "1024K", "32768K", "nonsense"]):
        (cache / f"index{number}").mkdir(parents=True)
        (cache / f"index{number}" / "size").write_text(size)
        (cache / f"index{number}" / "level").write_text(f"{number}\n")
    assert memory.cache_of(0, tmp_path) == (1 << 25, "")
    assert memory.cache_of(1, tmp_path) is None
    (cache / "index3" / "shared_cpu_list").write_text("0-7,64-71\n")
    assert memory.cache_of(0, tmp_path) == (1 << 25, "0-7,64-71")
    (tmp_path / "proc").mkdir()
    (tmp_path / "proc/meminfo").write_text(MEMINFO)
    found = memory.read(0, tmp_path)
    assert found["memory_bytes"] == 4004576 * 1024
    assert found["caches"][0] == {"level": 0, "bytes": 49152}  # type: ignore[index]
    assert memory.available_bytes(tmp_path) == 1024000


@pytest.mark.parametrize(
    ("limits", "available"),
    [
        ({}, 1024000),
        ({"": "max", "pod": "max"}, 1024000),
        ({"": "max", "pod": "500000", "pod/c": "max"}, 500000),
        ({"pod": "9000000000", "pod/c": "200000"}, 200000),
    ],
)
def test_a_limit_of_the_control_group_counts(
    tmp_path: Path, limits: dict[str, str], available: int
) -> None:
    (tmp_path / "proc/self").mkdir(parents=True)
    (tmp_path / "proc/meminfo").write_text(MEMINFO)
    (tmp_path / "proc/self/cgroup").write_text("0::/pod/c\n")
    for group, limit in limits.items():
        folder = tmp_path / "sys/fs/cgroup" / group
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "memory.max").write_text(f"{limit}\n")
    assert memory.available_bytes(tmp_path) == available


SMAPS = """\
7f0000000000-7f0000200000 rw-p 00000000 00:00 0
Size:               2048 kB
AnonHugePages:      2048 kB
7f0000200000-7f0000800000 rw-p 00000000 00:00 0
Size:               6144 kB
AnonHugePages:      4096 kB
7f0000800000-7f0000a00000 rw-p 00000000 00:00 0
AnonHugePages:         0 kB
"""


@pytest.mark.parametrize(
    ("ranges", "found"),
    [
        ([range(0x7F0000200000, 0x7F0000800000)], 4 << 20),
        ([range(0x7F0000000000, 0x7F0000200000), range(0x7F0000300000, 0x7F0000400000)], 6 << 20),
        ([range(0x7F0000800000, 0x7F0000A00000)], 0),
        ([], 0),
    ],
)
def test_huge_pages_are_those_of_some_addresses(ranges: list[range], found: int) -> None:
    assert memory.huge_page_bytes(SMAPS, ranges) == found


def test_a_kernel_without_huge_pages_does_not_say() -> None:
    assert (
        memory.huge_page_bytes("7f0000000000-7f0000200000 rw-p 0 00:00 0\nSize: 1 kB\n", []) is None
    )
