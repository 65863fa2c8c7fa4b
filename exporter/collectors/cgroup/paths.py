"""Which container a control group's path belongs to; pure.

The forms are those of the runtimes' own code and documents, with the systemd and the cgroupfs
driver: Docker (``docker-ID.scope``, ``/docker/ID``), containerd's CRI plugin
(``cri-containerd-ID.scope``), nerdctl, CRI-O (``crio-ID.scope``), Podman (``libpod-ID.scope``), and
Kubernetes' pods above them (``kubepods-burstable-podUID.slice``, ``/kubepods/burstable/podUID``).
"""

from __future__ import annotations

import re
from typing import NamedTuple

DOCKER = "docker"
CONTAINERD = "containerd"
CRIO = "cri-o"
PODMAN = "podman"

_RUNTIMES = {
    "docker": DOCKER,
    "cri-containerd": CONTAINERD,
    "nerdctl": CONTAINERD,
    "containerd": CONTAINERD,
    "crio": CRIO,
    "libpod": PODMAN,
}
# ``crio-conmon-ID.scope`` and ``libpod-conmon-ID.scope`` hold the monitor, not the container.
# A cgroupfs runtime that was given systemd's path makes it one name: ``SLICE:cri-containerd:ID``.
_CONTAINER = re.compile(
    r"(?:[^/]*\.slice:)?(?:(?P<prefix>[a-z]+(?:-containerd)?)[-:])?(?P<id>[0-9a-f]{64})(?:\.scope)?"
)
_POD = re.compile(
    r"(?:^|-)pod(?P<uid>[0-9a-f]{8}(?:[-_]?[0-9a-f]{4}){3}[-_]?[0-9a-f]{12})(?:\.slice)?"
)
_POD_GROUP = re.compile(rf"(?:[a-z]+-)*{_POD.pattern.removeprefix('(?:^|-)')}")
# The folder above ``ID`` with the cgroupfs driver; the last two are containerd's own namespaces.
_PARENTS = {
    "docker": DOCKER,
    "k8s.io": CONTAINERD,
    "default": CONTAINERD,
}


class ContainerPath(NamedTuple):
    """What a path tells: the id (64 hexadecimal digits), the runtime and the pod's uid.

    ``runtime`` is "" where the path does not tell it (a pod with the cgroupfs driver has the same
    path under Docker and containerd), ``pod_uid`` is "" outside Kubernetes.
    """

    container_id: str
    runtime: str
    pod_uid: str


def resolve(path: str) -> ContainerPath | None:
    """The container whose control group this is; None when it is no container's.

    Args:
        path: the group's path in its hierarchy, ``/system.slice/docker-0123....scope``.
    """
    parts = path.strip("/").split("/")
    match = _CONTAINER.fullmatch(parts[-1])
    if match is None:
        return None
    prefix = match["prefix"]
    if prefix is not None and prefix not in _RUNTIMES:
        return None
    # Podman's pod, whose containers are below it: theirs are ``libpod-ID``.
    if prefix is None and parts[-2:-1] == ["libpod_parent"]:
        return None
    runtime = _RUNTIMES[prefix] if prefix else _runtime_above(parts[:-1])
    return ContainerPath(match["id"], runtime, pod_uid(parts))


def _runtime_above(parts: list[str]) -> str:
    return _PARENTS.get(parts[-1], "") if parts else ""


def pod_uid(parts: list[str]) -> str:
    """The uid of the innermost pod among a path's parts, with dashes as Kubernetes writes it."""
    for part in reversed(parts):
        if match := _POD.search(part):
            # systemd reads a dash as a level of its slices, so the kubelet writes underscores.
            return match["uid"].replace("_", "-")
    return ""


def resolve_pod(path: str) -> str:
    """The uid of the pod whose control group this is; "" when it is no pod's."""
    match = _POD_GROUP.fullmatch(path[path.rfind("/") + 1 :])
    return match["uid"].replace("_", "-") if match else ""


def pod_above(path: str) -> str:
    """The path of the group of the pod that this group is in, the innermost; "" without one."""
    while path := path.rpartition("/")[0]:
        if resolve_pod(path):
            return path
    return ""
