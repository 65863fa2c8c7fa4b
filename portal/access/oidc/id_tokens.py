"""Whether an ID token is a provider's, of this log-in, and whom it names. Pure.

Source: OpenID Connect Core 1.0, section 3.1.3.7.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import KeySet

# The claims that may name a person: the standard's, and Entra ID's object id, which is the same for
# all of its applications and known before anybody has logged in.
SUBJECT_CLAIMS = ("sub", "oid")
# Signed with the provider's private key: neither "none" nor HMAC with what others know.
ALGORITHMS = ("RS256", "ES256")
# That two clocks may differ by, in seconds.
_LEEWAY = 60
_LONGEST_SUBJECT = 255


class OidcRefusedError(Exception):
    """The provider's answer proves nothing; the text is for the log."""


class OidcIdentity(NamedTuple):
    """Whom a provider names.

    Attributes:
        issuer, subject: which together are one person for ever; the subject is of the claim that
            was asked for.
        email: in small letters; None: none, or none that the provider has verified.
    """

    issuer: str
    subject: str
    email: str | None


class ExpectedToken(NamedTuple):
    """What the token must say, ``now`` in seconds since 1970, and which claim names the person."""

    issuer: str
    client_id: str
    nonce: str
    now: int
    subject_claim: str = SUBJECT_CLAIMS[0]


def key_set(document: dict[str, Any]) -> KeySet:
    """The keys of a JWKS document that may sign ID tokens.

    Raises:
        OidcRefusedError: it holds none.
    """
    rows = document.get("keys")
    fit = [
        row
        for row in (rows if isinstance(rows, list) else [])
        if isinstance(row, dict)
        and row.get("kty") in {"RSA", "EC"}
        and row.get("use", "sig") == "sig"
        and row.get("alg", ALGORITHMS[0]) in ALGORITHMS
    ]
    if not fit:
        raise OidcRefusedError("the provider has no key for RS256 or ES256")
    try:
        return KeySet.import_key_set({"keys": fit})
    except (JoseError, ValueError) as error:
        raise OidcRefusedError("a key of the provider cannot be read") from error


def identity_of(text: str, keys: KeySet, expected: ExpectedToken) -> OidcIdentity:
    """Whom an ID token names.

    Raises:
        OidcRefusedError: its signature, or one of its claims, is not as it must be.
    """
    wanted = jwt.JWTClaimsRegistry(
        now=expected.now,
        leeway=_LEEWAY,
        iss={"essential": True, "value": expected.issuer},
        aud={"essential": True, "value": expected.client_id},
        nonce={"essential": True, "value": expected.nonce},
        sub={"essential": True},
        exp={"essential": True},
        iat={"essential": True},
    )
    try:
        claims = jwt.decode(text, keys, algorithms=ALGORITHMS).claims
        wanted.validate(claims)
    except (JoseError, ValueError) as error:
        raise OidcRefusedError(f"the ID token is refused ({type(error).__name__})") from error
    if not isinstance(claims["nonce"], str):
        raise OidcRefusedError("the ID token's nonce is no text")
    _check_party(claims, expected.client_id)
    subject = claims.get(expected.subject_claim)
    if not isinstance(subject, str) or not 0 < len(subject) <= _LONGEST_SUBJECT:
        raise OidcRefusedError(f"the ID token's {expected.subject_claim} names nobody")
    if "\x00" in subject:
        raise OidcRefusedError(f"the ID token's {expected.subject_claim} is none")
    return OidcIdentity(expected.issuer, subject, _verified_email(claims))


def _check_party(claims: dict[str, Any], client_id: str) -> None:
    audiences, party = claims["aud"], claims.get("azp")
    several = isinstance(audiences, list) and len(audiences) > 1
    if (several or "azp" in claims) and party != client_id:
        raise OidcRefusedError("the ID token is for another client (azp)")


def _verified_email(claims: dict[str, Any]) -> str | None:
    email = claims.get("email")
    if claims.get("email_verified") is not True or not isinstance(email, str):
        return None
    # Other letters can become those of another address in small letters.
    return email.lower() if email.isascii() else None
