"""Kinds that a user learns from a few measurements of their own.

Two or ten machines cannot tell twenty weights. So what kinds are alike in is the start (the weights
of the kind ``general`` or ``single-threaded``), the measurements draw the weights of kernels away
from it as far as they can, and the interval is never narrower than that of the start.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perfanalysis.errors import MalformedError
from perfanalysis.kinds.fitting import fit
from perfanalysis.kinds.machine import BY_NAME, Machine
from perfanalysis.kinds.model import Learned, Model

Array = NDArray[np.float64]
# The noise of a measured ratio over what weights of one kind and another differ by, squared:
# log errors of 0.15 against weights that differ by 0.2.
_PULL = (0.15 / 0.2) ** 2
# Facts of machines are drawn ten times as hard: a few types hardly tell them from kernels.
_FACTS_PULL = 10 * _PULL
# Single errors of machines held out are so few that their largest is taken for 2 of 3.
_STRETCH = 1.645


class Measured(NamedTuple):
    """A machine and what it did, in units of work a second."""

    machine: Machine
    work: float


def learn(name: str, title: str, measured: Sequence[Measured], start: Learned) -> Learned:
    """A kind from measurements, drawn to the kind ``start``.

    Args:
        name, title: of the new kind.
        measured: machines of at least two instance types or CPU models, kernels in one unit.
        start: ``general`` for work of all CPUs, ``single-threaded`` for that of one thread.

    Raises:
        MalformedError: there are not two machines, or no model of ``start`` has its kernels in all.
    """
    if len(measured) < 2:
        raise MalformedError("a kind needs the work of at least two machines")
    common = set.intersection(*(set(m.machine.figures) for m in measured))
    first = start.model_for(dict.fromkeys(common))
    if first is None:
        raise MalformedError("measure the kernels divide, crypto and memread on each machine")
    names = list(first.weights)
    weights, _ = _fitted(names, first, measured)
    low, high = _range(first, measured)
    model = Model(
        weights={n: round(float(w), 4) for n, w in zip(names, weights, strict=True) if w != 0},
        lowest=low,
        highest=high,
        cpu_models=len({m.machine.model for m in measured}),
        machines=len(measured),
        between=_widened(first.between, names, first, measured),
        across=_widened(first.across, names, first, measured),
        within=_widened(first.within, names, first, measured),
        whole=first.whole,
        few=True,
    )
    source = f"{len(measured)} machines measured by the user, drawn to the kind {start.kind}"
    return Learned(
        kind=name,
        title=title,
        source=f"{source} ({start.source})",
        models=(model,),
        alike=start.alike,
        seen=tuple(sorted({m.machine.model for m in measured})),
    )


def _fitted(
    names: Sequence[str], start: Model, measured: Sequence[Measured]
) -> tuple[Array, float]:
    terms = np.array([[m.machine.term(name) for name in names] for m in measured])
    kernels = np.array([name in BY_NAME for name in names])
    centre = np.array([start.weights[name] for name in names])
    penalties = np.where(kernels, _PULL, _FACTS_PULL)
    done = np.array([_log_work(m, start) for m in measured])
    return fit(terms, done, np.ones(len(measured)), penalties, centre, kernels)


def _log_work(measured: Measured, start: Model) -> float:
    return math.log(measured.work) - (math.log(measured.machine.cpus) if start.whole else 0.0)


def _widened(
    start_widths: dict[str, float],
    names: Sequence[str],
    start: Model,
    measured: Sequence[Measured],
) -> dict[str, float]:
    """The widths of the start, wider where machines held out were missed by more."""
    errors = []
    for place, one in enumerate(measured):
        others = [*measured[:place], *measured[place + 1 :]]
        weights, level = _fitted(names, start, others)
        terms = np.array([one.machine.term(name) for name in names])
        errors.append(abs(float(terms @ weights) + level - _log_work(one, start)))
    size = float(np.sqrt(np.mean(np.square(errors))))
    most = start_widths.get("0.9", math.inf)
    factor = max(1.0, _STRETCH * size / most) if math.isfinite(most) else 1.0
    return {level: round(width * factor, 4) for level, width in start_widths.items()}


def _range(start: Model, measured: Sequence[Measured]) -> tuple[dict[str, float], dict[str, float]]:
    """Of the kernel figures: what the start was learned from, and the measured machines."""
    low = {
        name: min(start.lowest[name], *(m.machine.term(name) for m in measured))
        for name in start.kernels
    }
    high = {
        name: max(start.highest[name], *(m.machine.term(name) for m in measured))
        for name in start.kernels
    }
    return low, high
