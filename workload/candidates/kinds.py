"""What candidates do of a kind of work, over what a source does, by their kernels' figures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from perfanalysis.errors import InputError
from perfanalysis.kinds import answers, shipped
from perfanalysis.kinds.answers import Answer
from perfanalysis.kinds.machine import Machine
from perfanalysis.kinds.model import Learned
from workload.prediction.predict import KindRatios

LEVEL = 0.95


def kind_ratios(name: str, source: str, figures: Mapping[str, Sequence[Machine]]) -> KindRatios:
    """The ratios of a shipped kind; candidates that lack a kernel are left out.

    Of several machines of a candidate the ratio is their geometric mean, and the interval the
    widest of theirs.

    Args:
        name: of the kind.
        source: the candidate that the work was seen on.
        figures: by candidate, of each of its machines.

    Raises:
        InputError: there is no such kind, or the source lacks a kernel of it.
    """
    learned = _learned(name)
    found = {}
    for candidate, machines in figures.items():
        told = [
            answer
            for one in machines
            for other in figures.get(source, ())
            if isinstance(answer := answers.compare(learned, one, other, LEVEL), Answer)
        ]
        if told:
            found[candidate] = _joined(told)
    if source not in found:
        raise InputError("--kind", "", f"results of {source} by the kernels of this kind", name)
    return KindRatios(found)


def _joined(told: Sequence[Answer]) -> tuple[float, float, float]:
    middle = math.exp(sum(math.log(one.ratio) for one in told) / len(told))
    half = max(math.log(one.upper / one.lower) / 2 for one in told)
    return middle, middle * math.exp(-half), middle * math.exp(half)


def _learned(name: str) -> Learned:
    known = shipped.headlines()
    if name not in known:
        raise InputError("--kind", "", f"one of {', '.join(known)}", name)
    return known[name]
