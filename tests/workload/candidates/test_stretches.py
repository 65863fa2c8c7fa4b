"""From the slices of a result to the noise within its run."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec
import pytest

from perfanalysis.results import reading
from perfanalysis.results.document import Document, Level, Noise, Slice
from perfanalysis.results.slices import pack
from tests.conftest import REPOSITORY
from workload.candidates.stretches import passing_of
from workload.prediction.passing_noise import PassingNoise

FIXTURE = REPOSITORY / "tests" / "fixtures" / "results" / "version-2.json"


def document(levels: Sequence[Level], memory: float | None = None) -> Document:
    """The recorded result, with other levels."""
    whole = reading.from_json(msgspec.json.decode(FIXTURE.read_bytes()), "a test")
    noise = Noise(covered_seconds=1.0, correlation_seconds=memory)
    return msgspec.structs.replace(whole, levels=tuple(levels), noise=noise)


def slices(
    rows: Sequence[tuple[float, float]], excluded: tuple[str, ...] | None = None
) -> tuple[Slice, ...]:
    """Of a tenth of a second, by start and units."""
    return tuple(
        Slice(start_seconds=start, duration_seconds=0.1, units=units, excluded=excluded)
        for start, units in rows
    )


def noise_of(found: Document) -> PassingNoise | None:
    passing = passing_of(found)
    return None if passing is None else passing()


def level(every: tuple[Slice, ...]) -> Level:
    return Level(busy=50, units_per_second=100.0, slices=every)


# Two stretches of two slices, with a second between them: 18 and 22 units.
APART = ((0.0, 8.0), (0.1, 10.0), (1.2, 12.0), (1.3, 10.0))


def test_slices_that_follow_each_other_are_one_stretch() -> None:
    found = noise_of(document([level(slices(APART))]))
    assert found is not None
    assert [found.variance, found.seconds] == pytest.approx([0.02, 0.2])


def test_a_block_of_slices_says_the_same() -> None:
    packed = Level(busy=50, units_per_second=100.0, slices=pack(slices(APART)))
    assert noise_of(document([packed])) == noise_of(document([level(slices(APART))]))


def test_a_stretch_is_no_longer_than_a_second() -> None:
    steady = slices([(n / 10, 10.0) for n in range(40)])
    found = noise_of(document([level(steady)]))
    assert found is not None
    assert found.variance == pytest.approx(0.0, abs=1e-12)
    assert found.seconds == pytest.approx(1.0, abs=0.1)


def test_slices_that_were_left_out_do_not_count_unless_all_were() -> None:
    late = slices([(2.4, 500.0)], excluded=("late",))
    assert noise_of(document([level(slices(APART) + late)])) == noise_of(
        document([level(slices(APART))])
    )
    found = noise_of(document([level(slices(APART, excluded=("late",)))]))
    assert found is not None
    assert found.variance == pytest.approx(0.02)


def test_the_memory_is_the_runs() -> None:
    found = noise_of(document([level(slices(APART))], memory=0.25))
    assert found is not None
    assert found.memory == 0.25


def test_without_slices_nothing_is_known() -> None:
    assert passing_of(document([Level(busy=50, units_per_second=100.0)])) is None
    assert noise_of(document([level(slices(APART[:1]))])) is None


def test_a_recorded_result_has_noise() -> None:
    whole = reading.from_json(msgspec.json.decode(FIXTURE.read_bytes()), "a test")
    found = noise_of(whole)
    assert found is not None
    assert 0 < found.variance < 0.1
