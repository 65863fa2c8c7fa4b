"""What the cookie of a log-in by OIDC is good for, and for how long."""

from __future__ import annotations

import pytest

from portal.access.oidc import attempts
from portal.access.oidc.provider import is_safe

KEY = attempts.signing_key("a secret of the client", "https://id.example", "portal")


def test_it_comes_back_as_it_was_in_all_processes() -> None:
    begun, cookie = attempts.begin(KEY, "/tests?kernel=rmw", 1000.0)
    again = attempts.signing_key("a secret of the client", "https://id.example", "portal")
    assert attempts.read(again, cookie, 1599.0) == begun
    assert begun.is_answered_by(begun.state)
    assert not begun.is_answered_by("")
    assert not begun.is_answered_by(begun.nonce)
    assert len({begun.token, begun.state, begun.nonce, begun.verifier}) == 4
    assert not any(value in cookie for value in (begun.state, begun.nonce, begun.verifier))


def test_what_is_none() -> None:
    _, cookie = attempts.begin(KEY, "/", 1000.0)
    token, begun, path, signature = cookie.split(".")
    later = f"{token}.{int(begun) + 900}.{path}.{signature}"
    for text in (later, cookie[:-1], cookie + "a", f"{token}.{begun}.{path}", "", "...", "\u00e9"):
        assert attempts.read(KEY, text, 1000.0) is None, text
    for at in (999.0, 1600.0):
        assert attempts.read(KEY, cookie, at) is None
    other = attempts.signing_key("another secret of it", "https://id.example", "portal")
    assert attempts.read(other, cookie, 1000.0) is None


@pytest.mark.parametrize(
    ("url", "safe"),
    [
        ("https://id.example/realms/one", True),
        ("http://localhost:9400", True),
        ("http://127.0.0.1:9400", True),
        ("http://[::1]:9400", True),
        ("http://id.example", False),
        ("http://localhost.example", False),
        ("https://user@id.example", False),
        ("https://id.example/#a", False),
        ("https://", False),
        ("file:///etc/hostname", False),
        ("http://[", False),
    ],
)
def test_which_urls_are_asked(url: str, safe: bool) -> None:
    assert is_safe(url) == safe
