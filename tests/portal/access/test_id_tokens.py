"""Which ID tokens prove something, with tokens that are signed here."""

from __future__ import annotations

from typing import Any

import pytest
from joserfc import jwt
from joserfc.jwk import ECKey, OctKey, RSAKey

from portal.access.oidc.id_tokens import (
    ExpectedToken,
    OidcIdentity,
    OidcRefusedError,
    identity_of,
    key_set,
)

ISSUER, CLIENT, NOW = "https://id.example", "portal", 1_800_000_000
EXPECTED = ExpectedToken(ISSUER, CLIENT, "n", NOW)
CLAIMS = {
    "iss": ISSUER,
    "sub": "s",
    "aud": CLIENT,
    "nonce": "n",
    "iat": NOW - 1,
    "exp": NOW + 60,
    "email": "Ada@Example.org",
    "email_verified": True,
}
RSA = RSAKey.generate_key(2048, {"kid": "r", "use": "sig"})
ELLIPTIC = ECKey.generate_key("P-256", {"kid": "e"})
KEYS = key_set(
    {
        "keys": [
            RSA.as_dict(private=False),
            ELLIPTIC.as_dict(private=False),
            {"kty": "of another time", "kid": "x"},
        ]
    }
)


def signed(claims: dict[str, Any], alg: str = "RS256", key: Any = RSA, kid: str = "r") -> str:
    return jwt.encode({"alg": alg, "kid": kid}, claims, key, algorithms=[alg])


@pytest.mark.parametrize(
    ("changes", "email"),
    [
        ({}, "ada@example.org"),
        ({"aud": [CLIENT]}, "ada@example.org"),
        ({"aud": [CLIENT, "other"], "azp": CLIENT}, "ada@example.org"),
        ({"exp": NOW - 30}, "ada@example.org"),
        ({"email_verified": False}, None),
        ({"email_verified": "true"}, None),
        ({"email": "\u212aate@example.org"}, None),
        ({"email": ["ada@example.org"]}, None),
    ],
)
def test_whom_it_names(changes: dict[str, Any], email: str | None) -> None:
    found = identity_of(signed(CLAIMS | changes), KEYS, EXPECTED)
    assert found == OidcIdentity(ISSUER, "s", email)


def test_the_other_algorithm() -> None:
    assert identity_of(signed(CLAIMS, "ES256", ELLIPTIC, "e"), KEYS, EXPECTED).subject == "s"


@pytest.mark.parametrize(
    "changes",
    [
        {"iss": "https://other.example"},
        {"iss": [ISSUER]},
        {"aud": "other"},
        {"aud": [CLIENT, "other"]},
        {"azp": "other"},
        {"azp": None},
        {"nonce": "other"},
        {"nonce": ["n"]},
        {"exp": NOW - 61},
        {"exp": str(NOW + 60)},
        {"iat": NOW + 3600},
        {"nbf": NOW + 3600},
        {"sub": ""},
        {"sub": "s" * 256},
        {"sub": 7},
    ],
)
def test_claims_that_are_refused(changes: dict[str, Any]) -> None:
    with pytest.raises(OidcRefusedError):
        identity_of(signed(CLAIMS | changes), KEYS, EXPECTED)


def test_a_subject_by_the_object_id() -> None:
    by_object = EXPECTED._replace(subject_claim="oid")
    # As Entra ID has it: an address that it does not say to be verified, which is worth nothing.
    claims = {name: value for name, value in CLAIMS.items() if name != "email_verified"}
    found = identity_of(signed(claims | {"oid": "o"}), KEYS, by_object)
    assert found == OidcIdentity(ISSUER, "o", None)
    for oid in ({}, {"oid": ""}, {"oid": 7}, {"oid": ["o"]}, {"oid": "o" * 256}, {"oid": "a\x00"}):
        with pytest.raises(OidcRefusedError, match="oid"):
            identity_of(signed(claims | oid), KEYS, by_object)


@pytest.mark.parametrize("missing", ["iss", "sub", "aud", "nonce", "iat", "exp"])
def test_claims_that_are_needed(missing: str) -> None:
    with pytest.raises(OidcRefusedError):
        identity_of(signed({k: v for k, v in CLAIMS.items() if k != missing}), KEYS, EXPECTED)


@pytest.mark.parametrize(
    "text",
    [
        signed(CLAIMS, key=RSAKey.generate_key(2048, {"kid": "r"})),
        signed(CLAIMS, "RS512"),
        signed(CLAIMS, kid="unknown"),
        signed(CLAIMS, "HS256", OctKey.generate_key(256)),
        signed(CLAIMS).rpartition(".")[0] + ".",
        "no token",
        "",
    ],
)
def test_signatures_that_are_refused(text: str) -> None:
    with pytest.raises(OidcRefusedError):
        identity_of(text, KEYS, EXPECTED)


@pytest.mark.parametrize("document", [{}, {"keys": 1}, {"keys": [{"kty": "oct", "k": "eA"}]}])
def test_documents_without_a_key(document: dict[str, Any]) -> None:
    with pytest.raises(OidcRefusedError):
        key_set(document)
