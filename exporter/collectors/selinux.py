"""SELinux, from /sys/fs/selinux and /etc/selinux/config (selinux(8))."""

from __future__ import annotations

import re

from exporter.collecting import CollectorSpecification, Flags
from exporter.sources.files import Sources
from exporter.sources.tokens import unsigned
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout, VaryingSeries

ENABLED = Family(
    "node_selinux_enabled",
    "gauge",
    "SELinux is enabled, 1 is true, 0 is false",
    source="/sys/fs/selinux",
)
CONFIG_MODE = Family(
    "node_selinux_config_mode",
    "gauge",
    "Configured SELinux enforcement mode",
    source="/etc/selinux/config",
)
CURRENT_MODE = Family(
    "node_selinux_current_mode",
    "gauge",
    "Current SELinux enforcement mode",
    source="/sys/fs/selinux/enforce",
)
MODES = {b"enforcing": b"1", b"permissive": b"0"}
DISABLED = b"-1"
_MODE = re.compile(rb"^\s*SELINUX\s*=\s*(\w+)", re.MULTILINE)


def parse_config(data: bytes) -> bytes:
    """The configured mode: 1 enforcing, 0 permissive, -1 disabled or not said."""
    match = _MODE.search(data)
    return MODES.get(match[1].lower(), DISABLED) if match else DISABLED


class SelinuxCollector:
    """``node_selinux_*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        del flags
        self._enforce = sources.sys("fs/selinux/enforce")
        self._config = sources.paths.rootfs / "etc" / "selinux" / "config"
        self._series = VaryingSeries()
        self._off = [Block(Layout([Series(ENABLED)]), (b"0",))]

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        try:
            mode = unsigned(self._enforce.read(), str(self._enforce.path))
        except FileNotFoundError:
            return self._off
        try:
            configured = parse_config(self._config.read_bytes())
        except FileNotFoundError:
            configured = DISABLED
        pairs = [
            (Series(ENABLED), b"1"),
            (Series(CONFIG_MODE), configured),
            (Series(CURRENT_MODE), b"%d" % mode),
        ]
        return [self._series.block(pairs)]


SPECIFICATION = CollectorSpecification(
    "selinux", (ENABLED, CONFIG_MODE, CURRENT_MODE), SelinuxCollector
)
