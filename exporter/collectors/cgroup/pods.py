"""One pod that is shown: what its containers use together, against what it may use.

A pod's group outlives its containers, has limits where all of them have some (or where the pod
itself was given them), and in version 2 counts the kills in all containers that it ever had.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from typing import NamedTuple

from exporter.collectors.cgroup import families as f
from exporter.collectors.cgroup import version1, version2
from exporter.collectors.cgroup.containers import ContainerGroups
from exporter.collectors.cgroup.hierarchy import Mounts
from exporter.collectors.cgroup.kill_counts import GroupKills
from exporter.collectors.cgroup.paths import pod_above
from exporter.collectors.cgroup.reading import ContainerSeries, Readings


class PodIdentity(NamedTuple):
    """Who a pod is; what is unknown is ""."""

    pod_uid: str
    pod: str = ""
    namespace: str = ""


def pod_names(containers: Iterable[ContainerGroups]) -> dict[str, tuple[str, str]]:
    """Name and namespace of pods by their groups' paths, as their containers' runtime tells."""
    return {
        pod_above(container.path): (container.identity.pod, container.identity.namespace)
        for container in containers
        if container.identity.pod
    }


def pod_info(identity: PodIdentity) -> tuple[ContainerSeries, bytes]:
    """The series that says whose group it is."""
    return ContainerSeries(f.POD_INFO, identity), b"1"


class PodGroup:
    """A pod's group in all hierarchies.

    Args:
        mounts: where the hierarchies are.
        identity: who it is.
        kills: where its kills are counted, and its group's path.
    """

    def __init__(self, mounts: Mounts, identity: PodIdentity, kills: GroupKills) -> None:
        self.identity = identity
        self.path = kills.path
        self.info = pod_info(identity)
        # As cAdvisor has it: what is no container has no name.
        self.labels = (kills.path, "")
        self._kills = kills
        self._folders = {name: root + kills.path for name, root in mounts.controllers.items()}
        self._unified = mounts.unified + kills.path if mounts.unified else ""
        self._limits: Readings = []
        # One that is just going away says so when its usage is read.
        with contextlib.suppress(OSError):
            self._limits = (
                version1.read_limits(self._folders)
                if self._folders
                else version2.read_limits(self._unified)
            )

    def read(self) -> Readings:
        """All series and values of now; empty when the group has gone.

        Raises:
            CollectorError: a file is malformed.
            OSError: a file cannot be read, or the group has gone.
        """
        if self._folders:
            readings = version1.read_pod(self._folders, self._kills)
            if self._unified:
                readings += version2.read_pressure(self._unified)
        else:
            readings = version2.read_pod(self._unified, self._kills)
        if not readings:
            return readings
        return [*readings, *self._limits, self.info]
