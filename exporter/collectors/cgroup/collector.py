"""Containers, from their control groups, under cAdvisor's names. By default on.

What is shown is what the kernel counts for a group and all below it. Names come from the files of
Docker, containerd, CRI-O and Podman, and where a flag says so from a kubelet or a runtime's socket,
which no scrape waits for (``names/``). A container whose name is asked for is shown when the answer
is there, so that its series begin under its name.
"""

from __future__ import annotations

import contextlib
import math
import os
from time import monotonic
from typing import TypeVar

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.collectors.cgroup.containers import ContainerGroups
from exporter.collectors.cgroup.families import FAMILIES, FOUND, HIDDEN, UNNAMED
from exporter.collectors.cgroup.hierarchy import ControlGroup, Mounts, Tree, find_mounts
from exporter.collectors.cgroup.kills import Kills
from exporter.collectors.cgroup.names import settings
from exporter.collectors.cgroup.names.identity import REASONS
from exporter.collectors.cgroup.names.naming import Naming
from exporter.collectors.cgroup.pods import PodGroup, PodIdentity, pod_names
from exporter.collectors.cgroup.reading import ContainerSeries, Shown
from exporter.sources.files import Sources
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block, Layout

LIMIT = Flag("collector.cgroup.limit", 500, "Most containers to show; the rest is counted only.")
RESCAN = Flag(
    "collector.cgroup.rescan",
    60.0,
    "Seconds after which the tree is walked anew though no change was seen, and limits re-read.",
)
WATCH = Flag(
    "collector.cgroup.watch-kills",
    True,
    "See kills for lack of memory between scrapes, in a thread that the kernel wakes up for them.",
)
_ORDER = {family.name: position for position, family in enumerate(FAMILIES)}


_Group = TypeVar("_Group", ContainerGroups, PodGroup)
# Labels of a container or pod, and its series.
_Shape = tuple[tuple[str, str], tuple[ContainerSeries, ...]]


class _Devices:
    """Names of block devices by their numbers, as cAdvisor writes them (``/dev/sda``)."""

    def __init__(self, sysfs: str) -> None:
        self._folder = f"{sysfs}/dev/block"
        self._known: dict[bytes, str] = {}

    def __call__(self, number: bytes) -> str:
        name = self._known.get(number)
        if name is None:
            shown = number.decode("ascii")
            try:
                link = os.readlink(f"{self._folder}/{shown}")  # noqa: PTH115
                name = "/dev/" + link.rpartition("/")[2]
            except OSError:
                name = shown
            self._known[number] = name
        return name

    def forget(self) -> None:
        """Ask anew: a number may be another device's by now."""
        self._known.clear()


