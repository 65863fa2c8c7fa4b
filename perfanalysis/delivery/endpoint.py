"""An HTTP endpoint: where it is, whom it trusts, and what opens it.

It is the same for an engine that is asked, for receivers of results, pushes and reports, and for
Grafana Live. Secrets and certificates stand in files (secrets in environment variables, too), and
are read when they are used: what is kept here can be shown and stored.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from perfanalysis.delivery.credentials import Credentials
from perfanalysis.endpoint_settings import CA_FILE, CERT_FILE, KEY_FILE, SettingPath
from perfanalysis.errors import InputError

if TYPE_CHECKING:
    import ssl

_CERTIFICATES = "a file of certificates (PEM)"
_PAIR = "a client certificate and its key (PEM, without passphrase) in cert_file and key_file"


@dataclass(frozen=True)
class Endpoint:
    """One endpoint.

    Attributes:
        url: without credentials.
        credentials: where the key for basic or bearer authentication stands.
        headers: sent with every request, such as ``X-Scope-OrgID``; no secrets.
        header_files: the same, by name of the header the file that holds its value.
        ca_file: certificates that the server's is checked against; "" for the usual ones.
        cert_file, key_file: a client certificate and its key; "" for none.
        insecure_skip_verify: take any certificate for the server's.
    """

    url: str
    credentials: Credentials = field(default_factory=Credentials)
    headers: Mapping[str, str] = field(default_factory=dict)
    header_files: Mapping[str, str] = field(default_factory=dict)
    ca_file: str = ""
    cert_file: str = ""
    key_file: str = ""
    insecure_skip_verify: bool = False

    @property
    def shown(self) -> str:
        """The URL without its query, which may hold a token."""
        return urlsplit(self.url)._replace(query="", fragment="").geturl()

    def check(self) -> None:
        """Check that all files are there and of use.

        Raises:
            InputError: one is not, and named; no secret is shown.
        """
        if fault := self.fault_of_files():
            path, expected = fault
            named = {CA_FILE: self.ca_file, CERT_FILE: self.cert_file, KEY_FILE: self.key_file}
            raise InputError(named[path], "", expected)
        self.secrets()

    def fault_of_files(self) -> tuple[SettingPath, str] | None:
        """Which file of TLS is of no use, and what was expected; None when all are."""
        if self.ca_file and not _loads(lambda c: c.load_verify_locations(self.ca_file)):
            return CA_FILE, _CERTIFICATES
        if not (self.cert_file or self.key_file):
            return None
        # A key with a passphrase would have OpenSSL ask for it on the terminal.
        if not (self.cert_file and self.key_file) or not _loads(
            lambda c: c.load_cert_chain(self.cert_file, self.key_file, password="")
        ):
            return CERT_FILE if self.cert_file else KEY_FILE, _PAIR
        return None

    def tls_context(self) -> ssl.SSLContext:
        """Trust and client certificate, for those who bring connections of their own.

        Raises:
            OSError: a file is missing or of no use.
        """
        # 4 MB of resident memory that only those need who ask over TLS.
        import ssl

        context = ssl.create_default_context(cafile=self.ca_file or None)
        if self.cert_file:
            # A key with a passphrase would have OpenSSL ask for it on the terminal.
            context.load_cert_chain(self.cert_file, self.key_file, password="")
        return context

    def secrets(self) -> dict[str, str]:
        """Headers whose values must not be shown, as they are to be sent now.

        Raises:
            InputError: a file or variable is missing, or holds no usable key.
        """
        files = {name: Credentials(file).key() for name, file in self.header_files.items()}
        return {**files, **self.credentials.header(self.credentials.key())}


def restored_endpoint(found: Mapping[str, Any]) -> Endpoint:
    """An endpoint from its ``dataclasses.asdict``.

    Raises:
        TypeError, KeyError: it is none.
    """
    return Endpoint(**{**found, "credentials": Credentials(**found["credentials"])})


def origin(url: str) -> tuple[str, str, int]:
    """Scheme, host and port of a checked URL: who shares them may share keys (RFC 6454)."""
    parts = urlsplit(url)
    scheme = parts.scheme.lower()
    return scheme, parts.hostname or "", parts.port or (443 if scheme == "https" else 80)


def check_url(url: str, where: str) -> str:
    """Check an endpoint's URL.

    Raises:
        InputError: it is no http or https URL, or holds credentials, which are not shown.
    """
    try:
        parts = urlsplit(url)
        usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        secret = parts.username is not None or parts.password is not None
    except ValueError:
        usable, secret = False, False
    if not usable:
        raise InputError(where, "", "an http:// or https:// URL")
    if secret:
        raise InputError(where, "", "a URL without user and password: name a key file instead")
    return url


def _loads(load: Callable[[ssl.SSLContext], None]) -> bool:
    import ssl

    try:
        load(ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT))
    except (OSError, ValueError):
        return False
    return True
