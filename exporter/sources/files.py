"""Files of /proc and /sys, opened once and re-read; and where those trees are."""

from __future__ import annotations

import errno
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

from exporter.native._numbers import ffi

_FIRST_SIZE = 16384
# The kernel makes a buffer as large as what is asked for when a file of /proc/sys is read.
_ONE_VALUE = 1024
# The kernel's sequential files hand over this much at a time, and less where a line would not fit.
_PAGE = 4096
# Files below /proc that it hands over in one piece (single_open() in its source), and the longest
# lines of others, generously: both save the read that only finds the end.
_IN_ONE_PIECE = frozenset(
    {
        *("stat", "meminfo", "loadavg"),
        *("net/netstat", "net/snmp", "net/snmp6", "net/sockstat", "net/sockstat6"),
        *("pressure/cpu", "pressure/io", "pressure/memory", "pressure/irq"),
    }
)
_LONGEST_LINES = {
    "diskstats": 512,
    "net/arp": 512,
    "net/dev": 512,
    "net/softnet_stat": 512,
    "net/stat/nf_conntrack": 256,
    "vmstat": 64,
}
# What is not there is looked for again at every so many scrapes.
ABSENT_SCRAPES = 4


class Paths(NamedTuple):
    """Where the trees of the machine to be described are mounted."""

    procfs: Path = Path("/proc")
    sysfs: Path = Path("/sys")
    rootfs: Path = Path("/")
    udev_data: Path = Path("/run/udev/data")


class KeptFile:
    """A file that is opened once and re-read from its start.

    Two readers in the same scrape share one read. A file that went away (a device was removed, a
    module unloaded) is opened anew once before the error is passed on. One that is not there is
    looked for at every fourth scrape.

    Args:
        path: where it is.
        sources: whose scrape counts.
        longest_line: the longest line that the kernel can write there, in bytes, 0 for a file of
            one value, None when it is not known. It saves the read that only finds the end.
        in_one_piece: whether the kernel hands over the whole file where there is room for it.
    """

    __slots__ = (
        "_absent_until",
        "_cycle",
        "_data",
        "_descriptor",
        "_in_one_piece",
        "_native",
        "_size",
        "_sources",
        "_whole",
        "path",
    )

    def __init__(
        self,
        path: Path,
        sources: Sources,
        longest_line: int | None = None,
        *,
        in_one_piece: bool = False,
    ) -> None:
        self.path = path
        self._sources = sources
        self._absent_until = 0
        if longest_line == 0:
            self._size, self._whole = _ONE_VALUE, _ONE_VALUE - 1
        else:
            self._size = _FIRST_SIZE
            self._whole = -1 if longest_line is None else _PAGE - longest_line
        self._in_one_piece = in_one_piece
        self._native: Any = None
        self._descriptor = -1
        self._cycle = -1
        self._data = b""

    def read(self) -> bytes:
        """The whole content of now.

        Raises:
            OSError: it does not exist or cannot be read.
        """
        cycle = self._sources.cycle
        if cycle == self._cycle:
            return self._data
        self._data = b""
        self._cycle = -1
        if self._descriptor >= 0:
            try:
                self._data = self._read_all()
            except OSError:
                self.close()
        if self._descriptor < 0:
            self._open(cycle)
            try:
                self._data = self._read_all()
            except OSError as error:
                self.close()
                # pread(2) knows no name.
                error.filename = str(self.path)
                raise
        self._cycle = cycle
        return self._data

    def _open(self, cycle: int) -> None:
        if cycle < self._absent_until:
            raise FileNotFoundError(errno.ENOENT, os.strerror(errno.ENOENT), str(self.path))
        try:
            self._descriptor = os.open(self.path, os.O_RDONLY | os.O_CLOEXEC)
        except FileNotFoundError:
            self._absent_until = cycle + ABSENT_SCRAPES
            raise
        if self._native is not None:
            self._native.descriptor = self._descriptor

    def native(self) -> Any:
        """The file as C reads it (``struct kept_file *``); it is told when it is opened anew."""
        if self._native is None:
            whole = self._size - 1 if self._in_one_piece else self._whole
            self._native = ffi.new("struct kept_file *", (self._descriptor, self._size, whole))
        return self._native

    def _read_all(self) -> bytes:
        # The kernel's sequential files hand over a page at a time, so only an empty read is the
        # end of the file.
        data = os.pread(self._descriptor, self._size, 0)
        length = len(data)
        if length <= self._whole or not length or (self._in_one_piece and length < self._size):
            return data
        parts = [data]
        offset = length
        while data := os.pread(self._descriptor, self._size, offset):
            parts.append(data)
            offset += len(data)
        self._size = max(self._size, offset * 2)
        return b"".join(parts) if len(parts) > 1 else parts[0]

    def close(self) -> None:
        """Give the descriptor back; the next read opens the file again."""
        if self._descriptor >= 0:
            os.close(self._descriptor)
            self._descriptor = -1
            if self._native is not None:
                self._native.descriptor = -1


