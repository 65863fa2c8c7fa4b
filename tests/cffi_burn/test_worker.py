from __future__ import annotations

import ctypes
import errno
import itertools
import os
import platform
import re
import resource
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from cffi_burn.kernel import Kernel, all_kernels, compiler, compiler_flags
from cffi_burn.worker import Control, Pace, SliceBuffer, Worker, WorkerSlice, now
from tests.cffi_burn.small_memory import with_memory

RMW = all_kernels()["rmw"]
CPU = min(os.sched_getaffinity(0))
PAGE = os.sysconf("SC_PAGE_SIZE")
# mbind(2), asm/unistd.h.
MBIND = {"x86_64": 237, "aarch64": 235}


def paced(
    busy: float, slices: int, *, stop_after: float | None = None, kernel: Kernel = RMW
) -> list[WorkerSlice]:
    control = Control()
    control.set_busy(busy)
    buffer = SliceBuffer(slices, kernel.grains_per_unit)
    done: list[WorkerSlice] = []

    def work() -> None:
        worker = Worker(kernel, CPU)
        pace = Pace(now() + 0.001, 0.02, slices, 0.01, seed=7)
        done.extend(buffer.read(i) for i in range(worker.pace(pace, control, buffer)))
        worker.close()

    thread = threading.Thread(target=work)
    thread.start()
    if stop_after is not None:
        thread.join(stop_after)
        control.stop()
    thread.join()
    return done


@pytest.mark.parametrize("busy", [0.05, 0.5, 1.0])
def test_slices_follow_each_other_on_the_asked_cpu(busy: float) -> None:
    slices = paced(busy, 5)
    assert len(slices) == 5
    for entry, following in itertools.pairwise(slices):
        assert following.start == pytest.approx(entry.start + entry.duration, abs=1e-6)
    for entry in slices:
        assert entry.cpu == CPU
        assert 0 <= entry.busy <= entry.duration + 1e-9
        assert entry.involuntary_switches >= 0
    assert sum(entry.units for entry in slices) > 0


def test_all_the_time_is_busy_at_one_hundred_percent() -> None:
    for entry in paced(1.0, 3):
        assert entry.busy == pytest.approx(entry.duration, rel=1e-6)


@contextmanager
def burning() -> Iterator[None]:
    """A process that wants ``CPU`` all the time."""
    burn = f"import os\nos.sched_setaffinity(0, {{{CPU}}})\nprint(flush=True)\nwhile True: pass"
    with subprocess.Popen([sys.executable, "-c", burn], stdout=subprocess.PIPE) as burner:
        assert burner.stdout is not None
        burner.stdout.readline()
        try:
            yield
        finally:
            burner.kill()


def test_a_worker_that_was_held_up_does_not_rest_for_it() -> None:
    with burning():
        slices = paced(1.0, 30)
    # It was held up: the other process had its share.
    assert sum(entry.cpu_time for entry in slices) < 0.9 * sum(entry.busy for entry in slices)
    for entry in slices:
        assert entry.busy == pytest.approx(entry.duration, rel=1e-6)


def test_the_stop_flag_ends_a_step_early() -> None:
    assert len(paced(0.5, 100_000, stop_after=0.05)) < 100_000


def test_pinning_a_worker_leaves_the_caller_where_it_was() -> None:
    before = os.sched_getaffinity(0)
    paced(0.5, 1)
    assert os.sched_getaffinity(0) == before


def test_a_cpu_that_is_not_ours_is_refused() -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        Worker(RMW, cpu=4095)


def test_an_instruction_set_that_this_machine_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="tuple"):
        Worker(RMW, instruction_set="vliw")


def test_the_build_is_known() -> None:
    assert any(name in compiler().lower() for name in ("gcc", "clang"))
    assert compiler_flags().endswith("-O2 -fno-lto")
    assert "-W" not in compiler_flags()


def resident_bytes() -> int:
    """By the page tables: the kernel's own count (statm) lags behind by some pages a CPU."""
    lines = Path("/proc/self/smaps").read_text(encoding="ascii", errors="replace").splitlines()
    return 1024 * sum(int(line.split()[1]) for line in lines if line.startswith("Rss:"))


@pytest.mark.parametrize("name", ["rmw", "membw", "memlat", "memread_8m"])
def test_memory_is_touched_before_any_timing(name: str) -> None:
    kernel = with_memory(name)
    before = resident_bytes()
    worker = Worker(kernel)
    try:
        assert resident_bytes() - before > 0.95 * kernel.memory_bytes
    finally:
        worker.close()


