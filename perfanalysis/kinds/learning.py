"""What a table of machines teaches of a kind: weights, and errors on CPU models held out.

Weights are learned anew in each fold, so that the errors are those of CPU models that nobody saw.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from perfanalysis.kinds import conformal
from perfanalysis.kinds.catalogue import Kind
from perfanalysis.kinds.fitting import fit
from perfanalysis.kinds.machine import BY_NAME, CLASS_TERMS, DESIGN_TERMS, SIZE_TERMS
from perfanalysis.kinds.model import Model
from perfanalysis.kinds.table import TableRow

Array = NDArray[np.float64]
LEVELS = (0.5, 0.8, 0.9, 0.95)
FOLDS = 10
INNER_FOLDS = 5
# A CPU model with n machines counts as n to this power: more than one, less than n.
_CROWD = 0.2
# Fast by instructions of their own: what they do says little of other work, so no share is
# given to them before the data speak.
_SPECIAL = ("crypto_sha256", "crypto_aes256cbc")


class Penalties(NamedTuple):
    """How hard weights are drawn to what they are before the data speak.

    Attributes:
        classes, designs, sizes: of terms that tell CPUs apart, and of the number of CPUs, in
            average CPU models: so many draw half as hard as the prior does.
        kernels, total: of each kernel, and of the sum of them, as a share of all that is known: a
            CPU whose kernels are all twice as fast does about twice the work.
    """

    classes: float
    designs: float
    sizes: float = 0.3
    kernels: float = 0.005
    total: float = 0.05


# One for all kinds: chosen among a few by looking at them all, so that it flatters each but little.
SETTINGS = Penalties(0.3, 0.3)
# What it might have been: ``held_out_choosing`` chooses without looking at what is held out.
CANDIDATES = (
    *(Penalties(classes, designs) for classes in (0.1, 0.3, 1.0) for designs in (0.1, 0.3, 1.0)),
    *(SETTINGS._replace(sizes=sizes) for sizes in (0.1, 1.0)),
    *(SETTINGS._replace(kernels=kernels) for kernels in (0.0015, 0.015)),
    *(SETTINGS._replace(total=total) for total in (0.015, 0.15)),
)


@dataclass(frozen=True)
class Learnable:
    """Machines that tell a kind's work and all kernels of a set.

    ``terms`` is (machines, names), ``work`` is (machines,), in logarithms, a CPU where the work is
    of all of them.
    """

    names: tuple[str, ...]
    terms: Array
    work: Array
    models: tuple[str, ...]
    kernels: NDArray[np.bool_] = field(repr=False)

    def taken(self, chosen: NDArray[np.bool_]) -> Learnable:
        """Some of the machines."""
        models = tuple(m for m, taken in zip(self.models, chosen, strict=True) if taken)
        return Learnable(self.names, self.terms[chosen], self.work[chosen], models, self.kernels)


def data_of(rows: Sequence[TableRow], kind: Kind, kernels: Sequence[str]) -> Learnable:
    """The machines of ``rows`` that tell the kind and all of ``kernels``."""
    names = (*kernels, *CLASS_TERMS, *DESIGN_TERMS, *SIZE_TERMS)
    told = [
        (row.machine, work)
        for row in rows
        if all(kernel in row.machine.figures for kernel in kernels)
        and (work := row.work(kind)) is not None
    ]
    terms = [[machine.term(name) for name in names] for machine, _ in told]
    return Learnable(
        names,
        np.array(terms).reshape(len(told), len(names)),
        np.array([work for _, work in told]),
        tuple(machine.model for machine, _ in told),
        np.array([name in BY_NAME for name in names]),
    )


def coefficients(data: Learnable, settings: Penalties) -> tuple[Array, float]:
    """The weights of all terms, and the intercept."""
    weights = row_weights(data.models)
    unit = float(weights.sum()) / max(1, len(set(data.models)))
    penalties = np.array([_penalty(name, settings, weights, unit) for name in data.names])
    sum_penalty = settings.total * float(weights.sum())
    middle = centre(data.names)
    return fit(data.terms, data.work, weights, penalties, middle, data.kernels, sum_penalty)


def row_weights(models: Sequence[str]) -> Array:
    """What each machine counts, so that a CPU model with many is not all that is learned."""
    names, places = np.unique(np.asarray(models), return_inverse=True)
    counts = np.bincount(places, minlength=len(names)).astype(float)
    return np.asarray(counts[places] ** (_CROWD - 1))


def centre(names: Sequence[str]) -> Array:
    """Where the penalties draw the weights to: to equal parts of one, so that a CPU whose kernels
    are all twice as fast does twice the work."""
    kernels = [name for name in names if name in BY_NAME]
    plain = [name for name in kernels if name not in _SPECIAL] or kernels
    return np.array([1 / len(plain) if name in plain else 0.0 for name in names])


def held_out(data: Learnable, settings: Penalties = SETTINGS, folds: int = FOLDS) -> Array:
    """Errors (foretold less done, in logarithms) of each machine, by weights that never saw its CPU
    model."""
    errors = np.full(len(data.work), np.nan)
    for fold in splits(data.models, folds):
        if not fold.all():
            errors[fold] = _errors(data.taken(fold), *coefficients(data.taken(~fold), settings))
    return errors


def held_out_choosing(data: Learnable) -> Array:
    """The same where each fold's penalties are chosen, too, by CPU models that are not in it.

    Errors of ``held_out`` are too small by what its penalties were chosen by looking at them.
    """
    errors = np.full(len(data.work), np.nan)
    for fold in splits(data.models, FOLDS):
        if not fold.all():
            known = data.taken(~fold)
            settings = min(CANDIDATES, key=partial(score, known))
            errors[fold] = _errors(data.taken(fold), *coefficients(known, settings))
    return errors


def score(data: Learnable, settings: Penalties) -> float:
    """The mean size of the error of a ratio between two machines of different CPU models."""
    errors = held_out(data, settings, INNER_FOLDS)
    groups = conformal.by_model(errors[np.isfinite(errors)], _finite(data.models, errors))
    counts = {name: data.models.count(name) for name in groups}
    middles = np.array([float(np.median(own)) for own in groups.values()])
    # As pairs of machines have it, tempered as the weights are.
    weights = np.array([counts[name] ** 0.5 for name in groups])
    sizes = np.abs(np.subtract.outer(middles, middles))
    return float(weights @ sizes @ weights / weights.sum() ** 2)


def splits(models: Sequence[str], folds: int) -> Iterator[NDArray[np.bool_]]:
    """Which machines are held out in each fold: whole CPU models, in parts of like size."""
    counts = dict.fromkeys(sorted(set(models)), 0)
    for name in models:
        counts[name] += 1
    heaps = [0] * min(folds, len(counts))
    places: dict[str, int] = {}
    for name in sorted(counts, key=lambda one: (-counts[one], one)):
        places[name] = heaps.index(min(heaps))
        heaps[places[name]] += counts[name]
    folded = np.array([places[name] for name in models], dtype=int)
    for fold in range(len(heaps)):
        yield folded == fold


def model_of(data: Learnable, kind: Kind) -> Model:
    """What all machines together teach, with the errors of CPU models held out."""
    found, _ = coefficients(data, SETTINGS)
    errors = conformal.by_model(held_out(data), data.models)
    arm = {
        m for m, of in zip(data.models, data.terms[:, data.names.index("arm")], strict=True) if of
    }
    kernels = [name for name in data.names if name in BY_NAME]
    weights = {n: round(float(w), 4) for n, w in zip(data.names, found, strict=True)}
    used = [name for name in kernels if weights[name] > 0]
    columns = {name: data.terms[:, data.names.index(name)] for name in used}
    return Model(
        weights={n: w for n, w in weights.items() if w != 0},
        lowest={name: round(float(column.min()), 3) for name, column in columns.items()},
        highest={name: round(float(column.max()), 3) for name, column in columns.items()},
        cpu_models=len(set(data.models)),
        machines=len(data.models),
        between=_half_widths(errors, conformal.between),
        within=_half_widths(errors, conformal.within),
        across=_half_widths(errors, partial(conformal.across, arm=arm)),
        whole=kind.whole,
    )


def _half_widths(errors: dict[str, Array], of: conformal.HalfWidth) -> dict[str, float]:
    widths = {str(level): of(errors, level) for level in LEVELS}
    return {level: round(width, 4) for level, width in widths.items() if np.isfinite(width)}


def _errors(data: Learnable, weights: Array, intercept: float) -> Array:
    return data.terms @ weights + intercept - data.work


def _finite(models: Sequence[str], errors: Array) -> list[str]:
    return [name for name, error in zip(models, errors, strict=True) if np.isfinite(error)]


def _penalty(name: str, settings: Penalties, weights: Array, unit: float) -> float:
    if name in BY_NAME:
        return settings.kernels * float(weights.sum())
    if name in CLASS_TERMS:
        return settings.classes * unit
    if name in DESIGN_TERMS:
        return settings.designs * unit
    return settings.sizes * unit
