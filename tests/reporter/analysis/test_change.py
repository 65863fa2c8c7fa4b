"""What has changed between two ranges: faster, slower, not to be told, unknown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from reporter.analysis.change import changes, sentences
from reporter.asking.machines import Machine
from reporter.language import ENGLISH
from tests.reporter.made import machine


def renamed(name: str, most: float, run: str, spread: float = 0.01) -> Machine:
    made = machine(name, most, 0.1, spread)
    assert made.test
    return replace(made, test=replace(made.test, test_id=run))


@pytest.mark.parametrize(
    ("before", "after", "expected"),
    [
        (100.0, 120.0, "a became faster by 20 % (18 to 22 %): 100.0 before, 120.0 units per"),
        (100.0, 80.0, "a became slower by 20 % (19 to 21 %): 100.0 before, 80.0 units per second"),
        (100.0, 100.5, "a: whether it became faster, we cannot tell (100.0 before, 100.5 units"),
    ],
)
def test_one_machine(before: float, after: float, expected: str) -> None:
    found = changes([renamed("a", before, "1")], [renamed("a", after, "2")])
    (text,) = sentences(found, ENGLISH)
    assert text.startswith(expected)


def test_several_machines_begin_with_their_count() -> None:
    before = [renamed(name, 100.0, "1") for name in "abc"]
    after = [renamed("a", 120.0, "2"), renamed("b", 80.0, "2"), renamed("c", 130.0, "1")]
    found = changes(before, [*after, Machine("d"), renamed("e", 1.0, "1")])
    said = sentences(found, ENGLISH)
    assert said[0] == (
        "Of 5 machines, 1 became faster at full load and 1 slower; of 3 we cannot tell."
    )
    # The same run cannot show a change, whatever its numbers are.
    assert said[3:] == [
        "c: the same load test in both ranges.",
        "d: no load test with an interval in both ranges.",
        "e: no load test with an interval in both ranges.",
    ]
    assert [change.same_run for change in found] == [False, False, True, False, False]
