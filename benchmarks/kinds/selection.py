"""Forward selection: which kernel adds most, held out by CPU model."""

from __future__ import annotations

from collections.abc import Sequence

from perfanalysis.kinds import learning, whole_tables
from perfanalysis.kinds.catalogue import Kind
from perfanalysis.kinds.evaluation import pair_errors
from perfanalysis.kinds.learning import Learnable
from perfanalysis.kinds.machine import FIGURES, SIZE_TERMS
from perfanalysis.kinds.table import TableRow


def forward(rows: Sequence[TableRow], kind: Kind) -> list[dict[str, object]]:
    """The kernels in the order in which they add most, with the errors after each.

    The first entry, without a kernel, knows the facts of machines alone. The order is chosen by the
    errors that it shows, so that these flatter a little; figures of the whole way are those of
    ``perfanalysis kinds evaluate``.
    """
    kernels = whole_tables.kernels_of(kind, [figure.group for figure in FIGURES])
    whole = learning.data_of(rows, kind, kernels)
    chosen: list[str] = []
    steps = [_step("", _part(whole, []))]
    while left := [name for name in kernels if name not in chosen]:
        parts = {name: _part(whole, [*chosen, name]) for name in left}
        best = min(left, key=lambda name: learning.score(parts[name], learning.SETTINGS))
        chosen.append(best)
        steps.append(_step(best, parts[best]))
    return steps


def _part(data: Learnable, kernels: Sequence[str]) -> Learnable:
    """The same machines with some of the kernels."""
    kept = [
        place for place, name in enumerate(data.names) if not data.kernels[place] or name in kernels
    ]
    names = tuple(data.names[place] for place in kept)
    return Learnable(names, data.terms[:, kept], data.work, data.models, data.kernels[kept])


def _step(kernel: str, data: Learnable) -> dict[str, object]:
    errors = learning.held_out(data)
    found = pair_errors(errors, data.models)
    assert found is not None
    return {"kernel": kernel, "median": round(found.median, 3), "p90": round(found.p90, 3)}


def without_sizes(data: Learnable) -> Learnable:
    """The same machines, without the terms of their size."""
    kept = [place for place, name in enumerate(data.names) if name not in SIZE_TERMS]
    names = tuple(data.names[place] for place in kept)
    return Learnable(names, data.terms[:, kept], data.work, data.models, data.kernels[kept])
