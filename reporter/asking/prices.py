"""What an hour of a machine costs: the one price that all of the report reckons with. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from perfanalysis.promql import Sample
from reporter.asking import price_queries as queries
from reporter.asking.query import InstantQuery

# One scrape in a hundred may fail.
ALWAYS = 0.99


@dataclass(frozen=True)
class Pricing:
    """The price of a machine over the range, in dollars per hour.

    Attributes:
        purchase: the option that counts for it.
        mean: over the time in which the price is known: what all amounts are made of.
        lowest, highest: of all samples; None: not asked.
        at_test: within an hour after the newest run's end; None: that is not in the range.
        known: ratio of the time in which the machine was seen; None: not asked.
        source: where the price book has it from; "": it is the engine's.
    """

    purchase: str
    mean: float
    lowest: float | None = None
    highest: float | None = None
    at_test: float | None = None
    known: float | None = None
    source: str = ""

    @property
    def always(self) -> bool:
        """Whether it is known for nearly all of the time in which the machine was seen."""
        return self.known is None or self.known >= ALWAYS

    @property
    def changed(self) -> bool:
        """Whether the price was not the same all the time."""
        return self.lowest is not None and self.highest is not None and self.lowest < self.highest


def pricing_of(own: Mapping[InstantQuery, Sequence[Sample]], purchase: str) -> Pricing | None:
    """The price of one machine; None: it is unknown, or said to be nothing.

    Args:
        own: answers of this machine.
        purchase: the option that counts for it.
    """

    def value(query: InstantQuery) -> float | None:
        return of_purchase(own.get(query, ()), purchase)

    mean = value(queries.PRICE)
    if not mean or mean < 0:
        return None
    lowest, highest = value(queries.LOWEST_PRICE), value(queries.HIGHEST_PRICE)
    if lowest is not None and highest is not None:
        # The engine's sums of many equal prices are off by their last bits.
        mean = min(max(mean, lowest), highest)
    return Pricing(
        purchase,
        mean,
        lowest,
        highest,
        value(queries.PRICE_AT_TEST),
        value(queries.PRICE_KNOWN),
    )


def of_purchase(samples: Sequence[Sample], purchase: str) -> float | None:
    """The newest value of a purchase option, or of no option; None: there is none."""
    known = [
        sample
        for sample in samples
        if math.isfinite(sample.value) and sample.labels.get("purchase", purchase) == purchase
    ]
    return max(known, key=lambda sample: sample.time).value if known else None


def started_as(own: Mapping[InstantQuery, Sequence[Sample]]) -> str:
    """How the cloud says that the machine was started; "" where that is unknown."""
    samples = own.get(queries.STARTED_AS, ())
    newest = max(samples, key=lambda sample: sample.time, default=None)
    return newest.labels.get("purchase", "") if newest else ""
