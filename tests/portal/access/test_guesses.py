"""How fast passwords may be guessed."""

from __future__ import annotations

import pytest

from portal.access.guesses import GuessLimits


def test_wrong_guesses_wait_and_others_do_not() -> None:
    at = 0.0
    limits = GuessLimits(lambda: at)
    assert [limits.take("ada", "192.0.2.1", None) for _ in range(10)] == [0.0] * 10
    assert limits.take("ada", "192.0.2.1", None) == 20.0
    assert limits.take("ada", "192.0.2.2", None) == 0.0
    assert limits.take("bob", "192.0.2.1", None) == 0.0
    assert limits.take("ada", "192.0.2.1", "device") == 0.0
    at = 20.0
    assert limits.take("ada", "192.0.2.1", None) == 0.0
    assert limits.take("ada", "192.0.2.1", None) == 20.0


def test_who_was_right_starts_anew() -> None:
    limits = GuessLimits(lambda: 0.0)
    for _ in range(9):
        limits.take("ada", "192.0.2.1", None)
    assert limits.take("ada", "192.0.2.1", None) == 0.0
    limits.right("ada", "192.0.2.1", None)
    assert limits.take("ada", "192.0.2.1", None) == 0.0


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8::1", "2001:db8::ffff:1", True),
        ("2001:db8::1", "2001:db8:0:1::1", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_an_address_guesses_many_names(one: str, other: str, same: bool) -> None:
    limits = GuessLimits(lambda: 0.0)
    for number in range(60):
        assert limits.take(f"user {number}", one, None) == 0.0
    assert (limits.take("ada", other, None) > 0) == same
