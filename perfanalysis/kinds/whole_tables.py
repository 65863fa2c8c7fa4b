"""What a whole table teaches of a kind: a model for each set of kernels that may be measured."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from perfanalysis.kinds import conformal, learning
from perfanalysis.kinds.catalogue import Kind
from perfanalysis.kinds.machine import FIGURES
from perfanalysis.kinds.model import Learned, Model
from perfanalysis.kinds.table import TableRow

# The best first: who lacks a kernel gets the first whose kernels are all there.
GROUPS = (
    ("divide", "crypto", "memread"),
    ("crypto", "memread"),
    ("divide", "memread"),
    ("divide", "crypto"),
    ("divide",),
)
_FURTHER = "compress"


def learn(rows: Sequence[TableRow], kind: Kind, source: str) -> Learned:
    """All that the rows teach of a kind.

    Args:
        rows: machines of one source, each once.
        kind: what to learn.
        source: where the rows are from, with its licence.
    """
    whole = [(*GROUPS[0], _FURTHER)] if kind.further else []
    models = [model_of(rows, kind, groups) for groups in (*whole, *GROUPS)]
    first, *rest = models
    data = learning.data_of(rows, kind, [])
    return Learned(
        kind=kind.name,
        title=kind.title,
        source=source,
        models=(first, *sorted(rest, key=lambda model: model.between["0.9"])),
        alike=_alike(rows, kind),
        seen=tuple(sorted(set(data.models))),
    )


def kernels_of(kind: Kind, groups: Sequence[str]) -> list[str]:
    """The kernel figures of some groups that may foretell a kind."""
    return [
        figure.name
        for figure in FIGURES
        if figure.group in groups
        and figure.name not in kind.left_out
        and (figure.group != _FURTHER or figure.name in kind.further)
    ]


def model_of(rows: Sequence[TableRow], kind: Kind, groups: Sequence[str]) -> Model:
    """What the rows teach of a kind from the kernels of some groups."""
    return learning.model_of(learning.data_of(rows, kind, kernels_of(kind, groups)), kind)


def _alike(rows: Sequence[TableRow], kind: Kind) -> dict[str, float]:
    """Half widths by level of what like types differ by: same provider, CPU model, CPUs and
    threads a core."""
    told = [(row, work) for row in rows if (work := row.work(kind)) is not None]
    places = [
        f"{row.provider} {row.machine.model} {row.machine.cpus} {row.machine.threads_per_core}"
        for row, _ in told
    ]
    groups = conformal.by_model(np.array([work for _, work in told]), places)
    widths = {str(level): conformal.within(groups, level) for level in learning.LEVELS}
    return {level: round(width, 4) for level, width in widths.items() if np.isfinite(width)}
