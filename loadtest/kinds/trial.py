"""Kinds held against machines that did the work: on CPU models that nobody trained on."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from loadtest.kinds import plain_methods
from perfanalysis.kinds import learning, whole_tables
from perfanalysis.kinds.catalogue import Kind
from perfanalysis.kinds.evaluation import (
    HeldShare,
    PairErrors,
    Widths,
    coverage,
    pair_errors,
    split_coverage,
)
from perfanalysis.kinds.machine import FIGURES
from perfanalysis.kinds.model import Learned, Model
from perfanalysis.kinds.table import TableRow

Array = NDArray[np.float64]
LEVEL = 0.9
# A smaller set of kernels is taken when it answers for more machines than this share of them.
_ENOUGH = 0.9


@dataclass(frozen=True)
class Trial:
    """How well a kind was foretold.

    Attributes:
        how: ``shipped`` (what was learned before, on CPU models it never saw) or ``folds`` (learned
            again in folds by CPU model).
        machines, cpu_models: that were asked.
        left_out: machines whose kernels or work the table does not tell.
        errors: of our kinds, and of the number of CPUs and the plain methods beside it, by name.
        coverage: of the 90 % intervals; None where it cannot be told.
    """

    kind: Kind
    how: str
    machines: int
    cpu_models: int
    left_out: int
    kernels: tuple[str, ...]
    errors: dict[str, PairErrors]
    coverage: HeldShare | None


def unseen(rows: Sequence[TableRow], learned: Learned) -> list[TableRow]:
    """The machines whose CPU model the kind was not learned from."""
    return [row for row in rows if row.machine.model not in learned.seen]


def shipped(
    rows: Sequence[TableRow],
    kind: Kind,
    learned: Learned,
    training: Sequence[TableRow],
    plain: bool,
) -> Trial | None:
    """What was learned before, asked on machines of other CPU models.

    Args:
        rows: machines to ask on, none of a CPU model that was learned from.
        kind, learned: what is asked.
        training: machines that the plain methods learn from; without any they learn in folds of
            ``rows``, by CPU model.
        plain: whether to ask the plain methods too.

    Returns: None where no machine tells the work and a model's kernels.
    """
    told = [row for row in rows if row.work(kind) is not None]
    model = _most_answering(learned, told)
    asked = [row for row in told if model and _has(row, model.kernels)]
    if model is None or len(asked) < 2:
        return None
    work, models = _work(asked, kind), [row.machine.model for row in asked]
    size = np.log([row.machine.cpus if kind.whole else 1 for row in asked])
    ours = np.array([model.log_work(row.machine) for row in asked]) - size - work
    widths = Widths(*(w.get(str(LEVEL), math.inf) for w in (model.between, model.across)))
    beside = _plain(asked, kind, training) if plain else {}
    return Trial(
        kind,
        "shipped",
        len(asked),
        len(set(models)),
        len(rows) - len(asked),
        model.kernels,
        _errors({"cpus": -work, "ours": ours, **beside}, models),
        coverage(ours, models, _arm(asked), widths),
    )


def in_folds(
    rows: Sequence[TableRow], kind: Kind, plain: bool, *, choosing: bool = False
) -> Trial | None:
    """The whole way of learning, in folds by CPU model.

    Args:
        rows, kind, plain: as for ``shipped``.
        choosing: whether the settings are chosen anew in each fold, too.
    """
    kernels = _present_kernels(rows, kind)
    asked = [row for row in rows if _has(row, kernels) and row.work(kind) is not None]
    if not kernels or len({row.machine.model for row in asked}) < learning.FOLDS:
        return None
    data = learning.data_of(asked, kind, kernels)
    ours = learning.held_out_choosing(data) if choosing else learning.held_out(data)
    beside = _plain(asked, kind, []) if plain else {}
    return Trial(
        kind,
        "folds",
        len(asked),
        len(set(data.models)),
        len(rows) - len(asked),
        tuple(kernels),
        _errors({"cpus": -data.work, "ours": ours, **beside}, data.models),
        split_coverage(ours, data.models, _arm(asked), LEVEL),
    )


def _plain(asked: Sequence[TableRow], kind: Kind, training: Sequence[TableRow]) -> dict[str, Array]:
    """Errors of the plain methods."""
    models = [row.machine.model for row in asked]
    learned = [
        row
        for row in training
        if row.work(kind) is not None and row.machine.model not in set(models)
    ]
    names = plain_methods.columns(learned or asked, kind)
    terms, work = plain_methods.terms(asked, names), _work(asked, kind)
    if not learned:
        return {
            method: plain_methods.held_out(
                method, terms, work, learning.splits(models, learning.FOLDS)
            )
            - work
            for method in plain_methods.METHODS
        }
    known, done = plain_methods.terms(learned, names), _work(learned, kind)
    return {
        method: plain_methods.foretold(method, known, done, terms) - work
        for method in plain_methods.METHODS
    }


def _errors(errors: dict[str, Array], models: Sequence[str]) -> dict[str, PairErrors]:
    found = {name: pair_errors(own, models) for name, own in errors.items()}
    return {name: own for name, own in found.items() if own is not None}


def _most_answering(learned: Learned, rows: Sequence[TableRow]) -> Model | None:
    """The best model among those that answer for almost as many machines as any."""
    counts = [sum(_has(row, model.kernels) for row in rows) for model in learned.models]
    most = max(counts, default=0)
    if not most:
        return None
    return next(
        model
        for model, count in zip(learned.models, counts, strict=True)
        if count >= _ENOUGH * most
    )


def _present_kernels(rows: Sequence[TableRow], kind: Kind) -> list[str]:
    """The kernel figures that most machines of the table tell."""
    wanted = whole_tables.kernels_of(kind, [figure.group for figure in FIGURES])
    counts = {name: sum(name in row.machine.figures for row in rows) for name in wanted}
    return [name for name in wanted if counts[name] >= len(rows) / 2]


def _has(row: TableRow, kernels: Sequence[str]) -> bool:
    return all(name in row.machine.figures for name in kernels)


def _work(rows: Sequence[TableRow], kind: Kind) -> Array:
    return np.array([row.work(kind) or 0.0 for row in rows])


def _arm(rows: Sequence[TableRow]) -> set[str]:
    return {row.machine.model for row in rows if row.machine.arm}
