"""Share out a bill row by row: whose time a row is, and each of its costs to the cost's ledger."""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from prices.importers.focus.batches import Batch, Columns, Row
from prices.importers.focus.columns import COMMON
from prices.importers.focus.kinds import ChargeKinds
from prices.importers.focus.ledger import CostLedger
from prices.importers.focus.left_out_rows import LeftOutRows
from prices.importers.focus.uses import Uses
from prices.importers.focus.values import Kept, amount_of
from prices.importers.importer import ImportAccount

if TYPE_CHECKING:
    from prices.importers.focus.column_sums import ColumnSums


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
        self._numbers = Kept(amount_of)
        self._uses = Uses(machine_tag, period_of, self._numbers)
        self._columns: ColumnSums | None = None
        self._left_out = LeftOutRows(ledgers, self._numbers)

    def take(self, batches: Iterable[Batch]) -> None:
        """Take all rows."""
        with _no_search_for_cycles():
            for batch in batches:
                self._take(self._summed(batch) if isinstance(batch, Columns) else batch)
        self._finish()

    def _summed(self, batch: Columns) -> list[tuple[int, Row]]:
        """Sum what can be summed by column; the rows that remain."""
        if self._columns is None:
            # Who has columns has pyarrow, which others do not need.
            from prices.importers.focus.column_sums import ColumnSums

            self._columns = ColumnSums(self.ledgers, self._kinds, self._uses)
        remaining = self._columns.take(batch)
        self.account.read += batch.rows - len(remaining)
        return remaining

    def _take(self, rows: Iterable[tuple[int, Row]]) -> None:
        account, kinds, numbers = self.account, self._kinds, self._numbers
        leave_out, uses = self._left_out.take, self._uses.use
        for row_number, row in rows:
            account.read += 1
            kind = kinds[row[COMMON:]]
            if kind.reason:
                leave_out(kind, row_number, row)
                continue
            use = uses(kind, row)
            billed = numbers[row[0]]
            for ledger in self.ledgers:
                ledger.take(kind, numbers[row[ledger.at]], billed, use, row_number)

    def _finish(self) -> None:
        """Bring every ledger to its end."""
        if self._columns is not None:
            self._columns.finish()
        self._left_out.finish()
        for ledger in self.ledgers:
            ledger.finish()
            ledger.account.read = self.account.read
