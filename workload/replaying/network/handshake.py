"""Both ends prove that they have the key before either does anything, and sign what they ask. Pure.

    peer   -> "perfanalysis-replay 1" and 32 random bytes
    caller -> 32 random bytes of its own, HMAC(key, "caller" + both)
    peer   -> HMAC(key, "peer" + both)

HMAC is that of RFC 2104 with SHA-256. The key of the session is HMAC(key, "session" + both); each
request carries its number and an HMAC by that key, so that none can be made up or said again.
"""

from __future__ import annotations

import hashlib
import hmac
import struct
from pathlib import Path

from perfanalysis.errors import InputError

GREETING = b"perfanalysis-replay 1\n"
NONCE_BYTES = 32
PROOF_BYTES = 32
LEAST_KEY_BYTES = 32
MOST_KEY_BYTES = 4096
_REQUEST = struct.Struct(">QQ")
REQUEST_BYTES = _REQUEST.size + PROOF_BYTES


def read_key(path: Path) -> bytes:
    """The key of a file that nobody but its owner may read.

    Raises:
        InputError: it cannot be read, others may read it, or it is too short. No part of the key is
            in the text.
    """
    try:
        mode = path.stat().st_mode
        with path.open("rb") as file:
            key = file.read(MOST_KEY_BYTES + 1).strip()
    except OSError as error:
        raise InputError(str(path), "", f"a readable key file ({error.strerror})") from error
    if mode & 0o077:
        raise InputError(
            str(path), "", "a key that its owner alone may read (chmod 600)", oct(mode & 0o777)
        )
    if not LEAST_KEY_BYTES <= len(key) <= MOST_KEY_BYTES:
        expected = (
            f"{LEAST_KEY_BYTES} to {MOST_KEY_BYTES} bytes (such as of `openssl rand -hex 32`)"
        )
        raise InputError(str(path), "", expected, len(key))
    return key


def proof(key: bytes, side: bytes, peer_nonce: bytes, caller_nonce: bytes) -> bytes:
    """What one side shows to have the key; ``side`` is ``caller``, ``peer`` or ``session``."""
    return hmac.digest(key, side + b"\0" + peer_nonce + caller_nonce, hashlib.sha256)


def same(one: bytes, other: bytes) -> bool:
    """Whether two proofs are the same, in a time that tells nothing of where they differ."""
    return hmac.compare_digest(one, other)


def request(session_key: bytes, number: int, count: int) -> bytes:
    """Ask for so many bytes, by the request of that number."""
    head = _REQUEST.pack(number, count)
    return head + hmac.digest(session_key, head, hashlib.sha256)


def parse_request(data: bytes, session_key: bytes, number: int) -> int | None:
    """How many bytes a request asks for; None: it is none, or not the one of that number."""
    head, proven = data[: _REQUEST.size], data[_REQUEST.size :]
    if not same(proven, hmac.digest(session_key, head, hashlib.sha256)):
        return None
    found, count = _REQUEST.unpack(head)
    return count if found == number else None
