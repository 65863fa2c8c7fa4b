"""Which query fed what, as the appendix lists it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Source:
    """A query of the appendix: its name, what it feeds, and the PromQL as it was sent."""

    name: str
    feeds: str
    expression: str


def listed(numbers: Sequence[int], word: str) -> list[str]:
    """``figure 4, figure 5, figure 6`` reads better as ``figure 4-6``."""
    if len(numbers) > 2 and numbers[-1] - numbers[0] == len(numbers) - 1:
        return [f"{word} {numbers[0]}\N{EN DASH}{numbers[-1]}"]
    return [f"{word} {number}" for number in numbers]
