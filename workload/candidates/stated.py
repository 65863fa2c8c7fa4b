"""Fills in what an engine does not tell of candidates, from lists of types and the price book."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from workload.candidates.reading import KnownCandidates, PriceFinder, TypeFacts
from workload.prediction.candidate import Candidate


def filled_in(
    known: KnownCandidates,
    types: Callable[[str, str], TypeFacts | None],
    price_of: PriceFinder,
) -> KnownCandidates:
    """The same candidates; what is known of one stays as it is.

    Args:
        known: of an engine.
        types: what lists say of a provider's type.
        price_of: what the price book says of a candidate.
    """
    candidates = tuple(_filled(one, types, price_of) for one in known.candidates)
    return replace(known, candidates=candidates)


def _filled(
    one: Candidate, types: Callable[[str, str], TypeFacts | None], price_of: PriceFinder
) -> Candidate:
    facts = types(one.provider, one.instance_type)
    if facts is not None:
        one = replace(
            one,
            architecture=one.architecture or facts.architecture,
            disk_bytes=one.disk_bytes or facts.disk_bytes,
            disk_operations=one.disk_operations or facts.disk_operations,
            network_bytes=one.network_bytes or facts.network_bytes,
            cpu_baseline=one.cpu_baseline or facts.cpu_baseline,
        )
    if one.price is None and (price := price_of(one)) is not None:
        one = replace(one, price=price.amount, currency=price.currency)
    return one
