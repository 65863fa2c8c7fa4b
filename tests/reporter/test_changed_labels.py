"""A label that changes with each deployment makes many series: what is asked of them is bounded."""

from __future__ import annotations

import numpy as np
import pytest

from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.promql import Access, Engine, Series
from reporter.asking.query_plan import QueryPlan
from reporter.asking.query_run import QueryRun
from reporter.settings.report import Config


class Remembering(Engine):
    """Answers nothing, and remembers which points it was asked for."""

    def __init__(self) -> None:
        super().__init__(Access(Endpoint("http://localhost:1")))
        self.asked: list[tuple[float, float]] = []

    def query_range(
        self,
        expression: str,  # noqa: ARG002 - as the engine has it
        start: float,
        end: float,
        step: float,  # noqa: ARG002 - as the engine has it
    ) -> list[Series]:
        """See ``Engine``."""
        self.asked.append((start, end))
        return []


@pytest.mark.parametrize(
    ("sets", "machines", "slices"),
    [(1, 20, 1), (2, 20, 2), (24, 20, 23), (24, 1, 5), (500, 20, 105)],
)
def test_the_range_is_asked_in_slices_that_follow_each_other(
    sets: int, machines: int, slices: int
) -> None:
    engine = Remembering()
    names = [f"m{number}" for number in range(machines)]
    run = QueryRun(engine, Config(), QueryPlan((), ()), names, names, 0.0, 86_400.0)
    run.points("up", (0.0, 86_400.0), 15.0, sets)
    assert len(engine.asked) == slices
    points = np.concatenate([np.arange(a, b + 1, 15) for a, b in engine.asked])
    assert points.tolist() == (15.0 * np.arange(5761)).tolist()
