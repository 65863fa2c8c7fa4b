"""The file of ``--web.config.file``: exporter-toolkit's fields, checked one by one.

https://github.com/prometheus/exporter-toolkit/blob/master/docs/web-configuration.md

Nothing here reads the certificates; see ``exporter.serving.tls``.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from exporter.serving.fields import FileFields
from exporter.serving.tls_settings import FIELDS as TLS_FIELDS
from exporter.serving.tls_settings import TlsSettings, parse_tls
from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError
from perfanalysis.strict_yaml import load_yaml

FIELDS = ("tls_server_config", "http_server_config", "basic_auth_users", "rate_limit")
# The headers that exporter-toolkit lets be set, and their values where only some are allowed.
HEADERS: dict[str, tuple[str, ...]] = {
    "Strict-Transport-Security": (),
    "X-Content-Type-Options": ("nosniff",),
    "X-Frame-Options": ("deny", "sameorigin"),
    "X-XSS-Protection": (),
    "Content-Security-Policy": (),
}
BCRYPT = re.compile(r"\$2[abxy]\$(0[4-9]|[12]\d|3[01])\$[./A-Za-z0-9]{53}", re.ASCII)


@dataclass(frozen=True)
class RateLimit:
    """A token bucket: a request every ``interval`` seconds, and ``burst`` at once."""

    interval: float
    burst: int


@dataclass(frozen=True)
class WebConfiguration:
    """What the file says; absent parts are None or empty."""

    tls: TlsSettings | None
    headers: tuple[tuple[str, str], ...]
    http2: bool
    users: dict[bytes, bytes] = field(repr=False)
    rate_limit: RateLimit | None


def read_configuration(path: Path) -> WebConfiguration:
    """Read and check the file.

    Raises:
        InputError: it cannot be read, or says something unusable; the message names the field.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    return parse_configuration(data, path)


def parse_configuration(data: bytes, path: Path) -> WebConfiguration:
    """What the bytes of the file say; ``path`` is used in messages, and relative paths start there.

    Raises:
        InputError: see ``read_configuration``.
    """
    root = FileFields(path, "", load_yaml(data, str(path)), FIELDS)
    tls, http, limit = (
        FileFields(path, name, root.raw(name), known)
        for name, known in (
            ("tls_server_config", TLS_FIELDS),
            ("http_server_config", ("http2", "headers")),
            ("rate_limit", ("interval", "burst")),
        )
    )
    return WebConfiguration(
        tls=parse_tls(tls),
        headers=_headers(http),
        http2=http.flag("http2", False),
        users=_users(root),
        rate_limit=_rate_limit(limit),
    )


def _headers(http: FileFields) -> tuple[tuple[str, str], ...]:
    headers = FileFields(http.path, http.place("headers"), http.raw("headers"), HEADERS)
    found = []
    for name, allowed in HEADERS.items():
        value = headers.scalar(name)
        if value and allowed and value not in allowed:
            raise headers.error(name, f"{' or '.join(allowed)}", value)
        if not value.isprintable() or not value.isascii():
            raise headers.error(name, "one line of ASCII text", value)
        if value:
            found.append((name, value))
    return tuple(found)


def _users(root: FileFields) -> dict[bytes, bytes]:
    """Names and hashes. Messages never hold a hash."""
    value = root.raw("basic_auth_users")
    name = "basic_auth_users"
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise root.error(name, "a mapping of user names to bcrypt hashes")
    users = {}
    for user, hashed in value.items():
        if not isinstance(user, str) or ":" in user:
            raise root.error(name, "user names that are texts without a colon", user)
        if not isinstance(hashed, str) or not BCRYPT.fullmatch(hashed):
            expected = "a bcrypt hash, as `htpasswd -nBC 10 NAME` prints it behind the colon"
            raise root.error(f"{name}.{user}", expected)
        users[user.encode()] = hashed.encode()
    return users


def _rate_limit(fields: FileFields) -> RateLimit | None:
    interval = _duration(fields, "interval")
    burst = fields.raw("burst")
    if burst is not None and (isinstance(burst, bool) or not isinstance(burst, int)):
        raise fields.error("burst", "a whole number", burst)
    if not interval:
        return None
    if burst is None or burst < 1:
        raise fields.error("burst", "at least 1: with less, no request would pass", burst)
    return RateLimit(interval, burst)


def _duration(fields: FileFields, name: str) -> float:
    value = fields.raw(name)
    if value is None or value in (0, "0"):
        return 0.0
    seconds = parse_duration(value, bare=False) if isinstance(value, str) else None
    if seconds is None:
        raise fields.error(name, "a duration such as 500ms, 1s or 1m30s", value)
    return seconds