class CgroupCollector:
    """``container_*``, ``perf_container_info``, ``perf_pod_info`` and ``perf_containers*``."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._limit = flags[LIMIT.variable]
        if self._limit < 0:
            raise InputError(f"--{LIMIT.name}", "", "a number of at least 0", self._limit)
        self._rescan = flags[RESCAN.variable]
        if not 0 < self._rescan < math.inf:
            expected = "a finite number of seconds above 0"
            raise InputError(f"--{RESCAN.name}", "", expected, self._rescan)
        self.kills = Kills(sources.paths.procfs / "vmstat", watched=flags[WATCH.variable])
        sources.at_close(self.kills.close)
        self._paths = sources.paths
        root = sources.paths.rootfs
        self._naming = Naming(root, settings.names_source(flags, root))
        self._unnamed: list[bytes] = []
        self._devices = _Devices(str(sources.paths.sysfs))
        self._tree: Tree | None = None
        self._mounts = Mounts("", {})
        self._walked = 0.0
        self._found = 0
        self._containers: dict[str, ContainerGroups] = {}
        # Those whose name is on its way.
        self._held: frozenset[str] = frozenset()
        self._pods: dict[str, PodGroup] = {}
        self._shape: list[_Shape] | None = None
        self._layout = Layout(())
        self._order: list[int] = []

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        now = monotonic()
        if self._naming.news():
            self._tree = None
        if self._tree is None or now - self._walked >= self._rescan or self._tree.changed():
            self._walk()
            self._walked = now
        shown = self._read(self._containers) + self._read(self._pods)
        return [self._block(shown + self.kills.of_the_gone(shown))]

    def _read(self, groups: dict[str, _Group]) -> list[Shown]:
        """Read all groups; those that have gone are taken out."""
        shown = []
        for path, group in list(groups.items()):
            try:
                readings = group.read()
            except OSError:
                # It has gone between two of its files.
                readings = []
            if readings:
                shown.append((group.labels, readings))
            else:
                del groups[path]
                self.kills.gone(path)
                self._tree = None
        return shown

    def _walk(self) -> None:
        """Look for containers; those that were shown stay before new ones come."""
        self._mounts = find_mounts(self._paths.sysfs / "fs" / "cgroup")
        self._tree = Tree(self._mounts)
        self._devices.forget()
        walked = self._tree.walk()
        found = {group.path: group for group in walked.containers}
        self._found = len(found)
        for path in [*self._containers, *self._pods]:
            if path not in found and path not in walked.pods:
                self.kills.gone(path)
        chosen = self._chosen(found)
        pods = dict(sorted(walked.pods.items())[: self._limit])
        self.kills.follow(self._mounts, [*(group.path for group in chosen), *pods])
        self._show(chosen)
        names = pod_names(self._containers.values())
        self._pods = {
            path: self._pod(path, PodIdentity(uid, *names.get(path, ())))
            for path, uid in pods.items()
        }
        self.kills.remember([*self._containers.values(), *self._pods.values()])

    def _chosen(self, found: dict[str, ControlGroup]) -> list[ControlGroup]:
        """As many containers as may be shown; those that are, or wait for their names, stay."""
        before = self._containers.keys() | self._held
        kept = [path for path in found if path in before]
        new = [path for path in found if path not in before]
        return [found[path] for path in sorted([*kept, *new][: self._limit])]

    def _show(self, chosen: list[ControlGroup]) -> None:
        """Show these, but for those whose names are on their way."""
        before, self._containers = self._containers, {}
        reasons = dict.fromkeys(REASONS, 0)
        for group in chosen:
            container, reason = self._container(group, before.get(group.path))
            if container is not None:
                self._containers[group.path] = container
            if reason:
                reasons[reason] += 1
        self._held = frozenset(g.path for g in chosen if g.path not in self._containers)
        self._naming.keep({group.container.container_id for group in chosen})
        self._unnamed = [b"%d" % count for count in reasons.values()]

    def _container(
        self, found: ControlGroup, before: ContainerGroups | None
    ) -> tuple[ContainerGroups | None, str]:
        """The container unless its name is on its way, and why it has none."""
        known = before.identity if before else None
        identity, reason = self._naming.identify(found.container, known)
        if identity is None:
            return None, reason
        kills = self.kills.of(found.path)
        container = ContainerGroups(self._mounts, found, identity, kills, self._devices)
        # One that is just going away says so when its usage is read.
        with contextlib.suppress(OSError):
            container.read_limits()
        return container, reason

    def _pod(self, path: str, identity: PodIdentity) -> PodGroup:
        before = self._pods.get(path)
        # The containers that had told its name may be gone.
        known = before.identity if before and not identity.pod else identity
        return PodGroup(self._mounts, known, self.kills.of(path))

    def _block(self, shown: list[Shown]) -> Block:
        shape: list[_Shape] = []
        flat: list[bytes] = []
        for labels, readings in shown:
            series, values = zip(*readings, strict=True)
            shape.append((labels, series))
            flat += values
        if shape != self._shape:
            self._lay_out(shape)
        hidden = max(0, self._found - self._limit)
        counts = [b"%d" % self._found, b"%d" % hidden, *self._unnamed]
        return Block(self._layout, [*map(flat.__getitem__, self._order), *counts])

    def _lay_out(self, shape: list[_Shape]) -> None:
        """Bring the series of all containers together by family."""
        flat = [(labels, series) for labels, listed in shape for series in listed]
        order = sorted(range(len(flat)), key=lambda i: _ORDER[flat[i][1].family.name])
        series = [
            Series(series.family, (*labels, *series.labels), series.suffix)
            for labels, series in (flat[i] for i in order)
        ]
        unnamed = [Series(UNNAMED, (reason,)) for reason in REASONS]
        self._layout = Layout([*series, Series(FOUND), Series(HIDDEN), *unnamed])
        self._order = order
        self._shape = shape


SPECIFICATION = CollectorSpecification(
    "cgroup",
    (*FAMILIES, FOUND, HIDDEN, UNNAMED),
    CgroupCollector,
    flags=(LIMIT, RESCAN, WATCH, *settings.FLAGS),
)
