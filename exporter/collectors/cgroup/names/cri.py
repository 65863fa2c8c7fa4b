"""Names of pods and containers from a runtime's CRI socket: containerd, CRI-O.

``runtime.v1.RuntimeService`` (kubernetes/cri-api, pkg/apis/runtime/v1/api.proto): ListPodSandbox
and ListContainers. Both only read, but who may open the socket may start any container, and is
root on the machine. The messages are described here as protobuf's own descriptors, with the
fields that are wanted.
"""

from __future__ import annotations

from contextlib import closing
from typing import Any

from google.protobuf import descriptor_pb2, descriptor_pool, message_factory
from google.protobuf.message import DecodeError

from exporter.collectors.cgroup.names.errors import NamesError
from exporter.collectors.cgroup.names.grpc_call import UnixSocket
from exporter.collectors.cgroup.names.identity import PAUSE, Known, KnownNames, Pod

SERVICE = "/runtime.v1.RuntimeService"
SOCKETS = ("run/containerd/containerd.sock", "run/crio/crio.sock")
SECONDS = 5.0
# What the kubelet takes of a runtime.
LARGEST_ANSWER = 16 << 20

_FIELD = descriptor_pb2.FieldDescriptorProto
_PACKAGE = "perfanalysis.cri"
# message: (field, number, its message; "" is a text, repeated)
_MESSAGES: dict[str, tuple[tuple[str, int, str, bool], ...]] = {
    "Pair": (("key", 1, "", False), ("value", 2, "", False)),
    "SandboxMetadata": (("name", 1, "", False), ("uid", 2, "", False), ("namespace", 3, "", False)),
    "Sandbox": (("id", 1, "", False), ("metadata", 2, "SandboxMetadata", False)),
    "Sandboxes": (("items", 1, "Sandbox", True),),
    "ContainerMetadata": (("name", 1, "", False),),
    "Image": (("image", 1, "", False), ("user_specified_image", 18, "", False)),
    "Container": (
        ("id", 1, "", False),
        ("pod_sandbox_id", 2, "", False),
        ("metadata", 3, "ContainerMetadata", False),
        ("image", 4, "Image", False),
    ),
    "Containers": (("containers", 1, "Container", True),),
}


def _describe() -> tuple[Any, Any]:
    file = descriptor_pb2.FileDescriptorProto(
        name="perfanalysis/cri.proto", package=_PACKAGE, syntax="proto3"
    )
    for name, fields in _MESSAGES.items():
        message = file.message_type.add(name=name)
        for field, number, of, repeated in fields:
            kind = _FIELD.TYPE_MESSAGE if of else _FIELD.TYPE_STRING
            added = message.field.add(name=field, number=number, type=kind)
            added.label = _FIELD.LABEL_REPEATED if repeated else _FIELD.LABEL_OPTIONAL
            if of:
                added.type_name = f".{_PACKAGE}.{of}"
    pool = descriptor_pool.DescriptorPool()
    pool.Add(file)
    found = (pool.FindMessageTypeByName(f"{_PACKAGE}.{name}") for name in _ANSWERS)
    sandboxes, containers = (message_factory.GetMessageClass(one) for one in found)
    return sandboxes, containers


_ANSWERS = ("Sandboxes", "Containers")
Sandboxes, Containers = _describe()


def parse(sandboxes: bytes, containers: bytes) -> KnownNames:
    """What a ListPodSandboxResponse and a ListContainersResponse say together.

    Raises:
        NamesError: one is none.
    """
    try:
        pods = {one.id: one.metadata for one in Sandboxes.FromString(sandboxes).items}
        listed = Containers.FromString(containers).containers
    except DecodeError:
        raise NamesError("expected answers of runtime.v1.RuntimeService") from None
    known = {
        id_: Known(container=PAUSE, pod=pod.name, namespace=pod.namespace)
        for id_, pod in pods.items()
    }
    for one in listed:
        pod = pods.get(one.pod_sandbox_id)
        known[one.id] = Known(
            container=one.metadata.name,
            pod=pod.name if pod else "",
            namespace=pod.namespace if pod else "",
            image=one.image.user_specified_image or one.image.image,
        )
    return KnownNames(known, {pod.uid: Pod(pod.name, pod.namespace) for pod in pods.values()})


class Cri:
    """A runtime behind its CRI socket."""

    def __init__(self, path: str) -> None:
        self._path = path
        self.shown = f"the CRI runtime at {path}"

    def ask(self) -> KnownNames:
        """All sandboxes and containers, also those that have ended.

        Raises:
            NamesError: there is no usable answer.
        """
        with closing(UnixSocket(self._path, SECONDS, LARGEST_ANSWER)) as runtime:
            sandboxes = runtime.call(f"{SERVICE}/ListPodSandbox", b"")
            return parse(sandboxes, runtime.call(f"{SERVICE}/ListContainers", b""))