@pytest.mark.parametrize("name", list(all_kernels()))
def test_less_memory_than_a_kernel_works_on_is_refused(name: str) -> None:
    with pytest.raises(OSError, match="Invalid argument"):
        Worker(replace(all_kernels()[name], memory_bytes=1))


@pytest.mark.parametrize("name", list(all_kernels()))
def test_every_kernel_runs_paced(name: str) -> None:
    slices = paced(0.5, 4, kernel=with_memory(name))
    assert len(slices) == 4
    assert sum(entry.units for entry in slices) > 0


@pytest.mark.parametrize("name", ["membw", "memlat", "memread_256m"])
def test_filling_says_how_far_it_is_and_can_be_stopped(name: str) -> None:
    control, failures = Control(), []

    def fill() -> None:
        try:
            Worker(replace(with_memory(name), memory_bytes=1 << 30), control=control).close()
        except OSError as error:
            failures.append(error.errno)

    before = resident_bytes()
    thread = threading.Thread(target=fill)
    thread.start()
    while control.filled < 0.02:
        assert thread.is_alive()
        time.sleep(0.001)
    control.stop()
    thread.join()
    assert failures == [errno.ECANCELED]
    assert 0.02 <= control.filled < 1
    assert resident_bytes() - before < 64 << 20


def test_each_page_of_system_fault_is_a_fault() -> None:
    worker = Worker(all_kernels()["system_fault"])
    try:
        worker.run(1)
        before = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt
        worker.run(100)
        faults = resource.getrusage(resource.RUSAGE_THREAD).ru_minflt - before
    finally:
        worker.close()
    assert 3200 <= faults < 3300


def test_system_call_gives_its_descriptor_back() -> None:
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        worker = Worker(all_kernels()["system_call"])
        worker.run(1)
        worker.close()
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_a_worker_that_is_made_has_filled_its_memory() -> None:
    control = Control()
    worker = Worker(with_memory("memlat"), control=control)
    assert control.filled == 1
    assert len(worker.memory) == 4 << 20
    worker.close()


def mappings(advice: str) -> set[tuple[int, int]]:
    """Start and size of this process's mappings that have an advice, by /proc/self/smaps."""
    found = set()
    start = size = 0
    for line in Path("/proc/self/smaps").read_text(encoding="ascii", errors="replace").splitlines():
        if match := re.match(r"([0-9a-f]+)-([0-9a-f]+) ", line):
            start = int(match[1], 16)
            size = int(match[2], 16) - start
        elif line.startswith("VmFlags:") and advice in line.split():
            found.add((start, size))
    return found


@pytest.mark.parametrize(("name", "advice"), [("rmw", "hg"), ("membw", "hg"), ("vector", "nh")])
def test_huge_pages_are_advised_where_they_matter(name: str, advice: str) -> None:
    if not Path("/sys/kernel/mm/transparent_hugepage").is_dir():
        pytest.skip("this system has no transparent huge pages")
    kernel = with_memory(name)
    before = mappings(advice)
    worker = Worker(kernel)
    try:
        ((start, size),) = mappings(advice) - before
    finally:
        worker.close()
    assert start % (2 << 20) == 0
    assert size == -(-kernel.memory_bytes // PAGE) * PAGE


def test_memory_is_of_the_workers_own_numa_node() -> None:
    policies = Path("/proc/self/numa_maps")
    if not policies.is_file():
        pytest.skip("this system knows no NUMA")
    # Of no memory at all, so that nothing changes; containers often forbid it.
    if ctypes.CDLL(None, use_errno=True).syscall(MBIND[platform.machine()], 0, 0, 0, 0, 0, 0):
        pytest.skip(f"no policy may be set here: {os.strerror(ctypes.get_errno())}")

    def local() -> set[str]:
        lines = policies.read_text(encoding="ascii", errors="replace").splitlines()
        return {line for line in lines if line.split()[1] == "local"}

    before = local()
    worker = Worker(RMW)
    try:
        (line,) = local() - before
    finally:
        worker.close()
    pages = dict(part.split("=") for part in line.split() if "=" in part)
    # All of them on one node, whichever it is.
    assert [int(pages[key]) for key in pages if re.fullmatch("N[0-9]+", key)] == [
        RMW.memory_bytes // PAGE
    ]
