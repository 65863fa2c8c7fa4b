"""Encrypt a message for one browser (RFC 8291), so that its push service cannot read it."""

from __future__ import annotations

import base64
import binascii

from perfanalysis.errors import InputError

# What all push services take: 4096 bytes, less the header and tag of the record.
MOST_PLAIN_BYTES = 3900
_POINT_BYTES, _AUTH_BYTES = 65, 16


def check_keys(p256dh: str, auth: str, where: str) -> None:
    """Look at what a browser gave to encrypt for.

    Raises:
        InputError: it is no point of the curve P-256, or no secret of 16 bytes.
    """
    from cryptography.hazmat.primitives.asymmetric import ec

    point = _bytes(p256dh)
    try:
        if len(point) != _POINT_BYTES:
            raise ValueError
        ec.EllipticCurvePublicKey.from_encoded_point(ec.SECP256R1(), point)
    except ValueError as error:
        expected = "a point of the curve P-256, 65 bytes in base64url"
        raise InputError(where, "keys.p256dh", expected) from error
    if len(_bytes(auth)) != _AUTH_BYTES:
        raise InputError(where, "keys.auth", "16 bytes in base64url")


def encrypt(message: bytes, p256dh: str, auth: str) -> bytes:
    """A message as ``aes128gcm``, with a key pair of its own."""
    import http_ece
    from cryptography.hazmat.primitives.asymmetric import ec

    sealed: bytes = http_ece.encrypt(
        message,
        private_key=ec.generate_private_key(ec.SECP256R1()),
        dh=_bytes(p256dh),
        auth_secret=_bytes(auth),
        version="aes128gcm",
    )
    return sealed


def _bytes(text: str) -> bytes:
    """Of base64url, with or without its padding; nothing, where it is none."""
    try:
        padded = text.rstrip("=") + "=" * (-len(text.rstrip("=")) % 4)
        return base64.b64decode(padded, altchars=b"-_", validate=True)
    except (ValueError, binascii.Error):
        return b""
