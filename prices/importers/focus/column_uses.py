"""Sum machines' time by column: rows whose costs are all plain and beyond doubt.

A bill has a row for each hour of a machine: they wait for each other, and are summed by machine.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from prices.importers.focus.batches import Columns
from prices.importers.focus.exact_columns import ExactColumn, Flags, Numbers, sums_of, texts_of
from prices.importers.focus.kinds import ChargeKind
from prices.importers.focus.ledger import CostLedger, UsedTime, Whose
from prices.importers.focus.uses import CONSUMED, PRICED, RESOURCE, START, TAGS, Period, Uses
from prices.importers.focus.values import EXACT

_MOST_WAITING = 100_000


class ColumnUses:
    """Rows of machines' time on their way to the ledgers.

    Args:
        ledgers: one for each cost.
        uses: whose time rows are.
    """

    def __init__(self, ledgers: Sequence[CostLedger], uses: Uses) -> None:
        self._ledgers = ledgers
        self._uses = uses
        # Whose time it is, by kind, month, resource and tags: where in the list; -1: no one's.
        self._known: dict[tuple[int, Period, str, str], int] = {}
        self._whose: list[tuple[ChargeKind, Whose, bool]] = []
        self._waiting: list[tuple[Numbers, Numbers, list[Any]]] = []
        self._count = 0

    def take(
        self,
        batch: Columns,
        kinds: Sequence[ChargeKind],
        which: Numbers,
        costs: Sequence[ExactColumn],
    ) -> Flags:
        """Take those rows of a batch that can be summed; which they are.

        Args:
            batch: the rows.
            kinds: that they are of.
            which: of them each row is.
            costs: for each ledger.
        """
        sound = np.array([_sound(kind) for kind in kinds])[which]
        if not sound.any():
            return sound
        for ledger, cost in zip(self._ledgers, costs, strict=True):
            sound &= cost.plain & ~cost.negative()
            if ledger.checked:
                sound &= cost.fractions()
        hours = _hours(batch, kinds, which)
        sound &= hours.plain & ~hours.negative()
        rows = np.flatnonzero(sound)
        whose = self._whose_of(batch, kinds, which[rows], rows)
        rows, whose = rows[whose >= 0], whose[whose >= 0]
        exact = [column.exact.take(rows) for column in (hours, *costs)]
        self._waiting.append((whose, rows + batch.first_row, exact))
        self._count += len(rows)
        if self._count >= _MOST_WAITING:
            self.finish()
        taken = np.zeros(batch.rows, dtype=np.bool_)
        taken[rows] = True
        return taken

    def _whose_of(
        self, batch: Columns, kinds: Sequence[ChargeKind], which: Numbers, rows: Numbers
    ) -> Numbers:
        """Of some rows, where in the list whose time they are stands; -1: no one's."""
        starts = batch.texts[START]
        periods = [self._uses.periods[text] for text in starts.dictionary.to_pylist()]
        starting = starts.indices.take(rows).to_numpy().tolist()
        resources = texts_of(batch.texts[RESOURCE], rows)
        tags = texts_of(batch.texts[TAGS] if self._uses.tagged else None, rows)
        known = self._known
        found = []
        for at, period, resource, tag in zip(
            which.tolist(), (periods[at] for at in starting), resources, tags, strict=True
        ):
            if period is None:
                found.append(-1)
                continue
            key = kinds[at].number, period, resource, tag
            place = known.get(key)
            if place is None:
                place = known[key] = self._place(kinds[at], period, resource, tag)
            found.append(place)
        return np.array(found, dtype=np.int64)

    def _place(self, kind: ChargeKind, period: Period, resource: str, tags: str) -> int:
        whose = self._uses.whose(kind, period[0], resource, tags)
        if whose is None:
            return -1
        self._whose.append((kind, whose, period[1]))
        return len(self._whose) - 1

    def finish(self) -> None:
        """Bring all rows that wait to the ledgers."""
        if self._waiting:
            whose, rows, columns = zip(*self._waiting, strict=True)
            exact = [pa.chunked_array(parts) for parts in zip(*columns, strict=True)]
            for one in sums_of(np.concatenate(whose), np.concatenate(rows), exact):
                kind, machine, zoned = self._whose[one.group]
                hours, *costs = one.sums
                use = UsedTime(machine, EXACT.multiply(hours, kind.seconds), zoned)
                for ledger, cost in zip(self._ledgers, costs, strict=True):
                    ledger.use(kind, use, cost, one.first_row, one.rows)
        self._waiting.clear()
        self._known.clear()
        self._whose.clear()
        self._count = 0


def _sound(kind: ChargeKind) -> bool:
    """Whether rows are a machine's time for every cost, and add to it."""
    return not (kind.reason or kind.not_for or kind.correction)


def _hours(batch: Columns, kinds: Sequence[ChargeKind], which: Numbers) -> ExactColumn:
    """How much of its unit each row counts."""
    consumed = pa.array(np.array([kind.consumed for kind in kinds])[which])
    nothing = pa.repeat("", batch.rows)
    either = (batch.texts[at] for at in (CONSUMED, PRICED))
    texts = pc.if_else(consumed, *(nothing if one is None else one for one in either))
    return ExactColumn(texts, batch.rows)
