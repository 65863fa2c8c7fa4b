"""Which load tests may be held against each other, as far as their series tell. Pure.

The definition is that of ``perfanalysis.results.conditions``. A run's series say its kernel version
and profile, and whether it had the whole machine (then no CPU was left out, no worker niced, and
all levels were measured). What they do not say is unknown, which is a class of its own.
"""

from __future__ import annotations

import string
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from perfanalysis.results.conditions import (
    ALL,
    FULL_LEVELS,
    UNKNOWN,
    Conditions,
    Difference,
    comparable,
)
from reporter.asking.machines import LoadTest, Machine
from reporter.language import Language

IMPORTED = "imported"


@dataclass(frozen=True)
class AlikeTests:
    """Machines whose load tests may be held against each other.

    Attributes:
        conditions: of all of them.
        known: whether these are known.
        mark: stands beside their ranks, and says that they are ranked among themselves; empty: the
            report's main class, under known conditions.
        machines: in the report's order.
    """

    conditions: Conditions
    known: bool
    mark: str
    machines: tuple[Machine, ...]


def told(test: LoadTest) -> Conditions:
    """The conditions that the series of a run tell."""
    whole = test.full is True
    return Conditions(
        kernel="",
        kernel_version=test.kernel_version,
        compiler_family=UNKNOWN,
        instruction_set=UNKNOWN,
        library=None,
        used_cpus=UNKNOWN,
        usable_cpus=UNKNOWN,
        used_cores=UNKNOWN,
        spread=ALL if whole else UNKNOWN,
        nice=0 if whole else UNKNOWN,
        quota_cpus=UNKNOWN,
        levels=FULL_LEVELS if whole else (),
        profile=test.profile,
    )


def known(test: LoadTest) -> bool:
    """Whether a run tells its conditions; curves and logs of other programs do not."""
    return test.full is not None and test.kernel_version != "" and test.profile != IMPORTED


def unlike(one: LoadTest, other: LoadTest) -> list[Difference]:
    """What keeps two runs from being held against each other, as far as their series tell."""
    return comparable(told(one), told(other))


def classes(machines: Sequence[Machine], first: Machine | None = None) -> list[AlikeTests]:
    """The tested machines by the conditions of their runs, the main class first.

    That is the class of the machine that the reader chose; else the one in which most can be held
    against each other, of known conditions where there are two such machines.

    Args:
        machines: those without a load test are left out.
        first: whose class is the main one; None: none was chosen.
    """
    found: dict[Conditions, list[Machine]] = defaultdict(list)
    for machine in machines:
        if machine.test:
            found[told(machine.test)].append(machine)
    chosen = told(first.test) if first and first.test else None
    order = sorted(found.items(), key=lambda pair: _weight(pair[1], pair[0] == chosen))
    made, marks = list[AlikeTests](), _marks(len(order))
    for own, members in order:
        certain = all(known(machine.test) for machine in members if machine.test)
        mark = "" if certain and not made else next(marks)
        made.append(AlikeTests(own, certain, mark, tuple(members)))
    return made


def _weight(members: Sequence[Machine], chosen: bool) -> tuple[bool, int, bool, int]:
    ranked = sum(_rated(machine) for machine in members)
    certain = all(known(machine.test) for machine in members if machine.test)
    return not chosen, -min(2, ranked), not certain, -ranked


def _rated(machine: Machine) -> bool:
    """Whether a machine can be ranked."""
    test = machine.test
    return test is not None and test.sound and test.curve.rate_at(100) is not None


def _marks(count: int) -> Iterator[str]:
    letters = string.ascii_lowercase
    return (letters[i] if i < len(letters) else str(i) for i in range(count))


def in_words(found: AlikeTests, language: Language) -> str:
    """Conditions as a reader takes them, such as ``kernel version 5, profile quick``."""
    own, say = found.conditions, language.say
    parts = [] if found.known else [say("unknown conditions")]
    if own.kernel_version:
        parts.append(say("kernel version {version}", version=own.kernel_version))
    if own.profile:
        parts.append(say("profile {profile}", profile=own.profile))
    return ", ".join(parts)
