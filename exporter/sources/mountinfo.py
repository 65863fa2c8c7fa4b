"""The kernel's list of mounts, /proc/PID/mountinfo (proc(5)); it is parsed when it has changed."""

from __future__ import annotations

import os
import re
import select
from pathlib import Path
from time import monotonic
from typing import NamedTuple

from exporter.sources.errors import CollectorError
from exporter.sources.files import KeptFile, Sources
from exporter.sources.tokens import shown

# What changes without news (a disk that its file system found broken) is seen after this time.
REFRESH_SECONDS = 60.0
_ESCAPE = re.compile(r"\\([0-7]{3})")


class Mount(NamedTuple):
    """One line of mountinfo; the mount point is as the described machine sees it.

    The device is as the kernel writes it, a space as ``\\040``: so node_exporter shows it.
    """

    device: str
    point: str
    type: str
    read_only: bool
    major: str
    minor: str


def _unescape(text: bytes) -> str:
    return _ESCAPE.sub(lambda match: chr(int(match[1], 8)), text.decode("utf-8", "replace"))


def parse(data: bytes) -> list[Mount]:
    """Read /proc/PID/mountinfo.

    Raises:
        CollectorError: a line has not the fields, or there is no line.
    """
    mounts = []
    for line in data.split(b"\n"):
        if not line:
            continue
        head, dash, tail = line.partition(b" - ")
        fields = head.split(b" ")
        more = tail.split(b" ")
        major, colon, minor = fields[2].partition(b":") if len(fields) > 2 else (b"", b"", b"")
        whole = dash and colon and len(fields) >= 6 and len(more) >= 3
        if not whole or not major.isdigit() or not minor.isdigit():
            raise CollectorError(f"/proc/1/mountinfo: expected a mount, found {shown(line)}")
        above = more[2].split(b",")
        read_only = b"ro" in fields[5].split(b",") or b"ro" in above or b"emergency_ro" in above
        numbers = (str(int(major)), str(int(minor)))
        mounts.append(
            Mount(
                more[1].decode("utf-8", "replace"),
                _unescape(fields[4]),
                _unescape(more[0]),
                read_only,
                *numbers,
            )
        )
    if not mounts:
        raise CollectorError("/proc/1/mountinfo: expected lines of mounts, found none")
    return mounts


class MountTable:
    """The mounts of the first process, or of this one where another user's process is hidden.

    The kernel tells by poll(2) when mounts have come, gone or changed (proc(5)), so the list, which
    is long to write, is read then, and once a minute.
    """

    def __init__(self, sources: Sources) -> None:
        self._files = [sources.proc("1/mountinfo"), sources.proc("self/mountinfo")]
        self._data = b""
        self._news: _News | None = None
        self._read_at = -REFRESH_SECONDS
        self.mounts: list[Mount] = []
        sources.at_close(self._close)

    def changed(self) -> bool:
        """Read the list if need be; whether ``mounts`` is another one than before.

        Raises:
            CollectorError: it is malformed.
            OSError: it cannot be read.
        """
        now = monotonic()
        recent = now - self._read_at < REFRESH_SECONDS
        if recent and self._news is not None and not self._news.came():
            return False
        self._close()
        data, news = self._read()
        changed = data != self._data
        try:
            if changed:
                self.mounts = parse(data)
        except CollectorError:
            news.close()
            raise
        self._data = data
        self._news, self._read_at = news, now
        return changed

    def _read(self) -> tuple[bytes, _News]:
        """The list, and what will tell of changes from before it was read on."""
        try:
            return self._read_one(self._files[0])
        except OSError:
            # hidepid, see proc(5).
            return self._read_one(self._files[1])

    @staticmethod
    def _read_one(file: KeptFile) -> tuple[bytes, _News]:
        news = _News(file.path)
        try:
            return file.read(), news
        except OSError:
            news.close()
            raise

    def _close(self) -> None:
        if self._news is not None:
            self._news.close()
            self._news = None


class _News:
    """Hears of changed mounts from the kernel; what is no file of the kernel's has always news."""

    def __init__(self, path: Path) -> None:
        # Its own: the kernel tells each opened file once.
        self._descriptor = os.open(path, os.O_RDONLY | os.O_CLOEXEC)
        # Only an ordinary file has a size.
        self._tells = os.fstat(self._descriptor).st_size == 0
        self._poll = select.poll()
        self._poll.register(self._descriptor, select.POLLPRI)

    def came(self) -> bool:
        return not self._tells or bool(self._poll.poll(0))

    def close(self) -> None:
        os.close(self._descriptor)
