"""Prices that a file states twice. Pure."""

from __future__ import annotations

from perfanalysis.errors import MalformedError
from prices.price import Price


class Repeated:
    """Remembers what was said, in some 150 bytes a price."""

    def __init__(self) -> None:
        self._amounts: dict[int, int] = {}

    def before(self, price: Price) -> bool:
        """Whether the same was said before.

        Raises:
            MalformedError: it was, with another amount.
        """
        key = hash(
            (
                price.provider,
                price.region,
                price.zone,
                price.instance_type,
                price.machine,
                price.operating_system,
                price.tenancy,
                price.purchase,
                price.term,
                price.currency,
                price.valid_from,
            )
        )
        amount = hash(price.amount)
        if key not in self._amounts:
            self._amounts[key] = amount
            return False
        if self._amounts[key] != amount:
            what = f"{price.instance_type or price.machine} in {price.region or 'all regions'}"
            terms = f"{price.purchase}, {price.operating_system}, {price.tenancy}"
            raise MalformedError(
                f"expected one amount for {what} ({terms}, from {price.valid_from.date()}), found "
                f"another, of {price.amount}"
            )
        return True
