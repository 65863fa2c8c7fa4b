"""Groups of processes over time: counters that only rise, and a bounded choice of the largest."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from exporter.plugins.shipped import process_groups
from exporter.plugins.shipped.process_groups import (
    HALF_LIFE,
    ProcessGroup,
    ProcessGroups,
    ProcessLook,
)

MANY = 100


def look(
    identity: object, group: str, cpu: float = 0.0, io: tuple[int, int] | None = (0, 0), **more: Any
) -> ProcessLook:
    given = {"resident_bytes": 0, "virtual_bytes": 0, "started": 0.0, "io_hidden": False, **more}
    return ProcessLook(identity, group, cpu, cpu / 2, io=io, **given)


def after(*looks: list[ProcessLook]) -> dict[str, ProcessGroup]:
    """The groups after these looks, ten seconds apart."""
    groups = ProcessGroups()
    for number, processes in enumerate(looks):
        groups.update(processes, 1000.0 + 10 * number)
    return {group.name: group for group in groups.largest(MANY)}


def cpu(*looks: list[ProcessLook]) -> dict[str, float]:
    return {name: group.user_seconds for name, group in after(*looks).items()}


def test_what_was_used_before_the_first_look_is_not_counted() -> None:
    assert cpu([look(1, "a", 500)]) == {"a": 0}
    assert cpu([look(1, "a", 500)], [look(1, "a", 502)]) == {"a": 2}


def test_a_process_that_began_since_counts_whole() -> None:
    assert cpu([look(1, "a", 500)], [look(1, "a", 500), look(2, "a", 3), look(3, "b", 4)]) == {
        "a": 3,
        "b": 4,
    }


def test_counters_stay_when_a_process_ends_and_go_on_when_another_comes() -> None:
    first, second = [look(1, "a", 10), look(2, "a", 20)], [look(1, "a", 11), look(2, "a", 25)]
    assert cpu(first, second) == {"a": 6}
    assert cpu(first, second, [look(1, "a", 12)]) == {"a": 7}
    assert cpu(first, second, []) == {"a": 6}
    # Its number is another process's now.
    assert cpu(first, second, [look("2 again", "a", 1)]) == {"a": 7}


def test_a_process_of_another_name_takes_nothing_with_it() -> None:
    """A shell that runs a program by exec(3) is the same process."""
    assert cpu([], [look(1, "sh", 2)], [look(1, "make", 5)]) == {"sh": 2, "make": 3}


def test_a_share_that_goes_back_takes_nothing_away() -> None:
    assert cpu([], [look(1, "a", 5)], [look(1, "a", 4)], [look(1, "a", 6)]) == {"a": 7}


def test_what_is_of_the_moment_is_the_sum_of_those_that_are_there() -> None:
    group = after(
        [
            look(1, "a", resident_bytes=10, virtual_bytes=20, started=7),
            look(2, "a", resident_bytes=5, virtual_bytes=10, started=3),
        ]
    )["a"]
    assert (group.processes, group.resident_bytes, group.virtual_bytes) == (2, 15, 30)
    assert group.oldest == 3
    ended = after([], [look(1, "a", 1, resident_bytes=10)], [])["a"]
    assert (ended.processes, ended.resident_bytes, ended.oldest) == (0, 0, None)


@pytest.mark.parametrize(
    ("looks", "read", "hidden"),
    [
        ([[], [look(1, "a", io=(5, 1))]], 5, False),
        ([[], [look(1, "a", io=(5, 1))], [look(1, "a", io=(7, 1))]], 7, False),
        # One of two may not be read: the sum would be of one.
        ([[], [look(1, "a", io=(5, 1)), look(2, "a", io=None, io_hidden=True)]], 5, True),
        ([[], [look(1, "a", io=None, io_hidden=True)], [look(1, "a", io=(9, 9))]], 0, False),
        # It has ended, and its parent has not asked yet: what it had read stays.
        ([[], [look(1, "a", io=(5, 1))], [look(1, "a", io=None)]], 5, False),
        (
            [
                [],
                [look(1, "a", io=(5, 1))],
                [look(1, "a", io=None, io_hidden=True)],
                [look(1, "a", io=(8, 1))],
            ],
            8,
            False,
        ),
    ],
)
def test_io_is_counted_where_it_may_be_read(
    looks: list[list[ProcessLook]], read: int, hidden: bool
) -> None:
    groups = ProcessGroups()
    for number, processes in enumerate(looks):
        groups.update([one._replace(resident_bytes=1) for one in processes], number)
    (group,) = groups.largest(MANY)
    assert (group.read_bytes, group.io_hidden) == (read, hidden)


def names(groups: ProcessGroups, top: int) -> list[str]:
    return [group.name for group in groups.largest(top)]


def test_the_largest_by_each_are_shown_and_no_more() -> None:
    groups = ProcessGroups()
    processes = [look(f"{n}", f"idle-{n}", resident_bytes=1) for n in range(50)]
    groups.update(processes, 0)
    busy = [
        look("c", "burns", 9),
        look("m", "holds", resident_bytes=99),
        look("d", "reads", io=(9, 9)),
    ]
    groups.update([*processes, *busy], 10)
    assert names(groups, 1) == ["burns", "holds", "reads"]
    assert len(names(groups, 10)) <= 30
    assert groups.living == 53


def test_io_that_may_not_be_read_is_not_ranked() -> None:
    groups = ProcessGroups()
    groups.update([], 0)
    groups.update([look(1, "a", 1, io=(99, 0)), look(2, "a", io=None, io_hidden=True)], 10)
    groups.update([look(3, "b", 2, resident_bytes=1)], 10)
    assert names(groups, 1) == ["a", "b"]
    groups.update([look(3, "b", 2, resident_bytes=1), look(4, "a", io=None, io_hidden=True)], 10)
    assert names(groups, 1) == ["b"]


def test_what_was_used_long_ago_counts_less_and_less() -> None:
    groups = ProcessGroups()
    groups.update([], 0)
    groups.update([look(1, "then", 10)], 10)
    groups.update([look(1, "then", 10), look(2, "now", 6)], 10 + HALF_LIFE / 2)
    assert names(groups, 1) == ["then"]
    groups.update([look(1, "then", 10), look(2, "now", 9)], 10 + HALF_LIFE)
    assert names(groups, 1) == ["now"]


def test_at_the_first_look_a_lifetime_is_what_is_known() -> None:
    groups = ProcessGroups()
    old = look(1, "old", 1000, started=0)
    groups.update([old, look(2, "new", 100, started=999_990)], 1_000_000)
    # A thousand seconds in eleven days are less than a hundred in ten seconds.
    assert names(groups, 1) == ["new"]


def test_groups_that_have_ended_are_forgotten_beyond_a_number(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(process_groups, "MOST_ENDED", 2)
    groups = ProcessGroups()
    groups.update([], 0)
    for number in range(5):
        groups.update(
            [look(number, f"job-{number}", 1 + number), look("s", "stays", resident_bytes=1)], 1
        )
    assert set(names(groups, MANY)) == {"job-2", "job-3", "job-4", "stays"}


MOMENTS = st.lists(
    st.dictionaries(
        st.integers(1, 4),
        st.tuples(
            st.sampled_from("ab"), st.integers(0, 50), st.one_of(st.none(), st.integers(0, 50))
        ),
    ),
    max_size=6,
)


@given(MOMENTS)
@settings(max_examples=50, deadline=None)
def test_counters_never_go_back(moments: list[dict[int, tuple[str, int, int | None]]]) -> None:
    groups = ProcessGroups()
    before: dict[str, tuple[float, int]] = {}
    for now, moment in enumerate(moments):
        groups.update(
            [
                look(pid, group, used, None if io is None else (io, 0), io_hidden=io is None)
                for pid, (group, used, io) in moment.items()
            ],
            now,
        )
        shown = {g.name: (g.user_seconds, g.read_bytes) for g in groups.largest(MANY)}
        for name, (used, io) in before.items():
            assert shown[name][0] >= used
            assert shown[name][1] >= io
        before = shown
