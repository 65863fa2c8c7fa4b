"""Sees kills for lack of memory when they happen, in a thread that else sleeps.

A container's group is gone some milliseconds after the kill that ended it, and a scrape comes every
few seconds. In version 2 the kernel tells of each change of ``memory.events``. In version 1 it
tells that a group runs out of memory, shortly before the kill; then the machine's count of kills
is looked at for a moment, and the groups' when it has risen.
"""

from __future__ import annotations

import contextlib
import os
import select
from collections.abc import Iterable
from pathlib import Path
from threading import Lock, Thread
from time import monotonic, sleep

from exporter.collecting import CollectorError
from exporter.collectors.cgroup import version1, version2
from exporter.collectors.cgroup.kill_counts import GroupKills, KillCounts
from exporter.collectors.cgroup.notifications import (
    GroupChange,
    Notification,
    Notifications,
    register_oom,
)
from exporter.collectors.cgroup.paths import pod_above, resolve, resolve_pod

MOST_WATCHED = 4096
# Memory runs out some moments before the kill, and what the kernel tells of the kill itself may
# come two of its ticks later: so long is looked for one, and so often at first.
_LOOK_SECONDS = 0.2
_FIRST_PAUSE = 0.001
_LONGEST_PAUSE = 0.05
# A group at its limit changes its events a hundred times a second for as long as it likes: so many
# looks are taken at once, and then so many a second.
_BURST = 2000.0
_PER_SECOND = 20.0


class _Pace:
    """Makes a thread wait that has too much to do."""

    def __init__(self) -> None:
        self._left = _BURST
        self._time = monotonic()

    def keep(self, looks: int) -> None:
        now = monotonic()
        self._left = min(_BURST, self._left + (now - self._time) * _PER_SECOND) - looks
        self._time = now
        if self._left < 0:
            sleep(-self._left / _PER_SECOND)


class KillWatch:
    """Keeps counts up to date for one hierarchy, until it is closed.

    Args:
        root: the folder of the hierarchy that has the memory controller.
        vmstat: the file of /proc with the machine's count.
        counts: where to count.
        hierarchical: whether the hierarchy is of version 2.

    Raises:
        OSError: there is no inotify here, or the user has too many instances.
    """

    def __init__(self, root: str, vmstat: Path, counts: KillCounts, *, hierarchical: bool) -> None:
        self._root = root
        self._vmstat = vmstat
        self._counts = counts
        self._hierarchical = hierarchical
        self._notifications = Notifications(root)
        # Version 1's signals, and the one to end.
        self._event = os.eventfd(0, os.EFD_CLOEXEC | os.EFD_NONBLOCK)
        self._lock = Lock()
        self._followed: set[str] = set()
        # Kills that the thread last saw in a group: a scrape may have counted them before it.
        self._known: dict[str, bytes] = {}
        # Groups in which a kill may be near.
        self._alarmed: set[str] = set()
        self._closed = False
        self._thread = Thread(target=self._run, daemon=True, name="kills")
        self._thread.start()

    def follow(self, paths: Iterable[str]) -> None:
        """Watch these groups too, of containers and pods, and for new ones beside them."""
        paths = list(paths)
        folders = {path.rpartition("/")[0] for path in paths}
        watched = {folder for folder in folders if self._notifications.watch_folder(folder)}
        for path in paths:
            if path.rpartition("/")[0] in watched:
                self._follow(path)

    def forget(self, path: str) -> None:
        """Stop watching a group that is gone."""
        with self._lock:
            self._followed.discard(path)
        self._notifications.forget(path)

    def close(self) -> None:
        """End the thread."""
        self._closed = True
        os.eventfd_write(self._event, 1)
        self._thread.join()

    def _follow(self, path: str) -> None:
        with self._lock:
            if path in self._followed or len(self._followed) >= MOST_WATCHED:
                return
            # In version 2 what happens in a pod's container is told of the pod.
            if not self._hierarchical:
                register_oom(self._root + path, self._event)
            elif not pod_above(path) and not self._notifications.watch_events(path):
                return
            self._followed.add(path)

    def _run(self) -> None:
        poll = select.poll()
        poll.register(self._notifications.descriptor, select.POLLIN)
        poll.register(self._event, select.POLLIN)
        pace, known = _Pace(), self._kills_of_machine()
        until = pause = 0.0
        while not self._closed:
            ready = poll.poll(pause * 1000 if monotonic() < until else None)
            if ready and self._take():
                until, pause = monotonic() + _LOOK_SECONDS, _FIRST_PAUSE
            else:
                pause = min(2 * pause, _LONGEST_PAUSE)
            if not self._hierarchical and (now := self._kills_of_machine()) != known:
                known = now
                self._alarmed.update(self._all())
            for path in self._alarmed:
                self._look_at(path)
            pace.keep(1 + len(self._alarmed))
            if not self._hierarchical or monotonic() >= until:
                self._alarmed.clear()
        self._notifications.close()
        os.close(self._event)

    def _take(self) -> bool:
        """Hear all that there is; whether a kill may be near."""
        near = False
        for notification in self._notifications.take():
            self._handle(notification)
            near |= notification.change is GroupChange.COUNTED
        with contextlib.suppress(BlockingIOError):
            os.eventfd_read(self._event)
            near = True
        return near

    def _kills_of_machine(self) -> bytes:
        if self._hierarchical:
            return b""
        try:
            return self._vmstat.read_bytes().rpartition(b"\noom_kill ")[2].partition(b"\n")[0]
        except OSError:
            return b""

    def _handle(self, notification: Notification) -> None:
        path = notification.path
        if notification.change is GroupChange.COUNTED:
            self._alarmed.add(path)
        elif notification.change is GroupChange.REMOVED:
            self._end(path)
        elif notification.change is GroupChange.MADE:
            self._begin(path)
        else:
            self._look_again()

    def _begin(self, path: str) -> None:
        is_pod = bool(resolve_pod(path))
        if not is_pod and resolve(path) is None:
            return
        if is_pod:
            self._notifications.watch_folder(path)
        self._follow(path)
        # What came before the watch was there.
        self._look_at(path)

    def _end(self, path: str) -> None:
        self._known.pop(path, None)
        self._alarmed.discard(path)
        if path in self._followed:
            self.forget(path)
        self._counts.end(path)

    def _all(self) -> list[str]:
        with self._lock:
            return list(self._followed)

    def _look_again(self) -> None:
        for path in self._all():
            self._look_at(path)
            if not Path(self._root + path).is_dir():
                self._end(path)

    def _look_at(self, path: str) -> None:
        """Count the kills of a group, and in version 2 of a pod's containers."""
        # It may be gone by now; and what is malformed is told where it is scraped.
        with contextlib.suppress(OSError, CollectorError):
            kills = GroupKills(self._counts, path)
            if not self._hierarchical:
                version1.read_kills(self._root + path, kills)
                return
            known = self._known.get(path)
            readings = version2.read_kills(self._root + path, kills)
            self._known[path] = total = readings[-1][1] if readings else b""
            if total != known and resolve_pod(path):
                for name in os.listdir(self._root + path):  # noqa: PTH208
                    if resolve(f"{path}/{name}"):
                        self._look_at(f"{path}/{name}")
