"""Of which machine the time of a row is, and how much of it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from functools import partial

from prices.importers.focus.batches import Row
from prices.importers.focus.columns import Charge
from prices.importers.focus.kinds import ChargeKind, tag_of
from prices.importers.focus.ledger import UsedTime, Whose
from prices.importers.focus.machines import NO_MACHINE, Machine, id_of
from prices.importers.focus.values import EXACT, NOTHING, Amount, Kept

_ZERO = Decimal(0)
START = Charge._fields.index("period_start")
PRICED = Charge._fields.index("pricing_quantity")
CONSUMED = Charge._fields.index("consumed_quantity")
RESOURCE = Charge._fields.index("resource")
TAGS = Charge._fields.index("tags")
# When a month or day began, and whether the time that is in it has a zone.
Period = tuple[datetime, bool]


class Uses:
    """What is known of whose time rows are.

    Args:
        machine_tag: the tag whose value is a machine's name, or "".
        period_of: when the month or day began that a time is in, see ``values.month_of``.
        numbers: what texts say.
    """

    def __init__(
        self,
        machine_tag: str,
        period_of: Callable[[str], Period | None],
        numbers: Kept[Amount | None],
    ) -> None:
        self.tagged = bool(machine_tag)
        self.periods = Kept(period_of)
        self._tags = Kept(partial(tag_of, machine_tag)) if machine_tag else None
        self._ids: dict[str, Kept[str]] = {}
        self._numbers = numbers

    def use(self, kind: ChargeKind, row: Row) -> UsedTime | str:
        """Of which machine a row is, as ``columns.Charge`` has it; or why it can be of none."""
        quantity = self._quantity(kind, row[CONSUMED] if kind.consumed else row[PRICED])
        period = self.periods[row[START]]
        if quantity is None:
            return "hours that are absent, or no number"
        if period is None:
            return "ChargePeriodStart is absent, or no time"
        if quantity < 0 and not kind.correction:
            return "negative hours that are no correction"
        whose = self.whose(kind, period[0], row[RESOURCE], row[TAGS])
        if whose is None:
            return NO_MACHINE
        return UsedTime(whose, EXACT.multiply(quantity, kind.seconds), period[1])

    def whose(self, kind: ChargeKind, period: datetime, resource: str, tags: str) -> Whose | None:
        """Whose time it is: as its tag names the machine, else its resource's id; or no one's."""
        assert kind.machine is not None
        name = self._tags[tags] if self._tags is not None else ""
        if not name:
            ids = self._ids.get(kind.provider)
            if ids is None:
                ids = self._ids[kind.provider] = Kept(partial(id_of, kind.provider))
            name = ids[resource]
        provider, instance_type, _, operating_system, tenancy = kind.machine
        if not (name or instance_type):
            return None
        machine = Machine(provider, instance_type, name, operating_system, tenancy)
        return Whose(machine, kind.region, kind.currency, period)

    def _quantity(self, kind: ChargeKind, text: str) -> Decimal | None:
        # What corrects a cost alone may have no hours.
        if kind.correction and text.strip() in NOTHING:
            return _ZERO
        known = self._numbers[text]
        return None if known is None else known[0]
