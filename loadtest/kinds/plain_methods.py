"""The plain methods that kinds are held against: ridge regression and boosting of scikit-learn.

Both get the logarithms of divisions, memory bandwidth and crypto of each CPU, the number of CPUs,
SMT and the architecture; the figure that is asked is left out.
"""

from __future__ import annotations

import importlib.util
import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from perfanalysis.kinds.catalogue import Kind
from perfanalysis.kinds.table import TableRow, positive

Array = NDArray[np.float64]
METHODS = ("ridge", "boosting")
_PREFIXES = ("integer_", "bw_mem_", "openssl_")


def present() -> bool:
    """Whether scikit-learn is installed."""
    return importlib.util.find_spec("sklearn") is not None


def columns(rows: Sequence[TableRow], kind: Kind) -> list[str]:
    """The columns of kernel figures that may be asked for a kind, in the order of the alphabet."""
    names = {name for row in rows for name in row.cells if name.startswith(_PREFIXES)}
    return sorted(names - set(kind.columns))


def terms(rows: Sequence[TableRow], names: Sequence[str]) -> Array:
    """What the methods are told of each machine, (machines, terms); NaN is unknown."""
    return np.array([_terms(row, names) for row in rows])


def foretold(method: str, known: Array, work: Array, asked: Array) -> Array:
    """The work of the machines ``asked``, learned from ``known``, which did ``work``."""
    from threadpoolctl import threadpool_limits

    told = ~np.isnan(known).all(axis=0)
    model = _ridge() if method == "ridge" else _boosting()
    # Trees so small are grown by one thread sooner than by several that wait for each other.
    with threadpool_limits(1):
        return np.asarray(model(known[:, told], work, asked[:, told]), dtype=float)


def held_out(method: str, known: Array, work: Array, folds: Iterator[NDArray[np.bool_]]) -> Array:
    """The work of each machine, learned from the machines of the other folds."""
    found = np.full(len(work), np.nan)
    for fold in folds:
        found[fold] = foretold(method, known[~fold], work[~fold], known[fold])
    return found


def _terms(row: TableRow, names: Sequence[str]) -> list[float]:
    machine = row.machine
    rates = [positive(row.cells.get(name)) for name in names]
    parts = [1 if name.endswith("_1") else machine.cpus for name in names]
    return [
        *(math.nan if r is None else math.log(r / p) for r, p in zip(rates, parts, strict=True)),
        math.log(machine.cpus),
        machine.term("smt"),
        machine.term("arm"),
    ]


_Method = Callable[[Array, Array, Array], Array]


def _ridge() -> _Method:
    from sklearn.impute import SimpleImputer
    from sklearn.linear_model import Ridge
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    pipeline = make_pipeline(SimpleImputer(strategy="median"), StandardScaler(), Ridge())
    return lambda known, work, asked: pipeline.fit(known, work).predict(asked)


def _boosting() -> _Method:
    from sklearn.ensemble import HistGradientBoostingRegressor

    trees = HistGradientBoostingRegressor(random_state=0)
    return lambda known, work, asked: trees.fit(known, work).predict(asked)
