"""Until when certificates are valid: the one field that Python's ssl does not tell. Pure."""

from __future__ import annotations

import calendar
import re
import ssl
from time import strptime

_PEM = re.compile(
    r"-----BEGIN CERTIFICATE-----\s.+?-----END CERTIFICATE-----", re.DOTALL | re.ASCII
)
_SEQUENCE, _VERSION = 0x30, 0xA0
# UTCTime and GeneralizedTime (RFC 5280, section 4.1.2.5).
_FORMATS = {0x17: "%y%m%d%H%M%SZ", 0x18: "%Y%m%d%H%M%SZ"}
_LONG = 0x80


def first_expiry(pem: str) -> float | None:
    """When the first of the certificates of a PEM text expires, in unixtime; None of none."""
    ends = [expiry_of(ssl.PEM_cert_to_DER_cert(found)) for found in _PEM.findall(pem)]
    return min(ends) if ends else None


def expiry_of(der: bytes) -> float:
    """``notAfter`` of a certificate, in unixtime (RFC 5280, section 4.1).

    Raises:
        ValueError: these are not the bytes of a certificate.
    """
    _, certificate, _ = _element(der)
    _, body, _ = _element(certificate)
    kind, _, rest = _element(body)
    if kind != _VERSION:
        # A certificate of version 1 does not say so.
        rest = body
    # Serial number, algorithm, issuer; then the validity.
    for _ in range(3):
        _, _, rest = _element(rest)
    kind, validity, _ = _element(rest)
    _, _, rest = _element(validity)
    form, end, _ = _element(rest)
    if kind != _SEQUENCE or form not in _FORMATS:
        raise ValueError("expected the validity of a certificate")
    return float(calendar.timegm(strptime(end.decode("ascii"), _FORMATS[form])))


def _element(data: bytes) -> tuple[int, bytes, bytes]:
    """The first element of DER (X.690): its tag, its contents, and what stands behind it."""
    if len(data) < 2:
        raise ValueError("expected an element of DER")
    length, begin = data[1], 2
    if length & _LONG:
        begin += length & ~_LONG
        length = int.from_bytes(data[2:begin], "big")
    if len(data) < begin + length:
        raise ValueError("an element of DER is cut off")
    return data[0], data[begin : begin + length], data[begin + length :]
