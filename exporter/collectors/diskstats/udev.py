"""What udev knows of block devices, from its data files (systemd: src/libsystemd/sd-device)."""

from __future__ import annotations

import os
from pathlib import Path

from exporter.sources.files import Sources

_PROPERTY = b"E:"

Properties = dict[str, str]
# Inode, size and nanoseconds of the last change.
_Identity = tuple[int, int, int]


def parse(data: bytes) -> Properties:
    """The properties of a device, which are the lines ``E:NAME=VALUE``."""
    lines = (line for line in data.split(b"\n") if line.startswith(_PROPERTY))
    pairs = (line[len(_PROPERTY) :].decode("utf-8", "replace").partition("=") for line in lines)
    return {name: value for name, equals, value in pairs if equals}


class UdevData:
    """Reads a device's data file when it has changed, which udev does by a new file."""

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._folder = str(sources.paths.udev_data)
        self._known: dict[str, tuple[_Identity, Properties]] = {}

    def properties(self, major: str, minor: str) -> Properties:
        """What is known of the block device: the same object until it changes, empty if nothing.

        A file that cannot be read is none.
        """
        path = f"{self._folder}/b{major}:{minor}"
        try:
            facts = os.stat(path)  # noqa: PTH116 - a tenth of the cost
        except OSError:
            self._known.pop(path, None)
            return _NOTHING
        identity = (facts.st_ino, facts.st_size, facts.st_mtime_ns)
        known = self._known.get(path)
        if known is None or known[0] != identity:
            try:
                known = (identity, parse(Path(path).read_bytes()))
            except OSError:
                return _NOTHING
            self._known[path] = known
        return known[1]

    def forget_all_but(self, devices: set[tuple[str, str]]) -> None:
        """Give up what is known of devices that went away."""
        kept = {f"{self._folder}/b{major}:{minor}" for major, minor in devices}
        self._known = {path: known for path, known in self._known.items() if path in kept}


_NOTHING: Properties = {}
