"""What a browser holds of a session, and the proof that a form is of that session. Pure."""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets

_FORM = re.compile(r"[A-Za-z0-9_-]{43}")


def new_token() -> str:
    """A new secret of 256 bits, for a cookie."""
    return secrets.token_urlsafe(32)


def is_token(text: str) -> bool:
    """Whether it looks like one: else nobody has to look for it."""
    return _FORM.fullmatch(text) is not None


def digest_of(token: str) -> str:
    """SHA-256 in hexadecimal digits, which is all that the database has of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def form_token(token: str) -> str:
    """What a form of that session carries, by which the cookie's value cannot be found."""
    return hmac.new(token.encode(), b"form", hashlib.sha256).hexdigest()


def is_form_token(token: str, given: str) -> bool:
    """Whether a form is of that session."""
    return hmac.compare_digest(form_token(token).encode(), given.encode())
