"""Share out a bill: the time and the costs of each machine, and what is not taken, by reason.

The bill's total is summed row by row; what is imported and what is left out are summed apart from
it, so that the three show whether a row was lost.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import NamedTuple

from prices.importers.focus.columns import COMMON, COSTS
from prices.importers.focus.kinds import ChargeKind, ChargeKinds, tag_of
from prices.importers.focus.machines import NO_MACHINE, Machine, id_of
from prices.importers.focus.values import EXACT, NOTHING, Kept, number, whole
from prices.importers.importer import ImportAccount

_ZERO = Decimal(0)


class Whose(NamedTuple):
    """Whose time it is, and when: the month or day that it begins in."""

    machine: Machine
    region: str
    currency: str
    period: datetime


@dataclass(slots=True)
class Used:
    """The time that a machine was used, in seconds, and what it cost."""

    first_row: int
    rows: int = 0
    seconds: Decimal = _ZERO
    cost: Decimal = _ZERO

    def add(self, cost: Decimal, seconds: Decimal) -> None:
        """Add a row."""
        self.rows += 1
        self.seconds = EXACT.add(self.seconds, seconds)
        self.cost = EXACT.add(self.cost, cost)


@dataclass(slots=True)
class RowsLeftOut:
    """Rows that are not taken for one reason, and what they cost."""

    first_row: int
    rows: int = 0
    cost: Decimal = _ZERO


def _number(text: str) -> tuple[Decimal, bool] | None:
    value = number(text)
    return None if value is None else (value, not whole(value))


class Bill:
    """What has been read of a bill.

    Args:
        cost: which cost is imported, one of ``columns.COSTS``.
        machine_tag: the tag whose value is a machine's name, or "".
        period_of: when the month or day began that a time is in, see ``values.month_of``.
        account: of the import.
    """

    def __init__(
        self,
        cost: str,
        machine_tag: str,
        period_of: Callable[[str], tuple[datetime, bool] | None],
        account: ImportAccount,
    ) -> None:
        self.account = account
        self.used: dict[Whose, Used] = {}
        self._cost = COSTS[cost]
        self._checked = cost != "billed"
        self._kinds = ChargeKinds(cost)
        self._tags = Kept(partial(tag_of, machine_tag)) if machine_tag else None
        self._ids: dict[str, Kept[str]] = {}
        self._numbers = Kept(_number)
        self._periods = Kept(period_of)
        self._with_fractions: set[str] = set()
        self._whole_beside: Counter[str] = Counter()
        self._gone: dict[tuple[str, str], RowsLeftOut] = {}

    def take(self, row_number: int, row: tuple[str, ...]) -> None:
        """Take a row, as ``columns.Charge`` has it."""
        self.account.read += 1
        kind = self._kinds[row[COMMON:]]
        known = self._numbers[row[1]]
        if known is None:
            self.account.leave_out(f"{self._cost} is absent, or no number", f"row {row_number}")
            return
        cost, fraction = known
        currency, total = kind.currency, self.account.total
        total[currency] = EXACT.add(total.get(currency, _ZERO), cost)
        reason = kind.reason
        if self._checked:
            doubt = self._doubt(kind, cost, fraction, self._numbers[row[0]])
            reason = reason or doubt
        if not reason:
            reason = self._use(kind, cost, row, row_number)
        if reason:
            gone = self._leave_out(reason, currency, row_number)
            gone.rows += 1
            gone.cost = EXACT.add(gone.cost, cost)

    def _doubt(
        self, kind: ChargeKind, cost: Decimal, fraction: bool, billed: tuple[Decimal, bool] | None
    ) -> str:
        """Why the cost cannot be believed beside the billed one; "": nothing is against it."""
        if fraction:
            self._with_fractions.add(kind.provider)
            return ""
        if kind.committed:
            free = not cost and not kind.correction
            return f"{self._cost} is 0 for what a commitment covers" if free else ""
        if billed is None:
            return ""
        if billed[1] and abs(cost - billed[0]) < 1:
            self._whole_beside[kind.provider] += 1
            if cost:
                return f"{self._cost} is in whole units beside a BilledCost that is not"
        if not cost and billed[0] > 0:
            return f"{self._cost} is 0 beside a BilledCost above 0"
        return ""

    def _use(self, kind: ChargeKind, cost: Decimal, row: tuple[str, ...], row_number: int) -> str:
        """Add a row to its machine; says why it cannot be, or ""."""
        quantity = self._quantity(kind, row[4] if kind.consumed else row[3])
        period = self._periods[row[2]]
        if quantity is None:
            return "hours that are absent, or no number"
        if period is None:
            return "ChargePeriodStart is absent, or no time"
        if cost < 0 and not kind.correction:
            return "a negative cost that is no correction"
        if quantity < 0 and not kind.correction:
            return "negative hours that are no correction"
        assert kind.machine is not None
        machine = self._machine(kind.machine, row[5], row[6])
        if not (machine.machine or machine.instance_type):
            return NO_MACHINE
        if kind.committed or kind.correction or not period[1]:
            self._remark(kind, period[1], row_number)
        whose = Whose(machine, kind.region, kind.currency, period[0])
        used = self.used.get(whose)
        if used is None:
            used = self.used[whose] = Used(row_number)
        used.add(cost, EXACT.multiply(quantity, kind.seconds))
        return ""

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

    def _remark(self, kind: ChargeKind, zoned: bool, row_number: int) -> None:
        for true, what in (
            (not zoned, "a time without a zone, taken for UTC"),
            (kind.committed, "covered by a commitment"),
            (kind.correction, "a correction of what was billed earlier"),
        ):
            if true:
                self.account.remarks[what] += 1
                # There are millions: the place is spelled for the first alone.
                if what not in self.account.examples:
                    self.account.examples[what] = f"row {row_number}"

    def _leave_out(self, reason: str, currency: str, row_number: int) -> RowsLeftOut:
        """Where the rows of a reason and currency are summed."""
        gone = self._gone.get((reason, currency))
        if gone is None:
            gone = self._gone[reason, currency] = RowsLeftOut(row_number)
        return gone

    def finish(self) -> None:
        """Take out what cannot be a price, now that all is known, and count what is imported."""
        untrusted = {name for name in self._whole_beside if name not in self._with_fractions}
        for whose, used in list(self.used.items()):
            reason = self._unusable(whose, used, untrusted)
            if reason:
                del self.used[whose]
                gone = self._leave_out(reason, whose.currency, used.first_row)
                gone.rows += used.rows
                gone.cost = EXACT.add(gone.cost, used.cost)
            else:
                imported = self.account.imported
                known = imported.get(whose.currency, _ZERO)
                imported[whose.currency] = EXACT.add(known, used.cost)
        self._say_what_is_left_out()

    def _say_what_is_left_out(self) -> None:
        account = self.account
        for (reason, currency), gone in self._gone.items():
            account.left_out[reason] += gone.rows
            account.examples.setdefault(reason, f"row {gone.first_row}")
            account.costs_left_out[reason, currency] = gone.cost
            known = account.not_imported.get(currency, _ZERO)
            account.not_imported[currency] = EXACT.add(known, gone.cost)

    def _unusable(self, whose: Whose, used: Used, untrusted: set[str]) -> str:
        provider = whose.machine.provider
        if provider in untrusted:
            return f"{self._cost} of {provider} is in whole units throughout"
        if used.seconds <= 0:
            return "no hours, or none left by corrections"
        if used.cost < 0:
            return "less than 0 is left by corrections"
        return ""
