"""An identity provider: where it is, which keys it has, and what it says of a code."""

from __future__ import annotations

import ipaddress
import json
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import requests

from perfanalysis.errors import InputError
from perfanalysis.unreached import explained
from portal.access.oidc import attempts
from portal.access.oidc.attempts import OidcAttempt
from portal.access.oidc.id_tokens import (
    SUBJECT_CLAIMS,
    ExpectedToken,
    OidcIdentity,
    OidcRefusedError,
    identity_of,
    key_set,
)

CALLBACK = "/login/oidc/callback"
# To connect and between two pieces of an answer, in seconds.
_TIMEOUT = (5, 10)
_MOST_BYTES = 1 << 20
# How long its document and its keys are kept, in seconds; a new key signs at once.
_KEPT, _KEPT_AT_LEAST = 3600.0, 30.0
# Requests to it at a time: one that hangs is not to hold all threads of the portal.
_MOST_ASKING = 8
_MOST_USED = 20_000
_ENDPOINTS = ("authorization_endpoint", "token_endpoint", "jwks_uri")


class OidcUnavailableError(Exception):
    """The provider does not answer, or not as one; the text is for the log."""


@dataclass(frozen=True)
class OidcSettings:
    """What a portal is told of its provider.

    Attributes:
        issuer: its URL, letter by letter as it calls itself.
        client_id, client_secret: of this portal, as the provider knows it.
        redirect_url: of this portal's ``CALLBACK``, as the provider knows it.
        tenant: whose users come in by it.
        subject_claim: of ``SUBJECT_CLAIMS``: what names a person in its tokens.
    """

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    redirect_url: str
    tenant: uuid.UUID
    subject_claim: str = SUBJECT_CLAIMS[0]


def check_url(url: str, flag: str) -> None:
    """See that what goes to a URL is read by nobody on the way.

    Raises:
        InputError: it is none of https, nor of this machine.
    """
    if not is_safe(url):
        raise InputError(flag, "", "a URL of https, or of http on a loopback address", url)


def is_safe(url: str) -> bool:
    """Whether it is of https, or of this machine; without a user, a query and a fragment."""
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError:
        return False
    if not host or parts.username is not None or parts.fragment:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and _is_loopback(host))


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


