"""What a machine costs: the one place that findings about money ask."""

from __future__ import annotations

from reporter.asking.machines import Machine


def hourly_price(machine: Machine) -> float | None:
    """Dollars an hour that were paid for a machine; None: unknown, and never 0."""
    return machine.price or None
