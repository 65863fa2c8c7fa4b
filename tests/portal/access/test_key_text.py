"""Keys as texts: what is told apart without a database."""

from __future__ import annotations

import hashlib
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.access.key_text import key_of, new_key, without_keys

KNOWN = "perf_0123456789_ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghij"
LETTERS = string.ascii_letters + string.digits


def test_a_new_key_is_read_again() -> None:
    key = new_key()
    found = key_of(key.text)
    assert found == key
    assert len(key.text) == 58
    assert key.digest == hashlib.sha256(key.text.encode()).hexdigest()
    assert key.text not in repr(key)
    assert new_key().prefix != key.prefix


def test_the_checksum_is_always_the_same() -> None:
    """Written down once: keys that are out must stay good."""
    assert key_of(KNOWN + "2fwSNo") is not None
    assert key_of(KNOWN + "000000") is None


@pytest.mark.parametrize(
    "text", ["", "perf_", "perf_x_y", KNOWN, "Bearer", "perf_0123456789_" + "é" * 42]
)
def test_other_texts_are_none(text: str) -> None:
    assert key_of(text) is None


@given(st.integers(0, 57), st.sampled_from(LETTERS))
def test_one_wrong_letter_is_seen(place: int, letter: str) -> None:
    text = new_key().text
    changed = text[:place] + letter + text[place + 1 :]
    assert (key_of(changed) is None) == (changed != text)


@given(st.integers(16, 56))
def test_two_letters_changed_about_are_seen(place: int) -> None:
    text = new_key().text
    changed = text[:place] + text[place + 1] + text[place] + text[place + 2 :]
    assert (key_of(changed) is None) == (changed != text)


def test_texts_for_logs_hold_no_key() -> None:
    key = new_key()
    said = without_keys(f"GET /x?key={key.text} {key.text[:-3]}, and perf_units")
    assert key.text[20:30] not in said
    assert said == f"GET /x?key=perf_{key.prefix}_*** perf_{key.prefix}_***, and perf_units"
