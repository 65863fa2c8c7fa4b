"""The kernel's name and version, from uname(2)."""

from __future__ import annotations

import os

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.files import Sources
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout

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
        self._seen: tuple[os.uname_result, bytes] | None = None
        self._blocks: list[Block] = []

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        seen = (os.uname(), self._domain_name())
        if seen != self._seen:
            name, domain = seen
            shown = (name.sysname, name.release, name.version, name.machine, name.nodename)
            labels = (*shown, domain.decode("utf-8", "replace").strip())
            self._blocks = [Block(Layout([Series(INFO, labels)]), (b"1",))]
            self._seen = seen
        return self._blocks

    def _domain_name(self) -> bytes:
        try:
            return self._domain.read()
        except OSError:
            return b"(none)"


SPECIFICATION = CollectorSpecification("uname", (INFO,), UnameCollector)
