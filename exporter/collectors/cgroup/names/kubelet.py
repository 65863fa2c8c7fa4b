"""Names of pods and containers from the kubelet's list of this node's pods (``/pods``).

The answer is Kubernetes' v1.PodList (kubernetes/api, core/v1/types.go). The kubelet asks of a
bearer token the right ``get`` of ``nodes/pods`` (Kubernetes 1.33 and later; KEP-2862) or of
``nodes/proxy``; its read-only port, where it has one, asks for nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from time import monotonic
from typing import TYPE_CHECKING, Literal

import msgspec

from exporter.collectors.cgroup.names.errors import NamesError, refused
from exporter.collectors.cgroup.names.identity import Known, KnownNames, Pod
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.errors import InputError
from perfanalysis.http_exchange import ExchangeError, exchange

if TYPE_CHECKING:
    import ssl

SECONDS = 5.0
# Of 250 pods, each with as much as the store of a cluster usually holds of one.
LARGEST_ANSWER = 16 << 20


class _Metadata(msgspec.Struct):
    name: str = ""
    namespace: str = ""
    uid: str = ""


class _ContainerStatus(msgspec.Struct):
    name: str = ""
    image: str = ""
    containerID: str = ""  # noqa: N815 - the document's name


class _Status(msgspec.Struct):
    containerStatuses: list[_ContainerStatus] | None = None  # noqa: N815
    initContainerStatuses: list[_ContainerStatus] | None = None  # noqa: N815
    ephemeralContainerStatuses: list[_ContainerStatus] | None = None  # noqa: N815

    def all(self) -> Iterator[_ContainerStatus]:
        """Of all kinds of containers."""
        yield from self.containerStatuses or ()
        yield from self.initContainerStatuses or ()
        yield from self.ephemeralContainerStatuses or ()


class _Pod(msgspec.Struct):
    metadata: _Metadata = msgspec.field(default_factory=_Metadata)
    status: _Status = msgspec.field(default_factory=_Status)


class _PodList(msgspec.Struct):
    kind: Literal["PodList"]
    items: list[_Pod] | None = None


def parse(data: bytes) -> KnownNames:
    """What a PodList says; what else it has is passed over.

    Raises:
        NamesError: it is none.
    """
    try:
        # Types differ from release to release in what is not asked for, never here.
        pods = msgspec.json.decode(data, type=_PodList).items
    except (msgspec.MsgspecError, RecursionError):
        raise NamesError("expected a v1.PodList of Kubernetes in JSON") from None
    containers = {
        # containerd://ID, cri-o://ID, docker://ID
        status.containerID.rpartition("//")[2]: Known(
            container=status.name,
            pod=pod.metadata.name,
            namespace=pod.metadata.namespace,
            image=status.image,
        )
        for pod in pods or ()
        for status in pod.status.all()
        # One that waits has none yet.
        if status.containerID
    }
    named = (pod.metadata for pod in pods or ())
    return KnownNames(containers, {m.uid: Pod(m.name, m.namespace) for m in named if m.uid})


class Kubelet:
    """A kubelet, asked over HTTP.

    Args:
        endpoint: its address without a path; the token is read each time, since it is replaced
            while the exporter runs.
        server_name: whom its certificate must be of; "": the address's host.
    """

    def __init__(self, endpoint: Endpoint, server_name: str = "") -> None:
        self._endpoint = endpoint
        self._server_name = server_name
        self.shown = f"the kubelet at {endpoint.shown}"

    def ask(self) -> KnownNames:
        """All pods of the node.

        Raises:
            NamesError: there is no usable answer; the text holds no secret.
        """
        try:
            secrets = self._endpoint.secrets()
            answer = exchange(
                "GET",
                self._endpoint.url.rstrip("/") + "/pods",
                {"Accept": "application/json", **secrets},
                until=monotonic() + SECONDS,
                largest=LARGEST_ANSWER,
                tls_context=self._context,
                server_name=self._server_name,
            )
        except (ExchangeError, InputError) as error:
            raise NamesError(str(error)) from None
        if answer.status in (401, 403):
            wanted = "a token that the API server takes, with the right to get nodes/pods"
            raise refused(f"status {answer.status}: it wants {wanted} (nodes/proxy before 1.33)")
        if answer.status != 200:
            raise NamesError(f"answered with status {answer.status}, expected 200")
        return parse(answer.body)

    def _context(self) -> ssl.SSLContext:
        context = self._endpoint.tls_context()
        if self._endpoint.insecure_skip_verify:
            import ssl

            context.check_hostname = False
            context.verify_mode = ssl.CERT_NONE
        return context
