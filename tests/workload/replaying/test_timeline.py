"""Which ticks there are: a part, a speed, loops, several recordings, two machines' curves."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from workload.prediction.candidate import WorkCurve
from workload.prediction.curves import busy_for, work_at
from workload.replaying.amounts import ReplayTarget
from workload.replaying.recorded_load import RecordedCpu, RecordedDisk, RecordedLoad
from workload.replaying.timeline import ReplaySource, Stretch, Timeline

NAN = float("nan")
LITERAL = ReplayTarget(2, 8e9)


def load(busy: list[float], step: float = 5.0, begin: float = 1e9) -> RecordedLoad:
    """A recording of two CPUs, a tenth of whose time is in the kernel."""
    share = np.array(busy)
    count = len(busy)
    some = np.full(count, 2e9)
    starts = np.array([begin + step * number for number in range(count)])
    return RecordedLoad(
        "a",
        starts,
        np.array([begin + step * (number + 1) for number in range(count)]),
        np.full(count, 2.0),
        share,
        share / 10,
        {0: RecordedCpu(share * 2, share / 5), 1: RecordedCpu(share * 0, share * 0)},
        some,
        some * 2,
        some / 4,
        {"sda": RecordedDisk(some, some, some / 1e6, some / 1e6)},
        some / 1e3,
        some / 1e3,
    )


def curve(units: list[float]) -> WorkCurve:
    count = len(units)
    unknown = np.full(count, NAN)
    return WorkCurve(np.arange(1, count + 1) / count, np.array(units), unknown, unknown)


def busy_of(timeline: Timeline) -> list[float]:
    return [round(tick.busy, 9) for tick in timeline]


def test_a_part_at_a_speed_twice() -> None:
    timeline = Timeline(
        [ReplaySource(load([0.1, 0.2, 0.3, 0.4]))], LITERAL, Stretch(5.0, 15.0, 2.0, 2)
    )
    assert busy_of(timeline) == [0.2, 0.3, 0.2, 0.3]
    assert [tick.seconds for tick in timeline.ticks] == [2.5, 2.5]
    assert timeline.seconds == 10.0


def test_without_an_end_it_goes_on() -> None:
    timeline = Timeline([ReplaySource(load([0.1, 0.2]))], LITERAL, Stretch(loops=0))
    ticks = iter(timeline)
    assert [next(ticks).busy for _ in range(5)] == [0.1, 0.2, 0.1, 0.2, 0.1]
    assert math.isinf(timeline.seconds)


def test_several_recordings_add_up_each_from_its_begin() -> None:
    timeline = Timeline(
        [ReplaySource(load([0.1, 0.2, 0.3])), ReplaySource(load([0.2, 0.2], begin=5e8))],
        LITERAL,
        Stretch(),
    )
    assert busy_of(timeline) == [0.3, 0.4, 0.3]
    assert timeline.ticks[0].disks["sda"].read_bytes == pytest.approx(4e9)
    # The second one has ended, and asks for nothing more.
    assert timeline.ticks[2].disks["sda"].read_bytes == pytest.approx(2e9)


def test_several_steps_meet_on_the_shortest() -> None:
    timeline = Timeline(
        [ReplaySource(load([0.1, 0.3], 10.0)), ReplaySource(load([0.1, 0.2, 0.1, 0.2]))],
        LITERAL,
        Stretch(),
    )
    assert busy_of(timeline) == [0.2, 0.3, 0.4, 0.5]


def test_what_one_of_them_does_not_know_nobody_knows() -> None:
    timeline = Timeline(
        [ReplaySource(load([0.1, NAN, 0.3])), ReplaySource(load([0.2, 0.2, 0.2]))],
        LITERAL,
        Stretch(),
    )
    assert [math.isnan(tick.busy) for tick in timeline] == [False, True, False]


def test_a_machine_twice_as_fast_shows_half_the_busy() -> None:
    target = ReplayTarget(2, 8e9, curve([200.0, 400.0]))
    timeline = Timeline([ReplaySource(load([0.2, 1.0]), curve([100.0, 200.0]))], target, Stretch())
    assert busy_of(timeline) == [0.1, 0.5]
    assert timeline.ticks[0].system == pytest.approx(0.01)
    # Bytes of memory stay what they were; utilisation of it is reproduced by --literal alone.
    assert timeline.ticks[0].memory_bytes == pytest.approx(2e9)
    literal = Timeline([ReplaySource(load([0.2]))], LITERAL, Stretch())
    assert literal.ticks[0].memory_bytes == pytest.approx(4e9)


def test_what_a_slower_machine_cannot_do_is_told_by_how_much() -> None:
    target = ReplayTarget(2, 8e9, curve([50.0, 100.0]))
    timeline = Timeline([ReplaySource(load([0.65]), curve([100.0, 200.0]))], target, Stretch())
    assert busy_of(timeline) == [1.3]


def test_each_cpu_follows_its_own() -> None:
    timeline = Timeline(
        [ReplaySource(load([0.2, 0.4]))], replace(LITERAL, per_core=True), Stretch()
    )
    assert [tick.of_cpus for tick in timeline] == [
        ((0.4, 0.04), (0.0, 0.0)),
        ((0.8, 0.08), (0.0, 0.0)),
    ]


def test_more_recorded_cpus_than_there_are_come_together_by_their_work() -> None:
    target = ReplayTarget(1, 8e9, curve([100.0, 200.0]), per_core=True)
    timeline = Timeline([ReplaySource(load([0.2]), curve([100.0, 200.0]))], target, Stretch())
    (each,) = timeline.ticks[0].of_cpus
    assert each == pytest.approx((0.2, 0.02))


@pytest.mark.parametrize(
    ("stretch", "target", "expected"),
    [
        (Stretch(100.0, 200.0), LITERAL, "--from, --to: expected a part of the recording"),
        (Stretch(speed=100.0), LITERAL, "--speed: expected at most 20"),
        (Stretch(), ReplayTarget(1, 8e9, None, per_core=True), "--per-core: expected at most 1"),
    ],
)
def test_what_cannot_be_replayed_is_refused(
    stretch: Stretch, target: ReplayTarget, expected: str
) -> None:
    with pytest.raises(InputError, match=expected):
        Timeline([ReplaySource(load([0.1, 0.2]))], target, stretch)


UNITS = st.lists(st.floats(0.1, 1e6), min_size=2, max_size=10)


@given(units=UNITS, busy=st.floats(0, 1))
def test_a_machine_replayed_on_itself_is_as_busy_as_it_was(units: list[float], busy: float) -> None:
    own = curve(np.cumsum(units).tolist())
    found = busy_for(own, work_at(own, np.array([busy])))
    assert found[0] == pytest.approx(busy, abs=1e-6)


@given(units=UNITS, wanted=st.lists(st.floats(0, 1e7), min_size=2, max_size=20))
def test_more_work_is_never_less_busy(units: list[float], wanted: list[float]) -> None:
    found = busy_for(curve(units), np.sort(np.array(wanted)))
    assert (np.diff(found) >= -1e-9).all()


@given(
    busy=st.lists(st.floats(0, 1), min_size=1, max_size=20),
    speed=st.floats(0.1, 10),
    loops=st.integers(1, 3),
)
def test_nothing_is_lost_or_made_up_by_speed_and_loops(
    busy: list[float], speed: float, loops: int
) -> None:
    timeline = Timeline([ReplaySource(load(busy))], LITERAL, Stretch(speed=speed, loops=loops))
    assert [tick.busy for tick in timeline] == pytest.approx(busy * loops)
    assert timeline.seconds == pytest.approx(5.0 * len(busy) / speed * loops)
