"""Which CPUs are threads of one core, and the orders in which CPUs are set to work. Pure but one.

Source: ``thread_siblings_list`` of Documentation/admin-guide/cputopology.rst of the kernel. In a
virtual machine this is what the hypervisor shows, which need not be what the hardware is.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from pathlib import Path

from perfanalysis.errors import MalformedError
from perfanalysis.machines.cpu_list import parse_cpu_list


def threads_of_core(cpu: int, root: Path = Path("/")) -> tuple[int, ...]:
    """The CPUs that are threads of a CPU's core, itself among them; empty: the kernel says nothing.

    Args:
        cpu: its number.
        root: holds sys.
    """
    path = root / f"sys/devices/system/cpu/cpu{cpu}/topology/thread_siblings_list"
    try:
        return parse_cpu_list(path.read_text("ascii").strip(), path.name)
    except (OSError, UnicodeDecodeError, MalformedError):
        return ()


def cores_of(cpus: Sequence[int], root: Path = Path("/")) -> tuple[int, ...]:
    """The core of each CPU, as the lowest number of its threads; one of its own where unknown."""
    return tuple(min(threads_of_core(cpu, root), default=cpu) for cpu in cpus)


def cores_first(cpus: Sequence[int], cores: Sequence[int]) -> tuple[int, ...]:
    """The CPUs in the order in which every core has one thread at work before any has two.

    Args:
        cpus: their numbers.
        cores: of each, as ``cores_of`` has them.
    """
    found, before = [], Counter[int]()
    for cpu, core in sorted(zip(cpus, cores, strict=True)):
        found.append((before[core], cpu))
        before[core] += 1
    return tuple(cpu for _, cpu in sorted(found))


def core_by_core(cores: Sequence[int]) -> tuple[int, ...]:
    """The places of some CPUs in the order in which all threads of a core come together.

    Args:
        cores: of each CPU, as ``cores_of`` has them.
    """
    return tuple(sorted(range(len(cores)), key=lambda place: (cores[place], place)))
