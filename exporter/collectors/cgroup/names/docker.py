"""Names of containers from the Docker Engine API (``GET /containers/json``, since 1.24).

Without a version in the path, so that any daemon answers in its own; the fields are in all. Who
may open the socket is root on the machine, also where it is mounted read-only.
"""

from __future__ import annotations

import msgspec

from exporter.collectors.cgroup.names import socket_api
from exporter.collectors.cgroup.names.identity import KnownNames, known_by_labels

QUESTION = "/containers/json"
SOCKETS = ("run/docker.sock",)


class DockerContainer(msgspec.Struct):
    """A container of the list; ``Names`` begin with a slash."""

    Id: str
    Names: list[str] | None = None
    Image: str = ""
    Labels: dict[str, str] | None = None


def answer_of(listed: list[DockerContainer]) -> KnownNames:
    """What the list says. A link of another container is a further name, with two slashes."""
    containers = {}
    for one in listed:
        own = [name.lstrip("/") for name in one.Names or () if name.count("/") <= 1]
        name = own[0] if own else ""
        containers[one.Id] = known_by_labels(name, one.Labels or {}, one.Image)
    return KnownNames(containers)


class Docker:
    """Docker behind its socket."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.shown = f"Docker at {path}"

    def ask(self) -> KnownNames:
        """All containers that run.

        Raises:
            NamesError: there is no usable answer.
        """
        return answer_of(socket_api.get(self._path, QUESTION, list[DockerContainer]))
