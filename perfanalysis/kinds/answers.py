"""What is said of a kind of work on two machines: a ratio and its interval, or a refusal."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from perfanalysis.kinds.machine import BY_NAME, Machine
from perfanalysis.kinds.model import Learned, Model

LEVEL = 0.9
MEASURED_HERE = "measured here"
MEASURED_BY_OTHERS = "one machine measured by others"


@dataclass(frozen=True, slots=True)
class Answer:
    """The work of one machine over another's, for a kind.

    Attributes:
        kind: for which it holds.
        ratio, lower, upper: of the work; the interval holds with ``level``.
        method: how the interval was found, in words.
        used: kernel figures that it stands on.
        missing: kernel figures of the kind's best model that were not measured on both.
        outside: kernel figures that lie outside of all that was learned from: do not trust it far.
        few: learned from so few machines that most of it is what kinds are alike in.
    """

    kind: str
    ratio: float
    lower: float
    upper: float
    level: float
    method: str
    used: tuple[str, ...]
    missing: tuple[str, ...] = ()
    outside: tuple[str, ...] = ()
    few: bool = False

    @property
    def faster(self) -> bool | None:
        """Whether the first machine does more, or None where the interval cannot tell."""
        if self.lower > 1:
            return True
        return False if self.upper < 1 else None


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why a kind has no answer: the kernel figures that no model does without."""

    kind: str
    missing: tuple[str, ...]
    why: str


def compare(
    learned: Learned,
    one: Machine,
    other: Machine,
    level: float = LEVEL,
    source: str = MEASURED_HERE,
) -> Answer | Refusal:
    """How much work of a kind ``one`` does over what ``other`` does.

    Args:
        learned: the kind.
        one, other: machines whose figures are in the same units.
        level: of the interval: one of those that were learned (0.5, 0.8, 0.9, 0.95).
        source: ``MEASURED_BY_OTHERS`` where the figures are those of another machine of the type:
            the interval then also holds what machines of like types differ by.
    """
    measured = one.figures.keys() & other.figures.keys() & BY_NAME.keys()
    model = learned.model_for(dict.fromkeys(measured))
    best = learned.models[0].kernels
    missing = tuple(name for name in best if name not in measured)
    if model is None:
        return Refusal(learned.kind, missing, f"{', '.join(missing)} not measured on both machines")
    widths, method = _widths(model, one, other)
    half = widths.get(str(level), math.inf)
    if source == MEASURED_BY_OTHERS:
        half = math.hypot(half, learned.alike.get(str(level), math.inf))
        method = f"{method}; {MEASURED_BY_OTHERS}"
    if math.isinf(half):
        why = f"learned from too few CPU models for an interval of {level:.0%}"
        return Refusal(learned.kind, missing, why)
    distance = model.log_work(one) - model.log_work(other)
    outside = dict.fromkeys((*model.outside(one), *model.outside(other)))
    return Answer(
        learned.kind,
        math.exp(distance),
        math.exp(distance - half),
        math.exp(distance + half),
        level,
        method,
        model.kernels,
        missing,
        tuple(outside),
        model.few,
    )


class Score(NamedTuple):
    """A machine's work as its metrics tell it, without the figures that it was told from.

    Attributes:
        machine: its architecture and CPU model; its figures are not asked for.
        work: over the reference machine's.
        mark: of the model that told it, see ``Model.mark``.
        reference: whose work it is a multiple of.
    """

    machine: Machine
    work: float
    mark: str
    reference: str


def of_scores(learned: Learned, one: Score, other: Score, level: float = LEVEL) -> Answer | Refusal:
    """How much work of a kind ``one`` does over what ``other`` does, from both one's metrics.

    It is what ``compare`` says of their figures, but for figures outside of what was learned from.

    Args:
        learned: the kind.
        one, other: the machines.
        level: of the interval: one of those that were learned.
    """
    if one.reference != other.reference:
        return Refusal(learned.kind, (), "they are held against two reference machines")
    model = next((m for m in learned.models if m.mark == one.mark), None)
    if one.mark != other.mark or model is None:
        why = "they stand on other kernels, or on what two versions of the exporter have learned"
        return Refusal(learned.kind, (), why)
    widths, method = _widths(model, one.machine, other.machine)
    if (half := widths.get(str(level))) is None:
        why = f"learned from too few CPU models for an interval of {level:.0%}"
        return Refusal(learned.kind, (), why)
    distance = math.log(one.work / other.work)
    bounds = (math.exp(distance - half), math.exp(distance + half))
    missing = tuple(name for name in learned.models[0].kernels if name not in model.kernels)
    ratio = math.exp(distance)
    return Answer(
        learned.kind, ratio, *bounds, level, method, model.kernels, missing, few=model.few
    )


def of_mix(answers: Sequence[Answer], shares: Sequence[float]) -> Answer:
    """The ratio for a mix of kinds: the geometric mean by shares.

    Errors of kinds on one pair of machines go together, so their half widths are added up by
    shares, which is never too narrow.

    Args:
        answers: of the same two machines, at the same level.
        shares: of the kinds; they are scaled to sum to 1.
    """
    whole = sum(shares)
    parts = [(answer, share / whole) for answer, share in zip(answers, shares, strict=True)]
    return Answer(
        "mix of " + ", ".join(f"{answer.kind} {part:.0%}" for answer, part in parts),
        math.exp(sum(part * math.log(answer.ratio) for answer, part in parts)),
        math.exp(sum(part * math.log(answer.lower) for answer, part in parts)),
        math.exp(sum(part * math.log(answer.upper) for answer, part in parts)),
        answers[0].level,
        "half widths of the kinds added up by shares",
        tuple(dict.fromkeys(name for answer in answers for name in answer.used)),
        tuple(dict.fromkeys(name for answer in answers for name in answer.missing)),
        tuple(dict.fromkeys(name for answer in answers for name in answer.outside)),
        any(answer.few for answer in answers),
    )


def compare_all(
    kinds: Mapping[str, Learned], one: Machine, other: Machine, level: float = LEVEL
) -> dict[str, Answer | Refusal]:
    """The answers of all kinds, by their names."""
    return {name: compare(learned, one, other, level) for name, learned in kinds.items()}


def _widths(model: Model, one: Machine, other: Machine) -> tuple[dict[str, float], str]:
    """Half widths by level in logarithms, and what they were found on, in words."""
    if one.model and one.model == other.model:
        widths, what = model.within, "two machines of one CPU model"
    elif one.arm != other.arm:
        widths, what = model.across, "an Arm and another machine"
    else:
        widths, what = model.between, "two CPU models"
    if model.few:
        return widths, f"few machines ({model.machines}): drawn to what kinds are alike in, {what}"
    return widths, f"conformal over {model.cpu_models} CPU models held out: {what}"
