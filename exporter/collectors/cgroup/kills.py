"""Kills for lack of memory: counted at scrapes, and between them where the kernel tells of them."""

from __future__ import annotations

import logging
from collections.abc import Iterable
from pathlib import Path

from exporter.collectors.cgroup import families
from exporter.collectors.cgroup.containers import ContainerGroups
from exporter.collectors.cgroup.hierarchy import Mounts
from exporter.collectors.cgroup.kill_counts import GroupKills, KillCounts
from exporter.collectors.cgroup.kill_watch import KillWatch
from exporter.collectors.cgroup.paths import resolve, resolve_pod
from exporter.collectors.cgroup.pods import PodGroup, PodIdentity, pod_info
from exporter.collectors.cgroup.reading import ContainerSeries, Shown

LOG = logging.getLogger(__name__)

_KILLS = ContainerSeries(families.OOM_EVENTS)


class Kills:
    """The counts of one machine's groups, and who they were that are gone.

    Args:
        vmstat: the file of /proc with the machine's count.
        watched: whether kills between scrapes are wanted, too.
    """

    def __init__(self, vmstat: Path, *, watched: bool) -> None:
        self._vmstat = vmstat
        self._watched = watched
        self._mounts = Mounts("", {})
        self._root = ""
        self._counts = KillCounts(hierarchical=True)
        self._watch: KillWatch | None = None
        self._tried = False
        # Each with the series that says whose group it is, alone.
        self._shown: dict[str, Shown] = {}

    def of(self, path: str) -> GroupKills:
        """Where the kills of a group are counted."""
        return GroupKills(self._counts, path)

    def follow(self, mounts: Mounts, paths: list[str]) -> None:
        """These groups of containers and pods are there; the first ones start the watch."""
        hierarchical = not mounts.controllers
        if mounts != self._mounts:
            self.close()
            self._mounts = mounts
            self._root = mounts.unified if hierarchical else mounts.controllers.get("memory", "")
            self._counts = KillCounts(hierarchical=hierarchical)
            self._tried = not (self._watched and self._root)
        if paths and not self._tried:
            self._tried = True
            try:
                self._watch = KillWatch(
                    self._root, self._vmstat, self._counts, hierarchical=hierarchical
                )
            except OSError as error:
                LOG.warning("kills in containers between scrapes are not seen: %s", error)
        if self._watch is not None:
            self._watch.follow(paths)

    def gone(self, path: str) -> None:
        """A group could not be read any more."""
        if self._root and not Path(self._root + path).is_dir():
            self._counts.end(path)
            if self._watch is not None:
                self._watch.forget(path)

    def remember(self, groups: Iterable[ContainerGroups | PodGroup]) -> None:
        """These are shown now; who they are is known as long as their kills are kept."""
        kept = self._counts.kept()
        self._shown = {path: self._shown[path] for path in kept if path in self._shown}
        self._shown |= {group.path: (group.labels, [group.info]) for group in groups}

    def of_the_gone(self, shown: list[Shown]) -> list[Shown]:
        """The kills of groups that are gone; not of those that went after they were read."""
        kept = self._counts.kept()
        for (path, _), _ in shown if kept else ():
            kept.pop(path, None)
        rows: list[Shown] = []
        for path, kills in sorted(kept.items()):
            labels, info = self._shown.get(path) or _unknown(path)
            pod = info if resolve_pod(path) else []
            rows.append((labels, [(_KILLS, b"%d" % kills), *pod]))
        return rows

    def close(self) -> None:
        """End the watch."""
        if self._watch is not None:
            self._watch.close()
            self._watch = None


def _unknown(path: str) -> Shown:
    """What the path tells of a group that came and went between two scrapes."""
    if uid := resolve_pod(path):
        return (path, ""), [pod_info(PodIdentity(uid))]
    found = resolve(path)
    return (path, found.container_id if found else ""), []
