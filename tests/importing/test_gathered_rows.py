"""Rows of values, and the lines of each series that come of them."""

from __future__ import annotations

from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from importing import gathered_rows
from importing.gathered_rows import RowGatherer

# Rows as they come: lists of series that are told together, again and again.
LISTS: tuple[list[int], ...] = ([0, 1, 2], [3], [1, 4], [2, 2], [])
SUFFIX = {0: b"", 1: b"e-2", 2: b"", 3: b"e-6", 4: b"e-2"}


def gathered(order: Iterable[int]) -> dict[int, bytes]:
    gatherer = RowGatherer()
    found: dict[int, bytes] = {}

    def take(lines: Iterable[tuple[int, bytes]]) -> None:
        for number, text in lines:
            found[number] = found.get(number, b"") + text

    for time, which in enumerate(order):
        numbers = LISTS[which]
        values = [b"%d" % (10 * time + place) for place in range(len(numbers))]
        take(gatherer.add(numbers, values, [SUFFIX[n] for n in numbers], b"%d" % time))
    take(gatherer.lines())
    return found


def one_by_one(order: Iterable[int]) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    for time, which in enumerate(order):
        for place, number in enumerate(LISTS[which]):
            line = b"%d%s %d\n" % (10 * time + place, SUFFIX[number], time)
            found[number] = found.get(number, b"") + line
    return found


def test_lines_of_series_that_come_together() -> None:
    assert gathered([0, 1, 0]) == {
        0: b"0 0\n20 2\n",
        1: b"1e-2 0\n21e-2 2\n",
        2: b"2 0\n22 2\n",
        3: b"10e-6 1\n",
    }


def test_a_series_of_two_lists_keeps_its_order() -> None:
    assert gathered([0, 2, 0])[1] == b"1e-2 0\n10e-2 1\n21e-2 2\n"


def test_a_series_that_is_twice_in_a_list_keeps_its_order() -> None:
    assert gathered([3, 3]) == {2: b"0 0\n1 0\n10 1\n11 1\n"}


@given(st.lists(st.integers(0, len(LISTS) - 1), max_size=30), st.integers(1, 12))
def test_any_order_of_lists_gives_what_one_value_after_the_other_does(
    order: list[int], most: int
) -> None:
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(gathered_rows, "MOST_VALUES", most)
        assert gathered(order) == one_by_one(order)


def test_a_row_that_is_too_short_is_no_row() -> None:
    with pytest.raises(ValueError, match="1 values of 3 series"):
        RowGatherer().add([0, 1, 2], [b"1"], [b"", b"", b""], b"0")
