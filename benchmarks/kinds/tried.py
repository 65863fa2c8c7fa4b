"""What more the kinds might know of a machine: facts and kernels that they do without.

Each entry adds terms to what the kinds know, and is learned and held out as they are. Which of them
helps is then chosen anew in each fold, by the CPU models that are not in it (``chosen``): an entry
that is best by chance in the folds that it is shown for is not best there.
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Sequence

import numpy as np

from perfanalysis.kinds import cpu_models, learning, whole_tables
from perfanalysis.kinds.catalogue import Kind
from perfanalysis.kinds.evaluation import pair_errors
from perfanalysis.kinds.learning import Array, Learnable
from perfanalysis.kinds.machine import FIGURES
from perfanalysis.kinds.table import TableRow, positive

# Terms that tell single providers are drawn to none three times as hard as those of sizes.
_HARD = math.sqrt(learning.SETTINGS.sizes)
_BYTES = re.compile(r"\d+")
Terms = dict[str, Array]


def of(rows: Sequence[TableRow], kind: Kind) -> dict[str, list[float]]:
    """Errors (median, 90th percentile) of the kinds as they are, with each entry, and chosen."""
    kernels = whole_tables.kernels_of(kind, [figure.group for figure in FIGURES])
    asked = [
        row
        for row in rows
        if row.work(kind) is not None and all(name in row.machine.figures for name in kernels)
    ]
    data = learning.data_of(asked, kind, kernels)
    wider = {"as they are": data}
    for name, terms in ENTRIES.items():
        wider[name] = _with(data, terms(asked), kernels=False)
    for name, columns in _COLUMNS.items():
        own = [column for column in columns if column not in kind.columns]
        wider[name] = _with(data, _logarithms(asked, own), kernels=True)
    errors = {name: learning.held_out(one) for name, one in wider.items()}
    errors["chosen"] = _chosen(wider)
    found = {name: pair_errors(own, data.models) for name, own in errors.items()}
    return {
        name: [round(own.median, 3), round(own.p90, 3)]
        for name, own in found.items()
        if own is not None
    }


def _chosen(wider: dict[str, Learnable]) -> Array:
    """Errors where each fold takes the entry that is best among the CPU models not in it."""
    (first, *_) = wider.values()
    errors = np.full(len(first.work), np.nan)
    for fold in learning.splits(first.models, learning.FOLDS):
        known = {name: one.taken(~fold) for name, one in wider.items()}
        best = min(known, key=lambda name: learning.score(known[name], learning.SETTINGS))
        weights, level = learning.coefficients(known[best], learning.SETTINGS)
        held = wider[best].taken(fold)
        errors[fold] = held.terms @ weights + level - held.work
    return errors


def _with(data: Learnable, terms: Terms, *, kernels: bool) -> Learnable:
    if not terms:
        return data
    return Learnable(
        (*data.names, *terms),
        np.hstack([data.terms, np.column_stack(list(terms.values()))]),
        data.work,
        data.models,
        np.concatenate([data.kernels, np.full(len(terms), kernels)]),
    )


def _providers(rows: Sequence[TableRow]) -> Terms:
    return _each([row.provider for row in rows])


def _providers_of_designs(rows: Sequence[TableRow]) -> Terms:
    return _each([f"{row.provider} {_design(row)}" for row in rows])


def _hypervisors(rows: Sequence[TableRow]) -> Terms:
    return _each([row.cells.get("hypervisor") or "" for row in rows])


def _sizes_of_vendors(rows: Sequence[TableRow]) -> Terms:
    """Slopes of the size that AMD's and Intel's machines have for themselves."""
    found: Terms = {}
    for vendor in ("amd", "intel"):
        own = np.array([_vendor(row) == vendor for row in rows], dtype=float)
        for name in ("log_cpus", "over_8", "over_32", "over_64"):
            found[f"{name} {vendor}"] = _sizes(rows, name) * own
    return found


def _sizes_of_threads(rows: Sequence[TableRow]) -> Terms:
    two = np.array([row.machine.threads_per_core > 1 for row in rows], dtype=float)
    names = ("log_cpus", "over_8", "over_32", "over_64")
    return {f"{name} smt": _sizes(rows, name) * two for name in names}


def _cache_shares(rows: Sequence[TableRow]) -> Terms:
    """The last cache's bytes a CPU, as a logarithm; the median where it is not told."""
    told = [_BYTES.match(row.cells.get("l3") or "") for row in rows]
    shares = [
        math.log(int(match[0]) / row.machine.cpus) if match and int(match[0]) else math.nan
        for match, row in zip(told, rows, strict=True)
    ]
    return {"cache": _filled(shares), "no cache": np.isnan(shares).astype(float)}


def _nodes(rows: Sequence[TableRow]) -> Terms:
    return {
        column: np.array([math.log(positive(row.cells.get(column)) or 1) for row in rows])
        for column in ("numa_nodes", "sockets")
    }


def _logarithms(rows: Sequence[TableRow], columns: Sequence[str]) -> Terms:
    """Further kernels; a machine that does not tell one counts as the median one."""
    found: Terms = {}
    for column in columns:
        rates = [positive(row.cells.get(column)) for row in rows]
        parts = [1 if column.startswith("latency") else row.machine.cpus for row in rows]
        sign = -1.0 if column.startswith("latency") else 1.0
        found[column] = sign * _filled(
            [math.nan if r is None else math.log(r / p) for r, p in zip(rates, parts, strict=True)]
        )
    return found


def _filled(values: Sequence[float]) -> Array:
    """The values, with the median of those that are known in place of others; 0 where none is."""
    known = np.array(values, dtype=float)
    missing = np.isnan(known)
    return np.where(missing, 0.0 if missing.all() else np.median(known[~missing]), known)


def _each(keys: Sequence[str]) -> Terms:
    names = np.asarray(keys)
    return {f"is {key}": _HARD * (names == key) for key in sorted(set(keys))}


def _sizes(rows: Sequence[TableRow], name: str) -> Array:
    return np.array([row.machine.term(name) for row in rows])


def _vendor(row: TableRow) -> str:
    return cpu_models.vendor(row.machine.cpu_model, row.machine.architecture)


def _design(row: TableRow) -> str:
    return cpu_models.family(row.machine.cpu_model, row.machine.architecture)


ENTRIES: dict[str, Callable[[Sequence[TableRow]], Terms]] = {
    "provider": _providers,
    "provider x design": _providers_of_designs,
    "hypervisor": _hypervisors,
    "size x vendor": _sizes_of_vendors,
    "size x SMT": _sizes_of_threads,
    "cache a CPU": _cache_shares,
    "NUMA nodes, sockets": _nodes,
}
_COLUMNS = {
    "SHA-512, Camellia": ("openssl_sha512_all", "openssl_CAMELLIA-256-CBC_all"),
    "latencies": ("latency_512kb_ns", "latency_16384kb_ns", "latency_65536kb_ns"),
}
