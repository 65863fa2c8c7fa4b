"""One cost of a bill: what each machine cost by it, and what is not taken, by reason.

The total is summed row by row; what is imported and what is left out are summed apart from it, so
that the three show whether a row was lost.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from prices.importers.focus.columns import COST_AT, COSTS
from prices.importers.focus.kinds import ChargeKind
from prices.importers.focus.machines import Machine
from prices.importers.focus.values import EXACT, Amount
from prices.importers.importer import ImportAccount

_ZERO = Decimal(0)
_NEGATIVE = "a negative cost that is no correction"


class Whose(NamedTuple):
    """Whose time it is, and when: the month or day that it begins in."""

    machine: Machine
    region: str
    currency: str
    period: datetime


class UsedTime(NamedTuple):
    """What a row says of a machine's time.

    Attributes:
        whose: the machine's.
        seconds: of its time.
        zoned: whether the time of the row has a zone.
    """

    whose: Whose
    seconds: Decimal
    zoned: bool


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

    def add(self, cost: Decimal, rows: int = 1) -> None:
        """Add rows."""
        self.rows += rows
        self.cost = EXACT.add(self.cost, cost)


# By reason and currency.
LeftOut = dict[tuple[str, str], RowsLeftOut]


def left_out(gone: LeftOut, reason: str, currency: str, row_number: int) -> RowsLeftOut:
    """Where the rows of a reason and currency are summed."""
    key = reason, currency
    found = gone.get(key)
    if found is None:
        found = gone[key] = RowsLeftOut(row_number)
    return found


class CostLedger:
    """What has been read of one cost.

    Args:
        cost: one of ``columns.COSTS``.
        account: of this cost.
    """

    def __init__(self, cost: str, account: ImportAccount) -> None:
        self.cost = cost
        self.account = account
        self.at = COST_AT[cost]
        self.used: dict[Whose, Used] = {}
        self.with_fractions: set[str] = set()
        self._column = COSTS[cost]
        self._checked = cost != "billed"
        self._absent = f"{self._column} is absent, or no number"
        self._whole_beside: Counter[str] = Counter()
        self._gone: LeftOut = {}

    def take(
        self,
        kind: ChargeKind,
        known: Amount | None,
        billed: Amount | None,
        use: UsedTime | str,
        row_number: int,
    ) -> None:
        """Take this cost of a row.

        Args:
            kind: of the row.
            known: the cost; None: it is absent, or no number.
            billed: the cost that is billed.
            use: of which machine; or why it is none's, in words.
            row_number: for what is said of it.
        """
        if known is None:
            self.account.leave_out(self._absent, f"row {row_number}")
            return
        cost, fraction = known
        currency, total = kind.currency, self.account.total
        total[currency] = EXACT.add(total.get(currency, _ZERO), cost)
        reason = kind.reason
        if self._checked:
            doubt = self._doubt(kind, cost, fraction, billed)
            reason = reason or doubt
        reason = reason or kind.not_for.get(self.cost, "")
        if not reason and isinstance(use, str):
            reason = use
        if not reason and cost < 0 and not kind.correction:
            reason = _NEGATIVE
        if reason or isinstance(use, str):
            left_out(self._gone, reason, currency, row_number).add(cost)
            return
        used = self.used.get(use.whose)
        if used is None:
            used = self.used[use.whose] = Used(row_number)
        used.add(cost, use.seconds)
        if kind.committed or kind.correction or not use.zoned:
            self._remark(kind, use.zoned, row_number)

    def _doubt(self, kind: ChargeKind, cost: Decimal, fraction: bool, billed: Amount | None) -> str:
        """Why the cost cannot be believed beside the billed one; "": nothing is against it."""
        if fraction:
            self.with_fractions.add(kind.provider)
            return ""
        if kind.committed:
            free = not cost and not kind.correction
            return f"{self._column} is 0 for what a commitment covers" if free else ""
        if billed is None:
            return ""
        if billed[1] and abs(cost - billed[0]) < 1:
            self._whole_beside[kind.provider] += 1
            if cost:
                return f"{self._column} is in whole units beside a BilledCost that is not"
        if not cost and billed[0] > 0:
            return f"{self._column} is 0 beside a BilledCost above 0"
        return ""

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

    def sees_fractions(self, kind: ChargeKind, fraction: bool) -> bool:
        """Whether costs of the provider have parts behind the point, so that each is believed.

        Args:
            kind: of some rows.
            fraction: whether one of their costs has such a part.
        """
        if fraction and self._checked:
            self.with_fractions.add(kind.provider)
        return not self._checked or kind.provider in self.with_fractions

    def leave_out(self, kind: ChargeKind, cost: Decimal, row_number: int, rows: int) -> None:
        """Take rows that are left out whatever they cost, and together cost so much."""
        currency, total = kind.currency, self.account.total
        total[currency] = EXACT.add(total.get(currency, _ZERO), cost)
        left_out(self._gone, kind.reason, currency, row_number).add(cost, rows)

    def finish(self) -> None:
        """Take out what cannot be a price, now that all is known, and count what is imported."""
        untrusted = {name for name in self._whole_beside if name not in self.with_fractions}
        for whose, used in list(self.used.items()):
            reason = self._unusable(whose, used, untrusted)
            if reason:
                del self.used[whose]
                gone = left_out(self._gone, reason, whose.currency, used.first_row)
                gone.add(used.cost, used.rows)
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
            return f"{self._column} of {provider} is in whole units throughout"
        if used.seconds <= 0:
            return "no hours, or none left by corrections"
        if used.cost < 0:
            return "less than 0 is left by corrections"
        return ""
