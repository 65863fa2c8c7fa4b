"""What a machine costs, and which prices need more words than one number. Pure."""

from __future__ import annotations

from collections.abc import Sequence

from reporter.asking.machines import Machine


def hourly_price(machine: Machine) -> float | None:
    """Dollars an hour that were paid for a machine in the mean; None: unknown, and never 0."""
    return machine.price or None


def priced_apart(machines: Sequence[Machine]) -> list[Machine]:
    """Machines whose price changed, or is not known all the time; all, if their options differ."""
    priced = [(machine, machine.pricing) for machine in machines if machine.pricing]
    several = len({pricing.purchase for _, pricing in priced}) > 1
    return [m for m, pricing in priced if several or pricing.changed or not pricing.always]
