"""Take a bill by column: what many rows have in common is summed there, the rest goes by row.

Python needs a microsecond for each thing that it does with each row; pyarrow sums decimals of
thousands of rows in one call, as exactly.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from prices.importers.focus.batches import Columns, Row
from prices.importers.focus.column_uses import ColumnUses
from prices.importers.focus.columns import COMMON
from prices.importers.focus.exact_columns import ExactColumn, Numbers, sums_of, texts_of
from prices.importers.focus.kinds import ChargeKind, ChargeKinds
from prices.importers.focus.ledger import CostLedger
from prices.importers.focus.uses import Uses

_MOST_KEYS = 1 << 62


class ColumnSums:
    """The way of columns to the ledgers.

    Args:
        ledgers: one for each cost.
        kinds: of rows.
        uses: whose time rows are.
    """

    def __init__(self, ledgers: Sequence[CostLedger], kinds: ChargeKinds, uses: Uses) -> None:
        self._ledgers = ledgers
        self._kinds = kinds
        self._uses = ColumnUses(ledgers, uses)

    def take(self, batch: Columns) -> list[tuple[int, Row]]:
        """Take a batch; the rows that remain, with their numbers."""
        texts = batch.texts[COMMON:]
        first_rows, which = _alike([text for text in texts if text is not None], batch.rows)
        kinds = [self._kinds[row] for _, row in _rows(batch._replace(texts=texts), first_rows)]
        costs = [ExactColumn(batch.texts[ledger.at], batch.rows) for ledger in self._ledgers]
        taken = self._leave_out(batch, kinds, which, costs)
        taken |= self._uses.take(batch, kinds, which, costs)
        return _rows(batch, np.flatnonzero(~taken))

    def finish(self) -> None:
        """Bring all that waits to the ledgers."""
        self._uses.finish()

    def _leave_out(
        self,
        batch: Columns,
        kinds: Sequence[ChargeKind],
        which: Numbers,
        costs: Sequence[ExactColumn],
    ) -> Any:
        """Sum what is left out whatever it costs; which rows are."""
        ways, way_of_kind = _left_out_alike(kinds)
        way = way_of_kind[which]
        summed = way >= 0
        for ledger, cost in zip(self._ledgers, costs, strict=True):
            # -1, which has no way, is the last.
            believed = np.array([*_believed(ledger, cost, ways, way), False])
            summed &= cost.known & believed[way]
        for ledger, cost in zip(self._ledgers, costs, strict=True):
            absent = np.flatnonzero(summed & ~cost.plain)
            if absent.size:
                ledger.miss(int(absent[0]) + batch.first_row, absent.size)
            rows = np.flatnonzero(summed & cost.plain)
            sums = sums_of(way[rows], rows + batch.first_row, [cost.exact.take(rows)])
            for one in sums:
                ledger.leave_out(ways[one.group], one.sums[0], one.first_row, one.rows)
        return summed


def _believed(
    ledger: CostLedger, cost: ExactColumn, ways: Sequence[ChargeKind], way: Numbers
) -> list[bool]:
    """Of each way whether its costs need not be looked at one by one."""
    known = [ledger.sees_fractions(kind, False) for kind in ways]
    if all(known):
        return known
    fractions = cost.fractions()
    return [
        ledger.sees_fractions(kind, bool(fractions[way == at].any()))
        for at, kind in enumerate(ways)
    ]


def _alike(columns: Sequence[Any], count: int) -> tuple[Numbers, Numbers]:
    """The first row of each kind that differs in a column, and which of them each row is."""
    key, size = np.zeros(count, dtype=np.int64), 1
    for column in columns:
        many = len(column.dictionary)
        if many == 1:
            continue
        if size * many > _MOST_KEYS:
            found, key = np.unique(key, return_inverse=True)
            size = len(found)
        key = key * many + column.indices.to_numpy()
        size *= many
    _, first_rows, which = np.unique(key, return_index=True, return_inverse=True)
    return first_rows, which


def _left_out_alike(kinds: Sequence[ChargeKind]) -> tuple[list[ChargeKind], Numbers]:
    """A kind of each way to be left out, and the way of each kind; -1: it is not left out."""
    ways: dict[tuple[object, ...], int] = {}
    of_way = []
    way_of_kind = np.full(len(kinds), -1, dtype=np.int64)
    for at, kind in enumerate(kinds):
        if kind.reason:
            if kind.alike not in ways:
                ways[kind.alike] = len(ways)
                of_way.append(kind)
            way_of_kind[at] = ways[kind.alike]
    return of_way, way_of_kind


def _rows(batch: Columns, rows: Numbers) -> list[tuple[int, Row]]:
    """Some rows of a batch, each with its number."""
    columns = [texts_of(text, rows) for text in batch.texts]
    numbers = (rows + batch.first_row).tolist()
    return list(zip(numbers, zip(*columns, strict=True), strict=True))
