"""Trees of control groups and runtimes' files, written from the kernel's and runtimes' documents.

Each container gets a number, by which its counters can be told from those of the others.
"""

from __future__ import annotations

import json
from pathlib import Path

PRESSURE = (
    "some avg10=0.00 avg60=0.12 avg300=1.00 total={}\n"
    "full avg10=0.00 avg60=0.00 avg300=0.00 total={}\n"
)


def container_id(number: int) -> str:
    """64 hexadecimal digits."""
    return f"{number:x}".rjust(64, "a")


def write(folder: Path, files: dict[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name).write_text(text)


def group_of_version_2(n: int) -> dict[str, str]:
    """The files of a group with the controllers cpu, io, memory and pids."""
    return {
        "cgroup.procs": "10\n11\n",
        "cpu.stat": (
            f"usage_usec {n}000000\nuser_usec {n}00000\nsystem_usec 5\nnice_usec 0\n"
            f"nr_periods 100\nnr_throttled {n}\nthrottled_usec 2500000\nnr_bursts 0\n"
        ),
        "cpu.max": "50000 100000\n",
        "cpu.weight": "100\n",
        "cpu.pressure": PRESSURE.format(n, 2),
        "memory.current": f"{n}00000\n",
        "memory.peak": "900000\n",
        "memory.max": "1048576\n",
        "memory.low": "0\n",
        "memory.swap.current": "4096\n",
        "memory.swap.max": "max\n",
        "memory.stat": (
            "anon 1000\nfile 2000\nkernel 300\nfile_mapped 40\ninactive_file 1500\n"
            "pgfault 7\npgmajfault 3\n"
        ),
        "memory.events": "low 0\nhigh 0\nmax 6\noom 1\noom_kill 1\noom_group_kill 0\n",
        "memory.pressure": PRESSURE.format(3, 4),
        "io.stat": "254:0 rbytes=512 wbytes=1024 rios=1 wios=2 dbytes=0 dios=0\n7:0 \n",
        "io.pressure": PRESSURE.format(5, 6),
        "pids.current": "12\n",
        "pids.max": "max\n",
    }


def version_2(sysfs: Path, groups: dict[str, int]) -> None:
    """A machine of version 2 alone, with these groups by path."""
    root = sysfs / "fs" / "cgroup"
    write(root, {"cgroup.controllers": "cpu io memory pids\n", "cpu.stat": "usage_usec 1\n"})
    for path, number in groups.items():
        write(root / path.strip("/"), group_of_version_2(number))
    block_device(sysfs)


def version_1(sysfs: Path, groups: dict[str, int]) -> None:
    """A machine of version 1 as systemd mounts it, with version 2 beside it for PSI."""
    root = sysfs / "fs" / "cgroup"
    write(root / "unified", {"cgroup.controllers": ""})
    for path, n in groups.items():
        group = path.strip("/")
        cpu = {
            "cgroup.procs": "10\n11\n12\n",
            "cpu.stat": f"nr_periods 100\nnr_throttled {n}\nthrottled_time 2500000000\n",
            "cpu.shares": "512\n",
            "cpu.cfs_period_us": "100000\n",
            "cpu.cfs_quota_us": "-1\n",
            "cpuacct.usage": f"{n}000000000\n",
            "cpuacct.stat": f"user {n}00\nsystem 50\n",
        }
        memory = {
            "cgroup.procs": "10\n11\n12\n",
            "memory.usage_in_bytes": f"{n}00000\n",
            "memory.max_usage_in_bytes": "900000\n",
            "memory.limit_in_bytes": "9223372036854771712\n",
            "memory.memsw.limit_in_bytes": "2097152\n",
            "memory.soft_limit_in_bytes": "9223372036854771712\n",
            "memory.kmem.usage_in_bytes": "300\n",
            "memory.failcnt": "6\n",
            "memory.oom_control": "oom_kill_disable 0\nunder_oom 0\noom_kill 1\n",
            "memory.stat": (
                "cache 1\nrss 1\ninactive_file 1\ntotal_cache 2000\ntotal_rss 1000\n"
                "total_mapped_file 40\ntotal_swap 4096\ntotal_inactive_file 1500\n"
                "total_pgfault 7\ntotal_pgmajfault 3\n"
            ),
        }
        block = {
            "blkio.throttle.io_service_bytes": "Total 0\n",
            "blkio.throttle.io_service_bytes_recursive": (
                "254:0 Read 512\n254:0 Write 1024\n254:0 Sync 0\n254:0 Total 1536\nTotal 1536\n"
            ),
            "blkio.throttle.io_serviced": "254:0 Read 1\n254:0 Write 2\nTotal 3\n",
        }
        write(root / "cpu,cpuacct" / group, cpu)
        write(root / "memory" / group, memory)
        write(root / "blkio" / group, block)
        write(root / "pids" / group, {"pids.current": "12\n", "pids.max": "100\n"})
        write(root / "unified" / group, {"cpu.pressure": PRESSURE.format(n, 2)})
    block_device(sysfs)


def block_device(sysfs: Path) -> None:
    """The device 254:0, which is vda."""
    folder = sysfs / "dev" / "block"
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "254:0").symlink_to("../../devices/pci0000:00/virtio0/block/vda")


def docker_name(rootfs: Path, identity: str, name: str, labels: dict[str, str]) -> None:
    document = {"ID": identity, "Name": f"/{name}", "Config": {"Labels": labels, "Image": "web:1"}}
    folder = rootfs / "var/lib/docker/containers" / identity
    write(folder, {"config.v2.json": json.dumps(document)})


def containerd_name(rootfs: Path, identity: str, annotations: dict[str, str]) -> None:
    folder = rootfs / "run/containerd/io.containerd.runtime.v2.task/k8s.io" / identity
    write(folder, {"config.json": json.dumps({"annotations": annotations})})


def crio_name(rootfs: Path, identity: str, annotations: dict[str, str]) -> None:
    folder = rootfs / "var/lib/containers/storage/overlay-containers" / identity / "userdata"
    write(folder, {"config.json": json.dumps({"annotations": annotations})})


def podman_names(rootfs: Path, names: dict[str, str]) -> None:
    entries = [{"id": identity, "names": [name]} for identity, name in names.items()]
    folder = rootfs / "var/lib/containers/storage/overlay-containers"
    write(folder, {"containers.json": json.dumps(entries)})
