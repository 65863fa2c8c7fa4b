"""The kernel's name and version, from uname(2)."""

from __future__ import annotations

import os

from exporter.collecting import CollectorSpecification, Flags
from exporter.families import Family, Sample
from exporter.rendering import Block, Layout
from exporter.sources import Sources

INFO = Family(
    "node_uname_info",
    "gauge",
    "Labeled system information as provided by the uname system call.",
    ("sysname", "release", "version", "machine", "nodename", "domainname"),
    source="uname(2)",
)


class UnameCollector:
    """``node_uname_info``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._domain = sources.proc("sys/kernel/domainname")
        self._shown: tuple[str, ...] = ()
        self._layout = Layout(())

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        name = os.uname()
        shown = (
            name.sysname,
            name.release,
            name.version,
            name.machine,
            name.nodename,
            self._domain_name(),
        )
        if shown != self._shown:
            self._layout = Layout([Sample(INFO, shown)])
            self._shown = shown
        return [Block(self._layout, (b"1",))]

    def _domain_name(self) -> str:
        try:
            return self._domain.read().decode("utf-8", "replace").strip()
        except OSError:
            return "(none)"


SPECIFICATION = CollectorSpecification("uname", (INFO,), UnameCollector)
