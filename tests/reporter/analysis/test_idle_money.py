"""Prices that held over time, what commitments save, and what idle time costs."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporter.analysis.idle_money import idle_money, saving
from reporter.analysis.observed import Observed
from reporter.asking.book_prices import BookPrice, HeldPrices, PriceStep
from tests.reporter.made import spans

HOUR = 3600.0
near = pytest.approx


def held(*steps: tuple[float, float | None]) -> HeldPrices:
    """Prices by the hour in which each began."""
    return HeldPrices(
        tuple(
            PriceStep(hour * HOUR, BookPrice(dollars or 1.0, "USD", dollars, 0.0, "list"))
            for hour, dollars in steps
        )
    )


@pytest.mark.parametrize(
    ("prices", "start", "end", "dollars", "hours"),
    [
        (held((0, 0.5)), 0, 10, 5.0, 10),
        (held((0, 0.5)), 2, 4, 1.0, 2),
        (held((0, 0.5), (4, 1.0)), 0, 10, 8.0, 10),
        (held((0, 0.5), (4, 1.0)), 5, 7, 2.0, 2),
        # Before the first nothing is known, and it counts as no 0.
        (held((4, 1.0)), 0, 10, 6.0, 6),
        (held((4, 1.0)), 0, 3, 0.0, 0),
        # Nor is anything where nobody gave a rate.
        (held((0, None), (8, 0.5)), 0, 10, 1.0, 2),
        (held((0, 0.5), (8, None)), 0, 10, 4.0, 8),
        (held((0, None)), 0, 10, 0.0, 0),
        (held((0, 0.5)), 3, 3, 0.0, 0),
    ],
)
def test_what_time_has_cost(
    prices: HeldPrices, start: float, end: float, dollars: float, hours: float
) -> None:
    found = prices.over(start * HOUR, end * HOUR)
    assert (found.dollars, found.hours) == (near(dollars), near(hours))
    mean = prices.mean(start * HOUR, end * HOUR)
    assert mean == (near(dollars / hours) if hours else None)


@pytest.mark.parametrize(
    ("start", "end", "expected"),
    [
        (0, 10, [0.5, 1.0]),
        (0, 4, [0.5]),
        (4, 10, [1.0]),
        (3, 5, [0.5, 1.0]),
        (12, 13, [1.0]),
        (-2, 0, None),
    ],
)
def test_what_held_in_a_part(start: float, end: float, expected: list[float] | None) -> None:
    found = held((0, 0.5), (4, 1.0)).within(start * HOUR, end * HOUR)
    assert (found and [step.price.dollars for step in found.steps]) == expected


@pytest.mark.parametrize(
    ("list_price", "effective", "expected"),
    [
        (held((0, 0.5)), held((0, 0.3)), (5.0, 3.0, 10)),
        (held((0, 0.5), (6, 1.0)), held((0, 0.3)), (7.0, 3.0, 10)),
        # Only hours for which both are known.
        (held((0, 0.5)), held((4, 0.3)), (3.0, 1.8, 6)),
        (held((2, 0.5)), held((4, 0.3)), (3.0, 1.8, 6)),
        (held((0, 0.5)), held((0, None), (9, 0.3)), (0.5, 0.3, 1)),
        (held((0, 0.5)), held((10, 0.3)), None),
        # More than the list is a loss, and said so.
        (held((0, 0.2)), held((0, 0.3)), (2.0, 3.0, 10)),
    ],
)
def test_what_commitments_save(
    list_price: HeldPrices, effective: HeldPrices, expected: tuple[float, float, float] | None
) -> None:
    found = saving(list_price, effective, (0.0, 10 * HOUR))
    if expected is None:
        assert found is None
        return
    assert found
    assert (found.list, found.effective, found.hours) == near(expected)
    assert found.dollars == near(expected[0] - expected[1])
    assert found.share == near((expected[0] - expected[1]) / expected[0])


def test_nothing_is_no_share_of_nothing() -> None:
    found = saving(held((0, 0.0)), held((0, 0.0)), (0.0, HOUR))
    assert found and found.share is None


def hours(*values: float, first: float = 1.0) -> Observed:
    """Busy shares of hours that follow each other; ``first`` is the end of the first."""
    return spans(np.array(values), HOUR, first * HOUR)


def with_gap() -> Observed:
    """Two busy hours of 50 %, six unknown ones, two of 50 %."""
    times = np.array([1.0, 2.0, 9.0, 10.0]) * HOUR
    return Observed(times, np.full(4, HOUR), np.full(4, 0.5), HOUR)


@pytest.mark.parametrize(
    ("paid", "busy", "expected"),
    [
        # Hours, paid, idle, unknown; a month: likely, least, most; busy.
        (held((0, 1.0)), hours(0.25, 0.75), (2, 2, 1, 0, 365, 365, 365, 0.5)),
        # A price that is high in busy hours costs little idle money.
        (held((0, 1.0), (1, 3.0)), hours(0.0, 1.0), (2, 4, 1, 0, 365, 365, 365, 0.75)),
        (held((0, 1.0), (1, 3.0)), hours(1.0, 0.0), (2, 4, 3, 0, 1095, 1095, 1095, 0.25)),
        (held((0, 1.0)), with_gap(), (10, 10, 2, 6, 365, 146, 584, 0.5)),
        # The second hour alone has a price.
        (held((1, 1.0)), hours(0.0, 0.25), (1, 1, 0.75, 0, 547.5, 547.5, 547.5, 0.25)),
        # A price that changes within a sample's span.
        (
            held((0, 1.0), (1, 3.0)),
            spans(np.array([0.5]), 2 * HOUR, 2 * HOUR),
            (2, 4, 2, 0, 730, 730, 730, 0.5),
        ),
        (held((0, 0.0)), hours(0.5), (1, 0, 0, 0, 0, 0, 0, None)),
    ],
)
def test_what_idle_time_costs(
    paid: HeldPrices, busy: Observed, expected: tuple[float | None, ...]
) -> None:
    found = idle_money(paid, busy)
    assert found
    assert (
        *(found.hours, found.paid, found.idle, found.unknown),
        *(found.month, found.least, found.most, found.busy),
    ) == near(expected)


@pytest.mark.parametrize(
    ("paid", "busy"),
    [
        (held((0, 1.0)), None),
        (held((0, 1.0)), hours()),
        (held((0, None)), hours(0.5)),
        (held((5, 1.0)), hours(0.5)),
    ],
)
def test_unknown_is_no_amount(paid: HeldPrices, busy: Observed | None) -> None:
    assert idle_money(paid, busy) is None


@given(
    st.lists(st.floats(0, 1), min_size=1, max_size=30),
    st.lists(st.floats(0, 100), min_size=1, max_size=5),
)
def test_idle_busy_and_unknown_are_what_was_paid(shares: list[float], prices: list[float]) -> None:
    paid = held(*((2.5 * n, price) for n, price in enumerate(prices)))
    found = idle_money(paid, hours(*shares))
    assert found
    busy = (found.busy or 0.0) * (found.paid - found.unknown)
    assert busy + found.idle + found.unknown == near(found.paid, abs=1e-9)
    assert found.least is not None and found.most is not None
    assert found.least <= found.most + 1e-9
