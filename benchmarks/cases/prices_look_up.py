"""Looking up a price in a book of two million."""

from __future__ import annotations

import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from importlib import metadata

from benchmarks.case import Case, Figure, Goal, Outcome, Settings
from perfanalysis import __version__
from prices.book.look_up import WantedPrice, look_up
from prices.book.opening import opened
from prices.book.writing import write
from prices.price import Price

REGIONS, MONTHS = 40, 25
TYPES, QUICK_TYPES = 2_000, 20
ROUNDS = 5
LOOK_UPS = 2_000
_BEGIN = datetime(2024, 1, 1, tzinfo=UTC)


def run(settings: Settings) -> Outcome:
    """Fill a book, and ask it for prices at random."""
    types = QUICK_TYPES if settings.quick else TYPES
    path = settings.folder / "prices.sqlite"
    settings.say(f"writing {REGIONS * MONTHS * types:,} prices")
    began = time.monotonic()
    with opened(path, make=True) as connection:
        count = write(connection, _prices(types), datetime.now(UTC)).imported
    writing = time.monotonic() - began
    source = random.Random(1)  # noqa: S311 - the same questions in every run
    medians, slow = [], []
    for number in range(1 if settings.quick else ROUNDS):
        settings.say(f"round {number + 1}")
        with opened(path) as connection:
            times = []
            for _ in range(LOOK_UPS):
                wanted = _wanted(source, types)
                asked = time.perf_counter()
                found = look_up(connection, wanted)
                times.append(time.perf_counter() - asked)
                assert found is not None
        times.sort()
        medians.append(times[len(times) // 2])
        slow.append(times[len(times) * 99 // 100])
    goal = Goal("<= 1 ms", 1e-3)
    return Outcome(
        {"perfanalysis": __version__, "SQLAlchemy": metadata.version("sqlalchemy")},
        [
            Figure("a look-up, median", "s", medians, goal=goal),
            Figure("a look-up, 99 of 100", "s", slow, goal=goal),
            Figure("writing the book", "s", [writing]),
        ],
        {"prices": count, "look-ups a round": LOOK_UPS},
    )


def _prices(types: int) -> Iterator[Price]:
    number = 0
    for region in range(REGIONS):
        for kind in range(types):
            for month in range(MONTHS):
                number += 1
                yield Price(
                    provider="aws",
                    region=f"region-{region}",
                    instance_type=f"type-{kind}.large",
                    amount=Decimal(number % 9_999 + 1) / 10_000,
                    currency="USD",
                    valid_from=_BEGIN + timedelta(days=30 * month),
                    source="made",
                )


def _wanted(source: random.Random, types: int) -> WantedPrice:
    """A machine that has no price of its own, in a zone that has none."""
    return WantedPrice(
        provider="aws",
        at=_BEGIN + timedelta(days=source.randrange(30 * MONTHS)),
        region=f"region-{source.randrange(REGIONS)}",
        zone="a-zone",
        instance_type=f"type-{source.randrange(types)}.large",
        machines=("web-1", "i-1"),
    )


CASE = Case(
    name="prices_look_up",
    what="The price of a machine, out of a book of 2,000,000 prices with 25 months of history.",
    peer="nothing; the book by itself",
    goal="<= 1 ms",
    run=run,
)
