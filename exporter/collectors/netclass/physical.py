"""Which interfaces have hardware of their own, so that what passes the machine is summed once.

Kernel: ABI/testing/sysfs-class-net; ``netdev_upper_dev_link`` makes ``master`` and ``lower_*``.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import NamedTuple

from perfanalysis.exposition.families import Family

PHYSICAL = Family(
    "perf_network_physical",
    "gauge",
    "Interface with hardware of its own (or a hypervisor's), whose bytes no other such interface "
    "shows again; value is always 1.",
    ("device",),
    source="/sys/class/net/<iface>/device, master, lower_*",
)


class LinkPlace(NamedTuple):
    """Where an interface stands: over which others (``lower``), and below which (``master``)."""

    master: str
    lower: tuple[str, ...]


def counted(places: Mapping[str, LinkPlace]) -> list[str]:
    """The interfaces that count, of all that have hardware, in their order.

    A part of another one with hardware does not: Hyper-V's fast path below its adapter, whose
    counters include it. Nor does one that stands upon another without being its master: a port of a
    switch chip, whose packets pass the interface that the chip is wired to.
    """
    return [
        name
        for name, (master, lower) in places.items()
        if master not in places
        and all(places[other].master == name for other in lower if other in places)
    ]


def place(folder: str) -> LinkPlace | None:
    """Where the interface of this folder stands, or None when it has no hardware."""
    try:
        names = os.listdir(folder)  # noqa: PTH208 - a tenth of the cost
        if "device" not in names:
            return None
        master = os.readlink(f"{folder}/master") if "master" in names else ""  # noqa: PTH115
    except OSError:
        return None  # it went away
    lower = tuple(name.removeprefix("lower_") for name in names if name.startswith("lower_"))
    return LinkPlace(master.rpartition("/")[2], lower)
