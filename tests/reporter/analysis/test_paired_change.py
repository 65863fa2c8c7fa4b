"""Before and after of the same machines, paired by name; who takes part, and what is said."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

from reporter.analysis.change import changes
from reporter.analysis.paired_change import paired, sentences
from reporter.asking.machines import Machine
from reporter.language import ENGLISH
from tests.reporter.made import machine

# What the machines' changes differ by: 0.3 % with a mean of 0.
NOISE = (-0.003, 0.003, -0.001, 0.001, -0.004, 0.004)


def at(name: str, most: float, run: str, kind: str = "t", **more: object) -> Machine:
    made = machine(name, most, 0.1)
    assert made.test
    test = replace(made.test, test_id=run, **more)  # type: ignore[arg-type]
    return replace(made, instance_type=kind, test=test)


def both(fall: float, kind: str = "t") -> tuple[list[Machine], list[Machine]]:
    """Six machines that differ by much, and fell by the same share, give or take."""
    before = [at(f"{kind}{i}", 1000.0 * 1.2**i, "1", kind) for i in range(6)]
    after = [
        at(f"{kind}{i}", 1000.0 * 1.2**i * (1 - fall) * math.exp(noise), "2", kind)
        for i, noise in enumerate(NOISE)
    ]
    return before, after


def test_six_machines_that_all_fell_by_two_percent() -> None:
    before, after = both(0.02)
    found = changes(before, after)
    (pairs,) = paired(found)
    assert (pairs.ratio.basis, pairs.ratio.verdict) == ("pairs", "slower")
    assert pairs.ratio.value == pytest.approx(0.98)
    assert sentences(found, before, ENGLISH) == [
        "6 machines of both ranges, paired by name: they do 2.0 % (1.7 to 2.3 %) less work after"
        " than before, by what their changes differ by."
    ]


def test_what_did_not_change_cannot_be_told() -> None:
    before, after = both(0.001)
    (text,) = sentences(changes(before, after), before, ENGLISH)
    assert text.startswith(
        "6 machines of both ranges, paired by name: whether they do more or less work after than"
        " before cannot be told, the change is 0.1 % (-0.2 to 0.4 %); about "
    )
    assert text.endswith(" more machines are needed.")


def test_of_each_type_where_there_are_several() -> None:
    sides = both(0.02, "a"), both(-0.03, "b")
    before, after = ([*first, *last] for first, last in zip(*sides, strict=True))
    found = changes(before, after)
    assert [one.type for one in paired(found)] == ["", "aws a", "aws b"]
    assert sentences(found, before, ENGLISH)[1:] == [
        "aws a (6 machines): 2.0 % (1.7 to 2.3 %) less work after than before.",
        "aws b (6 machines): 3.0 % (2.7 to 3.3 %) more work after than before.",
    ]


def test_who_takes_no_part() -> None:
    before, after = both(0.02)
    before += [
        at("resized", 1000.0, "1", "small"),
        at("noisy", 1000.0, "1"),
        at("version", 1000.0, "1", kernel_version="4"),
        at("other-build", 1000.0, "1", conditions="c"),
        at("same-run", 1000.0, "1"),
        at("gone", 1000.0, "1"),
    ]
    after += [
        at("resized", 2000.0, "2", "large"),
        at("noisy", 500.0, "2", valid=False),
        at("version", 500.0, "2"),
        at("other-build", 500.0, "2", conditions="d"),
        at("same-run", 1000.0, "1"),
        at("new", 1000.0, "2"),
    ]
    found = changes(before, after)
    assert {one.machine.name: one.withheld for one in found if one.withheld} == {
        "noisy": "disturbed",
        "version": "conditions",
        "other-build": "conditions",
    }
    assert [one.machine.name for one in found if one.ratio is None] == [
        *("noisy", "version", "other-build", "same-run", "new")
    ]
    # What a resized machine does more is no change of the same machine.
    assert len(paired(found)[0].machines) == 6
    (text,) = sentences(found, before, ENGLISH)
    assert text.endswith(
        " Not paired: resized, noisy, version, other-build, same-run, new and 1 more."
    )


def test_one_pair_is_none() -> None:
    before, after = both(0.02)
    assert paired(changes(before[:1], after[:1])) == []
    assert sentences(changes(before[:1], after), before[:1], ENGLISH) == []


def test_equal_sides_are_told_apart_in_five_of_a_hundred() -> None:
    random, draws, wrong = np.random.default_rng(1), 1000, 0
    for _ in range(draws):
        changed = np.exp(0.01 * random.standard_normal(4))
        before = [at(f"m{i}", 1000.0 * (i + 1), "1") for i in range(4)]
        after = [at(f"m{i}", 1000.0 * (i + 1) * share, "2") for i, share in enumerate(changed)]
        wrong += paired(changes(before, after))[0].ratio.verdict != "cannot tell"
    assert abs(wrong / draws - 0.05) <= 3 * math.sqrt(0.05 * 0.95 / draws)
