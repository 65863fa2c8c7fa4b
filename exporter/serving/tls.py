"""TLS contexts from settings. Importing this imports ssl, which a plain server does not need."""

from __future__ import annotations

import contextlib
import os
import ssl
from pathlib import Path
from typing import NoReturn

from exporter.serving.certificates import first_expiry
from exporter.serving.tls_settings import IF_GIVEN, REQUIRED, Pem, TlsSettings, normal_name
from perfanalysis.errors import InputError

_VERSIONS = {"TLS12": ssl.TLSVersion.TLSv1_2, "TLS13": ssl.TLSVersion.TLSv1_3}
_SAN_KINDS = ("DNS", "IP Address", "email", "URI")


def make_context(settings: TlsSettings, where: Path) -> ssl.SSLContext:
    """The context of a server; reads the certificates and the key.

    Args:
        settings: what the configuration says.
        where: the configuration's file, for messages.

    Raises:
        InputError: a certificate or key cannot be read or used; the message names the field.
    """
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = _VERSIONS[settings.minimum]
    context.maximum_version = _VERSIONS[settings.maximum]
    context.options |= ssl.OP_NO_COMPRESSION | ssl.OP_NO_RENEGOTIATION
    context.options |= ssl.OP_CIPHER_SERVER_PREFERENCE
    if not settings.prefer_server_ciphers:
        context.options &= ~ssl.OP_CIPHER_SERVER_PREFERENCE
    if settings.ciphers:
        context.set_ciphers(":".join(settings.ciphers))
    if settings.curve:
        context.set_ecdh_curve(settings.curve)
    context.set_alpn_protocols(["http/1.1"])
    _load_identity(context, settings, where)
    if settings.client_ca is None and settings.client_certificate == IF_GIVEN:
        # As in Go: who has a certificate needs one of the system's authorities.
        context.load_default_certs(ssl.Purpose.CLIENT_AUTH)
        context.verify_mode = ssl.CERT_OPTIONAL
        context.num_tickets = 0
    if settings.client_ca is not None:
        _load_authorities(context, settings.client_ca, where)
        if settings.client_certificate == IF_GIVEN:
            context.verify_mode = ssl.CERT_OPTIONAL
        if settings.client_certificate == REQUIRED:
            context.verify_mode = ssl.CERT_REQUIRED
        # A resumed session would not look at the certificate again.
        context.num_tickets = 0
    return context


def expiries(settings: TlsSettings, where: Path) -> dict[str, float]:
    """When the certificates of the server, and of its clients' authorities, are no longer valid.

    In unixtime; what cannot be read is left out.

    Raises:
        InputError: a file cannot be read.
    """
    found = {}
    for kind, pem in (("server", settings.certificate), ("client_ca", settings.client_ca)):
        if pem is not None:
            with contextlib.suppress(ValueError):
                expiry = first_expiry(_read(pem, where).decode("ascii"))
                if expiry is not None:
                    found[kind] = expiry
    return found


def _read(pem: Pem, where: Path) -> bytes:
    if pem.path is None:
        return pem.text.encode()
    try:
        return pem.path.read_bytes()
    except OSError as error:
        expected = f"a readable file ({error.strerror}: {pem.path})"
        raise InputError(str(where), pem.place, expected) from error


def _load_authorities(context: ssl.SSLContext, pem: Pem, where: Path) -> None:
    """Trust the certificates of a PEM text, of which there must be one at least."""
    source = f" in {pem.path}" if pem.path is not None else ""
    try:
        context.load_verify_locations(cadata=_read(pem, where).decode("ascii"))
    except (ssl.SSLError, ValueError) as error:
        raise InputError(str(where), pem.place, f"PEM certificates{source}") from error


def _load_identity(context: ssl.SSLContext, settings: TlsSettings, where: Path) -> None:
    """Load the server's certificate and key."""
    certificate = settings.certificate
    _load_authorities(ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), certificate, where)

    def refuse_passphrase() -> NoReturn:
        # Without this, OpenSSL would ask on the terminal.
        raise InputError(str(where), settings.key.place, "a private key without a passphrase")

    chain = _in_memory(_read(certificate, where))
    key = _in_memory(_read(settings.key, where))
    try:
        context.load_cert_chain(
            f"/proc/self/fd/{chain}", f"/proc/self/fd/{key}", password=refuse_passphrase
        )
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            expected = f"the private key of the certificate of {certificate.place}"
        elif error.reason in ("EE_KEY_TOO_SMALL", "CA_MD_TOO_WEAK"):
            expected = f"a certificate that OpenSSL takes ({error.reason})"
            raise InputError(str(where), certificate.place, expected) from error
        else:
            expected = "a PEM private key"
        raise InputError(str(where), settings.key.place, expected) from error
    finally:
        os.close(chain)
        os.close(key)


def _in_memory(data: bytes) -> int:
    """A descriptor of a file that is on no disk: OpenSSL reads certificates from files only."""
    descriptor = os.memfd_create("pem", os.MFD_CLOEXEC)
    with os.fdopen(os.dup(descriptor), "wb") as stream:
        stream.write(data)
    return descriptor


def names_of(certificate: object) -> set[str]:
    """The subject alternative names of what ``getpeercert`` gave, as they are compared."""
    if not isinstance(certificate, dict):
        return set()
    entries = certificate.get("subjectAltName", ())
    return {normal_name(value) for kind, value in entries if kind in _SAN_KINDS}
