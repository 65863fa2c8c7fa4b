"""Who the machine is and what an hour of it costs: from flags, the inventory, or the cloud."""

from __future__ import annotations

import math
import socket
from dataclasses import dataclass, replace
from pathlib import Path

from perfanalysis.errors import InputError
from perfanalysis.machines.cloud.discovery import discover, plan
from perfanalysis.machines.cloud.identity import CloudIdentity
from perfanalysis.machines.facts.burstable import baseline_ratio, is_burstable
from perfanalysis.machines.facts.files import known

ON_DEMAND = "on_demand"


@dataclass(frozen=True)
class Identity:
    """The machine's identity; what is unknown is empty, an unknown price None.

    Attributes:
        name: as in the inventory; empty: the host name.
        purchase: which of the inventory's prices ``price`` is; empty when a flag named it.
        price: dollars per hour.
        baseline: share of each CPU (0..1) that a burstable machine may use for good.
    """

    name: str = ""
    provider: str = ""
    region: str = ""
    zone: str = ""
    instance_type: str = ""
    purchase: str = ""
    price: float | None = None
    baseline: float | None = None

    def facts(self) -> dict[str, object]:
        """The identity as a result document shows it."""
        baseline = self.baseline or baseline_ratio(self.instance_type)
        burstable = baseline is not None or is_burstable(self.instance_type)
        return known(
            {
                "name": self.name or socket.gethostname(),
                "hostname": socket.gethostname(),
                "provider": self.provider,
                "region": self.region,
                "zone": self.zone,
                "instance_type": self.instance_type,
                "purchase": self.purchase,
                "price_dollars_per_hour": self.price,
                "burstable": burstable if self.instance_type or burstable else None,
                "baseline_ratio": baseline,
            }
        )


def identify(
    name: str, inventory: Path | None, purchase: str | None, price: float | None
) -> Identity:
    """The machine as the inventory has it, with the price of a flag instead where there is one.

    Args:
        name: of the machine; needed with an inventory.
        inventory: its file.
        purchase: which of its prices counts; None: on demand, if it has that.
        price: dollars per hour.

    Raises:
        InputError: the inventory is unusable, has no such machine or price, the price
            is none, or the name holds control characters.
    """
    if not name.isprintable():
        raise InputError("--machine-name", "", "a name of printable characters", name)
    if price is not None and not (math.isfinite(price) and price > 0):
        raise InputError("--price", "", "dollars per hour above 0", price)
    if inventory is None:
        if purchase is not None:
            raise InputError("--purchase", "", "--inventory beside it, whose price it names")
        return Identity(name, price=price)
    if not name:
        raise InputError("--inventory", "", "--machine-name beside it, a machine's name in it")
    return _of_inventory(name, inventory, purchase, price)


def _of_inventory(
    name: str, inventory: Path, purchase: str | None, price: float | None
) -> Identity:
    # YAML is needed only here.
    from perfanalysis.machines.inventory import read_inventory

    machine = read_inventory(inventory).machine(name)
    if purchase is not None and purchase not in machine.prices:
        expected = f"one of the machine's prices ({', '.join(machine.prices) or 'it has none'})"
        raise InputError("--purchase", "", expected, purchase)
    found = purchase or ON_DEMAND
    if price is None and found in machine.prices:
        price = machine.prices[found]
    else:
        found = ""
    return Identity(
        machine.name,
        machine.provider,
        machine.region,
        machine.zone,
        machine.instance_type,
        found,
        price,
    )


def complete(
    identity: Identity, mode: str, endpoint: str | None, sysfs: Path = Path("/sys")
) -> tuple[Identity, str]:
    """Fill what the inventory leaves open with what the cloud's metadata service tells.

    Args:
        identity: as the inventory has it.
        mode: whom to ask, one of ``perfanalysis.machines.cloud.discovery.MODES``.
        endpoint: the service's address; None: the usual one.
        sysfs: where /sys is mounted.

    Returns:
        The identity, and in one line why it is not more ("" when nothing is missing).

    Raises:
        InputError: mode or endpoint is unusable.
    """
    chosen = plan(mode, sysfs, endpoint, ("--cloud", "--cloud-endpoint"))
    if chosen is None:
        return identity, ""
    found = discover(chosen)
    said = CloudIdentity(identity.provider, identity.region, identity.zone, identity.instance_type)
    where = said.completed_by(found.identity)
    filled = replace(
        identity,
        provider=where.provider,
        region=where.region,
        zone=where.zone,
        instance_type=where.instance_type,
    )
    return filled, found.complaint
