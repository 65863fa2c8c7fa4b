"""The look in C says that all is well only where the look in Python finds nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.validation.evaluation import Validator
from exporter.validation.plans import make_plan
from exporter.validation.quick_look import QuickLook
from perfanalysis.exposition.families import Family, Series
from perfanalysis.exposition.rendering import Block, Layout

# A counter of events, one of seconds that grows no faster than time, and two that are compared.
SERIES = (
    Series(Family("node_pressure_io_waiting_seconds_total", "counter", "Test."), (), b"e-6"),
    Series(Family("node_pressure_io_stalled_seconds_total", "counter", "Test."), (), b"e-6"),
)
VALUES = st.one_of(
    st.integers(0, 12_000_000).map(lambda number: b"%d" % number),
    st.integers(0, 120).map(lambda number: b"%d.5e5" % number),
    st.sampled_from([b"18446744073709551615", b"007", b"-3", b"1e400", b"nan", b"x", b""]),
)
LOOKS = st.tuples(VALUES, VALUES)


def written(values: tuple[bytes, ...]) -> bytes:
    return b"\n".join(values) + b"\n"


@given(LOOKS, LOOKS, st.floats(0.01, 20))
def test_what_it_finds_well_breaks_no_rule(
    before: tuple[bytes, bytes], now: tuple[bytes, bytes], seconds: float
) -> None:
    plan = make_plan("pressure", SERIES)
    if not QuickLook(plan, len(SERIES)).all_hold(written(before), written(now), seconds):
        return
    validator = Validator()
    blocks = [Block(Layout(SERIES), ())]
    # Without a look before, there is none in C.
    for at, values in ((0.0, before), (seconds, now)):
        blocks = [blocks[0]._replace(values=values)]
        validator.observe("pressure", blocks, at)
        validator._watched["pressure"].quick = None
    violated = [one.last for one in validator.findings.entries.values() if one.last is not None]
    assert [detail for at, detail in violated if at == seconds] == []


@pytest.mark.parametrize(
    ("before", "now", "held"),
    [
        (b"1\n1\n", b"1\n1\n", True),
        (b"1\n1\n", b"2\n1\n", True),
        (b"9\n1\n", b"10\n1\n", True),
        (b"2.5e0\n0\n", b"2.75\n0\n", True),
        (b"2\n1\n", b"1\n1\n", False),
        (b"1.5\n0\n", b"1\n0\n", False),
        (b"0\n0\n", b"0\n200000\n", False),
        (b"0\n0\n", b"9000000\n0\n", False),
        (b"1\n1\n", b"1\n1\n1\n", False),
        (b"1\n1\n", b"1\n1", False),
        (b"1\n1\n", b"1\n0x1\n", False),
        (b"1\n1\n", b"", False),
    ],
)
def test_looks(before: bytes, now: bytes, held: bool) -> None:
    look = QuickLook(make_plan("pressure", SERIES), len(SERIES))
    assert look.all_hold(before, now, 1.0) == held


def test_what_must_not_stay_the_same_is_looked_at_closely() -> None:
    series = [Series(Family("node_intr_total", "counter", "Test."))]
    look = QuickLook(make_plan("stat", series), 1)
    assert look.all_hold(b"1\n", b"2\n", 1.0)
    assert not look.all_hold(b"2\n", b"2\n", 1.0)
