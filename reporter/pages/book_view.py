"""What pages say of the prices of a price book."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

from reporter.analysis.book_money import (
    PRICE_WORDS,
    BookTotals,
    MachineMoney,
    WorthByPrice,
)
from reporter.analysis.book_words import commitments, idle, worth
from reporter.analysis.comparison import units_per_dollar
from reporter.analysis.report_data import ReportData
from reporter.asking.book_prices import BookPrice, HeldPrices
from reporter.language import DOLLARS
from reporter.settings.purchases import EFFECTIVE


@dataclass(frozen=True)
class PriceSource:
    """Where prices are from.

    Attributes:
        mark: stands beside each price that is from there.
        name: in the book's words.
        options: which prices these are, in words.
        machines: of how many machines.
        first, last: from when on the oldest and the newest of them is valid, Unix seconds.
        rates: the days of the exchange rates that made dollars of them, "" for dollars.
    """

    mark: str
    name: str
    options: str
    machines: int
    first: float
    last: float
    rates: str


class BookView:
    """``page.money.book`` of templates.

    Args:
        data: of a report with a price book.
    """

    def __init__(self, data: ReportData) -> None:
        assert data.answers.book
        self._data, self._money, self.file = data, data.by_book, data.answers.book.file
        self.language = data.language

    @cached_property
    def machines(self) -> Sequence[MachineMoney]:
        """Those of which the book has a price."""
        return [m for m in self._money.machines if m.list or m.contracted or m.effective]

    @property
    def contracted(self) -> bool:
        """Whether any machine has a contracted price."""
        return any(one.contracted for one in self.machines)

    @property
    def idle(self) -> Sequence[MachineMoney]:
        """Those whose idle money is known, the most a month first."""
        having = [(one.idle.month or 0.0, one) for one in self._money.machines if one.idle]
        having.sort(key=lambda pair: (-pair[0], pair[1].machine.name))
        return [one for _, one in having]

    @property
    def worth(self) -> Sequence[WorthByPrice]:
        """Units per dollar by both prices."""
        return self._money.worth

    @property
    def per_dollar(self) -> object:
        """The measure of it, for ``Contender.rate``."""
        return units_per_dollar

    @property
    def totals(self) -> BookTotals:
        """All machines together."""
        return self._money.totals

    @property
    def sentences(self) -> list[str]:
        """What commitments save, what idle time costs, and who is the best value, in words."""
        found = [commitments(self.totals, self.language), idle(self.totals, self.language)]
        found.append(worth(self._money, self.language))
        return [sentence for sentence in found if sentence]

    def option(self, name: str) -> str:
        """What a purchase option is called."""
        return self.language.say(PRICE_WORDS.get(name, name.replace("_", " ")))

    def paid_by(self, one: MachineMoney) -> str:
        """By which price a machine is taken to be paid, in words."""
        say, name = self.language.say, self.option(one.paid_by)
        if one.paid is None or not one.paid.last.source:
            return say("{purchase}, of the engine", purchase=name)
        if one.paid_by == EFFECTIVE and not one.paid.last.of_machine:
            return say("{purchase}, of its type", purchase=name)
        return name

    def hourly(self, one: MachineMoney, held: HeldPrices | None) -> str:
        """The mean while the machine was there; in its own currency where nobody gave a rate."""
        if held is None:
            return self.language.dollars(None)
        if (mean := one.mean(held)) is not None:
            return self.language.dollars(mean)
        return self.own(held.last)

    def at_test(self, held: HeldPrices | None) -> str:
        """What held when the newest run ended."""
        found = held.at_test if held else None
        if found is None or found.dollars is None:
            return self.own(found) if found else self.language.dollars(None)
        return self.language.dollars(found.dollars)

    def beside(self, held: HeldPrices | None) -> str:
        """What stands small below a price: the lowest and highest, and its own currency."""
        if held is None or held.bounds is None:
            return ""
        said, (low, high) = [], held.bounds
        if held.changed:
            lower, upper = self.language.dollars(low), self.language.dollars(high)
            said.append(self.language.say("{lower} to {upper}", lower=lower, upper=upper))
        if held.last.currency not in {DOLLARS.code, self.language.currency.code}:
            said.append(self.own(held.last))
        return ", ".join(said)

    def own(self, price: BookPrice) -> str:
        """A price in its own currency."""
        return f"{self.language.number(price.amount, 4)} {price.currency}"

    def marks(self, held: HeldPrices | None) -> str:
        """The marks of where a price is from."""
        found = [self._marks[source] for source in (held.sources if held else ()) if source]
        return ", ".join(found)

    @cached_property
    def _marks(self) -> dict[str, str]:
        names = dict.fromkeys(price.source for _, price in self._prices())
        return {name: str(number) for number, name in enumerate(names, 1)}

    def _prices(self) -> Iterator[tuple[tuple[str, str], BookPrice]]:
        """All prices that stand somewhere, with their machine and option."""
        book = self._data.answers.book
        for machine in self._data.machines:
            for option, held in (book.prices.get(machine.name, {}) if book else {}).items():
                for step in held.steps:
                    yield (machine.name, option), step.price
                if held.at_test:
                    yield (machine.name, option), held.at_test

    @cached_property
    def sources(self) -> Sequence[PriceSource]:
        """Where the prices are from."""
        own: dict[str, list[tuple[tuple[str, str], BookPrice]]] = {}
        for key, price in self._prices():
            own.setdefault(price.source, []).append((key, price))
        return [
            PriceSource(
                self._marks[name],
                name,
                ", ".join(dict.fromkeys(self.option(option) for (_, option), _ in prices)),
                len({machine for (machine, _), _ in prices}),
                min(price.valid_from for _, price in prices),
                max(price.valid_from for _, price in prices),
                ", ".join(sorted({day for _, price in prices for day in price.rate_days})),
            )
            for name, prices in own.items()
        ]

    @property
    def length(self) -> str:
        """How long the range is."""
        return self.language.seconds(self._data.answers.end - self._data.answers.start)