def _of_the_host(procfs: Path) -> Path:
    """Below which folder ``net`` is that of the machine which a mounted /proc describes.

    ``net`` itself is that of the reader's network namespace (proc(5)), a container's own. Of the
    first process it is the host's, for any user, where the mount does not hide it (hidepid).
    Without a mount elsewhere the reader's is what is meant.
    """
    first = procfs / "1"
    elsewhere = procfs != Path("/proc") and os.access(first / "net" / "dev", os.R_OK)
    return first if elsewhere else procfs


class Sources:
    """All kept files, by path, so that collectors share what they both read."""

    def __init__(self, paths: Paths) -> None:
        self.paths = paths
        self._net = _of_the_host(paths.procfs)
        self.cycle = 0
        self._files: dict[Path, KeptFile] = {}
        self._attributes: set[str] | None = None
        self._others: list[Callable[[], None]] = []

    def begin_scrape(self) -> None:
        """Forget what the last scrape read."""
        self.cycle += 1

    def proc(self, name: str, longest_line: int | None = None) -> KeptFile:
        """The kept file of that name below /proc; see ``KeptFile`` for its longest line."""
        # A file of /proc/sys holds one value.
        if name.startswith("sys/"):
            longest_line = 0
        elif longest_line is None:
            longest_line = _LONGEST_LINES.get(name)
        in_one_piece = name in _IN_ONE_PIECE
        root = self._net if name.startswith("net/") else self.paths.procfs
        return self._kept(root / name, longest_line, in_one_piece=in_one_piece)

    def path_of(self, place: str) -> str:
        """The path of a file or folder whose ``place`` begins with ``proc/`` or ``sys/``."""
        root, _, name = place.partition("/")
        if root == "sys":
            return str(self.paths.sysfs / name)
        return str((self._net if name.startswith("net/") else self.paths.procfs) / name)

    def sys(self, name: str) -> KeptFile:
        """The kept file of that name below /sys."""
        return self._kept(self.paths.sysfs / name, 0)

    def _kept(
        self, path: Path, longest_line: int | None, *, in_one_piece: bool = False
    ) -> KeptFile:
        file = self._files.get(path)
        if file is None:
            file = self._files[path] = KeptFile(path, self, longest_line, in_one_piece=in_one_piece)
        return file

    def note_what_is_read(self) -> None:
        """Remember which attribute files are read, too; they are not kept here."""
        self._attributes = set()

    def note(self, path: str) -> None:
        """An attribute file was read; remembered only if that is wanted."""
        if self._attributes is not None:
            self._attributes.add(path)

    def opened(self) -> list[Path]:
        """The paths of all kept and noted files: what the collectors have read."""
        return [*self._files, *map(Path, self._attributes or ())]

    def forget(self, file: KeptFile) -> None:
        """Close a file that is not wanted any more."""
        file.close()
        self._files.pop(file.path, None)

    def at_close(self, close: Callable[[], None]) -> None:
        """Have something else closed with the files."""
        self._others.append(close)

    def close(self) -> None:
        """Close all files."""
        for file in self._files.values():
            file.close()
        self._files.clear()
        for close in self._others:
            close()
