"""The kernel's list of mounts, /proc/PID/mountinfo (proc(5)); it is parsed when it has changed."""

from __future__ import annotations

import re
from typing import NamedTuple

from exporter.collecting import CollectorError
from exporter.sources import Sources
from exporter.tokens import shown

_ESCAPE = re.compile(r"\\([0-7]{3})")


class Mount(NamedTuple):
    """One line of mountinfo; the mount point is as the described machine sees it."""

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
            Mount(_unescape(more[1]), _unescape(fields[4]), _unescape(more[0]), read_only, *numbers)
        )
    if not mounts:
        raise CollectorError("/proc/1/mountinfo: expected lines of mounts, found none")
    return mounts


class MountTable:
    """The mounts of the first process, or of this one where another user's process is hidden."""

    def __init__(self, sources: Sources) -> None:
        self._files = [sources.proc("1/mountinfo"), sources.proc("self/mountinfo")]
        self._data = b""
        self.mounts: list[Mount] = []

    def changed(self) -> bool:
        """Read the list; whether ``mounts`` is another one than before.

        Raises:
            CollectorError: it is malformed.
            OSError: it cannot be read.
        """
        try:
            data = self._files[0].read()
        except OSError:
            # hidepid, see proc(5).
            data = self._files[1].read()
        if data == self._data:
            return False
        self.mounts = parse(data)
        self._data = data
        return True
