"""Rows that are left out whatever they cost: most of a bill. They are summed thousands at a time.

A bill of a million rows has four million costs, and a Python loop over each would be most of an
import. Rows of one reason, currency and provider wait together; their costs are checked and summed
in a few calls.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal, InvalidOperation, localcontext
from operator import itemgetter

from prices.importers.focus.columns import COST_AT
from prices.importers.focus.kinds import ChargeKind
from prices.importers.focus.ledger import CostLedger
from prices.importers.focus.values import EXACT, Amount, Kept

_MOST_WAITING = 10_000
_COSTS = len(COST_AT)
# What stands in a plain number, and how long one may be that ``values.number`` takes for sure.
_PLAIN = dict.fromkeys(map(ord, "0123456789.+-"))
_LONGEST = 20
_FRACTION = re.compile(r"\.\d*[1-9]", re.ASCII)
_Waiting = tuple[ChargeKind, list[int], list[tuple[str, ...]]]


class LeftOutRows:
    """Rows on their way to the ledgers.

    Args:
        ledgers: one for each cost.
        numbers: what the texts of costs say.
    """

    def __init__(self, ledgers: Sequence[CostLedger], numbers: Kept[Amount | None]) -> None:
        self._ledgers = ledgers
        self._numbers = numbers
        self._waiting: dict[tuple[object, ...], _Waiting] = {}
        self._count = 0

    def take(self, kind: ChargeKind, row_number: int, row: tuple[str, ...]) -> None:
        """Take a row, as ``columns.Charge`` has it, of a kind that is left out."""
        waiting = self._waiting.get(kind.alike)
        if waiting is None:
            waiting = self._waiting[kind.alike] = kind, [], []
        waiting[1].append(row_number)
        # The costs alone: whole rows would be 20 MB.
        waiting[2].append(row[:_COSTS])
        self._count += 1
        if self._count >= _MOST_WAITING:
            self.finish()

    def finish(self) -> None:
        """Bring all rows that wait to the ledgers."""
        for kind, numbers, rows in self._waiting.values():
            for ledger in self._ledgers:
                self._bring(ledger, kind, numbers, rows)
        self._waiting.clear()
        self._count = 0

    def _bring(
        self,
        ledger: CostLedger,
        kind: ChargeKind,
        row_numbers: Sequence[int],
        rows: Sequence[tuple[str, ...]],
    ) -> None:
        at = ledger.at
        texts = list(map(itemgetter(at), rows))
        if (cost := _sum_of(texts)) is not None and ledger.sees_fractions(
            kind, _FRACTION.search("\n".join(texts)) is not None
        ):
            ledger.leave_out(kind, cost, row_numbers[0], len(rows))
            return
        known = self._numbers
        for row_number, row in zip(row_numbers, rows, strict=True):
            ledger.take(kind, known[row[at]], known[row[0]], kind.reason, row_number)


def _sum_of(texts: Sequence[str]) -> Decimal | None:
    """The exact sum of plain numbers, without exponents; None: one is something else."""
    if "".join(texts).translate(_PLAIN) or max(map(len, texts)) > _LONGEST:
        return None
    with localcontext(EXACT) as context:
        context.traps[InvalidOperation] = True
        try:
            return sum(map(Decimal, texts), Decimal(0))
        except InvalidOperation:
            return None
