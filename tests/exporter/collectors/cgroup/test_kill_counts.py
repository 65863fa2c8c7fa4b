"""Counts of kills of groups that come, go and come back."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from exporter.collectors.cgroup.kill_counts import KEPT_SECONDS, MOST_KEPT, KillCounts
from tests.exporter.collectors.cgroup.trees import container_id

WEB = f"/docker/{container_id(1)}"
POD = "/kubepods/pod3b9f2c4e-1d5a-4e8b-9c7d-0a1b2c3d4e5f"
APP, DB = (f"{POD}/{container_id(number)}" for number in (2, 3))


@dataclass
class Clock:
    """A clock that is set by hand."""

    time: float = 1000.0

    def __call__(self) -> float:
        return self.time


def run(counts: KillCounts, *steps: tuple[str, int | None]) -> list[int]:
    """Tell what was seen of groups in this order, None for their end; what each count was told."""
    told = []
    for path, counted in steps:
        if counted is None:
            counts.end(path)
        else:
            with counts.lock:
                told.append(counts.seen(path, counted))
    return told


@pytest.mark.parametrize(
    ("steps", "told", "kept"),
    [
        ([(WEB, 0), (WEB, 2), (WEB, 2)], [0, 2, 2], {}),
        ([(WEB, 1), (WEB, None)], [1], {WEB: 1}),
        # Nothing was killed: nothing is kept.
        ([(WEB, 0), (WEB, None)], [0], {}),
        # It comes back, is killed again and goes again; told of its end twice.
        ([(WEB, 1), (WEB, None), (WEB, None), (WEB, 0), (WEB, 1)], [1, 1, 2], {}),
        ([(WEB, 1), (WEB, None), (WEB, 1), (WEB, None)], [1, 2], {WEB: 2}),
        # Another group took its place unseen.
        ([(WEB, 3), (WEB, 1), (WEB, None)], [3, 4], {WEB: 4}),
        ([(WEB, None)], [], {}),
    ],
)
def test_a_group(
    steps: list[tuple[str, int | None]], told: list[int], kept: dict[str, int]
) -> None:
    counts = KillCounts(hierarchical=True)
    assert run(counts, *steps) == told
    assert counts.kept() == kept


def test_the_kernel_counts_a_pod_where_it_is_hierarchical() -> None:
    counts = KillCounts(hierarchical=True)
    assert run(counts, (APP, 1), (POD, 1), (APP, None), (POD, 1)) == [1, 1, 1]


def test_a_pod_is_added_up_where_the_kernel_counts_each_group_alone() -> None:
    counts = KillCounts(hierarchical=False)
    steps = [(APP, 0), (POD, 0), (APP, 1), (APP, None), (DB, 1), (DB, 3), (POD, 0), (POD, 1)]
    assert run(counts, *steps) == [0, 0, 1, 1, 3, 4, 5]
    counts.end(POD)
    assert counts.kept() == {APP: 1, POD: 5}


def test_what_is_kept_has_an_end() -> None:
    clock = Clock()
    counts = KillCounts(hierarchical=True, now=clock)
    paths = [f"/docker/{container_id(number)}" for number in range(MOST_KEPT + 2)]
    for path in paths:
        clock.time += 1
        run(counts, (path, 1), (path, None))
    assert list(counts.kept()) == paths[:1:-1]
    clock.time += KEPT_SECONDS - 1
    assert list(counts.kept()) == paths[-2:][::-1]
    clock.time += 2
    assert counts.kept() == {}
    # Its kills of then are forgotten.
    assert run(counts, (paths[-1], 1)) == [1]
