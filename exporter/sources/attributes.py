"""Attribute files of sysfs: one value each, many of them, in folders that come and go."""

from __future__ import annotations

import errno
import os
import re
import resource

from exporter.sources.errors import CollectorError, NothingToRead
from exporter.sources.files import ABSENT_SCRAPES, Sources
from exporter.sources.tokens import signed

# sysfs hands over at most a page; attributes that are shown here are far shorter.
LONGEST = 4096
# Files that one collector keeps open: as large machines need it, within what a process may open.
FEWEST_KEPT = 512
MOST_KEPT = 8192
_SHARE_OF_LIMIT = 16
# A kept file that was not read for so many scrapes is closed: its device may be gone.
SCRAPES_KEPT = 64
MOST_ABSENT = 4096
# Shorter lists of names are sorted anew as fast as they would be found again.
LONG_LIST = 32

# The kernel's ways to say that a device has no such value, or not now.
_ABSENT = frozenset(
    {
        errno.ENOENT,
        errno.ENOTDIR,
        errno.EISDIR,
        errno.EACCES,
        errno.EPERM,
        errno.EINVAL,
        errno.ENODEV,
        errno.ENXIO,
        errno.ENODATA,
        errno.EOPNOTSUPP,
        errno.EAGAIN,
        errno.EBUSY,
        errno.EIO,
        errno.ETIMEDOUT,
    }
)
_DIGITS = re.compile(r"([0-9]+)")


