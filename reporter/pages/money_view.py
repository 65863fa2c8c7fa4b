"""What pages say of prices, of the currency, and of machines added up by a label."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from reporter.analysis.groups import LabelGroup, groups
from reporter.analysis.prices import priced_apart
from reporter.analysis.report_data import ReportData
from reporter.asking.machines import Machine
from reporter.pages.book_view import BookView


class MoneyView:
    """``page.money`` of templates.

    Args:
        data: of the report.
    """

    def __init__(self, data: ReportData) -> None:
        self._data = data
        self.language, self.group_by = data.language, data.config.group_by

    @cached_property
    def groups(self) -> Sequence[LabelGroup]:
        """The machines added up by a label; none where the settings name none."""
        return groups(self._data)

    @cached_property
    def apart(self) -> Sequence[Machine]:
        """Machines of whose price there is more to say than one number."""
        return priced_apart(self._data.machines)

    @cached_property
    def book(self) -> BookView | None:
        """What a price book says; None: there is none, or it has none of the machines."""
        answers = self._data.answers
        having = answers.book is not None and any(answers.book.prices.values())
        return BookView(self._data) if having else None

    @property
    def options(self) -> str:
        """Which prices count, in words."""
        say, purchases = self.language.say, self._data.config.purchases
        if len(purchases.options) > 1:
            return say("prices of each machine's purchase option")
        return say("{purchase} prices", purchase=self.option(purchases.usual))

    def option(self, purchase: str) -> str:
        """A purchase option as people read it."""
        return self.language.say(purchase.replace("_", " "))

    @property
    def rate(self) -> str:
        """By which rate amounts are shown, as the settings say it; "" for dollars."""
        currency = self.language.currency
        if not currency.date:
            return ""
        return self.language.say(
            "1 US dollar = {rate} {code}, by the rate of {date} in the settings",
            rate=self.language.number(currency.rate, 4),
            code=currency.code,
            date=currency.date,
        )

    @property
    def rate_note(self) -> str:
        """The same as a sentence of its own, which also says what stays in dollars."""
        return self.rate and self.language.say(
            "Amounts are shown in {code}: {rate}. Units per dollar are for a US dollar.",
            code=self.language.currency.code,
            rate=self.rate,
        )
