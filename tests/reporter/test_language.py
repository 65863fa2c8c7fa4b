"""Catalogues are whole and keep what is filled in; numbers and times as readers write them."""

from __future__ import annotations

import string

import pytest
from babel.messages.pofile import read_po

from reporter.language import ENGLISH, LANGUAGES, LOCALES, Language
from tests.reporter.texts import every

GERMAN = Language("de")


def fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


@pytest.mark.parametrize("name", [name for name in LANGUAGES if name != "en"])
def test_every_text_is_translated_and_none_is_left_over(name: str) -> None:
    with (LOCALES / f"{name}.po").open("rb") as file:
        found = {str(e.id): str(e.string) for e in read_po(file, locale=name) if e.id}
    assert every() - set(found) == set()
    assert set(found) - every() == set()
    assert {text for text, said in found.items() if fields(text) != fields(said)} == set()


def test_there_are_many_texts() -> None:
    assert len(every()) > 200


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (ENGLISH, ["1,234.50", "12.3 %", "$0.0400", "-1.5", "2025-10-09 08:53:20 UTC", "2.0 h"]),
        (GERMAN, ["1.234,50", "12,3 %", "0,0400 $", "-1,5", "09.10.2025 08:53:20 UTC", "2,0 h"]),
    ],
)
def test_numbers_and_times(language: Language, expected: list[str]) -> None:
    assert [
        language.number(1234.5, 2),
        language.ratio(0.123),
        language.dollars(0.04),
        language.signed(-1.5),
        language.moment(1_760_000_000),
        language.seconds(7200),
    ] == expected


def test_next_to_nothing_has_one_sign() -> None:
    assert [ENGLISH.signed(value) for value in (-0.04, 0.0, 0.04, -0.06)] == [
        "+0.0",
        "+0.0",
        "+0.0",
        "-0.1",
    ]


def test_unknown_is_a_dash() -> None:
    for form in (GERMAN.number, GERMAN.ratio, GERMAN.dollars, GERMAN.gibibytes, GERMAN.moment):
        assert form(None) == "\N{EN DASH}"
    assert GERMAN.number(float("nan")) == "\N{EN DASH}"


def test_a_text_without_translation_stays_english() -> None:
    assert Language("de").say("no such {thing}", thing="text") == "no such text"
