"""What can be known of a container, and what comes of it on the page; pure."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from exporter.collectors.cgroup.paths import ContainerPath

# What Kubernetes calls the container that holds a pod's network.
PAUSE = "POD"

# Why a container is shown by its id.
DENIED, UNREACHABLE, UNREADABLE, UNLISTED = "denied", "unreachable", "unreadable", "unlisted"
REASONS = (DENIED, UNREACHABLE, UNREADABLE, UNLISTED)


class ContainerIdentity(NamedTuple):
    """Who a container is; what is unknown is "". ``container`` is its name within its pod."""

    container_id: str
    name: str
    runtime: str
    pod_uid: str
    container: str = ""
    pod: str = ""
    namespace: str = ""
    image: str = ""

    @property
    def named(self) -> bool:
        """Whether ``name`` is one that a person gave, not the id."""
        return self.name != self.container_id


class Known(NamedTuple):
    """What a source knows of a container; "" is unknown.

    ``name`` is the runtime's name, as a person gave it or, of Docker and CRI-O under Kubernetes,
    as the kubelet made it.
    """

    name: str = ""
    container: str = ""
    pod: str = ""
    namespace: str = ""
    image: str = ""


class Pod(NamedTuple):
    """A pod's name and namespace."""

    name: str
    namespace: str


class KnownNames(NamedTuple):
    """What a source has said: containers by their whole id, pods by their uid."""

    containers: Mapping[str, Known] = {}
    pods: Mapping[str, Pod] = {}


def identity_of(found: ContainerPath, known: Known, runtime: str = "") -> ContainerIdentity:
    """The identity of a container of which this is known.

    A runtime under Kubernetes may have nothing but the id (containerd): the name is then made of
    those of namespace, pod and container, which is how people speak of it.

    Args:
        found: what its control group's path tells.
        known: what a source has said.
        runtime: the one that the source is sure of, where the path tells none.
    """
    in_pod = "/".join(filter(None, (known.namespace, known.pod, known.container)))
    name = known.name or (in_pod if known.pod else "") or found.container_id
    return ContainerIdentity(
        found.container_id,
        name,
        found.runtime or runtime,
        found.pod_uid,
        known.container,
        known.pod,
        known.namespace,
        known.image,
    )


# Keys of labels or annotations for (container, pod, namespace), by who writes them.
_KUBERNETES = (
    ("io.kubernetes.container.name", "io.kubernetes.pod.name", "io.kubernetes.pod.namespace"),
    (
        "io.kubernetes.cri.container-name",
        "io.kubernetes.cri.sandbox-name",
        "io.kubernetes.cri.sandbox-namespace",
    ),
)
_KIND = (
    "io.kubernetes.cri.container-type",
    "io.kubernetes.cri-o.ContainerType",
    "io.kubernetes.docker.type",
)
_SANDBOXES = frozenset({"sandbox", "podsandbox"})


def known_by_labels(name: str, labels: Mapping[str, str], image: str = "") -> Known:
    """What a runtime's labels or annotations tell, which the kubelet gave it.

    Args:
        name: as the runtime has it.
        labels: of the container.
        image: the image's name.
    """
    for keys in _KUBERNETES:
        container, pod, namespace = (labels.get(key, "") for key in keys)
        if pod:
            sandbox = any(labels.get(key) in _SANDBOXES for key in _KIND)
            return Known(name, PAUSE if sandbox else container, pod, namespace, image)
    return Known(name, image=image)
