"""Which candidate to take: the cheapest that surely meets the wish. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from workload.prediction.findings import MachineResource
from workload.prediction.prediction import Prediction
from workload.prediction.wishes import SPOT


class Refused(StrEnum):
    """Why a candidate is not recommended."""

    NOT_WISHED = "not among those that were wished"
    OTHER_ARCHITECTURE = "another architecture: images and packages must exist for it"
    SPOT = "its provider can take it away"
    UNMEASURED = "nobody has measured it"
    MEMORY_UNKNOWN = "what memory is needed is unknown"
    TOO_SMALL = "too small"
    NO_PRICE = "its price is unknown"
    OTHER_CURRENCY = "its price is in another currency"


@dataclass(frozen=True)
class Recommendation:
    """What is recommended.

    Attributes:
        cheapest: place of the cheapest candidate that surely carries the work as it stands: on as
            many machines as were wished; None: there is none.
        cheapest_divided: the cheapest of all, where the work must be divided among more machines
            and that costs less; None: there is none.
        refused: for each candidate why it is not recommended; None: it may be.
        currency: of the prices that were compared; "": none.
    """

    cheapest: int | None
    cheapest_divided: int | None
    refused: tuple[Refused | None, ...]
    currency: str


def choose(prediction: Prediction) -> Recommendation:
    """Choose among the candidates.

    Prices of two currencies are not compared: that of today's machine counts, or that of the first
    candidate that has a price.
    """
    currency = _currency(prediction)
    untold = ~prediction.measured | np.isnan(prediction.busy.upper).all(axis=1)
    small = ~(prediction.machines.upper <= prediction.wishes.least)
    facts = zip(untold.tolist(), small.tolist(), strict=True)
    refused = tuple(
        next(_reasons(prediction, index, currency, *found), None)
        for index, found in enumerate(facts)
    )
    able = [i for i, why in enumerate(refused) if why is None]
    divided = [i for i, why in enumerate(refused) if why is Refused.TOO_SMALL]
    divided = [i for i in divided if np.isfinite(prediction.machines.upper[i])]
    cheapest = min(able, key=lambda i: _order(prediction, i), default=None)
    other = min(divided, key=lambda i: _order(prediction, i), default=None)
    if other is not None and cheapest is not None:
        less = _order(prediction, other)[0] < _order(prediction, cheapest)[0]
        other = other if less else None
    return Recommendation(cheapest, other, refused, currency)


def _order(prediction: Prediction, index: int) -> tuple[float, float, str]:
    """By what all machines cost, then by how many they are."""
    candidate, count = prediction.candidates[index], float(prediction.machines.upper[index])
    assert candidate.price is not None
    return float(candidate.price) * count, count, candidate.name


def _currency(prediction: Prediction) -> str:
    source = prediction.source
    first = () if source is None else (source,)
    priced = (one for one in (*first, *prediction.candidates) if one.price is not None)
    return next((one.currency for one in priced), "")


def _reasons(
    prediction: Prediction, index: int, currency: str, untold: bool, small: bool
) -> Iterator[Refused]:
    """Why a candidate is not recommended, the weightiest first.

    Args:
        prediction: of all.
        index: of the candidate.
        currency: of the prices that are compared.
        untold: whether its CPU time cannot be told.
        small: whether it takes more of them than are wished, or cannot be told how many.
    """
    candidate, wishes = prediction.candidates[index], prediction.wishes
    architecture = prediction.source.architecture if prediction.source else ""
    if is_effort(prediction, index) and not wishes.architectures:
        yield Refused.OTHER_ARCHITECTURE
    if candidate.purchase == SPOT and not wishes.spot:
        yield Refused.SPOT
    if not wishes.allows(candidate, architecture):
        yield Refused.NOT_WISHED
    if untold:
        yield Refused.UNMEASURED
    memory = MachineResource.MEMORY in prediction.demand.limited
    if not (memory or _at_least_todays(prediction, index)):
        yield Refused.MEMORY_UNKNOWN
    if candidate.price is None:
        yield Refused.NO_PRICE
    if candidate.currency != currency:
        yield Refused.OTHER_CURRENCY
    if small:
        yield Refused.TOO_SMALL


def _at_least_todays(prediction: Prediction, index: int) -> bool:
    """Whether a candidate has the memory of today's machine, which was enough."""
    source = prediction.source
    return source is not None and prediction.candidates[index].memory_bytes >= source.memory_bytes


def is_effort(prediction: Prediction, index: int) -> bool:
    """Whether a candidate is known to be of another architecture than the source."""
    source, candidate = prediction.source, prediction.candidates[index]
    own = source.architecture if source is not None else ""
    return bool(own and candidate.architecture and own != candidate.architecture)
