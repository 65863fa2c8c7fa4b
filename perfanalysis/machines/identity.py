"""Who a machine is: one record, and one order in which those who know of it are believed. Pure.

1. flags: what a person says on the command line;
2. inventory: what the inventory file says;
3. cloud: what the provider's metadata service tells;
4. firmware: what the firmware's strings (DMI) give away;
5. host: what the running kernel says of itself: host name, CPU model, architecture.

Where one leaves a field open the next fills it, field by field. A machine that a person says to
be at another provider than the cloud's gets nothing of cloud and firmware: they know another one.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, NamedTuple

ON_DEMAND = "on_demand"
PURCHASE_OPTIONS = (ON_DEMAND, "spot", "reserved_1y", "reserved_3y")
# The purchase option of a price of which only the amount was said.
UNNAMED = ""
# Of all identities that know no price.
_NONE: Mapping[str, Any] = MappingProxyType({})


class Price(NamedTuple):
    """What an hour of a machine costs; ``purchase`` is how it is bought, ``UNNAMED`` if unsaid."""

    purchase: str
    dollars_per_hour: float


class Identity(NamedTuple):
    """What is known of a machine, from one source or from all; an unknown text is empty.

    Attributes:
        name: as in the inventory: the label ``instance``.
        provider, region, zone, instance_type: as the provider writes them.
        purchase: how the cloud says the machine was started, ``on_demand`` or ``spot``; a
            reservation or savings plan is not seen from within.
        instance_id: the provider's own name of this very machine.
        cpu_model, architecture: as the kernel has them.
        prices: dollars per hour by purchase option, above 0; an unknown price is absent.
        other_prices: the same in other currencies, by currency (ISO 4217) and purchase option.
    """

    name: str = ""
    provider: str = ""
    region: str = ""
    zone: str = ""
    instance_type: str = ""
    purchase: str = ""
    instance_id: str = ""
    cpu_model: str = ""
    architecture: str = ""
    prices: Mapping[str, float] = _NONE
    other_prices: Mapping[str, Mapping[str, float]] = _NONE

    def completed_by(self, weaker: Identity) -> Identity:
        """This one, with the word of a weaker source for each field that it leaves open."""
        known = {name: getattr(self, name) or getattr(weaker, name) for name in self._fields}
        return Identity(**known)

    def price(self, purchase: str | None = None) -> Price | None:
        """The price that counts: one without an option, else that of the option; None: unknown.

        Args:
            purchase: the option; None: on demand.
        """
        for option in (UNNAMED, purchase or ON_DEMAND):
            if option in self.prices:
                return Price(option, self.prices[option])
        return None


UNKNOWN = Identity()


def resolve(
    *,
    flags: Identity = UNKNOWN,
    inventory: Identity = UNKNOWN,
    cloud: Identity = UNKNOWN,
    firmware: Identity = UNKNOWN,
    host: Identity = UNKNOWN,
) -> Identity:
    """Who the machine is, as all sources together have it, in the order of this file's head."""
    found = flags.completed_by(inventory)
    for seen in (cloud, firmware):
        if found.provider in {"", seen.provider}:
            found = found.completed_by(seen)
    return found.completed_by(host)
