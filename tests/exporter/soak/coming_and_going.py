"""A machine whose devices, interfaces, mounts, containers and text files come and go."""

from __future__ import annotations

import json
import shutil
from collections import deque
from pathlib import Path

from tests.exporter.collectors.cgroup.trees import (
    container_id,
    docker_name,
    group_of_version_2,
    write,
)

POPULATION = 2
MOUNT = "{n} 1 254:{n} / {point} rw,relatime shared:1 - {type} /dev/{device} rw\n"
INTERFACE = {
    "address": "02:00:00:00:00:01",
    "broadcast": "ff:ff:ff:ff:ff:ff",
    "carrier": "1",
    "duplex": "full",
    "flags": "0x1003",
    "ifindex": "7",
    "mtu": "1500",
    "operstate": "up",
    "speed": "10000",
    "tx_queue_len": "1000",
}


class ChangingMachine:
    """A tree that holds the same number of things all the time, and never the same ones for long.

    Args:
        tree: a recorded tree (``proc``, ``sys``), which is changed in place.
    """

    def __init__(self, tree: Path) -> None:
        self.tree = tree
        self._net = (tree / "proc/net/dev").read_text()
        self._disks = (tree / "proc/diskstats").read_text()
        self._mounts = "1 0 254:0 / / rw - ext4 /dev/vda rw\n"
        self._numbers: deque[int] = deque()
        self._next = 0
        write(
            tree / "sys/fs/cgroup",
            {"cgroup.controllers": "cpu io memory pids\n", "cpu.stat": "usage_usec 1\n"},
        )
        for name in ("textfile", "udev", "proc/1"):
            (tree / name).mkdir(exist_ok=True)
        for _ in range(POPULATION):
            self._add()
        self._write_lists()

    def flags(self) -> list[str]:
        """The exporter's flags for this machine."""
        tree = self.tree
        return [
            f"--path.procfs={tree / 'proc'}",
            f"--path.sysfs={tree / 'sys'}",
            f"--path.rootfs={tree}",
            f"--path.udev.data={tree / 'udev'}",
            f"--collector.textfile.directory={tree / 'textfile'}",
            f"--collector.loadtest.directory={tree / 'state'}",
        ]

    def change(self) -> None:
        """One of each goes, and a new one comes, under a name that was never there."""
        self._remove(self._numbers.popleft())
        self._add()
        self._write_lists()

    def _group(self, n: int) -> Path:
        return self.tree / f"sys/fs/cgroup/system.slice/docker-{container_id(n)}.scope"

    def _add(self) -> None:
        n = self._next = self._next + 1
        tree = self.tree
        self._numbers.append(n)
        write(self._group(n), group_of_version_2(n % 90 + 1))
        docker_name(tree, container_id(n), f"container-{n}", {})
        write(tree / f"sys/class/net/veth{n}", {k: f"{v}\n" for k, v in INTERFACE.items()})
        (tree / f"mnt/m{n}").mkdir(parents=True)
        (tree / f"mnt/nfs{n}").mkdir()
        (tree / f"udev/b253:{n}").write_text(f"E:ID_SERIAL=disk{n}\nE:ID_FS_UUID=uuid{n}\n")
        (tree / f"textfile/t{n}.prom").write_text(f'batch_{n}_total{{job="{n}"}} {n}\n')

    def _remove(self, n: int) -> None:
        tree = self.tree
        for folder in (
            self._group(n),
            tree / f"var/lib/docker/containers/{container_id(n)}",
            tree / f"sys/class/net/veth{n}",
            tree / f"mnt/m{n}",
            tree / f"mnt/nfs{n}",
        ):
            shutil.rmtree(folder)
        (tree / f"udev/b253:{n}").unlink()
        (tree / f"textfile/t{n}.prom").unlink()

    def _write_lists(self) -> None:
        counter = self._next * 10
        numbers = list(self._numbers)
        net = "".join(f"veth{n}: {' '.join([str(counter)] * 16)}\n" for n in numbers)
        disks = "".join(f" 253 {n} dm-{n} {' '.join([str(counter)] * 17)}\n" for n in numbers)
        mounts = "".join(
            MOUNT.format(n=n, point=f"/mnt/{name}{n}", type=kind, device=f"dm-{n}")
            for n in numbers
            for name, kind in (("m", "ext4"), ("nfs", "nfs4"))
            if kind == "ext4" or n == self._next
        )
        proc = self.tree / "proc"
        (proc / "net/dev").write_text(self._net + net)
        (proc / "diskstats").write_text(self._disks + disks)
        (proc / "1/mountinfo").write_text(self._mounts + mounts)


def described(numbers: dict[str, list[float]]) -> str:
    """Figures for people, as one line of JSON."""
    return json.dumps({name: [round(n, 3) for n in row] for name, row in numbers.items()})
