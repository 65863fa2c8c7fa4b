"""How many real cores the CPUs are: sockets, cores, threads, NUMA nodes.

Source: Documentation/admin-guide/cputopology.rst of the kernel. In a virtual machine this is what
the hypervisor shows, which need not be what the hardware is.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from pathlib import Path

from perfanalysis.machines.cpu_order import threads_of_core
from perfanalysis.machines.facts.files import known, text


def read(used: Sequence[int], root: Path = Path("/")) -> dict[str, object]:
    """The machine's sockets, cores, threads and nodes, and those that a run uses.

    Args:
        used: the CPUs of the run.
        root: holds sys.
    """
    system = root / "sys/devices/system"
    siblings = {cpu: threads_of_core(cpu, root) for cpu in _numbers(system / "cpu", "cpu")}
    cores = {entry for entry in siblings.values() if entry}
    sockets = {text(system / f"cpu/cpu{cpu}/topology/physical_package_id") for cpu in siblings}
    used_cores = {siblings.get(cpu, ()) for cpu in used}
    return known(
        {
            "sockets": len(sockets - {""}) or None,
            "cores": len(cores) or None,
            "threads_per_core": max((len(core) for core in cores), default=None),
            "smt": text(system / "cpu/smt/control"),
            "used_cores": None if () in used_cores else len(used_cores),
            "isolated_cpus": text(system / "cpu/isolated"),
            "numa_nodes": numa_nodes(system / "node"),
        }
    )


def _numbers(folder: Path, prefix: str) -> list[int]:
    names = (re.fullmatch(rf"{prefix}([0-9]+)", path.name) for path in folder.glob(f"{prefix}*"))
    return sorted(int(name[1]) for name in names if name)


def numa_nodes(folder: Path) -> list[dict[str, object]]:
    """The NUMA nodes with their CPUs ("0-3,8") and memory.

    Args:
        folder: /sys/devices/system/node.
    """
    nodes = []
    for node in _numbers(folder, "node"):
        size = re.search(r"MemTotal:\s*([0-9]+) kB", text(folder / f"node{node}/meminfo"))
        cpus = text(folder / f"node{node}/cpulist")
        memory = int(size[1]) * 1024 if size else None
        nodes.append(known({"node": node, "cpus": cpus, "memory_bytes": memory}))
    return nodes
