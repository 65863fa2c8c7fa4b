"""``tls_server_config`` of the web configuration, in the words of Go's crypto/tls.

What Python's ssl cannot do is refused, never ignored.
"""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path

from exporter.serving.fields import FileFields

FIELDS = (
    "cert",
    "cert_file",
    "key",
    "key_file",
    "client_ca",
    "client_ca_file",
    "client_auth_type",
    "client_allowed_sans",
    "min_version",
    "max_version",
    "cipher_suites",
    "prefer_server_cipher_suites",
    "curve_preferences",
)
# Names of crypto/tls ClientAuthType. Asking for a certificate that nobody looks at
# (RequestClientCert) lets the same clients in as not asking.
NO_CERTIFICATE = ("NoClientCert", "RequestClientCert")
IF_GIVEN = "VerifyClientCertIfGiven"
REQUIRED = "RequireAndVerifyClientCert"
# RequireClientCert is exporter-toolkit's old name of RequireAnyClientCert.
UNVERIFIED = ("RequireAnyClientCert", "RequireClientCert")
VERSIONS = ("TLS12", "TLS13")
OLD_VERSIONS = ("TLS10", "TLS11")
# What crypto/tls CipherSuites lists, and OpenSSL's name of it. Those of TLS 1.3 cannot be chosen,
# neither there nor here.
CIPHERS = {
    "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256": "ECDHE-ECDSA-AES128-GCM-SHA256",
    "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384": "ECDHE-ECDSA-AES256-GCM-SHA384",
    "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256": "ECDHE-RSA-AES128-GCM-SHA256",
    "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384": "ECDHE-RSA-AES256-GCM-SHA384",
    "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-ECDSA-CHACHA20-POLY1305",
    "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256": "ECDHE-RSA-CHACHA20-POLY1305",
    "TLS_ECDHE_ECDSA_WITH_AES_128_CBC_SHA": "ECDHE-ECDSA-AES128-SHA",
    "TLS_ECDHE_ECDSA_WITH_AES_256_CBC_SHA": "ECDHE-ECDSA-AES256-SHA",
    "TLS_ECDHE_RSA_WITH_AES_128_CBC_SHA": "ECDHE-RSA-AES128-SHA",
    "TLS_ECDHE_RSA_WITH_AES_256_CBC_SHA": "ECDHE-RSA-AES256-SHA",
    "TLS_AES_128_GCM_SHA256": "",
    "TLS_AES_256_GCM_SHA384": "",
    "TLS_CHACHA20_POLY1305_SHA256": "",
}
# exporter-toolkit's names of curves, and OpenSSL's.
CURVES = {"CurveP256": "prime256v1", "CurveP384": "secp384r1", "CurveP521": "secp521r1"}


@dataclass(frozen=True)
class Pem:
    """Where a certificate or key comes from: a file, or the text itself.

    ``place`` is its field's whole name in the configuration.
    """

    place: str
    path: Path | None
    text: str = field(default="", repr=False)


@dataclass(frozen=True)
class TlsSettings:
    """How TLS is spoken. Names are OpenSSL's; no ciphers or curve: the library's own choice."""

    certificate: Pem
    key: Pem
    client_ca: Pem | None
    client_certificate: str
    allowed_sans: frozenset[str]
    minimum: str
    maximum: str
    ciphers: tuple[str, ...]
    prefer_server_ciphers: bool
    curve: str

    @property
    def files(self) -> tuple[Path, ...]:
        """The files that hold certificates and keys."""
        pems = (self.certificate, self.key, self.client_ca)
        return tuple(pem.path for pem in pems if pem is not None and pem.path is not None)


def normal_name(name: str) -> str:
    """A subject alternative name as it is compared: addresses in their shortest form."""
    try:
        return str(ipaddress.ip_address(name))
    except ValueError:
        return name


