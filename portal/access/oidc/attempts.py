"""A log-in that was begun and has not come back: all of it is in a signed cookie. Pure.

State, nonce and PKCE's verifier are made of the cookie's random token and a key that all processes
of a portal derive from the client secret, so that any of them can go on with what another began,
and neither the browser nor the provider sees the verifier before its time.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from dataclasses import dataclass

from portal.access.session_tokens import is_token, new_token

# From the way to the provider until the way back, in seconds.
LONGEST = 600
_MOST = 4000


def signing_key(client_secret: str, issuer: str, client_id: str) -> bytes:
    """The key of the cookies; slow, so that a cookie is of no help in guessing the secret."""
    salt = f"perfanalysis portal oidc\0{issuer}\0{client_id}".encode()
    return hashlib.scrypt(client_secret.encode(), salt=salt, n=2**14, r=8, p=1, dklen=32)


@dataclass(frozen=True)
class OidcAttempt:
    """A log-in that was begun.

    Attributes:
        token: random, of this attempt alone.
        begun: when, in seconds since 1970.
        after: the local path to go to afterwards.
        state, nonce, verifier: of OAuth, OpenID Connect and PKCE.
    """

    token: str
    begun: int
    after: str
    state: str
    nonce: str
    verifier: str

    def is_answered_by(self, state: str) -> bool:
        """Whether a provider's answer is of this attempt."""
        return hmac.compare_digest(self.state.encode(), state.encode())


def begin(key: bytes, after: str, at: float) -> tuple[OidcAttempt, str]:
    """A new attempt, and the value of its cookie."""
    found = _attempt(key, new_token(), int(at), after)
    path = base64.urlsafe_b64encode(after.encode()).decode()
    text = f"{found.token}.{found.begun}.{path}"
    return found, f"{text}.{_derived(key, 'cookie', text)}"


def read(key: bytes, cookie: str, at: float) -> OidcAttempt | None:
    """The attempt of a cookie; None: this portal did not make it, or it is too old."""
    text, _, signature = cookie.rpartition(".")
    if len(cookie) > _MOST or not cookie.isascii():
        return None
    if not hmac.compare_digest(_derived(key, "cookie", text).encode(), signature.encode()):
        return None
    token, begun, path = text.split(".")
    if not is_token(token) or not 0 <= at - int(begun) < LONGEST:
        return None
    return _attempt(key, token, int(begun), base64.urlsafe_b64decode(path).decode())


def _attempt(key: bytes, token: str, begun: int, after: str) -> OidcAttempt:
    state, nonce, verifier = (_derived(key, to, token) for to in ("state", "nonce", "verifier"))
    return OidcAttempt(token, begun, after, state, nonce, verifier)


def _derived(key: bytes, purpose: str, text: str) -> str:
    digest = hmac.new(key, f"{purpose}\0{text}".encode(), hashlib.sha256).digest()
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()
