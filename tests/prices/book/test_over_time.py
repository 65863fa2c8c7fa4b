"""Prices over a stretch of time: at each moment what a look-up says."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from prices.book.look_up import WantedPrice, look_up
from prices.book.opening import opened
from prices.book.over_time import held, with_own_prices
from prices.book.writing import write
from prices.price import Price, Purchase

BEGIN = datetime(2026, 1, 1, tzinfo=UTC)
DAY = timedelta(days=1)
TYPE = Price("aws", "eu-central-1", "m7i.large", Decimal("0.12"), "USD", BEGIN, "list")
ZONE = replace(TYPE, zone="eu-central-1a")
ONE = replace(TYPE, region="", instance_type="", machine="web-1")
ANYWHERE = replace(TYPE, region="")
WANTED = WantedPrice(
    "aws", BEGIN + 10 * DAY, "eu-central-1", "eu-central-1a", "m7i.large", ("web-1", "i-1")
)


def at(price: Price, day: float, amount: str, source: str = "list") -> Price:
    return replace(price, valid_from=BEGIN + day * DAY, amount=Decimal(amount), source=source)


def told(folder: Path, prices: list[Price], start: float = 0.0) -> list[tuple[float, str]]:
    """By day: from when on, and the amount."""
    with opened(folder / "prices.sqlite", make=True) as connection:
        write(connection, prices, BEGIN)
        found = held(connection, WANTED, BEGIN + start * DAY)
    return [((one.since - BEGIN) / DAY, str(one.stored.price.amount)) for one in found]


@pytest.mark.parametrize(
    ("prices", "start", "expected"),
    [
        ([], 0, []),
        # What was valid before the range holds from its begin on.
        ([at(TYPE, -400, "0.1")], 0, [(0, "0.1")]),
        ([at(TYPE, -9, "0.1"), at(TYPE, -3, "0.2")], 0, [(0, "0.2")]),
        # Of what comes later in the range, the time before is unknown.
        ([at(TYPE, 4, "0.1")], 0, [(4, "0.1")]),
        (
            [at(TYPE, -1, "0.1"), at(TYPE, 2, "0.3"), at(TYPE, 5, "0.2")],
            1,
            [(1, "0.1"), (2, "0.3"), (5, "0.2")],
        ),
        # What begins with the range is its first, and what begins with its end its last.
        (
            [at(TYPE, -1, "0.1"), at(TYPE, 0, "0.3"), at(TYPE, 10, "0.2")],
            0,
            [(0, "0.3"), (10, "0.2")],
        ),
        ([at(TYPE, -1, "0.1"), at(TYPE, 10.1, "0.2")], 0, [(0, "0.1")]),
        # The more specific counts from its begin on, and an older one that is new counts no more.
        ([at(TYPE, 0, "0.1"), at(ZONE, 3, "0.3"), at(TYPE, 5, "0.2")], 0, [(0, "0.1"), (3, "0.3")]),
        (
            [at(ANYWHERE, 0, "0.5"), at(TYPE, 1, "0.1"), at(ONE, 2, "0.01")],
            0,
            [(0, "0.5"), (1, "0.1"), (2, "0.01")],
        ),
        # Of two sources that begin at once the first by its name counts.
        ([at(TYPE, 2, "0.2", "b"), at(TYPE, 2, "0.3", "a")], 0, [(2, "0.3")]),
        # Another one's prices, and those on other terms, are none of it.
        ([at(replace(ONE, machine="web-2"), 0, "0.2")], 0, []),
        ([at(replace(TYPE, purchase=Purchase.EFFECTIVE), 0, "0.2")], 0, []),
        ([at(replace(TYPE, operating_system="windows"), 0, "0.2")], 0, []),
    ],
)
def test_what_held_from_when_on(
    tmp_path: Path, prices: list[Price], start: float, expected: list[tuple[float, str]]
) -> None:
    assert told(tmp_path, prices, start) == expected


KINDS = st.sampled_from([TYPE, ZONE, ONE, ANYWHERE, replace(ONE, machine="i-1")])
PRICES = st.lists(
    st.tuples(KINDS, st.integers(-3, 11), st.sampled_from(["a", "b"])), max_size=12, unique=True
)


@given(PRICES, st.integers(0, 10))
@settings(max_examples=25)
def test_at_each_moment_it_is_what_a_look_up_says(
    given_prices: list[tuple[Price, int, str]], start: int
) -> None:
    prices = [
        at(kind, day, f"0.{number + 1:03d}", source)
        for number, (kind, day, source) in enumerate(given_prices)
    ]
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "prices.sqlite"
        with opened(path, make=True) as connection:
            write(connection, prices, BEGIN)
            found = held(connection, WANTED, BEGIN + start * DAY)
            for half_days in range(2 * start, 21):
                moment = BEGIN + half_days * DAY / 2
                expected = look_up(connection, replace(WANTED, at=moment))
                last = [one.stored for one in found if one.since <= moment]
                assert (last[-1] if last else None) == expected


def test_who_has_prices_of_its_own(tmp_path: Path) -> None:
    effective = replace(ONE, purchase=Purchase.EFFECTIVE)
    with opened(tmp_path / "prices.sqlite", make=True) as connection:
        write(connection, [TYPE, ONE, effective, replace(effective, machine="i-1")], BEGIN)
        found = with_own_prices(connection, ["web-1", "", "i-1", "web-2"])
    assert found == {
        Purchase.ON_DEMAND: frozenset({"web-1"}),
        Purchase.EFFECTIVE: frozenset({"web-1", "i-1"}),
    }
