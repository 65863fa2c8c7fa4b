"""What a price book says that machines cost over the range: records that know no database. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

import numpy as np

from perfanalysis.promql import Floats

HOUR = 3600.0


@dataclass(frozen=True)
class BookPrice:
    """A price of the book.

    Attributes:
        amount: for an hour, in its own currency.
        currency: ISO 4217.
        dollars: the same in US dollars; None: nobody gave a rate.
        valid_from: Unix seconds.
        source: the book's name of where it is from.
        of_machine: whether it is of this very machine, and not of its type.
        rate_days: of the exchange rates; none for dollars.
    """

    amount: float
    currency: str
    dollars: float | None
    valid_from: float
    source: str
    of_machine: bool = False
    rate_days: tuple[str, ...] = ()


class PriceStep(NamedTuple):
    """A price, and from when on it held, in Unix seconds; it holds until the next step."""

    since: float
    price: BookPrice


class PricedTime(NamedTuple):
    """What some time has cost: dollars, and the hours of it for which the price is known."""

    dollars: float
    hours: float


@dataclass(frozen=True)
class HeldPrices:
    """The prices that held over the range, on one purchase option.

    Attributes:
        steps: ascending, at least one; all in one currency.
        at_test: what held when the newest run ended, be that before the range; None: there is no
            run, or no price was known then.
    """

    steps: tuple[PriceStep, ...]
    at_test: BookPrice | None = None

    @property
    def last(self) -> BookPrice:
        """The one that held last."""
        return self.steps[-1].price

    @property
    def sources(self) -> tuple[str, ...]:
        """Where they are from, in the order of time."""
        return tuple(dict.fromkeys(step.price.source for step in self.steps))

    @property
    def changed(self) -> bool:
        """Whether the amount was not the same all the time."""
        return len({step.price.amount for step in self.steps}) > 1

    @property
    def bounds(self) -> tuple[float, float] | None:
        """The lowest and the highest, in dollars; None: nobody gave a rate."""
        known = [step.price.dollars for step in self.steps if step.price.dollars is not None]
        return (min(known), max(known)) if known else None

    def line(self, end: float) -> tuple[Floats, Floats]:
        """When each began, and its dollars an hour (NaN: nobody gave a rate).

        The last is there twice: also at ``end``, in Unix seconds.
        """
        dollars = [s.price.dollars for s in self.steps]
        known = [np.nan if one is None else one for one in (*dollars, dollars[-1])]
        return np.array([*(step.since for step in self.steps), end]), np.array(known)

    def within(self, start: float, end: float) -> HeldPrices | None:
        """Those that held at some time from ``start`` to ``end`` (Unix seconds); None: none did."""
        ends = [*(step.since for step in self.steps[1:]), math.inf]
        steps = tuple(
            step
            for step, until in zip(self.steps, ends, strict=True)
            if step.since < end and until > start
        )
        return replace(self, steps=steps) if steps else None

    def over(self, start: float, end: float) -> PricedTime:
        """What the time from ``start`` to ``end`` (Unix seconds) has cost."""
        dollars, hours = self.until(np.array([start, end]))
        return PricedTime(float(dollars[1] - dollars[0]), float(hours[1] - hours[0]))

    def mean(self, start: float, end: float) -> float | None:
        """Dollars an hour in the mean of the time for which it is known; None: it is not."""
        priced = self.over(start, end)
        return priced.dollars / priced.hours if priced.hours > 0 else None

    def until(self, times: Floats) -> tuple[Floats, Floats]:
        """What all time since the first step has cost until some moments.

        Args:
            times: (n,) Unix seconds.

        Returns:
            (n,) dollars, and (n,) hours for which the price is known.
        """
        last = max(self.steps[-1].since, float(times.max(initial=0.0)))
        edges, rates = self.line(last)
        rates = rates[:-1]
        known = np.isfinite(rates)
        hours = np.diff(edges) / HOUR
        sums = [
            np.concatenate(([0.0], np.cumsum(hours * np.where(known, part, 0.0))))
            for part in (rates, np.ones_like(rates))
        ]
        return np.interp(times, edges, sums[0]), np.interp(times, edges, sums[1])


@dataclass(frozen=True)
class BookAnswers:
    """What the book has of a report's machines.

    Attributes:
        file: the book's name.
        prices: by machine and purchase option; what the book does not have is absent.
        without_rate: currencies of which nobody gave a rate to dollars.
    """

    file: str
    prices: Mapping[str, Mapping[str, HeldPrices]]
    without_rate: Sequence[str] = field(default=())

    def of(self, machine: str, option: str) -> HeldPrices | None:
        """The prices of a machine on a purchase option; None: the book has none."""
        return self.prices.get(machine, {}).get(option)
