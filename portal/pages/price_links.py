"""From a price to the page that shows it, and to the machines that it is of. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from urllib.parse import urlencode

from portal.inventory.of_types import MachinesOfType
from prices.book.rows import StoredPrice

_TOLD = ("provider", "region", "zone", "instance_type", "machine", "operating_system", "tenancy")
_SECOND = timedelta(seconds=1)


def to_price(stored: StoredPrice) -> str:
    """The page of prices with this one alone."""
    price = stored.price
    # A form's field knows no parts of a second: the first whole one in which it held.
    at = price.valid_from
    if at.microsecond:
        at = at.replace(microsecond=0) + _SECOND
    asked = {name: getattr(price, name) for name in _TOLD}
    asked |= {"purchase": str(price.purchase), "currency": price.currency, "source": price.source}
    asked["at"] = f"{at:%Y-%m-%dT%H:%M:%S}"
    return f"/prices?{urlencode({name: value for name, value in asked.items() if value})}"


def machines_of(stored: StoredPrice, counted: Iterable[MachinesOfType]) -> tuple[int, str]:
    """How many of the counted machines a price may be of, and the page that shows them."""
    price = stored.price
    asked = {"provider": price.provider, "instance_type": price.instance_type, "state": "active"}
    if price.region:
        asked["region"] = price.region
    found = sum(
        one.machines
        for one in counted
        if (one.provider, one.instance_type) == (price.provider, price.instance_type)
        and price.region in {"", one.region}
    )
    return found, f"/machines?{urlencode(asked)}"
