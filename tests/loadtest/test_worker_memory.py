from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cffi_burn.kernel import all_kernels
from loadtest import worker_memory
from loadtest.worker_memory import CACHES, LEAST_BYTES, LastCache, sizes

MIB = 1 << 20


def alike(cpus: int, sharing: int, mebibytes: int) -> list[LastCache | None]:
    """The caches of a machine's CPUs, which each so many neighbours share."""
    return [
        LastCache(mebibytes * MIB, f"{cpu - cpu % sharing}-{cpu - cpu % sharing + sharing - 1}")
        for cpu in range(cpus)
    ]


@pytest.mark.parametrize(
    ("machine", "mebibytes"),
    [
        # A virtual machine of two CPUs that is shown the whole cache of a large CPU.
        (alike(2, 2, 480), [1440, 720]),
        # A laptop's four cores.
        (alike(4, 4, 8), [32, 32, 32, 32]),
        # AMD EPYC: 32 MiB for eight cores, of which a virtual machine has two or all.
        (alike(2, 2, 32), [96, 48]),
        (alike(8, 8, 32), [96, 48, 32, 32, 32, 32, 32, 32]),
        (alike(16, 8, 32), [96, 48, *[32] * 6] * 2),
        # One worker of a machine of many CPUs has all of its cache.
        (alike(64, 64, 256)[:1], [768]),
        # A hypervisor that shows every CPU a cache of its own.
        (alike(3, 1, 16), [48, 48, 48]),
        # Sizes that no page divides.
        ([LastCache(35 * MIB + 1, "0-1"), LastCache(35 * MIB + 1, "0-1")], [106, 54]),
        # Which CPUs share it is not said.
        ([LastCache(32 * MIB), LastCache(32 * MIB)], [96, 96]),
        # Nothing is said, as by many virtual machines of arm64.
        ([None, None], [96, 96]),
        ([], []),
    ],
)
def test_sizes(machine: list[LastCache | None], mebibytes: list[int]) -> None:
    assert [size / MIB for size in sizes(machine)] == mebibytes


def test_two_cpus_beside_a_large_cache_fit_into_4_gib() -> None:
    # Of which a fresh system leaves some 3.4 GiB.
    assert sum(sizes(alike(2, 2, 480))) < 0.75 * 3.4 * 1024 * MIB


def test_384_cpus_need_little_beside_what_such_machines_have() -> None:
    # Two sockets of 480 MiB: four caches for each worker were 720 GiB.
    assert sum(sizes(alike(384, 192, 480))) < 24 * 1024 * MIB


@given(st.integers(1, 512), st.integers(1, 1024))
def test_any_first_workers_defeat_their_cache(workers: int, mebibytes: int) -> None:
    found = sizes(alike(workers, workers, mebibytes))
    for running in {1, 2, workers // 2, workers} - {0}:
        for number, own in enumerate(found[:running]):
            # What all of them touch while one goes through its own memory once.
            between = sum(min(own, other) for other in found[:running])
            assert between >= CACHES * mebibytes * MIB, (running, number)
    assert all(size >= LEAST_BYTES for size in found)
    assert all(before >= after for before, after in itertools.pairwise(found))


def test_the_caches_are_those_of_the_cpus(tmp_path: Path) -> None:
    for cpu, sharing in ((0, "0,2"), (1, "1"), (2, "0,2")):
        folder = tmp_path / f"sys/devices/system/cpu/cpu{cpu}/cache/index3"
        folder.mkdir(parents=True)
        (folder / "size").write_text("65536K\n")
        (folder / "shared_cpu_list").write_text(f"{sharing}\n")
    kernels = all_kernels()
    found = worker_memory.of_workers(kernels["memlat"], (0, 1, 2, 3), tmp_path)
    assert [size / MIB for size in found] == [192, 192, 96, 96]
    assert worker_memory.of_workers(kernels["rmw"], (0, 1), tmp_path) == (4 * MIB, 4 * MIB)