class OidcProvider:
    """A provider by which the users of one tenant log in.

    Args:
        settings: of it.
    """

    def __init__(self, settings: OidcSettings) -> None:
        self.settings = settings
        self.key = attempts.signing_key(settings.client_secret, settings.issuer, settings.client_id)
        self._lock = threading.Lock()
        self._kept: dict[str, tuple[float, dict[str, Any]]] = {}
        self._places = threading.BoundedSemaphore(_MOST_ASKING)
        self._used: OrderedDict[str, float] = OrderedDict()

    @property
    def host(self) -> str:
        """What people know it by."""
        return urlsplit(self.settings.issuer).netloc

    def use(self, attempt: OidcAttempt) -> bool:
        """Note that an attempt has come back; False: it had before, in this process.

        In others the provider holds it: a code counts once.
        """
        at = time.monotonic()
        with self._lock:
            while self._used and (
                len(self._used) >= _MOST_USED
                or next(iter(self._used.values())) < at - attempts.LONGEST
            ):
                self._used.popitem(last=False)
            is_new = attempt.token not in self._used
            self._used.setdefault(attempt.token, at)
            return is_new

    def authorization_url(self, attempt: OidcAttempt) -> str:
        """Where a browser goes to log in.

        Raises:
            OidcUnavailableError: the provider does not say.
        """
        where = self._document()["authorization_endpoint"]
        with self._client({}) as client:
            url, _ = client.create_authorization_url(
                where, state=attempt.state, nonce=attempt.nonce, code_verifier=attempt.verifier
            )
        return str(url)

    def identity(self, code: str, attempt: OidcAttempt) -> OidcIdentity:
        """Whom the provider let in.

        Args:
            code: which the browser brought.
            attempt: that it is the answer to.

        Raises:
            OidcUnavailableError: the provider does not answer.
            OidcRefusedError: it takes the code for none, or its token proves nothing.
        """
        document = self._document()
        text = self._id_token(document, code, attempt)
        of = self.settings
        at = int(time.time())
        expected = ExpectedToken(of.issuer, of.client_id, attempt.nonce, at, of.subject_claim)
        try:
            return identity_of(text, key_set(self._get(document["jwks_uri"])), expected)
        except OidcRefusedError:
            # It may be signed with a key that is newer than those that were kept.
            again = key_set(self._get(document["jwks_uri"], _KEPT_AT_LEAST))
            return identity_of(text, again, expected)

    def _id_token(self, document: dict[str, Any], code: str, attempt: OidcAttempt) -> str:
        from authlib.common.errors import AuthlibBaseError

        try:
            with self._asking(), self._client(document) as client:
                answer = client.fetch_token(
                    document["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=attempt.verifier,
                    timeout=_TIMEOUT,
                    allow_redirects=False,
                )
        except AuthlibBaseError as error:
            raise OidcRefusedError(f"the provider refuses the code ({error.error})") from error
        except (requests.RequestException, ValueError) as error:
            said = f"the token endpoint does not answer ({type(error).__name__})"
            raise OidcUnavailableError(said) from error
        found = answer.get("id_token") if isinstance(answer, dict) else None
        if not isinstance(found, str):
            raise OidcRefusedError("the provider's answer has no ID token")
        return found

    def _client(self, document: dict[str, Any]) -> Any:
        from authlib.integrations.requests_client import OAuth2Session

        # What RFC 8414 has where a provider does not say.
        methods = document.get("token_endpoint_auth_methods_supported", ["client_secret_basic"])
        basic = "client_secret_basic" in methods
        return OAuth2Session(
            self.settings.client_id,
            self.settings.client_secret,
            token_endpoint_auth_method="client_secret_basic" if basic else "client_secret_post",
            scope="openid email",
            redirect_uri=self.settings.redirect_url,
            code_challenge_method="S256",
        )

    def _document(self) -> dict[str, Any]:
        issuer = self.settings.issuer
        found = self._get(f"{issuer.rstrip('/')}/.well-known/openid-configuration")
        if found.get("issuer") != issuer:
            raise OidcUnavailableError("the provider's document is of another issuer")
        for name in _ENDPOINTS:
            if not isinstance(found.get(name), str) or not is_safe(found[name]):
                raise OidcUnavailableError(f"the provider's {name} is no URL of https")
        return found

    def _get(self, url: str, kept: float = _KEPT) -> dict[str, Any]:
        at = time.monotonic()
        with self._lock:
            known = self._kept.get(url)
        if known is not None and at - known[0] < kept:
            return known[1]
        with self._asking():
            found = _fetched(url)
        with self._lock:
            self._kept[url] = (at, found)
        return found

    @contextmanager
    def _asking(self) -> Iterator[None]:
        if not self._places.acquire(blocking=False):
            raise OidcUnavailableError(f"{_MOST_ASKING} requests to the provider wait for answers")
        try:
            yield
        finally:
            self._places.release()


def _fetched(url: str) -> dict[str, Any]:
    """The JSON object at a URL.

    Raises:
        OidcUnavailableError: there is none.
    """
    try:
        with requests.get(url, timeout=_TIMEOUT, allow_redirects=False, stream=True) as answer:
            body = b""
            for piece in answer.iter_content(65536):
                body += piece
                if len(body) > _MOST_BYTES:
                    raise ValueError("it is too long")
            found = json.loads(body) if answer.status_code == 200 else None
    except (requests.RequestException, ValueError) as error:
        raise OidcUnavailableError(f"{url}: no answer ({explained(error)})") from error
    if not isinstance(found, dict):
        raise OidcUnavailableError(f"{url}: the answer is no document of a provider")
    return found
