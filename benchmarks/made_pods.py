"""Control groups of pods as a kubelet lays them out, and a made version 2 of them."""

from __future__ import annotations

import uuid
from pathlib import Path

from benchmarks.made_tree.shape import counter

TOP = "/kubepods.slice/kubepods-burstable.slice"
CONTROLLERS = "cpuset cpu io memory hugetlb pids\n"
# What a scrape reads of each container and of each pod, in the order of the collector's.
POD_FILES = (
    "cpu.stat",
    "memory.current",
    "memory.stat",
    "cpu.pressure",
    "memory.pressure",
    "io.pressure",
    "memory.events",
)
CONTAINER_FILES = (*POD_FILES, "io.stat", "memory.peak", "memory.swap.current", "pids.current")
PROCESSES = "cgroup.procs"
# The names of memory.stat of Linux 6.12 (mm/memcontrol.c), in its order.
_MEMORY_STAT = """anon file kernel kernel_stack pagetables sec_pagetables percpu sock vmalloc shmem
zswap zswapped file_mapped file_dirty file_writeback swapcached anon_thp file_thp shmem_thp
inactive_anon active_anon inactive_file active_file unevictable slab_reclaimable slab_unreclaimable
slab workingset_refault_anon workingset_refault_file workingset_activate_anon
workingset_activate_file workingset_restore_anon workingset_restore_file workingset_nodereclaim
pgdemote_kswapd pgdemote_direct pgdemote_khugepaged pgscan pgsteal pgscan_kswapd pgscan_direct
pgscan_khugepaged pgsteal_kswapd pgsteal_direct pgsteal_khugepaged pgfault pgmajfault pgrefill
pgactivate pgdeactivate pglazyfree pglazyfreed swpin_zero swpout_zero zswpin zswpout zswpwb
thp_fault_alloc thp_collapse_alloc thp_swpout thp_swpout_fallback numa_pages_migrated
numa_pte_updates numa_hint_faults"""


def groups_of(pods: int, containers: int) -> tuple[list[str], list[str]]:
    """Paths of the groups of pods, and of containers: systemd's driver, containerd."""
    paths = [f"{TOP}/kubepods-burstable-pod{_uid(pod)}.slice" for pod in range(pods)]
    inside = [
        f"{path}/cri-containerd-{counter(pod * containers + number + 1):064x}.scope"
        for pod, path in enumerate(paths)
        for number in range(containers)
    ]
    return paths, inside


def write_version_2(sysfs: Path, pods: list[str], containers: list[str]) -> None:
    """Write a /sys with these groups of control groups' version 2, as the kernel shows them.

    Layouts are those of the kernel's admin-guide/cgroup-v2.rst; numbers have as many digits as
    those of a service that has run for weeks.

    Raises:
        OSError: the folder cannot be written.
    """
    root = sysfs / "fs" / "cgroup"
    root.mkdir(parents=True)
    (root / "cgroup.controllers").write_text(CONTROLLERS)
    for number, path in enumerate([*pods, *containers]):
        folder = root / path.lstrip("/")
        folder.mkdir(parents=True, exist_ok=True)
        for name, text in _files(number).items():
            (folder / name).write_text(text)
    block = sysfs / "dev" / "block"
    block.mkdir(parents=True)
    for device, name in (("259:0", "nvme0n1"), ("253:0", "dm-0")):
        (block / device).symlink_to(f"../../devices/virtual/block/{name}")


def read_list(root: str, pods: list[str], containers: list[str]) -> str:
    """What ``plain_c/read_groups.c`` is to read: all that a scrape reads, group by group."""
    lines = []
    for paths, names in ((pods, POD_FILES), (containers, (*CONTAINER_FILES, PROCESSES))):
        for path in paths:
            lines += [f"{root}{path}/", *names]
    return "".join(f"{line}\n" for line in lines)


def _uid(pod: int) -> str:
    return str(uuid.UUID(int=counter(pod + 1, 1 << 60) << 64 | pod)).replace("-", "_")


def _files(number: int) -> dict[str, str]:
    used = counter(number, 10**12)
    pressure = (
        f"some avg10=0.00 avg60=0.12 avg300=1.00 total={counter(number + 1)}\n"
        f"full avg10=0.00 avg60=0.00 avg300=0.00 total={counter(number + 2)}\n"
    )
    memory = counter(number, 4 << 30)
    return {
        "cpu.stat": (
            f"usage_usec {used}\nuser_usec {used // 3 * 2}\nsystem_usec {used // 3}\nnice_usec 0\n"
            "core_sched.force_idle_usec 0\nnr_periods 1209600\nnr_throttled 3021\n"
            "throttled_usec 91822011\nnr_bursts 0\nburst_usec 0\n"
        ),
        "cpu.max": "200000 100000\n",
        "cpu.weight": "20\n",
        "memory.current": f"{memory}\n",
        "memory.peak": f"{memory + 4096}\n",
        "memory.max": f"{4 << 30}\n",
        "memory.low": "0\n",
        "memory.swap.current": "0\n",
        "memory.swap.max": "0\n",
        "memory.stat": "".join(
            f"{name} {counter(number + place, memory or 1)}\n"
            for place, name in enumerate(_MEMORY_STAT.split())
        ),
        "memory.events": "low 0\nhigh 0\nmax 12\noom 0\noom_kill 0\noom_group_kill 0\n",
        "io.stat": "".join(
            f"{device} rbytes={used} wbytes={used // 2} rios={used >> 14} wios={used >> 15}"
            " dbytes=0 dios=0\n"
            for device in ("259:0", "253:0")
        ),
        "cpu.pressure": pressure,
        "memory.pressure": pressure,
        "io.pressure": pressure,
        "pids.current": "17\n",
        "pids.max": "max\n",
        PROCESSES: "".join(f"{counter(number + place, 4_000_000)}\n" for place in range(4)),
    }
