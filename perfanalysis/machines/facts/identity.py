"""Who a machine is, as facts of a result document, and back. Pure."""

from __future__ import annotations

from collections.abc import Mapping

from perfanalysis.machines.facts.burstable import baseline_ratio, is_burstable
from perfanalysis.machines.facts.files import known
from perfanalysis.machines.identity import UNNAMED, Identity, Price

_PLACE = ("provider", "region", "zone", "instance_type", "instance_id")
_TEXTS = ("name", *_PLACE, "cpu_model", "architecture")


def of_identity(identity: Identity, price: Price | None, hostname: str = "") -> dict[str, object]:
    """The facts of an identity, but for those that are the CPU's and the host's.

    Args:
        identity: who the machine is.
        price: the one that counts; None: unknown.
        hostname: of the machine itself, if it is this one.
    """
    kind = identity.instance_type
    return known(
        {
            "name": identity.name,
            "hostname": hostname,
            "provider": identity.provider,
            "region": identity.region,
            "zone": identity.zone,
            "instance_type": kind,
            "instance_id": identity.instance_id,
            "purchase": price.purchase if price else "",
            "price_dollars_per_hour": price.dollars_per_hour if price else None,
            "burstable": is_burstable(kind) if kind else None,
            "baseline_ratio": baseline_ratio(kind),
        }
    )


def identity_of(facts: Mapping[str, object]) -> Identity:
    """The identity that a document's facts tell; the price that counted is its only one.

    Args:
        facts: of the machine (``machine``); a fact that is None is unknown.
    """
    texts = {field: str(facts.get(field) or "") for field in _TEXTS}
    price = facts.get("price_dollars_per_hour")
    prices = {}
    if isinstance(price, int | float):
        prices[str(facts.get("purchase") or UNNAMED)] = float(price)
    return Identity(**texts, prices=prices, other_prices={})
