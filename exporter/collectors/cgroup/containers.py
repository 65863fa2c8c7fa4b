"""One container that is shown: its groups, who it is, and its readings of now."""

from __future__ import annotations

from exporter.collectors.cgroup import families as f
from exporter.collectors.cgroup import version1, version2
from exporter.collectors.cgroup.hierarchy import ControlGroup, Mounts
from exporter.collectors.cgroup.kill_counts import GroupKills
from exporter.collectors.cgroup.names.identity import ContainerIdentity
from exporter.collectors.cgroup.reading import ContainerSeries, DeviceName, Readings, read

MOST_BELOW = 256
_PROCESSES = ContainerSeries(f.PROCESSES)


class ContainerGroups:
    """A container's groups in all hierarchies.

    Args:
        mounts: where the hierarchies are.
        found: the container's group and those below it.
        identity: who it is.
        kills: where its kills are counted.
        device_name: how devices are called.
    """

    def __init__(
        self,
        mounts: Mounts,
        found: ControlGroup,
        identity: ContainerIdentity,
        kills: GroupKills,
        device_name: DeviceName,
    ) -> None:
        self.identity = identity
        self.path = found.path
        self.labels = (found.path, identity.name)
        self.info = (ContainerSeries(f.INFO, identity[:1] + identity[2:]), b"1")
        self._kills = kills
        self._device_name = device_name
        self._folders = {name: root + found.path for name, root in mounts.controllers.items()}
        self._unified = mounts.unified + found.path if mounts.unified else ""
        self._limits: Readings = []
        # Any hierarchy tells the processes; in version 2 those of a group below are not in it.
        self._processes = [
            path + below
            for path in (next(iter(self._folders.values()), self._unified),)
            for below in ["", *(path[len(found.path) :] for path in found.below[:MOST_BELOW])]
        ]

    def read_limits(self) -> None:
        """Read what it may use; this seldom changes, and is done when the tree is walked.

        Raises:
            CollectorError: a file is malformed.
            OSError: a file cannot be read, or the group has gone.
        """
        if self._folders:
            self._limits = version1.read_limits(self._folders)
        else:
            self._limits = version2.read_limits(self._unified)

    def read(self) -> Readings:
        """All series and values of now; empty when the group has gone.

        Raises:
            CollectorError, OSError: see ``read_limits``.
        """
        if self._folders:
            readings = version1.read_usage(self._folders, self._device_name, self._kills)
            if self._unified:
                readings += version2.read_pressure(self._unified)
        else:
            readings = version2.read_usage(self._unified, self._device_name, self._kills)
        if not readings:
            return readings
        listed = [read(folder, "cgroup.procs") for folder in self._processes]
        # A threaded group refuses the list with another error, and its parent has its processes.
        processes = sum(data.count(b"\n") for data in listed if data)
        return [*readings, (_PROCESSES, b"%d" % processes), *self._limits, self.info]
