"""Names of containers and pods from Podman's own API (libpod, since version 4).

Podman has no daemon: the socket is there where ``podman.socket`` of systemd is on, and is of the
account whose containers they are. Who may open root's is root on the machine.
"""

from __future__ import annotations

import msgspec

from exporter.collectors.cgroup.names import socket_api
from exporter.collectors.cgroup.names.identity import PAUSE, Known, KnownNames

# The oldest version that all servers from 4 on answer; unlike Docker's it must be there.
QUESTION = "/v4.0.0/libpod/containers/json"
SOCKETS = ("run/podman/podman.sock",)


class PodmanContainer(msgspec.Struct):
    """A container of the list."""

    Id: str
    Names: list[str] | None = None
    Image: str = ""
    PodName: str = ""
    IsInfra: bool = False


def answer_of(listed: list[PodmanContainer]) -> KnownNames:
    """What the list says; a container's name within Podman's pod is its name."""
    containers = {}
    for one in listed:
        name = next(iter(one.Names or ()), "")
        within = (PAUSE if one.IsInfra else name) if one.PodName else ""
        containers[one.Id] = Known(name, within, one.PodName, "", one.Image)
    return KnownNames(containers)


class Podman:
    """Podman behind its socket."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.shown = f"Podman at {path}"

    def ask(self) -> KnownNames:
        """All containers that run.

        Raises:
            NamesError: there is no usable answer.
        """
        return answer_of(socket_api.get(self._path, QUESTION, list[PodmanContainer]))
