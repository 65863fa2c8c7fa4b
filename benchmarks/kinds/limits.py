"""What a table lets anybody tell of a kind at best, and what other ways of learning give."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from benchmarks.kinds import selection
from perfanalysis.kinds import learning, whole_tables
from perfanalysis.kinds.catalogue import Kind
from perfanalysis.kinds.evaluation import PairErrors, pair_errors
from perfanalysis.kinds.learning import Array, Learnable
from perfanalysis.kinds.machine import BY_NAME, DESIGN_TERMS, FIGURES
from perfanalysis.kinds.table import TableRow, positive

# Kernels of ours that the kinds do not use: the table has their figures in part, or they are too
# near to what is asked.
_MISSING = {
    "latencies at 512 KiB and 64 MiB": ("latency_512kb_ns", "latency_65536kb_ns"),
    "zlib and zstd in one thread": ("gzip5_compress_1", "zstd7_compress_1"),
}


def of(rows: Sequence[TableRow], kind: Kind, *, quick: bool = False) -> dict[str, list[float]]:
    """Errors (median, 90th percentile) of ways that know more than they may, and of others.

    Three know the answer: ``model known`` is each CPU model's own mean, ``model and size known``
    the mean of all types of a provider, CPU model, number of CPUs and threads a core: what is left
    of it is what single runs on like types differ by, and no kernel can tell. ``noise of runs`` is
    the latter without those that are alone, who differ from their own mean by nothing, and less
    what the mean takes of the others: only luck that kernels saw, too, is below it. ``quick`` asks
    these alone.
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
    errors: dict[str, Array] = {
        "model known": _means(data.work, data.models) - data.work,
        "model and size known": _means(data.work, like) - data.work,
        "noise of runs": _noise(data.work, like),
    }
    if not quick:
        errors |= {
            "cores x clock": _cores_and_clock(data),
            "ours": learning.held_out(data),
            "no designs": learning.held_out(_without_designs(data)),
            "no sizes": learning.held_out(selection.without_sizes(data)),
            "boosting, never falling in a kernel": _never_falling(data),
        }
    found = {name: pair_errors(own, data.models) for name, own in errors.items()}
    for name, columns in () if quick else _MISSING.items():
        known = {*kind.columns, *(BY_NAME[kernel].column for kernel in kernels)}
        if more := [column for column in columns if column not in known]:
            found |= _with(asked, kind, kernels, name, more)
    return {
        name: [round(own.median, 3), round(own.p90, 3)]
        for name, own in found.items()
        if own is not None
    }


def _with(
    rows: Sequence[TableRow], kind: Kind, kernels: Sequence[str], name: str, columns: Sequence[str]
) -> dict[str, PairErrors | None]:
    """Errors without and with further columns, on the machines that tell them."""
    told = [row for row in rows if all(positive(row.cells.get(column)) for column in columns)]
    if len({row.machine.model for row in told}) < learning.FOLDS:
        return {}
    data = learning.data_of(told, kind, kernels)
    sizes = [
        row.machine.cpus if column.endswith("_all") else 1 for row in told for column in columns
    ]
    rates = [positive(row.cells.get(column)) or 1.0 for row in told for column in columns]
    more = np.log(np.array(rates) / sizes).reshape(len(told), len(columns))
    signs = [-1.0 if column.startswith("latency") else 1.0 for column in columns]
    wider = Learnable(
        (*data.names, *columns),
        np.hstack([data.terms, more * signs]),
        data.work,
        data.models,
        np.concatenate([data.kernels, np.ones(len(columns), dtype=bool)]),
    )
    return {
        f"{len(told)} types that tell {name}: without": pair_errors(
            learning.held_out(data), data.models
        ),
        f"{len(told)} types that tell {name}: with": pair_errors(
            learning.held_out(wider), data.models
        ),
    }


def _means(work: Array, keys: Sequence[str]) -> Array:
    places = np.unique(np.asarray(keys), return_inverse=True)[1]
    return np.asarray((np.bincount(places, work) / np.bincount(places))[places])


def _noise(work: Array, keys: Sequence[str]) -> Array:
    """What like types differ by: from their mean, scaled to one run; NaN where one is alone."""
    _, places, counts = np.unique(np.asarray(keys), return_inverse=True, return_counts=True)
    alike = counts[places].astype(float)
    with np.errstate(divide="ignore", invalid="ignore"):
        factor = np.where(alike > 1, np.sqrt(alike / (alike - 1)), np.nan)
    return np.asarray((_means(work, keys) - work) * factor)


def _cores_and_clock(data: Learnable) -> Array:
    """The physical model: cores times the speed of one, as reading the first cache shows it, and
    what two threads a core add, learned."""
    names = ("memread_16k", "smt")
    kept = [data.names.index(name) for name in names]
    part = Learnable(names, data.terms[:, kept], data.work, data.models, data.kernels[kept])
    return learning.held_out(part)


def _without_designs(data: Learnable) -> Learnable:
    kept = [place for place, name in enumerate(data.names) if name not in DESIGN_TERMS]
    names = tuple(data.names[place] for place in kept)
    return Learnable(names, data.terms[:, kept], data.work, data.models, data.kernels[kept])


def _never_falling(data: Learnable) -> Array:
    """Boosting that may not fall in a kernel, with all that our kinds know."""
    from sklearn.ensemble import HistGradientBoostingRegressor

    rising = [1 if name in BY_NAME else 0 for name in data.names]
    foretold = np.full(len(data.work), np.nan)
    for fold in learning.splits(data.models, learning.FOLDS):
        trees = HistGradientBoostingRegressor(random_state=0, monotonic_cst=rising)
        trees.fit(data.terms[~fold], data.work[~fold])
        foretold[fold] = trees.predict(data.terms[fold])
    return foretold - data.work
