"""What has changed between two ranges, of one run each: more, less, not apart, or unknown."""

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
        (100.0, 120.0, "120.0 after, 20 % (18 to 22 %) more in one run of each; at least 2 more"),
        (100.0, 80.0, "80.0 after, 20 % (19 to 21 %) less in one run of each; at least 2 more"),
        (100.0, 100.5, "100.5 after, which the runs' intervals do not tell apart; at least"),
    ],
)
def test_one_machine(before: float, after: float, expected: str) -> None:
    found = changes([renamed("a", before, "1")], [renamed("a", after, "2")])
    text, doubt = sentences(found, ENGLISH)
    assert text.startswith(f"a: 100.0 units per second before, {expected}")
    assert text.endswith(" more runs of each are needed.")
    assert doubt == "One run each cannot say whether a machine became faster."


def test_several_machines_begin_with_their_count() -> None:
    before = [renamed(name, 100.0, "1") for name in "abc"]
    after = [renamed("a", 120.0, "2"), renamed("b", 80.0, "2"), renamed("c", 130.0, "1")]
    found = changes(before, [*after, Machine("d"), renamed("e", 1.0, "1")])
    said = sentences(found, ENGLISH)
    assert said[0] == (
        "Of 5 machines, 1 did more at full load in the run after than in that before, 1 less, and 3"
        " cannot be told apart."
    )
    # The same run cannot show a change, whatever its numbers are.
    assert said[3:] == [
        "c: the same load test in both ranges.",
        "d: no load test in both ranges.",
        "e: no load test in both ranges.",
        "One run each cannot say whether a machine became faster.",
    ]
    assert [change.same_run for change in found] == [False, False, True, False, False]


def test_without_two_runs_nothing_is_said_of_them() -> None:
    same = renamed("a", 100.0, "1")
    assert sentences(changes([same], [same]), ENGLISH) == ["a: the same load test in both ranges."]