def parse_tls(fields: FileFields) -> TlsSettings | None:
    """The settings, or None when no field has a value: then there is no TLS.

    Raises:
        InputError: a field is unusable.
    """
    if not fields:
        return None
    certificate = _pem(fields, "cert")
    key = _pem(fields, "key")
    if certificate is None or key is None:
        missing = "cert" if certificate is None else "key"
        raise fields.error(f"{missing}_file", f"{missing}_file or {missing}: TLS needs it")
    client_ca = _pem(fields, "client_ca")
    policy = _client_auth(fields, client_ca)
    minimum, maximum = _versions(fields)
    return TlsSettings(
        certificate=certificate,
        key=key,
        client_ca=client_ca,
        client_certificate=policy,
        allowed_sans=_allowed_sans(fields, policy),
        minimum=minimum,
        maximum=maximum,
        ciphers=_ciphers(fields, minimum, maximum),
        prefer_server_ciphers=fields.flag("prefer_server_cipher_suites", True),
        curve=_curve(fields),
    )


def _pem(fields: FileFields, name: str) -> Pem | None:
    file_name = fields.text(f"{name}_file")
    text = fields.text(name)
    if file_name and text:
        raise fields.error(name, f"only one of {name} and {name}_file")
    if file_name:
        # A path is relative to the configuration's folder, as exporter-toolkit has it.
        return Pem(fields.place(f"{name}_file"), fields.path.parent / file_name)
    return Pem(fields.place(name), None, text) if text else None


def _client_auth(fields: FileFields, client_ca: Pem | None) -> str:
    name = "client_auth_type"
    value = fields.text(name, NO_CERTIFICATE[0])
    served = (*NO_CERTIFICATE, IF_GIVEN, REQUIRED)
    if value in UNVERIFIED:
        reason = f"{REQUIRED} (Python's ssl takes no certificate without checking who signed it)"
        raise fields.error(name, reason, value)
    if value not in served:
        raise fields.error(name, f"one of {', '.join(served)}", value)
    if value in NO_CERTIFICATE and client_ca is not None:
        raise fields.error(name, f"{IF_GIVEN} or {REQUIRED}, as there is a client_ca", value)
    if value == REQUIRED and client_ca is None:
        raise fields.error("client_ca_file", f"client_ca_file or client_ca: {value} needs it")
    return value


def _allowed_sans(fields: FileFields, policy: str) -> frozenset[str]:
    names = fields.texts("client_allowed_sans", of="names, addresses or URIs")
    if names and policy != REQUIRED:
        expected = f"client_auth_type {REQUIRED}, or a client without certificate would pass"
        raise fields.error("client_allowed_sans", expected, policy)
    if fields.raw("client_allowed_sans") == []:
        raise fields.error("client_allowed_sans", "at least one name: an empty list lets nobody in")
    return frozenset(map(normal_name, names))


def _versions(fields: FileFields) -> tuple[str, str]:
    found = []
    for name, default in (("min_version", VERSIONS[0]), ("max_version", VERSIONS[-1])):
        value = fields.text(name, default)
        if value in OLD_VERSIONS:
            expected = "TLS12 or TLS13 (OpenSSL does not speak older ones at its usual level)"
            raise fields.error(name, expected, value)
        found.append(fields.choice(name, VERSIONS, default))
    if found[0] > found[1]:
        raise fields.error("max_version", f"no version below min_version {found[0]}", found[1])
    return found[0], found[1]


def _ciphers(fields: FileFields, minimum: str, maximum: str) -> tuple[str, ...]:
    names = fields.texts(
        "cipher_suites", CIPHERS.__contains__, "cipher suites that Go's crypto/tls lists"
    )
    chosen = tuple(CIPHERS[name] for name in names if CIPHERS[name])
    if names and not chosen and maximum == VERSIONS[0]:
        raise fields.error("cipher_suites", "at least one of TLS 1.2, as max_version is TLS12")
    if names and not chosen and minimum == VERSIONS[0]:
        # In Go, such a list leaves TLS 1.2 without any.
        raise fields.error("cipher_suites", "at least one of TLS 1.2, or min_version TLS13")
    return chosen


def _curve(fields: FileFields) -> str:
    name = "curve_preferences"
    names = fields.texts(name, (*CURVES, "X25519").__contains__, f"{', '.join(CURVES)} or X25519")
    if not names or {*CURVES, "X25519"} == set(names):
        # All of them are OpenSSL's choice, too.
        return ""
    if len(names) > 1 or names[0] not in CURVES:
        expected = f"one alone of {', '.join(CURVES)} (Python's ssl cannot set more, or X25519)"
        raise fields.error(name, expected, names)
    return CURVES[names[0]]
