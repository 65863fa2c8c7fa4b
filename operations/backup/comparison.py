"""Whether two sides gave the same answers. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from operations.backup.manifest import Answer, AskedQuestion

# Sums of floats may be added in another order.
NEAR = 1e-9
MOST_TOLD = 3


def differences(expected: Sequence[AskedQuestion], found: Sequence[Answer]) -> list[str]:
    """What differs, in sentences; none: all is the same.

    Args:
        expected: questions with the answers of one side.
        found: the other side's, in the same order.
    """
    said = []
    for asked, answer in zip(expected, found, strict=True):
        wrong = _different(asked.answer, answer)
        if wrong:
            more = f", and {len(wrong) - MOST_TOLD} more" if len(wrong) > MOST_TOLD else ""
            said.append(f"{asked.question.name}: {'; '.join(wrong[:MOST_TOLD])}{more}")
    return said


def _different(expected: Answer, found: Answer) -> list[str]:
    said = []
    for name in sorted(expected.keys() | found.keys()):
        here, there = expected.get(name), found.get(name)
        if not _same(here, there):
            said.append(
                f"{name or 'the value'}: expected {here or 'nothing'}, found {there or 'nothing'}"
            )
    return said


def _same(one: str | None, other: str | None) -> bool:
    if one == other:
        return True
    if one is None or other is None:
        return False
    try:
        return math.isclose(float(one), float(other), rel_tol=NEAR)
    except ValueError:
        return False
