"""The name that a person gave a container, from the files that its runtime keeps of it.

Read once, when a container is first seen. The folders of all runtimes are closed to everybody but
root (mode 0700 or 0710), so that an exporter without rights learns nothing here.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from exporter.collectors.cgroup.names.identity import (
    UNLISTED,
    UNREADABLE,
    ContainerIdentity,
    Known,
    identity_of,
    known_by_labels,
)
from exporter.collectors.cgroup.paths import CONTAINERD, CRIO, DOCKER, PODMAN, ContainerPath

LARGEST_FILE = 4 * 1024 * 1024
STORAGE = "var/lib/containers/storage"
TASKS = "run/containerd/io.containerd.runtime.v2.task"
NAMESPACES = ("k8s.io", "default", "moby")


def _read_json(path: Path) -> object:
    """A runtime's file; None when it is missing, no JSON or too large.

    Raises:
        PermissionError: it, or a folder above it, is closed to this process.
    """
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            return None
        # Where there are no containers, nobody has a use for it.
        import json

        document: object = json.loads(data)
        return document
    except PermissionError:
        raise
    except (OSError, ValueError, RecursionError):
        return None


def _get(document: object, *keys: str) -> object:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _text(document: object, *keys: str) -> str:
    found = _get(document, *keys)
    return found if isinstance(found, str) else ""


def _texts(document: object) -> dict[str, str]:
    if not isinstance(document, dict):
        return {}
    return {k: v for k, v in document.items() if isinstance(k, str) and isinstance(v, str)}


def of_docker(root: Path, container_id: str) -> Known | None:
    """What Docker keeps: name, labels, image."""
    document = _read_json(root / "var/lib/docker/containers" / container_id / "config.v2.json")
    name = _get(document, "Name")
    if not isinstance(name, str):
        return None
    labels = _texts(_get(document, "Config", "Labels"))
    return known_by_labels(name.lstrip("/"), labels, _text(document, "Config", "Image"))


def of_containerd(root: Path, container_id: str) -> Known | None:
    """The annotations of the OCI bundle that containerd keeps while a container runs."""
    for namespace in NAMESPACES:
        document = _read_json(root / TASKS / namespace / container_id / "config.json")
        if isinstance(document, dict):
            annotations = _texts(document.get("annotations"))
            name = annotations.get("nerdctl/name", "")
            image = annotations.get("io.kubernetes.cri.image-name", "")
            return known_by_labels(name, annotations, image)
    return None


def of_crio(root: Path, container_id: str) -> Known | None:
    """The annotations of the OCI bundle that CRI-O keeps."""
    bundle = root / STORAGE / "overlay-containers" / container_id / "userdata"
    annotations = _texts(_get(_read_json(bundle / "config.json"), "annotations"))
    if not annotations:
        return None
    name = annotations.get("io.kubernetes.cri-o.Name", "")
    return known_by_labels(name, annotations, annotations.get("io.kubernetes.cri-o.ImageName", ""))


def of_podman(root: Path, container_id: str) -> Known | None:
    """Name as containers/storage keeps it in its list of containers."""
    entries = _read_json(root / STORAGE / "overlay-containers" / "containers.json")
    for entry in entries if isinstance(entries, list) else ():
        if _get(entry, "id") == container_id:
            names = _get(entry, "names")
            if isinstance(names, list) and names and isinstance(names[0], str):
                return Known(names[0])
    return None


_READERS = {
    DOCKER: of_docker,
    CONTAINERD: of_containerd,
    CRIO: of_crio,
    PODMAN: of_podman,
}


def _candidates(runtime: str) -> Iterator[str]:
    """The runtime that the path told, or those that hide it with the cgroupfs driver."""
    yield from (runtime,) if runtime else (DOCKER, CONTAINERD)


def identify(root: Path, found: ContainerPath) -> tuple[ContainerIdentity, str]:
    """Who the container is, as its runtime's files below ``root`` tell; its id where they do not.

    Never raises: a file that is missing or malformed leaves its facts unknown.

    Returns:
        The identity, and why it has no name; "" when it has one.
    """
    reason = UNLISTED
    for runtime in _candidates(found.runtime):
        try:
            known = _READERS[runtime](root, found.container_id)
        except PermissionError:
            reason = UNREADABLE
            continue
        if known is not None:
            identity = identity_of(found, known, runtime)
            return identity, "" if identity.named else UNLISTED
    return identity_of(found, Known()), reason
