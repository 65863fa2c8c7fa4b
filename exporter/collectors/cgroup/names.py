"""The name that a person gave a container, from the files that its runtime keeps of it.

Read once, when a container is first seen, and never from a runtime's socket: that would be a
network call on the scrape's path and a key to the whole machine. Where the files cannot be read
(the exporter is not root, or the host's root is not mounted) the name is the id.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

from exporter.collectors.cgroup.paths import CONTAINERD, CRIO, DOCKER, PODMAN, ContainerPath

LARGEST_FILE = 4 * 1024 * 1024
STORAGE = "var/lib/containers/storage"
TASKS = "run/containerd/io.containerd.runtime.v2.task"
NAMESPACES = ("k8s.io", "default", "moby")
PAUSE = "POD"


class ContainerIdentity(NamedTuple):
    """Who a container is; what is unknown is "". ``container`` is its name within its pod."""

    container_id: str
    name: str
    runtime: str
    pod_uid: str
    container: str = ""
    pod: str = ""
    namespace: str = ""


# Keys of annotations or labels for (container, pod, namespace), by who writes them.
_KUBERNETES = (
    ("io.kubernetes.container.name", "io.kubernetes.pod.name", "io.kubernetes.pod.namespace"),
    (
        "io.kubernetes.cri.container-name",
        "io.kubernetes.cri.sandbox-name",
        "io.kubernetes.cri.sandbox-namespace",
    ),
)
_KIND = ("io.kubernetes.cri.container-type", "io.kubernetes.cri-o.ContainerType")


def read_json(path: Path) -> object:
    """A runtime's file; None when it is missing, unreadable, no JSON or too large."""
    try:
        with path.open("rb") as stream:
            data = stream.read(LARGEST_FILE + 1)
        if len(data) > LARGEST_FILE:
            return None
        # Where there are no containers, nobody has a use for it.
        import json

        document: object = json.loads(data)
        return document
    except (OSError, ValueError, RecursionError):
        return None


def _get(document: object, *keys: str) -> object:
    for key in keys:
        document = document.get(key) if isinstance(document, dict) else None
    return document


def _texts(document: object) -> dict[str, str]:
    if not isinstance(document, dict):
        return {}
    return {k: v for k, v in document.items() if isinstance(k, str) and isinstance(v, str)}


def of_docker(root: Path, container_id: str) -> tuple[str, Mapping[str, str]] | None:
    """Name and labels as Docker keeps them."""
    document = read_json(root / "var/lib/docker/containers" / container_id / "config.v2.json")
    name = _get(document, "Name")
    labels = _texts(_get(document, "Config", "Labels"))
    return (name.lstrip("/"), labels) if isinstance(name, str) else None


def of_containerd(root: Path, container_id: str) -> tuple[str, Mapping[str, str]] | None:
    """Name and annotations of the OCI bundle that containerd keeps while a container runs."""
    for namespace in NAMESPACES:
        document = read_json(root / TASKS / namespace / container_id / "config.json")
        if isinstance(document, dict):
            annotations = _texts(document.get("annotations"))
            return annotations.get("nerdctl/name", ""), annotations
    return None


def of_crio(root: Path, container_id: str) -> tuple[str, Mapping[str, str]] | None:
    """Name and annotations of the OCI bundle that CRI-O keeps."""
    bundle = root / STORAGE / "overlay-containers" / container_id / "userdata"
    document = read_json(bundle / "config.json")
    annotations = _texts(_get(document, "annotations"))
    return (annotations.get("io.kubernetes.cri-o.Name", ""), annotations) if annotations else None


def of_podman(root: Path, container_id: str) -> tuple[str, Mapping[str, str]] | None:
    """Name as containers/storage keeps it in its list of containers."""
    entries = read_json(root / STORAGE / "overlay-containers" / "containers.json")
    for entry in entries if isinstance(entries, list) else ():
        if _get(entry, "id") == container_id:
            names = _get(entry, "names")
            if isinstance(names, list) and names and isinstance(names[0], str):
                return names[0], {}
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


def identify(root: Path, found: ContainerPath) -> ContainerIdentity:
    """Who the container is, as its runtime's files below ``root`` tell; its id where they do not.

    Never raises: a file that is missing or malformed leaves its facts unknown.
    """
    for runtime in _candidates(found.runtime):
        known = _READERS[runtime](root, found.container_id)
        if known is not None:
            name, labels = known
            kubernetes = _kubernetes(labels)
            shown = name or found.container_id
            return ContainerIdentity(found.container_id, shown, runtime, found.pod_uid, *kubernetes)
    return ContainerIdentity(found.container_id, found.container_id, found.runtime, found.pod_uid)


def _kubernetes(labels: Mapping[str, str]) -> tuple[str, str, str]:
    """Container, pod and namespace; the container that holds a pod's network is called ``POD``."""
    for keys in _KUBERNETES:
        container, pod, namespace = (labels.get(key, "") for key in keys)
        if pod:
            sandbox = any(labels.get(key) == "sandbox" for key in _KIND)
            return PAUSE if sandbox else container, pod, namespace
    return "", "", ""
