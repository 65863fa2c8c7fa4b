"""What candidates do of a kind of work, over what a source does, by their kernels' figures."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from perfanalysis.errors import InputError
from perfanalysis.kinds import answers, shipped
from perfanalysis.kinds.answers import Answer, Refusal, Score
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
    found = {
        candidate: [
            answers.compare(learned, one, other, LEVEL)
            for one in machines
            for other in figures.get(source, ())
        ]
        for candidate, machines in figures.items()
    }
    return _ratios(name, source, found)


def kind_ratios_of_scores(
    name: str, source: str, scores: Mapping[str, Mapping[str, Sequence[Score]]]
) -> KindRatios:
    """The same of what metrics tell: by candidate and kind, a score of each machine.

    Raises:
        InputError: as ``kind_ratios``.
    """
    learned = _learned(name)
    own = scores.get(source, {}).get(name, ())
    found = {
        candidate: [
            answers.of_scores(learned, one, other, LEVEL)
            for one in by_kind.get(name, ())
            for other in own
        ]
        for candidate, by_kind in scores.items()
    }
    return _ratios(name, source, found)


def _ratios(
    name: str, source: str, answered: Mapping[str, Sequence[Answer | Refusal]]
) -> KindRatios:
    found = {}
    for candidate, every in answered.items():
        if told := [one for one in every if isinstance(one, Answer)]:
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
