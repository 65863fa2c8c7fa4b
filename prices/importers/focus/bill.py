"""Share out a bill row by row: whose time a row is, and each of its costs to the cost's ledger."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from decimal import Decimal
from functools import partial

from prices.importers.focus.columns import COMMON
from prices.importers.focus.kinds import ChargeKind, ChargeKinds, tag_of
from prices.importers.focus.ledger import Amount, CostLedger, LeftOut, UsedTime, Whose, left_out
from prices.importers.focus.machines import NO_MACHINE, Machine, id_of
from prices.importers.focus.values import EXACT, NOTHING, Kept, number, whole
from prices.importers.importer import ImportAccount

_ZERO = Decimal(0)


def _number(text: str) -> Amount | None:
    value = number(text)
    return None if value is None else (value, not whole(value))


class Bill:
    """What has been read of a bill.

    Args:
        ledgers: one for each cost that is imported.
        machine_tag: the tag whose value is a machine's name, or "".
        period_of: when the month or day began that a time is in, see ``values.month_of``.
        account: of the import.
    """

    def __init__(
        self,
        ledgers: Sequence[CostLedger],
        machine_tag: str,
        period_of: Callable[[str], tuple[datetime, bool] | None],
        account: ImportAccount,
    ) -> None:
        self.account = account
        self.ledgers = ledgers
        self._kinds = ChargeKinds()
        self._tags = Kept(partial(tag_of, machine_tag)) if machine_tag else None
        self._ids: dict[str, Kept[str]] = {}
        self._numbers = Kept(_number)
        self._periods = Kept(period_of)
        self._alike: LeftOut = {}
        self._alike_total: dict[str, Decimal] = {}
        self._alike_fractions: set[str] = set()

    def take(self, row_number: int, row: tuple[str, ...]) -> None:
        """Take a row, as ``columns.Charge`` has it."""
        self.account.read += 1
        kind = self._kinds[row[COMMON:]]
        numbers = self._numbers
        billed = numbers[row[0]]
        # Most rows of a bill: no machine's, and one cost whichever is asked for.
        if kind.reason and billed is not None and row[0] == row[1] == row[2] == row[3]:
            self._take_alike(kind, billed, row_number)
            return
        use = kind.reason or self._use(kind, row)
        for ledger in self.ledgers:
            ledger.take(kind, numbers[row[ledger.at]], billed, use, row_number)

    def _take_alike(self, kind: ChargeKind, amount: Amount, row_number: int) -> None:
        cost, fraction = amount
        currency, total = kind.currency, self._alike_total
        total[currency] = EXACT.add(total.get(currency, _ZERO), cost)
        if fraction:
            self._alike_fractions.add(kind.provider)
        left_out(self._alike, kind.reason, currency, row_number).add(cost)

    def _use(self, kind: ChargeKind, row: tuple[str, ...]) -> UsedTime | str:
        """Of which machine a row is; or why it can be of none."""
        quantity = self._quantity(kind, row[6] if kind.consumed else row[5])
        period = self._periods[row[4]]
        if quantity is None:
            return "hours that are absent, or no number"
        if period is None:
            return "ChargePeriodStart is absent, or no time"
        if quantity < 0 and not kind.correction:
            return "negative hours that are no correction"
        assert kind.machine is not None
        machine = self._machine(kind.machine, row[7], row[8])
        if not (machine.machine or machine.instance_type):
            return NO_MACHINE
        whose = Whose(machine, kind.region, kind.currency, period[0])
        return UsedTime(whose, EXACT.multiply(quantity, kind.seconds), period[1])

    def _machine(self, kind: Machine, resource: str, tags: str) -> Machine:
        """The very machine: as its tag names it, else by its resource's id."""
        name = self._tags[tags] if self._tags is not None else ""
        if not name:
            ids = self._ids.get(kind.provider)
            if ids is None:
                ids = self._ids[kind.provider] = Kept(partial(id_of, kind.provider))
            name = ids[resource]
        return Machine(kind[0], kind[1], name, kind[3], kind[4])

    def _quantity(self, kind: ChargeKind, text: str) -> Decimal | None:
        # What corrects a cost alone may have no hours.
        if kind.correction and text.strip() in NOTHING:
            return _ZERO
        known = self._numbers[text]
        return None if known is None else known[0]

    def finish(self) -> None:
        """Bring every ledger to its end."""
        for ledger in self.ledgers:
            ledger.with_fractions |= self._alike_fractions
            ledger.take_alike(self._alike, self._alike_total)
            ledger.finish()
            ledger.account.read = self.account.read
