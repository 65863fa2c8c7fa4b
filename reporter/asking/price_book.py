"""Reads what a price book says of a report's machines; its database is loaded at need alone."""

from __future__ import annotations

import importlib.util
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from decimal import Decimal
from functools import cached_property
from typing import TYPE_CHECKING, Any

from perfanalysis.errors import PerfAnalysisError
from reporter.asking.answers import Answers
from reporter.asking.book_prices import BookAnswers, BookPrice, HeldPrices, PriceStep
from reporter.asking.found_machines import newest_labels
from reporter.asking.machine_queries import MACHINES
from reporter.asking.machines import Machine
from reporter.language import DOLLARS
from reporter.settings.purchases import CONTRACTED, EFFECTIVE, ON_DEMAND
from reporter.settings.report import Config

if TYPE_CHECKING:
    from prices.currencies import ExchangeRates
    from prices.price import Price

# What stands side by side in every report with a book.
SIDE_BY_SIDE = (ON_DEMAND, CONTRACTED, EFFECTIVE)


def check(config: Config) -> None:
    """See that the book can be read, before any work is done; nothing where there is none.

    Raises:
        InputError: the book or the rates are not there, or are none.
        PerfAnalysisError: the book cannot be read now, or the extra is not installed.
    """
    if config.price_book is None:
        return
    if importlib.util.find_spec("sqlalchemy") is None:
        raise PerfAnalysisError(
            "price_book needs more packages: pip install 'perfanalysis[prices]'"
        )
    from prices.book.opening import opened
    from prices.book.over_time import with_own_prices

    _rates(config)
    with opened(config.price_book) as connection:
        with_own_prices(connection, ["any"])


def read_book(config: Config, answers: Answers, options: Mapping[str, str]) -> BookAnswers | None:
    """What the book of the settings says of the machines; None: they name none.

    Args:
        config: which book, and rates.
        answers: of the engine.
        options: by machine, the purchase option that counts for it.

    Raises:
        InputError: see ``check``.
        PerfAnalysisError: see ``check``.
    """
    if config.price_book is None:
        return None
    labels = newest_labels(answers.samples.get(MACHINES, ()))
    ids = {name: own.get("instance_id", "") for name, own in labels.items()}
    asked = {name: (*SIDE_BY_SIDE, option) for name, option in options.items()}
    return look(config, answers.machines, ids, (answers.start, answers.end), asked)


def look(
    config: Config,
    machines: Sequence[Machine],
    ids: Mapping[str, str],
    times: tuple[float, float],
    options: Mapping[str, Sequence[str]],
) -> BookAnswers:
    """What a book says of some machines.

    Args:
        config: which book, and rates.
        machines: with what a price is told apart by.
        ids: by machine, the provider's own name of it; "" where that is unknown.
        times: start and end of the range, Unix seconds.
        options: by machine, the purchase options that are looked up.

    Raises:
        InputError: see ``check``.
        PerfAnalysisError: see ``check``.
    """
    check(config)
    assert config.price_book
    from prices.book.opening import opened
    from prices.book.over_time import with_own_prices

    rates = _rates(config)
    with opened(config.price_book) as connection:
        called = {one.name: (one.name, ids.get(one.name, "")) for one in machines}
        every = [name for names in called.values() for name in names if name]
        looking = _Looking(connection, *times, rates, with_own_prices(connection, every))
        found = {
            one.name: looking.machine(one, called[one.name], dict.fromkeys(options[one.name]))
            for one in machines
        }
    return BookAnswers(config.price_book.name, found, sorted(rates.without))


def _rates(config: Config) -> _DollarRates:
    from prices.currencies import read_rates

    own = config.currency if config.currency != DOLLARS else None
    read = read_rates(config.exchange_rates) if config.exchange_rates else None
    return _DollarRates(
        own.code if own else "", own.rate if own else 1.0, own.date if own else "", read
    )


@dataclass
class _DollarRates:
    """How amounts become dollars: by the rate of the settings, else by the file of rates."""

    code: str
    rate: float
    date: str
    file: ExchangeRates | None
    without: set[str] = field(default_factory=set)

    def dollars(
        self, amount: Decimal, currency: str, day: datetime
    ) -> tuple[float | None, tuple[str, ...]]:
        """Dollars, and the days of the rates; None: nobody gave a rate."""
        if currency == DOLLARS.code:
            return float(amount), ()
        if currency == self.code:
            return float(amount) / self.rate, (self.date,)
        if self.file is not None:
            try:
                found = self.file.converted(amount, currency, DOLLARS.code, day.date())
            except PerfAnalysisError:
                pass
            else:
                return float(found.amount), tuple(one.isoformat() for one in found.days)
        self.without.add(currency)
        return None, ()


@dataclass
class _Looking:
    """Looks prices up: those of a type once for all its machines.

    ``own`` has, by purchase, the names and ids of machines that have prices of their own.
    """

    connection: Any
    start: float
    end: float
    rates: _DollarRates
    own: Mapping[Any, frozenset[str]]
    known: dict[Any, tuple[PriceStep, ...]] = field(default_factory=dict)

    @cached_property
    def _day(self) -> datetime:
        return datetime.fromtimestamp(self.end, UTC)

    def machine(
        self, machine: Machine, names: tuple[str, ...], options: Iterable[str]
    ) -> dict[str, HeldPrices]:
        """The prices of one machine, by purchase option."""
        found = {}
        for option in options:
            steps = self._steps(machine, names, option, self.start, self.end)
            if steps:
                ended = machine.test.ended if machine.test else None
                at_test = self._steps(machine, names, option, ended, ended) if ended else ()
                found[option] = HeldPrices(steps, at_test[-1].price if at_test else None)
        return found

    def _steps(
        self, machine: Machine, names: tuple[str, ...], option: str, start: float, end: float
    ) -> tuple[PriceStep, ...]:
        from prices.book.look_up import WantedPrice
        from prices.price import OPTIONS

        for purchase, term in OPTIONS[option]:
            wanted = WantedPrice(
                provider=machine.provider,
                at=datetime.fromtimestamp(end, UTC),
                region=machine.region,
                zone=machine.zone,
                instance_type=machine.instance_type,
                machines=tuple(n for n in names if n in self.own.get(purchase, ())),
                purchase=purchase,
                term=term,
            )
            key = (wanted, start)
            if key not in self.known:
                self.known[key] = self._held(wanted, start)
            if found := self.known[key]:
                return found
        return ()

    def _held(self, wanted: Any, start: float) -> tuple[PriceStep, ...]:
        """In dollars where the book has them, else in the currency that counts at the end."""
        from prices.book.look_up import look_up
        from prices.book.over_time import held

        begin = datetime.fromtimestamp(start, UTC)
        steps = held(self.connection, replace(wanted, currency=DOLLARS.code), begin)
        if not steps and (last := look_up(self.connection, wanted)):
            steps = held(self.connection, replace(wanted, currency=last.price.currency), begin)
        return tuple(
            PriceStep(one.since.timestamp(), self._price(one.stored.price)) for one in steps
        )

    def _price(self, price: Price) -> BookPrice:
        dollars, days = self.rates.dollars(price.amount, price.currency, self._day)
        return BookPrice(
            float(price.amount),
            price.currency,
            dollars,
            price.valid_from.timestamp(),
            price.source,
            bool(price.machine),
            days,
        )
