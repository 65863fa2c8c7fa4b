"""Collectors that are off by default: each file is loaded for who turns its collector on.

A new one is added here, by hand: a function that imports it, and its line in ``DEFERRED``.
"""

from __future__ import annotations

from exporter.collecting import CollectorSpecification
from exporter.collecting.deferred import DeferredSpecification


def _buddyinfo() -> CollectorSpecification:
    from exporter.collectors.buddyinfo import SPECIFICATION

    return SPECIFICATION


def _cgroups() -> CollectorSpecification:
    from exporter.collectors.cgroups import SPECIFICATION

    return SPECIFICATION


def _cpu_vulnerabilities() -> CollectorSpecification:
    from exporter.collectors.cpu_vulnerabilities import SPECIFICATION

    return SPECIFICATION


def _drbd() -> CollectorSpecification:
    from exporter.collectors.drbd import SPECIFICATION

    return SPECIFICATION


def _drm() -> CollectorSpecification:
    from exporter.collectors.drm import SPECIFICATION

    return SPECIFICATION


def _ethtool() -> CollectorSpecification:
    from exporter.collectors.ethtool import SPECIFICATION

    return SPECIFICATION


def _interrupts() -> CollectorSpecification:
    from exporter.collectors.interrupts import SPECIFICATION

    return SPECIFICATION


def _ksmd() -> CollectorSpecification:
    from exporter.collectors.ksmd import SPECIFICATION

    return SPECIFICATION


def _lnstat() -> CollectorSpecification:
    from exporter.collectors.lnstat import SPECIFICATION

    return SPECIFICATION


def _logind() -> CollectorSpecification:
    from exporter.collectors.logind import SPECIFICATION

    return SPECIFICATION


def _meminfo_numa() -> CollectorSpecification:
    from exporter.collectors.meminfo_numa import SPECIFICATION

    return SPECIFICATION


def _mountstats() -> CollectorSpecification:
    from exporter.collectors.mountstats import SPECIFICATION

    return SPECIFICATION


def _network_route() -> CollectorSpecification:
    from exporter.collectors.network_route import SPECIFICATION

    return SPECIFICATION


def _nvmesubsystem() -> CollectorSpecification:
    from exporter.collectors.nvmesubsystem import SPECIFICATION

    return SPECIFICATION


def _pcidevice() -> CollectorSpecification:
    from exporter.collectors.pcidevice import SPECIFICATION

    return SPECIFICATION


def _perf() -> CollectorSpecification:
    from exporter.collectors.perf import SPECIFICATION

    return SPECIFICATION


def _processes() -> CollectorSpecification:
    from exporter.collectors.processes import SPECIFICATION

    return SPECIFICATION


def _qdisc() -> CollectorSpecification:
    from exporter.collectors.qdisc import SPECIFICATION

    return SPECIFICATION


def _slabinfo() -> CollectorSpecification:
    from exporter.collectors.slabinfo import SPECIFICATION

    return SPECIFICATION


def _softirqs() -> CollectorSpecification:
    from exporter.collectors.softirqs import SPECIFICATION

    return SPECIFICATION


def _swap() -> CollectorSpecification:
    from exporter.collectors.swap import SPECIFICATION

    return SPECIFICATION


def _sysctl() -> CollectorSpecification:
    from exporter.collectors.sysctl import SPECIFICATION

    return SPECIFICATION


def _systemd() -> CollectorSpecification:
    from exporter.collectors.systemd import SPECIFICATION

    return SPECIFICATION


def _tcpstat() -> CollectorSpecification:
    from exporter.collectors.tcpstat import SPECIFICATION

    return SPECIFICATION


def _wifi() -> CollectorSpecification:
    from exporter.collectors.wifi import SPECIFICATION

    return SPECIFICATION


def _xfrm() -> CollectorSpecification:
    from exporter.collectors.xfrm import SPECIFICATION

    return SPECIFICATION


def _zoneinfo() -> CollectorSpecification:
    from exporter.collectors.zoneinfo import SPECIFICATION

    return SPECIFICATION


DEFERRED: tuple[DeferredSpecification, ...] = (
    DeferredSpecification("buddyinfo", _buddyinfo),
    DeferredSpecification("cgroups", _cgroups),
    DeferredSpecification("cpu_vulnerabilities", _cpu_vulnerabilities),
    DeferredSpecification("drbd", _drbd),
    DeferredSpecification("drm", _drm),
    DeferredSpecification("ethtool", _ethtool),
    DeferredSpecification("interrupts", _interrupts),
    DeferredSpecification("ksmd", _ksmd),
    DeferredSpecification("lnstat", _lnstat),
    DeferredSpecification("logind", _logind),
    DeferredSpecification("meminfo_numa", _meminfo_numa),
    DeferredSpecification("mountstats", _mountstats),
    DeferredSpecification("network_route", _network_route),
    DeferredSpecification("nvmesubsystem", _nvmesubsystem),
    DeferredSpecification("pcidevice", _pcidevice),
    DeferredSpecification("perf", _perf),
    DeferredSpecification("processes", _processes),
    DeferredSpecification("qdisc", _qdisc),
    DeferredSpecification("slabinfo", _slabinfo),
    DeferredSpecification("softirqs", _softirqs),
    DeferredSpecification("swap", _swap),
    DeferredSpecification("sysctl", _sysctl),
    DeferredSpecification("systemd", _systemd),
    DeferredSpecification("tcpstat", _tcpstat),
    DeferredSpecification("wifi", _wifi),
    DeferredSpecification("xfrm", _xfrm),
    DeferredSpecification("zoneinfo", _zoneinfo),
)
