"""What the kernel tells of control groups without being asked: inotify(7), version 1's eventfds."""

from __future__ import annotations

import contextlib
import os
import struct
from collections.abc import Iterator
from enum import Enum
from threading import Lock
from typing import NamedTuple

from exporter.native._numbers import lib

# struct inotify_event: watch, kinds, cookie, length of the name that follows.
_HEADER = struct.Struct("iIII")
_IGNORED = 0x8000
_OVERFLOW = 0x4000
_SIZE = 65536


class GroupChange(Enum):
    """What has happened to a group."""

    MADE = "made"
    REMOVED = "removed"
    COUNTED = "counted"  # its memory.events
    UNKNOWN = "unknown"  # the kernel has dropped what it had to tell


class Notification(NamedTuple):
    """Something has happened to the group of that path; its path is "" where it is unknown."""

    change: GroupChange
    path: str


class Notifications:
    """The watched groups of one hierarchy. Any thread may add to them.

    Args:
        root: the hierarchy's folder.

    Raises:
        OSError: there is no inotify here, or the user has too many instances.
    """

    def __init__(self, root: str) -> None:
        self._root = root
        self.descriptor = _checked(lib.open_inotify(), "inotify")
        self._lock = Lock()
        self._folders: dict[int, str] = {}
        self._events: dict[int, str] = {}

    def watch_folder(self, path: str) -> bool:
        """Tell when a group right below this one is made or removed; whether that is possible."""
        return self._add(self._folders, path, "", lib.WATCH_CREATE | lib.WATCH_DELETE)

    def watch_events(self, path: str) -> bool:
        """Tell when the group's ``memory.events`` has changed; whether that is possible."""
        return self._add(self._events, path, "/memory.events", lib.WATCH_MODIFY)

    def _add(self, watches: dict[int, str], path: str, file: str, kinds: int) -> bool:
        with self._lock:
            watch = lib.add_watch(self.descriptor, os.fsencode(self._root + path + file), kinds)
            if watch >= 0:
                watches[watch] = path
            return bool(watch >= 0)

    def forget(self, path: str) -> None:
        """Stop watching a group that is gone; the kernel would keep its files in memory."""
        with self._lock:
            for watches in (self._folders, self._events):
                for watch in [watch for watch, watched in watches.items() if watched == path]:
                    del watches[watch]
                    lib.remove_watch(self.descriptor, watch)

    def take(self) -> Iterator[Notification]:
        """What has happened since the last call, each change of a counter once."""
        data = b""
        with contextlib.suppress(BlockingIOError):
            data = os.read(self.descriptor, _SIZE)
        position, counted = 0, set()
        while position < len(data):
            watch, kinds, _, length = _HEADER.unpack_from(data, position)
            position += _HEADER.size + length
            name = os.fsdecode(data[position - length : position].rstrip(b"\0"))
            if kinds & _OVERFLOW:
                yield Notification(GroupChange.UNKNOWN, "")
            elif watch not in counted and (notification := self._told(watch, kinds, name)):
                if notification.change is GroupChange.COUNTED:
                    counted.add(watch)
                yield notification

    def _told(self, watch: int, kinds: int, name: str) -> Notification | None:
        # Who adds a watch holds the lock until it is known here.
        with self._lock:
            if kinds & _IGNORED:
                self._folders.pop(watch, None)
                self._events.pop(watch, None)
            elif (path := self._events.get(watch)) is not None:
                return Notification(GroupChange.COUNTED, path)
            elif (folder := self._folders.get(watch)) is not None:
                made = kinds & lib.WATCH_CREATE
                return Notification(
                    GroupChange.MADE if made else GroupChange.REMOVED, f"{folder}/{name}"
                )
            return None

    def close(self) -> None:
        """Give the descriptor back."""
        os.close(self.descriptor)


def _checked(result: int, what: str) -> int:
    if result < 0:
        raise OSError(-result, os.strerror(-result), what)
    return result


def register_oom(folder: str, event: int) -> bool:
    """Have version 1's memory controller signal an eventfd when the group runs out of memory.

    Only root may, and not where the hierarchy is mounted read-only; whether it worked. The signal
    comes before the kill, from the group or one above it, and when the group is removed.
    """
    try:
        control = os.open(f"{folder}/memory.oom_control", os.O_RDONLY | os.O_CLOEXEC)
    except OSError:
        return False
    try:
        target = os.open(f"{folder}/cgroup.event_control", os.O_WRONLY | os.O_CLOEXEC)
        try:
            os.write(target, b"%d %d" % (event, control))
        finally:
            os.close(target)
    except OSError:
        return False
    finally:
        os.close(control)
    return True
