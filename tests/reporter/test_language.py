"""Catalogues are whole and keep what is filled in; numbers and times as readers write them."""

from __future__ import annotations

import string
import warnings

import pytest

from reporter.language import ENGLISH, LANGUAGES, Language
from tests.reporter.texts import every, translated, update

GERMAN = Language("de")


def fields(text: str) -> list[str]:
    return sorted(name for _, name, _, _ in string.Formatter().parse(text) if name)


OTHERS = [name for name in LANGUAGES if name != "en"]


@pytest.mark.parametrize("name", OTHERS)
def test_the_catalogue_has_every_text_and_no_other(name: str, update_golden: bool) -> None:
    if update_golden:
        update(name)
    found = translated(name)
    assert every() - set(found) == set(), "make golden adds them"
    assert set(found) - every() == set(), "make golden takes them out"
    said = {text: other for text, other in found.items() if other}
    assert {text for text, other in said.items() if fields(text) != fields(other)} == set()


def waiting(name: str) -> str:
    """Which texts nobody has translated yet; "" when there are none."""
    texts = sorted(text for text, said in translated(name).items() if not said)
    said = "; ".join(f'"{text}"' for text in texts)
    return f"reporter/locale/{name}.po: shown in English until translated: {said}" if said else ""


@pytest.mark.parametrize("name", OTHERS)
def test_what_is_not_translated_is_said(name: str) -> None:
    # Who adds a chart need not know every language; a release waits for those who do.
    if said := waiting(name):
        warnings.warn(said, stacklevel=1)


@pytest.mark.long
@pytest.mark.parametrize("name", OTHERS)
def test_everything_is_translated(name: str) -> None:
    assert waiting(name) == ""


def test_there_are_many_texts() -> None:
    assert len(every()) > 200


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        (ENGLISH, ["1,234.50", "12.3 %", "$0.0400", "-1.5", "2025-10-09 08:53:20 UTC", "2 h"]),
        (GERMAN, ["1.234,50", "12,3 %", "0,0400 $", "-1,5", "09.10.2025 08:53:20 UTC", "2 h"]),
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


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (0, "0 s"),
        (2.5, "2.5 s"),
        (59, "59 s"),
        (59.97, "60 s"),
        (60, "1 min"),
        (172, "2 min 52 s"),
        (3600, "1 h"),
        (6600, "1 h 50 min"),
        (6615, "1 h 50 min"),
        (86_399, "1 d"),
        (302_400, "3 d 12 h"),
        (100_800, "1 d 4 h"),
        (1_263_600, "14 d 15 h"),
        (None, "\N{EN DASH}"),
    ],
)
def test_durations_are_in_their_two_largest_units(seconds: float | None, words: str) -> None:
    assert ENGLISH.seconds(seconds) == words


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
