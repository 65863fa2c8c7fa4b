"""The line ``cpu`` of /proc/stat against those of its CPUs: literal looks, one after the other."""

from __future__ import annotations

import pytest

from exporter.validation.cpu_totals import CpuTotals, TotalsReader

STAT = b"""cpu  30 2 10 100 5 1 1 0 7 8 9
cpu0 10 1 5 50 2 1 1 0 3 4 4
cpu1 20 1 5 50 3 0 0 0 4 4 5
intr 1
"""


def look(reader: TotalsReader, *changes: tuple[bytes, bytes]) -> CpuTotals:
    data = STAT
    for old, new in changes:
        assert old in data
        data = data.replace(old, new)
    found = reader.read(data)
    assert found is not None
    return found


def test_a_look() -> None:
    found = look(TotalsReader())
    assert found.cpus == (b"cpu0", b"cpu1")
    assert found.sums() == ([30, 2, 10, 100, 5, 1, 1, 0, 7, 8, 9],) * 2


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([], []),
        ([(b"cpu0 10", b"cpu0 12")], []),
        ([(b"cpu0 10", b"cpu0 9")], ["cpu0 user went from 10 to 9 ticks"]),
        ([(b"50 3 0", b"49 3 0")], ["cpu1 idle went from 50 to 49 ticks"]),
        (
            [(b"cpu0 10 1", b"cpu0 9 0"), (b"4 4 5", b"4 3 5")],
            [
                "cpu0 user went from 10 to 9 ticks",
                "cpu0 nice went from 1 to 0 ticks",
                "cpu1 guest_nice went from 4 to 3 ticks",
            ],
        ),
        # The sum's own columns, and columns that nobody has a name for, are no time of a CPU.
        ([(b"100 5", b"99 5")], []),
        ([(b"4 4 5", b"4 4 1")], []),
    ],
)
def test_times_that_ran_backwards(changes: list[tuple[bytes, bytes]], said: list[str]) -> None:
    reader = TotalsReader()
    before = look(reader)
    now = look(reader, *changes)
    assert now.backwards(before) == said
    assert not (said and now.is_well(before, 1000))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ([], ""),
        ([(b"cpu  30", b"cpu  40"), (b"cpu0 10", b"cpu0 20")], ""),
        # One tick for each of two CPUs may be missing, on either side.
        ([(b"cpu  30", b"cpu  40"), (b"cpu0 10", b"cpu0 18")], ""),
        ([(b"cpu  30", b"cpu  40"), (b"cpu0 10", b"cpu0 22")], ""),
        (
            [(b"cpu  30", b"cpu  40"), (b"cpu0 10", b"cpu0 17")],
            "user: cpu grew by 10 ticks, its CPUs by 7",
        ),
        (
            [(b"cpu  30", b"cpu  40"), (b"cpu0 10", b"cpu0 23")],
            "user: cpu grew by 10 ticks, its CPUs by 13",
        ),
        ([(b"100 5", b"103 5")], "idle: cpu grew by 3 ticks, its CPUs by 0"),
        # Guests' time is in that of others already.
        ([(b"7 8 9", b"99 99 99")], ""),
    ],
)
def test_what_does_not_add_up(changes: list[tuple[bytes, bytes]], said: str) -> None:
    reader = TotalsReader()
    before = look(reader)
    now = look(reader, *changes)
    assert now.disagreement(before, 1) == said
    assert now.is_well(before, 1) == (not said)


def test_looks_at_other_cpus_or_columns_are_not_compared() -> None:
    reader = TotalsReader()
    first, other, less = (
        reader.read(data)
        for data in (STAT, STAT.replace(b"cpu1", b"cpu2"), b"cpu 1 2 3 4\ncpu0 1 2 3 4\n")
    )
    assert first and other and less
    assert first.is_like(first)
    assert not first.is_like(other)
    assert not first.is_like(less)


@pytest.mark.parametrize(
    "data", [b"", b"intr 1\n", b"cpu  1 2\n", b"cpu0 1 2\ncpu1 1 2\n", b"cpu 1 x\ncpu0 1 2\n"]
)
def test_what_is_not_understood_is_no_look(data: bytes) -> None:
    assert TotalsReader().read(data) is None
