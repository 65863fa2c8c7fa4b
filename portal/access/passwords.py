"""Passwords, by argon2 (RFC 9106's second recommended parameters, as argon2-cffi has them)."""

from __future__ import annotations

import threading
import unicodedata
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from perfanalysis.errors import InputError

SHORTEST, LONGEST = 12, 1024
_HASHER = PasswordHasher()
# Each takes 64 MiB while it works: many at once would be a way to use up a machine's memory.
_AT_ONCE = threading.BoundedSemaphore(2)


def check_new(password: str, where: str) -> None:
    """See that a password may be taken.

    Raises:
        InputError: it is too short or too long; the message does not hold it.
    """
    if not SHORTEST <= len(password) <= LONGEST:
        raise InputError(where, "", f"a password of {SHORTEST} to {LONGEST} characters")


def hashed(password: str) -> str:
    """What is kept of a password."""
    with _AT_ONCE:
        return _HASHER.hash(_one_spelling(password))


def is_right(kept: str | None, password: str) -> bool:
    """Whether a password is the one of which that was kept.

    None takes as long: nobody is to learn by the time whether there is such a user.
    """
    if len(password) > LONGEST:
        return False
    try:
        with _AT_ONCE:
            return _HASHER.verify(kept or _nobody(), _one_spelling(password)) and kept is not None
    except (VerificationError, InvalidHashError):
        return False


def is_outdated(kept: str) -> bool:
    """Whether it was made with other parameters than today's."""
    return _HASHER.check_needs_rehash(kept)


@cache
def _nobody() -> str:
    return _HASHER.hash("of nobody")


def _one_spelling(password: str) -> str:
    """Keyboards differ in how they compose letters (RFC 8265)."""
    return unicodedata.normalize("NFC", password)
