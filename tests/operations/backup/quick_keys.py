"""A repository of restic whose key opens at once.

Every call of restic works out the key from the password (scrypt), in as many rounds as the machine
did in half a second when the repository was made: more than all else that it does for files of a
few bytes. Here the key file is written anew with the fewest rounds. restic reads from the file how
many there are (its doc/design.rst, "Keys, Encryption and MAC").
"""

from __future__ import annotations

import base64
import hashlib
import json
import os
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes
from cryptography.hazmat.primitives.poly1305 import Poly1305

_FEWEST_ROUNDS = {"N": 2, "r": 1, "p": 1}


def _derived(password: bytes, key: dict[str, Any]) -> bytes:
    """64 bytes: AES-256's key, and the two halves of Poly1305-AES's."""
    salt = base64.b64decode(key["salt"])
    rounds = {name: key[name] for name in ("r", "p")}
    return hashlib.scrypt(password, salt=salt, n=key["N"], dklen=64, maxmem=2**30, **rounds)


def _ciphered(derived: bytes, vector: bytes, data: bytes) -> bytes:
    # A stream: the same there and back.
    return Cipher(algorithms.AES(derived[:32]), modes.CTR(vector)).encryptor().update(data)


def _code(derived: bytes, vector: bytes, ciphered: bytes) -> bytes:
    one_block = Cipher(algorithms.AES(derived[32:48]), modes.ECB())
    return Poly1305.generate_tag(derived[48:] + one_block.encryptor().update(vector), ciphered)


def make_quick(repository: Path, password: str) -> None:
    """Write the one key of a repository anew.

    Raises:
        InvalidSignature: the password is another.
    """
    (path,) = (repository / "keys").iterdir()
    key = json.loads(path.read_bytes())
    sealed, slow = base64.b64decode(key["data"]), _derived(password.encode(), key)
    vector, ciphered, code = sealed[:16], sealed[16:-16], sealed[-16:]
    if _code(slow, vector, ciphered) != code:
        raise InvalidSignature
    master = _ciphered(slow, vector, ciphered)
    key |= _FEWEST_ROUNDS
    quick, vector = _derived(password.encode(), key), os.urandom(16)
    ciphered = _ciphered(quick, vector, master)
    sealed = vector + ciphered + _code(quick, vector, ciphered)
    text = json.dumps(key | {"data": base64.b64encode(sealed).decode()}).encode()
    path.unlink()
    # A file of restic's is named by what is in it.
    (path.parent / hashlib.sha256(text).hexdigest()).write_bytes(text)
