from __future__ import annotations

import pytest

from loadtest.driving import ladder
from loadtest.driving.settings import Settings, Target, on_cpus
from loadtest.driving.settings_checks import check_max_duration


@pytest.mark.parametrize(
    ("cores", "between"),
    [
        ([0], ()),
        ([0, 1], ()),
        ([0, 0], ()),
        ([0, 1, 2, 3], (2,)),
        ([0, 1, 2], (2,)),
        # Two cores of two threads: both cores, and then all threads, which is the level 100.
        ([0, 1, 0, 1], (2,)),
        (list(range(6)) * 2, (2, 4, 6)),
        (list(range(32)) * 2, (2, 4, 8, 16, 32)),
        (list(range(64)) * 2, (2, 4, 8, 16, 32, 64)),
        (list(range(64)), (2, 4, 8, 16, 32)),
        # Of more than six rungs some of the lowest are left out.
        (list(range(192)) * 2, (2, 8, 32, 64, 128, 192)),
        (list(range(448)) * 2, (2, 8, 32, 128, 256, 448)),
        # Four threads a core.
        (list(range(4)) * 4, (2, 4, 8)),
        # Two cores of two threads, two of one.
        ([0, 2, 4, 5, 0, 2], (2, 4)),
    ],
)
def test_rungs_double_up_to_all_cores_and_then_up_to_all_threads(
    cores: list[int], between: tuple[int, ...]
) -> None:
    assert ladder.between(cores) == between


@pytest.mark.parametrize(
    ("cpus", "cores", "rungs", "rounds", "most"),
    [
        (4, 4, 1, 7, 12.5),
        (16, 8, 3, 5, 13.5),
        (64, 32, 5, 3, 13.5),
        (128, 64, 6, 2, 13.1),
        (384, 192, 6, 2, 13.1),
    ],
)
def test_rungs_take_little_time_on_any_machine(
    cpus: int, cores: int, rungs: int, rounds: int, most: float
) -> None:
    settings = on_cpus(Settings(), [cpu % cores for cpu in range(cpus)], None)
    assert len(settings.ladder) == rungs
    assert {settings.rounds_of(target) for target in settings.rungs} == {rounds}
    assert settings.first_rounds_seconds < most
    for number, target in enumerate(settings.rungs):
        passes = [n for n in range(settings.passes) if settings.takes_part(target, n)]
        assert len(passes) == rounds, number
    # Levels and the single worker take part in every pass.
    others = [target for target in settings.targets if target not in settings.rungs]
    assert all(settings.takes_part(target, n) for target in others for n in range(20))


def test_rungs_do_not_all_take_part_in_the_same_passes() -> None:
    settings = on_cpus(Settings(), [cpu % 64 for cpu in range(128)], None)
    counts = [
        sum(settings.takes_part(target, n) for target in settings.rungs)
        for n in range(settings.passes)
    ]
    assert sum(counts) == 12
    assert max(counts) - min(counts) <= 2


@pytest.mark.parametrize(
    ("settings", "asked"),
    [
        (Settings(), True),
        (Settings(spread="packed"), True),
        (Settings(profile="precise"), True),
        (Settings(profile="quick"), False),
        (Settings(levels=(50, 100)), False),
        (Settings(seconds_per_level=1.0), False),
        (Settings(with_ladder=False), False),
        (Settings(profile="quick", with_ladder=True), True),
        (Settings(levels=(100,), with_ladder=True), True),
    ],
)
def test_who_gets_a_ladder(settings: Settings, asked: bool) -> None:
    assert bool(on_cpus(settings, [0, 1, 2, 3], None).ladder) == asked


def test_a_run_whose_time_is_too_short_for_the_ladder_has_none() -> None:
    short = Settings(max_duration=13.6)
    check_max_duration(short)
    assert on_cpus(short, [0, 1, 2, 3], None).ladder == ()
    assert on_cpus(Settings(max_duration=14.5), [0, 1, 2, 3], None).ladder == (2,)


def test_rungs_are_called_by_their_workers() -> None:
    assert [str(Target(100, n)) for n in (None, 1, 8)] == ["100 % busy", "one worker", "8 workers"]
