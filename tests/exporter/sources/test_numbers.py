"""Numbers that C code finds are those that Python finds, or none."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collecting import CollectorError
from exporter.sources.numbers import NumberPlace, NumberSeries, fell
from exporter.sources.words import Words
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import TEXT

MEMORY = b"MemTotal:       16 kB\nMemFree:         3 kB\nHugePages: 5\n"
PRESSURE = b"some avg10=0.50 avg60=1.00 avg300=0.00 total=12\nfull avg10=0.00 total=7\n"


@pytest.mark.parametrize(
    ("first", "wanted", "then", "numbers"),
    [
        (MEMORY, [(1, 1), (4, 1024), (7, 1)], MEMORY, [b"16", b"3072", b"5"]),
        (MEMORY, [(1, 1)], b"MemTotal: 170 kB\nMemFree: 9 kB\nHugePages: 0\n", [b"170"]),
        (MEMORY, [(1, 1), (1, 4096)], MEMORY, [b"16", b"65536"]),
        (MEMORY, [(1, 1)], MEMORY.replace(b"kB", b"MB"), None),
        (MEMORY, [(1, 1)], MEMORY.replace(b"MemFree", b"MemFrei"), None),
        (MEMORY, [(1, 1)], MEMORY + b"More: 1\n", None),
        (MEMORY, [(1, 1)], MEMORY[:-13], None),
        (MEMORY, [(1, 1)], MEMORY.replace(b"16 kB\n", b"16 kB "), None),
        (MEMORY, [(1, 1)], MEMORY.replace(b"16", b"-16"), None),
        (MEMORY, [(1, 1)], MEMORY.replace(b"16", b"16x"), None),
        (MEMORY, [(1, 1)], MEMORY.replace(b"16", b"9" * 20), [b"9" * 20]),
        (MEMORY, [(1, 1)], MEMORY.replace(b"16", b"9" * 21), None),
        (
            MEMORY,
            [(1, 2)],
            MEMORY.replace(b"16", b"9223372036854775807"),
            [b"18446744073709551614"],
        ),
        (MEMORY, [(1, 2)], MEMORY.replace(b"16", b"9223372036854775808"), None),
        (PRESSURE, [(4, 1), (7, 1)], PRESSURE.replace(b"12", b"13"), [b"13", b"7"]),
        (PRESSURE, [(4, 1)], PRESSURE.replace(b"0.50", b"99.99"), [b"12"]),
        (PRESSURE, [(4, 1)], PRESSURE.replace(b"avg60", b"avg61"), None),
        (b"a 1 2 3\nb 4\n", [(1, 1)], b"a 7 8\nb 4\n", [b"7"]),
        (b"a -1 2\n", [(1, 1), (2, 1)], b"a -99 5\n", [b"-99", b"5"]),
        (b"a -1\n", [(1, 1)], b"a -\n", None),
        (b"a 1 b 2\n", [(1, 1)], b"a 1 b 2 ", [b"1"]),
        (b"", [], b"", []),
        (b"", [], b"x", None),
    ],
)
def test_numbers_of_a_text(
    first: bytes, wanted: list[tuple[int, int]], then: bytes, numbers: list[bytes] | None
) -> None:
    assert Words(first, wanted).numbers(then) == numbers


def test_a_wanted_word_is_a_number() -> None:
    with pytest.raises(ValueError, match="no number: b'kB'"):
        Words(MEMORY, [(2, 1)])


SOFTNET = b"0000beef 00000000 0000000A\n00000001 00000002 ffffffff\n"


@pytest.mark.parametrize(
    ("wanted", "then", "numbers"),
    [
        ([(0, 1), (2, 1), (5, 2)], SOFTNET, [b"48879", b"10", b"8589934590"]),
        ([(0, 1)], SOFTNET.replace(b"beef", b"BEEF"), [b"48879"]),
        ([(0, 1)], SOFTNET.replace(b"0000beef", b"f" * 16), [b"18446744073709551615"]),
        ([(0, 2)], SOFTNET.replace(b"0000beef", b"f" * 16), None),
        ([(0, 1)], SOFTNET.replace(b"0000beef", b"f" * 17), None),
        ([(0, 1), (2, 1)], SOFTNET.replace(b"beef", b"be f"), None),
        ([(0, 1)], SOFTNET.replace(b"beef", b"bees"), None),
        ([(2, 1)], SOFTNET.replace(b"beef", b"bees"), None),
        ([(5, 1)], SOFTNET.replace(b"beef", b"dead"), [b"4294967295"]),
    ],
)
def test_hexadecimal_numbers(
    wanted: list[tuple[int, int]], then: bytes, numbers: list[bytes] | None
) -> None:
    assert Words(SOFTNET, wanted, hexadecimal=True).numbers(then) == numbers


@pytest.mark.parametrize(
    ("before", "now", "index"),
    [
        (b"", b"", -1),
        (b"1\n2\n", b"1\n2\n", -1),
        (b"9\n2\n", b"10\n2\n", -1),
        (b"9\n2\n", b"10\n1\n", 1),
        (b"10\n2\n", b"9\n1\n", 0),
        (b"010\n", b"9\n", 0),
        (b"9\n", b"010\n", -1),
        (b"0\n", b"000\n", -1),
        (b"1\n", b"1", None),
        (b"1\n", b"1\n2\n", None),
        (b"1\n2\n", b"1\n", None),
        (b"1\n", b"-2\n", None),
        (b"1.5\n", b"1.6\n", None),
        (b"1\n", b"\n", None),
        (b"1\n", b"9" * 21 + b"\n", None),
        (b"9" * 20 + b"\n", b"9" * 19 + b"8\n", 0),
    ],
)
def test_where_counters_fell(before: bytes, now: bytes, index: int | None) -> None:
    assert fell(before, now) == index


@given(st.lists(st.tuples(st.integers(0, 2**64 - 1), st.integers(0, 2**64 - 1)), max_size=20))
def test_the_first_that_fell(pairs: list[tuple[int, int]]) -> None:
    before, now = (b"".join(b"%d\n" % pair[i] for pair in pairs) for i in (0, 1))
    wanted = next((i for i, (old, new) in enumerate(pairs) if new < old), -1)
    assert fell(before, now) == wanted


@given(st.binary(max_size=40), st.binary(max_size=40))
def test_any_bytes_may_be_compared(before: bytes, now: bytes) -> None:
    assert fell(before, now) in (None, *range(-1, 41))


PIECES = st.sampled_from(
    [
        b"a",
        b"cpu0",
        b"x=",
        b"x=1",
        b"0",
        b"17",
        b"-3",
        b"1.5",
        b"9" * 20,
        b" ",
        b"\t",
        b"\n",
        b"\r\n",
    ]
)
TEXTS = st.lists(PIECES, max_size=30).map(b" ".join)
CHANGES = st.lists(st.tuples(st.integers(0, 200), st.binary(max_size=3)), max_size=3)


def wanted_of(text: bytes) -> list[tuple[int, int]]:
    return [(i, 1) for i, word in enumerate(text.split()) if re.fullmatch(rb"[0-9]{1,20}", word)]


@given(TEXTS, CHANGES)
def test_what_is_found_in_a_changed_text_is_what_stands_there(
    text: bytes, changes: list[tuple[int, bytes]]
) -> None:
    wanted = wanted_of(text)
    words = Words(text, wanted)
    assert words.numbers(text) == [text.split()[i] for i, _ in wanted]
    # By line and place in it: behind the last wanted number of a line anything may follow.
    every = [
        (line, i) for line, own in enumerate(text.split(b"\n")) for i in range(len(own.split()))
    ]
    for place, piece in changes:
        text = text[:place] + piece + text[place + len(piece) :]
    found = words.numbers(text)
    if found is not None:
        lines = [line.split() for line in text.split(b"\n")]
        places = [every[i] for i, _ in wanted]
        assert found == [lines[line][i] for line, i in places]


def test_what_follows_the_last_number_of_a_line_is_not_looked_at() -> None:
    text = b"a 12 -3 \r\n 0"
    words = Words(text, [(1, 1), (3, 1)])
    assert words.numbers(text) == [b"12", b"0"]
    assert words.numbers(b"a 12 -3 \0\n 0") == [b"12", b"0"]


@given(TEXTS, st.binary(max_size=60))
def test_any_text_may_follow(text: bytes, then: bytes) -> None:
    found = Words(text, wanted_of(text)).numbers(then)
    assert found is None or all(number.isdigit() for number in found)


def test_series_come_in_the_order_of_their_places() -> None:
    understood = []

    def lay_out(texts: Sequence[bytes]) -> list[NumberPlace]:
        understood.append(texts)
        count = len(texts[0].split()) // 2
        if not count:
            raise CollectorError("expected numbers")
        return [
            NumberPlace(Series(Family(f"x{i}", "gauge", "Test.")), 2 * i + 1, i + 1)
            for i in reversed(range(count))
        ]

    series = NumberSeries(lay_out)
    assert list(series.block(b"a 1 b 2 c 3\n").values) == [b"9", b"4", b"1"]
    assert list(series.block(b"a 4 b 5 c 6\n").values) == [b"18", b"10", b"4"]
    assert len(understood) == 1
    assert list(series.block(b"a 1 b 2\n").values) == [b"4", b"1"]
    assert len(understood) == 2
    with pytest.raises(CollectorError):
        series.block(b"\n")
    assert list(series.block(b"a 1 b 2\n").values) == [b"4", b"1"]
    assert len(understood) == 4


def test_several_texts_are_read_as_one() -> None:
    series = NumberSeries(lambda _: [NumberPlace(Series(Family("x", "gauge", "Test.")), 3)])
    assert series.block(b"a 1", b"b 2\n").values == [b"2"]
    assert series.block(b"a 1", b"b 30\n").values == [b"30"]


class OneMore:
    """Shows one more than there is."""

    def __init__(self) -> None:
        self.values: list[list[bytes]] = []

    def hold(self, values: list[bytes]) -> list[bytes]:
        """See ``HeldValues``."""
        self.values.append(values)
        return [b"%d" % (int(value) + 1) for value in values]

    def show(self, values: Sequence[bytes]) -> None:
        """See ``HeldValues``."""


@pytest.mark.parametrize(
    ("then", "shown"),
    [
        (b"a 1 2 3\n", [b"6", b"0"]),
        (b"a 10 20 9\n", [b"39", b"4"]),
        (b"a 10 20 18446744073709551615\n", [b"18446744073709551645", b"18446744073709551610"]),
        (b"a 1 2 5\n", [b"8", b"0"]),
    ],
)
def test_sums_and_what_is_taken_from_them(then: bytes, shown: list[bytes]) -> None:
    total, rest = (Series(Family(name, "gauge", "Test.")) for name in ("x", "y"))
    series = NumberSeries(
        lambda _: [NumberPlace(total, 2, 1, (1, 3)), NumberPlace(rest, 3, less=5)]
    )
    series.block(b"a 7 7 7\n")
    assert series.block(then).values == shown


def test_a_text_that_stays_is_rendered_once_and_a_change_is_seen() -> None:
    held = OneMore()
    sample = Series(Family("x", "gauge", "Test."))
    series = NumberSeries(lambda _: [NumberPlace(sample, 1)], held)
    for text, shown in (
        (b"a 1\n", b"x 2\n"),
        (b"a 1\n", b"x 2\n"),
        (b"a 1\n", b"x 2\n"),
        (b"a 2\n", b"x 3\n"),
        (b"a 1\n", b"x 2\n"),
        (b"a 1\n", b"x 2\n"),
    ):
        block = series.block(text)
        assert block.layout.render(block.values, TEXT).endswith(shown)
    assert held.values == [[b"1"], [b"2"], [b"1"]]
    assert series.block(b"a 1\n") is series.block(b"a 1\n")


def test_a_long_text_is_not_kept() -> None:
    text = b"a 1\n" + b"b\n" * 600
    series = NumberSeries(lambda _: [NumberPlace(Series(Family("x", "gauge", "Test.")), 1)])
    for _ in range(3):
        assert series.block(text).values == [b"1"]
