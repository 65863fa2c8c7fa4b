"""Share out a bill row by row: whose time a row is, and each of its costs to the cost's ledger."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from decimal import Decimal
from functools import partial

from prices.importers.focus.columns import COMMON
from prices.importers.focus.kinds import ChargeKind, ChargeKinds, tag_of
from prices.importers.focus.ledger import CostLedger, UsedTime, Whose
from prices.importers.focus.left_out_rows import LeftOutRows
from prices.importers.focus.machines import NO_MACHINE, Machine, id_of
from prices.importers.focus.values import EXACT, NOTHING, Kept, amount_of
from prices.importers.importer import ImportAccount

_ZERO = Decimal(0)


@contextmanager
def _no_search_for_cycles() -> Iterator[None]:
    """Rows are tuples of texts: millions of them, in which Python would look for cycles in vain."""
    wanted = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if wanted:
            gc.enable()


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
        self._numbers = Kept(amount_of)
        self._periods = Kept(period_of)
        self._left_out = LeftOutRows(ledgers, self._numbers)

    def take(self, rows: Iterable[tuple[int, tuple[str, ...]]]) -> None:
        """Take all rows, each as ``columns.Charge`` has it, with its number."""
        with _no_search_for_cycles():
            self._take(rows)
        self._finish()

    def _take(self, rows: Iterable[tuple[int, tuple[str, ...]]]) -> None:
        account, kinds, numbers = self.account, self._kinds, self._numbers
        leave_out = self._left_out.take
        for row_number, row in rows:
            account.read += 1
            kind = kinds[row[COMMON:]]
            if kind.reason:
                leave_out(kind, row_number, row)
                continue
            use = self._use(kind, row)
            billed = numbers[row[0]]
            for ledger in self.ledgers:
                ledger.take(kind, numbers[row[ledger.at]], billed, use, row_number)

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

    def _finish(self) -> None:
        """Bring every ledger to its end."""
        self._left_out.finish()
        for ledger in self.ledgers:
            ledger.finish()
            ledger.account.read = self.account.read
