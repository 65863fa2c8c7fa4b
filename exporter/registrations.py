"""The collectors that there are, in the order of the page. A new one is added here, by hand."""

from __future__ import annotations

from exporter.collectors import (
    cpu,
    diskstats,
    loadavg,
    loadtest,
    machine,
    meminfo,
    netdev,
    process,
    stat,
    uname,
    vmstat,
)

COLLECTORS = (
    cpu.SPECIFICATION,
    diskstats.SPECIFICATION,
    loadavg.SPECIFICATION,
    loadtest.SPECIFICATION,
    machine.SPECIFICATION,
    meminfo.SPECIFICATION,
    netdev.SPECIFICATION,
    process.SPECIFICATION,
    stat.SPECIFICATION,
    uname.SPECIFICATION,
    vmstat.SPECIFICATION,
)