class Attributes:
    """Reads attribute files; those that are read at each scrape stay open.

    Belongs to one collector: a collector that hangs is left to its thread, and what it holds may
    not be used by another. At most ``most_kept()`` files are kept open; those beyond are not, and
    those of devices that went away are closed within ``SCRAPES_KEPT`` scrapes. An attribute that a
    device does not have is looked for at every fourth scrape, and so are devices of a folder that
    has none.
    """

    def __init__(self, sources: Sources) -> None:
        self._sources = sources
        self._kept: dict[str, tuple[int, int]] = {}
        self._absent: dict[str, int] = {}
        self._listed: dict[tuple[str, str], tuple[list[str], list[str]]] = {}
        self._empty: dict[tuple[str, str], int] = {}
        sources.at_close(self.close)
        self._looked_after = 0

    def folder(self, name: str) -> str:
        """The path of a folder below /sys."""
        return str(self._sources.paths.sysfs / name)

    def names(
        self, folder: str, prefix: str = "", besides: frozenset[str] = frozenset()
    ) -> list[str]:
        """The entries of a folder that begin so, numbers in their order.

        Args:
            folder: its path.
            prefix: what the names of devices begin with.
            besides: entries of the folder that are no devices, and are left out.

        Raises:
            OSError: the folder cannot be listed; ``FileNotFoundError`` when there is none.
        """
        cycle = self._sources.cycle
        if cycle - self._looked_after > SCRAPES_KEPT:
            self._give_up(SCRAPES_KEPT)
        if cycle < self._empty.get((folder, prefix), 0):
            return []
        names = os.listdir(folder)  # noqa: PTH208 - a tenth of the cost
        listed = self._listed.get((folder, prefix))
        if listed is None or listed[0] != names:
            wanted = sorted(
                (name for name in names if name.startswith(prefix) and name not in besides),
                key=_natural,
            )
            listed = (names, wanted)
            if len(names) >= LONG_LIST:
                self._listed[folder, prefix] = listed
        if not listed[1]:
            self._found_empty(folder, prefix)
        return listed[1][:]

    def present(self, folder: str, prefix: str = "") -> list[str]:
        """The entries of a folder that only a machine with such devices has; see ``names``.

        Raises:
            NothingToRead: there is no such folder.
            OSError: it cannot be listed.
        """
        try:
            return self.names(folder, prefix)
        except FileNotFoundError as error:
            raise NothingToRead from error

    def if_present(
        self, folder: str, prefix: str = "", besides: frozenset[str] = frozenset()
    ) -> list[str]:
        """The entries of a folder, none where there is no such folder; see ``names``.

        Raises:
            OSError: it cannot be listed.
        """
        try:
            return self.names(folder, prefix, besides)
        except FileNotFoundError:
            self._found_empty(folder, prefix)
            return []

    def _found_empty(self, folder: str, prefix: str) -> None:
        if len(self._empty) >= MOST_ABSENT:
            self._empty.clear()
        self._empty[folder, prefix] = self._sources.cycle + ABSENT_SCRAPES

    def is_folder(self, path: str) -> bool:
        """Whether there is such a folder."""
        return os.path.isdir(path)  # noqa: PTH112 - a tenth of the cost

    def read(self, path: str) -> bytes | None:
        """The attribute without white space around it, or None when the device has none.

        Raises:
            OSError: it is there, but cannot be read.
        """
        cycle = self._sources.cycle
        kept = self._kept.get(path)
        if kept is not None:
            try:
                data = os.pread(kept[0], LONGEST, 0)
            except OSError:
                # The device went away; another one may have its name by now.
                self._forget(path)
            else:
                self._kept[path] = (kept[0], cycle)
                return data.strip()
        if cycle < self._absent.get(path, 0):
            return None
        try:
            return self._read_new(path, cycle)
        except OSError as error:
            if error.errno not in _ABSENT:
                error.filename = path
                raise
            if error.errno == errno.ENOENT:
                if len(self._absent) >= MOST_ABSENT:
                    self._absent.clear()
                self._absent[path] = cycle + ABSENT_SCRAPES
            return None
        except ValueError:
            # A name with a null byte, from a file that is no list of names.
            return None

    def text(self, path: str) -> str:
        """The attribute as text, empty when there is none."""
        data = self.read(path)
        return "" if data is None else data.decode("utf-8", "replace")

    def number(self, path: str) -> bytes | None:
        """The attribute as a decimal number, or None when the device has none.

        Raises:
            CollectorError: it is no number.
            OSError: it is there, but cannot be read.
        """
        data = self.read(path)
        if data is None or (data.isdigit() and len(data) < 20):
            return data
        return b"%d" % signed(data, path)

    def needed_number(self, path: str) -> bytes:
        """The attribute as a decimal number, of a device that cannot be without it.

        Raises:
            CollectorError: it is no number, or not there.
            OSError: it is there, but cannot be read.
        """
        number = self.number(path)
        if number is None:
            raise CollectorError(f"{path}: expected a number, found no file")
        return number

    def _read_new(self, path: str, cycle: int) -> bytes:
        self._sources.note(path)
        descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC | os.O_NONBLOCK)
        keep = False
        try:
            data = os.pread(descriptor, LONGEST, 0)
            keep = self._has_room()
        finally:
            if not keep:
                os.close(descriptor)
        if keep:
            self._kept[path] = (descriptor, cycle)
        return data.strip()

    def _has_room(self) -> bool:
        """Whether one more file may stay open; gives up those that nobody reads any more."""
        most = most_kept()
        # One look at a scrape finds all that is to be found.
        if len(self._kept) >= most and self._looked_after != self._sources.cycle:
            self._give_up(1)
        return len(self._kept) < most

    def _give_up(self, scrapes: int) -> None:
        """Close the files that were not read for more than so many scrapes."""
        cycle = self._looked_after = self._sources.cycle
        for path, (_, used) in list(self._kept.items()):
            if used < cycle - scrapes:
                self._forget(path)

    def _forget(self, path: str) -> None:
        os.close(self._kept.pop(path)[0])

    def close(self) -> None:
        """Close all files; what was not there is looked for again at the next read."""
        for path in list(self._kept):
            self._forget(path)
        self._absent.clear()
        self._empty.clear()


def most_kept() -> int:
    """How many files each collector may keep open: a share of what the process may."""
    limit = resource.getrlimit(resource.RLIMIT_NOFILE)[0]
    if limit == resource.RLIM_INFINITY:
        return MOST_KEPT
    return min(MOST_KEPT, max(FEWEST_KEPT, limit // _SHARE_OF_LIMIT))


def _natural(name: str) -> list[str | int]:
    return [int(part) if part.isdigit() else part for part in _DIGITS.split(name)]
