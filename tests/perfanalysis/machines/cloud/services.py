"""Metadata services on loopback, which answer as each provider's documentation says."""

from __future__ import annotations

import contextlib
import json
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import NamedTuple


class Given(NamedTuple):
    """What a service answers; ``pieces`` are sent with a pause before each."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = {}


class Asked(NamedTuple):
    method: str
    path: str
    headers: dict[str, str]


Answering = Callable[[Asked], Given]


class Service:
    """A real HTTP server, what it was asked, and how it answers; ``answering`` may be replaced."""

    def __init__(
        self,
        answering: Answering,
        context: ssl.SSLContext | None = None,
        address: tuple[str, int] = ("127.0.0.1", 0),
    ) -> None:
        self.answering = answering
        self.asked: list[Asked] = []
        service = self

        class Handler(BaseHTTPRequestHandler):
            def answer(self) -> None:
                headers = {k.lower(): v for k, v in self.headers.items()}
                asked = Asked(self.command, self.path, headers)
                service.asked.append(asked)
                given = service.answering(asked)
                self.send_response(given.status)
                for name, value in given.headers.items():
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(given.body)))
                self.end_headers()
                self.wfile.write(given.body)

            do_GET = do_PUT = answer  # noqa: N815 - the library's names

            def log_message(self, *_: object) -> None:
                """Say nothing."""

        self.server = ThreadingHTTPServer(address, Handler)
        self.server.daemon_threads = True
        scheme = "http"
        if context is not None:
            scheme = "https"
            # The handshake is made in the request's thread, when it first reads.
            self.server.socket = context.wrap_socket(
                self.server.socket, server_side=True, do_handshake_on_connect=False
            )
            self.server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self.url = f"{scheme}://{address[0]}:{self.server.server_address[1]}"


@contextlib.contextmanager
def serving(answering: Answering, context: ssl.SSLContext | None = None) -> Iterator[Service]:
    service = Service(answering, context)
    thread = threading.Thread(target=service.server.serve_forever, args=(0.01,), daemon=True)
    thread.start()
    try:
        yield service
    finally:
        service.server.shutdown()
        service.server.server_close()
        thread.join()


NOT_FOUND = Given(b"<html><title>404 - Not Found</title></html>", 404)
HTML = {"Content-Type": "text/html"}

AWS_DOCUMENT = {
    "accountId": "111122223333",
    "architecture": "x86_64",
    "availabilityZone": "eu-central-1b",
    "billingProducts": None,
    "imageId": "ami-0a1b2c3d4e5f67890",
    "instanceId": "i-0123456789abcdef0",
    "instanceType": "m7i.xlarge",
    "kernelId": None,
    "pendingTime": "2026-03-04T05:06:07Z",
    "privateIp": "10.1.2.3",
    "region": "eu-central-1",
    "version": "2017-09-30",
}
AZURE_DOCUMENT = {
    "azEnvironment": "AzurePublicCloud",
    "location": "westeurope",
    "name": "worker-7",
    "osType": "Linux",
    "priority": "Spot",
    "provider": "Microsoft.Compute",
    "resourceGroupName": "measuring",
    "tags": "team:capacity",
    "vmId": "00000000-1111-2222-3333-444444444444",
    "vmSize": "Standard_D8s_v5",
    "zone": "2",
}
OCI_DOCUMENT = {
    "agentConfig": {"allPluginsDisabled": False, "pluginsConfig": []},
    "availabilityDomain": "AbCd:EU-FRANKFURT-1-AD-3",
    "canonicalRegionName": "eu-frankfurt-1",
    "compartmentId": "ocid1.tenancy.oc1..made-up",
    "displayName": "worker-9",
    "faultDomain": "FAULT-DOMAIN-2",
    "id": "ocid1.instance.oc1.eu-frankfurt-1.made-up",
    "metadata": {"ssh_authorized_keys": "ssh-ed25519 made-up"},
    "ociAdName": "fra-ad-3",
    "region": "eu-frankfurt-1",
    "regionInfo": {"realmKey": "oc1", "regionKey": "FRA", "regionIdentifier": "eu-frankfurt-1"},
    "shape": "VM.Standard.E5.Flex",
    "shapeConfig": {"memoryInGBs": 32.0, "ocpus": 4.0},
    "state": "Running",
    "timeCreated": 1772600767000,
}


def aws(asked: Asked) -> Given:
    """IMDSv2: a token by PUT first; without it 401."""
    if asked.path == "/latest/api/token":
        seconds = asked.headers.get("x-aws-ec2-metadata-token-ttl-seconds", "")
        if asked.method != "PUT" or not seconds.isdigit() or not 1 <= int(seconds) <= 21600:
            return Given(b"", 400)
        return Given(b"AQAEAMadeUpToken==", 200, {"X-Aws-Ec2-Metadata-Token-Ttl-Seconds": seconds})
    if asked.headers.get("x-aws-ec2-metadata-token") != "AQAEAMadeUpToken==":
        return Given(b"", 401)
    if asked.path == "/latest/dynamic/instance-identity/document":
        return Given(json.dumps(AWS_DOCUMENT, indent=2).encode())
    return Given(b"spot") if asked.path == "/latest/meta-data/instance-life-cycle" else NOT_FOUND


def azure(asked: Asked) -> Given:
    """The header Metadata and a version are asked for; forwarded requests are refused."""
    path, _, query = asked.path.partition("?")
    bad = json.dumps({"error": "Bad request. Required metadata header not specified"}).encode()
    if asked.headers.get("metadata") != "true" or "x-forwarded-for" in asked.headers:
        return Given(bad, 400)
    if "api-version=" not in query or path != "/metadata/instance/compute":
        return Given(b'{"error": "Bad request"}', 400)
    return Given(json.dumps(AZURE_DOCUMENT).encode(), 200, {"Content-Type": "application/json"})


def gcp(asked: Asked) -> Given:
    """The header Metadata-Flavor is asked for, and is in every answer."""
    flavor = {"Metadata-Flavor": "Google", "Server": "Metadata Server for VM"}
    if asked.headers.get("metadata-flavor") != "Google":
        return Given(b"Missing required header", 403, flavor)
    values = {
        "machine-type": b"projects/123456789012/machineTypes/c3-standard-8",
        "zone": b"projects/123456789012/zones/europe-west3-b",
        "scheduling/preemptible": b"FALSE",
        "id": b"4520031799277581759",
    }
    value = values.get(asked.path.removeprefix("/computeMetadata/v1/instance/"))
    return Given(value, 200, flavor) if value else Given(NOT_FOUND.body, 404, flavor)


def oci(asked: Asked) -> Given:
    """Version 2 with its authorization; forwarded requests are refused."""
    if asked.headers.get("authorization") != "Bearer Oracle" or "forwarded" in asked.headers:
        return Given(b"", 401)
    if asked.path.rstrip("/") != "/opc/v2/instance":
        return NOT_FOUND
    return Given(json.dumps(OCI_DOCUMENT).encode(), 200, {"Content-Type": "application/json"})
