"""What is shown of a server's words: never a key of ours."""

from __future__ import annotations

import pytest

from perfanalysis.delivery.credentials import Credentials, redacted


@pytest.mark.parametrize(
    ("username", "said", "shown"),
    [
        ("", "Bearer my long key: unknown", "Bearer ***: unknown"),
        ("", "no such key as my long key", "no such key as ***"),
        ("me", "got Basic bWU6bXkgbG9uZyBrZXk=", "got Basic ***"),
        ("me", "bWU6bXkgbG9uZyBrZXk= is wrong", "*** is wrong"),
        ("me", "the password of me is not 'my long key'", "the password of me is not '***'"),
        ("me", "long", "long"),
    ],
)
def test_a_server_that_echoes(username: str, said: str, shown: str) -> None:
    headers = Credentials(username=username).header("my long key")
    assert redacted(said, headers) == shown


def test_a_header_of_another_name() -> None:
    assert redacted("token abc", {"X-Token": "abc"}) == "token ***"
    assert redacted("nothing", {}) == "nothing"
