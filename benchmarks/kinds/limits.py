"""What a table lets anybody tell of a kind at best, and what other ways of learning give."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.kinds import selection
from perfanalysis.kinds import learning, whole_tables
from perfanalysis.kinds.catalogue import Kind
from perfanalysis.kinds.evaluation import pair_errors
from perfanalysis.kinds.learning import Array, Data
from perfanalysis.kinds.machine import BY_NAME, DESIGN_TERMS, FIGURES
from perfanalysis.kinds.table import Row


def of(rows: Sequence[Row], kind: Kind) -> dict[str, list[float]]:
    """Errors (median, 90th percentile) of ways that know more than they may, and of others.

    Two know the answer: ``model known`` is each CPU model's own mean, ``model and size known``
    the mean of all types of a provider, CPU model, number of CPUs and threads a core: what is left
    of it is what single runs on like types differ by, and no kernel can tell.
    """
    kernels = whole_tables.kernels_of(kind, [figure.group for figure in FIGURES])
    asked = [
        row
        for row in rows
        if row.work(kind) is not None and all(name in row.machine.figures for name in kernels)
    ]
    data = learning.data_of(asked, kind, kernels)
    like = [
        f"{row.provider} {row.machine.model} {row.machine.cpus} {row.machine.threads_per_core}"
        for row in asked
    ]
    one_setting = selection.SETTINGS
    errors = {
        "model known": _means(data.work, data.models) - data.work,
        "model and size known": _means(data.work, like) - data.work,
        "cores x clock": _cores_and_clock(data),
        "one setting": selection.held_out(data, one_setting),
        "no designs": selection.held_out(_without_designs(data), one_setting),
        "no sizes": selection.held_out(selection.without_sizes(data), one_setting),
        "boosting, never falling in a kernel": _never_falling(data),
    }
    found = {name: pair_errors(own, data.models) for name, own in errors.items()}
    return {
        name: [round(own.median, 3), round(own.p90, 3)]
        for name, own in found.items()
        if own is not None
    }


def _means(work: Array, keys: Sequence[str]) -> Array:
    places = np.unique(np.asarray(keys), return_inverse=True)[1]
    return np.asarray((np.bincount(places, work) / np.bincount(places))[places])


def _cores_and_clock(data: Data) -> Array:
    """The physical model: cores times the speed of one, as reading the first cache shows it, and
    what two threads a core add, learned."""
    names = ("memread_16k", "smt")
    kept = [data.names.index(name) for name in names]
    part = Data(names, data.terms[:, kept], data.work, data.models, data.kernels[kept])
    return selection.held_out(part, selection.SETTINGS)


def _without_designs(data: Data) -> Data:
    kept = [place for place, name in enumerate(data.names) if name not in DESIGN_TERMS]
    names = tuple(data.names[place] for place in kept)
    return Data(names, data.terms[:, kept], data.work, data.models, data.kernels[kept])


def _never_falling(data: Data) -> Array:
    """Boosting that may not fall in a kernel, with all that our kinds know."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    rising = [1 if name in BY_NAME else 0 for name in data.names]
    foretold = np.full(len(data.work), np.nan)
    for fold in learning.splits(data.models, learning.FOLDS):
        trees = HistGradientBoostingRegressor(random_state=0, monotonic_cst=rising)
        trees.fit(data.terms[~fold], data.work[~fold])
        foretold[fold] = trees.predict(data.terms[fold])
    return foretold - data.work
