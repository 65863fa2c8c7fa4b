"""What stands before a portal, seen from where its clients are: TLS, its certificate, readiness."""

from __future__ import annotations

import http.client
import ipaddress
import socket
import ssl
import time
from urllib.parse import SplitResult, urlsplit

from perfanalysis.errors import InputError
from portal.migrations.examining import Examined

_SECONDS = 5.0
_DAYS = 14


def examine(url: str | None) -> list[Examined]:
    """Ask a portal by the URL that its clients have; None: it is not known.

    Raises:
        InputError: it is no URL of HTTP.
    """
    if url is None:
        return [Examined("TLS", "not looked at: --url names the portal as its clients have it")]
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname:
        raise InputError("--url", "", "a URL such as https://portal.example", url)
    tls = _tls(parts, parts.hostname)
    return [tls] if tls.to_do and parts.scheme == "https" else [tls, _ready(parts, parts.hostname)]


def is_loopback(host: str) -> bool:
    """Whether a host is this machine alone."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _tls(parts: SplitResult, host: str) -> Examined:
    if parts.scheme == "http":
        if is_loopback(host):
            return Examined("TLS", "none, on this machine alone")
        said = "there is none: keys go over the network for all to read"
        return Examined(
            "TLS", said, "put a proxy with TLS in front, or give --certificate to serve"
        )
    try:
        with (
            socket.create_connection((host, parts.port or 443), _SECONDS) as plain,
            ssl.create_default_context().wrap_socket(plain, server_hostname=host) as secure,
        ):
            certificate = secure.getpeercert() or {}
    except ssl.SSLCertVerificationError as error:
        said = f"its certificate is not trusted here: {error.verify_message}"
        return Examined("TLS", said, "give it one that its clients trust")
    except OSError as error:
        return Examined(
            "TLS", f"no answer: {error}", "see that the portal or its proxy listens there"
        )
    end = ssl.cert_time_to_seconds(str(certificate["notAfter"]))
    days = (end - time.time()) / 86400
    said = f"the certificate is good for {days:.0f} days"
    return Examined("TLS", said, "renew it" if days < _DAYS else None)


def _ready(parts: SplitResult, host: str) -> Examined:
    kind = http.client.HTTPSConnection if parts.scheme == "https" else http.client.HTTPConnection
    connection = kind(host, parts.port, timeout=_SECONDS)
    try:
        connection.request("GET", f"{parts.path.rstrip('/')}/readyz")
        status = connection.getresponse().status
    except (OSError, http.client.HTTPException) as error:
        return Examined("portal", f"no answer: {error}", "see that it runs, and what its log says")
    finally:
        connection.close()
    if status == 200:
        return Examined("portal", "ready")
    return Examined("portal", f"/readyz answers {status}", "see what its log says")
