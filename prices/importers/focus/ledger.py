"""One cost of a bill: what each machine cost by it, and what is not taken, by reason.

The total is summed row by row; what is imported and what is left out are summed apart from it, so
that the three show whether a row was lost.
"""

from __future__ import annotations

import sys
from collections import Counter, defaultdict
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

    first_row: int = sys.maxsize
    rows: int = 0
    seconds: Decimal = _ZERO
    cost: Decimal = _ZERO

    def add(self, row_number: int, cost: Decimal, seconds: Decimal, rows: int = 1) -> None:
        """Add rows, as ``CountedRows`` does."""
        self.first_row = min(self.first_row, row_number)
        self.rows += rows
        self.seconds = EXACT.add(self.seconds, seconds)
        self.cost = EXACT.add(self.cost, cost)


@dataclass(slots=True)
class CountedRows:
    """Rows of which the same is said, and what they cost."""

    first_row: int = sys.maxsize
    rows: int = 0
    cost: Decimal = _ZERO

    def add(self, row_number: int, cost: Decimal, rows: int = 1) -> None:
        """Add rows, in any order.

        Args:
            row_number: of the first of them.
            cost: of all of them together.
            rows: how many.
        """
        self.first_row = min(self.first_row, row_number)
        self.rows += rows
        self.cost = EXACT.add(self.cost, cost)


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
        self.used: defaultdict[Whose, Used] = defaultdict(Used)
        self.with_fractions: set[str] = set()
        self._column = COSTS[cost]
        self.checked = cost != "billed"
        self._absent = CountedRows()
        self._whole_beside: Counter[str] = Counter()
        self._remarks: defaultdict[str, CountedRows] = defaultdict(CountedRows)
        # By reason and currency.
        self._gone: defaultdict[tuple[str, str], CountedRows] = defaultdict(CountedRows)

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
            self.miss(row_number)
            return
        cost, fraction = known
        currency, total = kind.currency, self.account.total
        total[currency] = EXACT.add(total.get(currency, _ZERO), cost)
        reason = kind.reason
        if self.checked:
            doubt = self._doubt(kind, cost, fraction, billed)
            reason = reason or doubt
        reason = reason or kind.not_for.get(self.cost, "")
        if not reason and isinstance(use, str):
            reason = use
        if not reason and cost < 0 and not kind.correction:
            reason = _NEGATIVE
        if reason or isinstance(use, str):
            self._gone[reason, currency].add(row_number, cost)
            return
        self._use(kind, use, cost, row_number, 1)

    def miss(self, row_number: int, rows: int = 1) -> None:
        """Take rows of which this cost is absent, or no number.

        Args:
            row_number: of the first.
            rows: how many.
        """
        self._absent.add(row_number, _ZERO, rows)

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

    def use(
        self, kind: ChargeKind, use: UsedTime, cost: Decimal, row_number: int, rows: int
    ) -> None:
        """Take rows of one machine that are sound, each with a part behind the point.

        Args:
            kind: of them all.
            use: the machine's, with the seconds of all.
            cost: of them together.
            row_number: of the first.
            rows: how many.
        """
        self.sees_fractions(kind, True)
        total = self.account.total
        total[kind.currency] = EXACT.add(total.get(kind.currency, _ZERO), cost)
        self._use(kind, use, cost, row_number, rows)

    def _use(
        self, kind: ChargeKind, use: UsedTime, cost: Decimal, row_number: int, rows: int
    ) -> None:
        self.used[use.whose].add(row_number, cost, use.seconds, rows)
        if not use.zoned:
            self._remarks["a time without a zone, taken for UTC"].add(row_number, cost, rows)
        if kind.committed:
            self._remarks["covered by a commitment"].add(row_number, cost, rows)
        if kind.correction:
            self._remarks["a correction of what was billed earlier"].add(row_number, cost, rows)

    def sees_fractions(self, kind: ChargeKind, fraction: bool) -> bool:
        """Whether costs of the provider have parts behind the point, so that each is believed.

        Args:
            kind: of some rows.
            fraction: whether one of their costs has such a part.
        """
        if fraction and self.checked:
            self.with_fractions.add(kind.provider)
        return not self.checked or kind.provider in self.with_fractions

    def leave_out(self, kind: ChargeKind, cost: Decimal, row_number: int, rows: int) -> None:
        """Take rows that are left out whatever they cost, and together cost so much."""
        currency, total = kind.currency, self.account.total
        total[currency] = EXACT.add(total.get(currency, _ZERO), cost)
        self._gone[kind.reason, currency].add(row_number, cost, rows)

    def finish(self) -> None:
        """Take out what cannot be a price, now that all is known, and count what is imported."""
        untrusted = {name for name in self._whole_beside if name not in self.with_fractions}
        for whose, used in list(self.used.items()):
            reason = self._unusable(whose, used, untrusted)
            if reason:
                del self.used[whose]
                gone = self._gone[reason, whose.currency]
                gone.add(used.first_row, used.cost, used.rows)
            else:
                imported = self.account.imported
                known = imported.get(whose.currency, _ZERO)
                imported[whose.currency] = EXACT.add(known, used.cost)
        # Rows come in any order: what is said of them does not show it.
        self.used = defaultdict(Used, sorted(self.used.items(), key=lambda u: u[1].first_row))
        self._say_what_is_left_out()
        for what, rows in sorted(self._remarks.items(), key=lambda r: r[1].first_row):
            self.account.remarks[what] = rows.rows
            self.account.examples.setdefault(what, f"row {rows.first_row}")

    def _say_what_is_left_out(self) -> None:
        account = self.account
        if self._absent.rows:
            absent = f"{self._column} is absent, or no number"
            account.left_out[absent] = self._absent.rows
            account.examples[absent] = f"row {self._absent.first_row}"
        for (reason, currency), gone in sorted(self._gone.items(), key=lambda g: g[1].first_row):
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
