"""Whether machines have a price."""

from __future__ import annotations

from operations.doctor.finding import Diagnosis, Health, Installation, some

NAME = "prices"


def check(where: Installation) -> list[Diagnosis]:
    """See the module."""
    machines = set(where.names(f"{where.selector('up')} == 1"))
    dollars = where.selector("perf_machine_price_dollars_per_hour")
    others = where.selector("perf_machine_price_per_hour")
    priced = set(where.names(f"{dollars} or {others}"))
    advice = "perfanalysis prices import, or an inventory (docs/prices.md)"
    if not priced:
        said = "no machine has a price: nothing is said about money"
        return [Diagnosis(NAME, Health.UNKNOWN, said, advice)]
    without = sorted(machines - priced)
    if without:
        said = f"{len(without)} machines have no price: {some(without)}"
        return [Diagnosis(NAME, Health.WARNING, said, advice)]
    return [Diagnosis(NAME, Health.GOOD, f"all {len(machines)} machines have a price")]
