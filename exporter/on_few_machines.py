"""Collectors of what few machines have: each file is loaded where its folder is there.

A new one is added here, by hand: a function that imports it, and its line in ``AWAITED``.
"""

from __future__ import annotations

from exporter.collecting import CollectorSpecification
from exporter.collecting.awaited import AwaitedSpecification


def _bcachefs() -> CollectorSpecification:
    from exporter.collectors.bcachefs import SPECIFICATION

    return SPECIFICATION


def _bonding() -> CollectorSpecification:
    from exporter.collectors.bonding import SPECIFICATION

    return SPECIFICATION


def _fibrechannel() -> CollectorSpecification:
    from exporter.collectors.fibrechannel import SPECIFICATION

    return SPECIFICATION


def _hwmon() -> CollectorSpecification:
    from exporter.collectors.hwmon import SPECIFICATION

    return SPECIFICATION


def _infiniband() -> CollectorSpecification:
    from exporter.collectors.infiniband import SPECIFICATION

    return SPECIFICATION


def _ipvs() -> CollectorSpecification:
    from exporter.collectors.ipvs import SPECIFICATION

    return SPECIFICATION


def _mdadm() -> CollectorSpecification:
    from exporter.collectors.mdadm import SPECIFICATION

    return SPECIFICATION


def _nfs() -> CollectorSpecification:
    from exporter.collectors.nfs import SPECIFICATION

    return SPECIFICATION


def _nfsd() -> CollectorSpecification:
    from exporter.collectors.nfsd import SPECIFICATION

    return SPECIFICATION


def _nvme() -> CollectorSpecification:
    from exporter.collectors.nvme import SPECIFICATION

    return SPECIFICATION


def _rapl() -> CollectorSpecification:
    from exporter.collectors.rapl import SPECIFICATION

    return SPECIFICATION


def _tapestats() -> CollectorSpecification:
    from exporter.collectors.tapestats import SPECIFICATION

    return SPECIFICATION


def _zfs() -> CollectorSpecification:
    from exporter.collectors.zfs import SPECIFICATION

    return SPECIFICATION


AWAITED: tuple[AwaitedSpecification, ...] = (
    AwaitedSpecification("bcachefs", "sys/fs/bcachefs", _bcachefs),
    AwaitedSpecification("bonding", "sys/class/net/bonding_masters", _bonding),
    AwaitedSpecification("fibrechannel", "sys/class/fc_host", _fibrechannel),
    AwaitedSpecification("hwmon", "sys/class/hwmon", _hwmon),
    AwaitedSpecification("infiniband", "sys/class/infiniband", _infiniband),
    AwaitedSpecification("ipvs", "proc/net/ip_vs_stats", _ipvs),
    AwaitedSpecification("mdadm", "proc/mdstat", _mdadm),
    AwaitedSpecification("nfs", "proc/net/rpc/nfs", _nfs),
    AwaitedSpecification("nfsd", "proc/net/rpc/nfsd", _nfsd),
    AwaitedSpecification("nvme", "sys/class/nvme", _nvme),
    AwaitedSpecification("rapl", "sys/class/powercap", _rapl),
    AwaitedSpecification("tapestats", "sys/class/scsi_tape", _tapestats),
    AwaitedSpecification("zfs", "proc/spl/kstat/zfs", _zfs),
)
