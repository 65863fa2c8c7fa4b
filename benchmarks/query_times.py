"""How long an engine takes for the queries of dashboards."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass

import numpy as np
import requests

from benchmarks.case import Figure, Goal
from grafana.dashboards.words import Query
from pictures.variables import Span
from tests.grafana.hour.asking import ask

LONGEST_SECONDS = 1.0
_SLOWEST_SHOWN = 5


@dataclass(frozen=True)
class Asked:
    """A query of a panel, with what its variables stand for, and the range that it asks for."""

    panel: str
    query: Query
    values: Mapping[str, str]
    span: Span


def measured(
    url: str, asked: Sequence[Asked], rounds: int, say: Callable[[str], None]
) -> np.ndarray:
    """Seconds that each query takes until its whole answer is read: a row a round.

    What is not answered before one gives up counts with the seconds until then.
    """
    seconds = np.empty((rounds, len(asked)))
    for number in range(rounds):
        say(f"{url}: round {number + 1} of {rounds}, {len(asked)} queries")
        for i, one in enumerate(asked):
            begin = time.perf_counter()
            with suppress(requests.Timeout):
                ask(url, one.query, one.values, one.span)
            seconds[number, i] = time.perf_counter() - begin
    return seconds


def figures(engine: str, seconds: np.ndarray) -> list[Figure]:
    """The slowest query, the middle one, and how many are too slow; a value a round."""
    slow = np.mean(seconds > LONGEST_SECONDS, axis=1) * 100
    return [
        Figure(
            f"slowest query, {engine}",
            "s",
            seconds.max(axis=1).tolist(),
            goal=Goal(f"<= {LONGEST_SECONDS:.0f} s", LONGEST_SECONDS),
        ),
        Figure(f"median query, {engine}", "s", np.median(seconds, axis=1).tolist()),
        Figure(
            f"queries above {LONGEST_SECONDS:.0f} s, {engine}",
            "%",
            slow.tolist(),
            goal=Goal("0", 0.0),
        ),
    ]


def slowest_of(dashboard: str, asked: Sequence[Asked], seconds: np.ndarray) -> Figure:
    """The slowest of the queries of a dashboard; a value a round."""
    own = [i for i, one in enumerate(asked) if one.panel.startswith(f"{dashboard}:")]
    return Figure(f"slowest query of {dashboard}", "s", seconds[:, own].max(axis=1).tolist())


def slowest(asked: Sequence[Asked], seconds: np.ndarray) -> dict[str, float]:
    """The panels whose queries take longest, by the median of the rounds, in seconds."""
    middle = np.median(seconds, axis=0)
    order = np.argsort(middle)[::-1][:_SLOWEST_SHOWN]
    return {
        f"{asked[i].panel}, {chr(ord('A') + _place(asked, i))}": round(float(middle[i]), 4)
        for i in order
    }


def _place(asked: Sequence[Asked], i: int) -> int:
    """Which of its panel's queries it is."""
    return sum(one.panel == asked[i].panel for one in asked[:i])
