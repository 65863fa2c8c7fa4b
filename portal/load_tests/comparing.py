"""Up to eight sides against the first one, by the statistics of ``perfanalysis.estimates``. Pure.

A side is one test or several that are taken together. A verdict needs more than one run, the same
conditions, and a difference that chance brings less than once in twenty comparisons, all sides,
both measures and all kernels of one comparison counted together (Holm).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from perfanalysis.errors import InputError
from perfanalysis.estimates import multiplicity, ratios
from perfanalysis.estimates.ratios import CANNOT_TELL, LEVEL, Rate, Ratio
from perfanalysis.estimates.statistics import Estimate
from perfanalysis.results import conditions, machine_identity, price_performance, work_done
from perfanalysis.results.document import Document, Level
from perfanalysis.results.machine_identity import OneMachine

MOST_SIDES, MOST_TESTS = 8, 25
PERFORMANCE, PRICE_PERFORMANCE = "performance", "price_performance"
MEASURES = (PERFORMANCE, PRICE_PERFORMANCE)
BY_CONDITIONS, BY_ONE_RUN, BY_INTERVAL = "conditions", "one run", "no interval"
BY_CHANCE, BY_SEVERAL = "within chance", "several comparisons"
# Full load is compared; how it was spread below that does not matter, nor which other levels ran.
_FREE = frozenset({"levels", "spread"})


@dataclass(frozen=True)
class Against:
    """A measure of a side, and against the first one.

    Attributes:
        measure: of ``MEASURES``.
        value: work units a second (for each dollar an hour): the geometric mean of the side's
            machines; None: not known of all its tests.
        ratio: to the first side; None: this is the first one, or either value is unknown.
        p_value: how often chance brings such a difference, adjusted for all that is compared.
        verdict: ``faster``, ``slower`` or ``cannot tell``; None without a ratio.
        withheld: why it cannot be told: a ``BY_`` of this module.
    """

    measure: str
    value: float | None
    ratio: Ratio | None = None
    p_value: float | None = None
    verdict: str | None = None
    withheld: str | None = None


@dataclass(frozen=True)
class AtLevel:
    """What a side does at a busy level.

    Attributes:
        busy: percent.
        units_per_second: the geometric mean of its machines.
        lower, upper: bounds of the 95 % interval of one test; None: unknown, or there are several.
        per_dollar: work units for each dollar an hour; None: some test has no price.
    """

    busy: int
    units_per_second: float
    lower: float | None
    upper: float | None
    per_dollar: float | None


@dataclass(frozen=True)
class Compared:
    """A side with its measures and levels, and the conditions that the first one does not share."""

    documents: tuple[Document, ...]
    measures: tuple[Against, ...]
    unlike: tuple[str, ...] = ()
    levels: tuple[AtLevel, ...] = ()


def compare(sides: Sequence[Sequence[Document]]) -> list[Compared]:
    """Compare sides with the first one.

    Args:
        sides: at least two, none empty.

    Raises:
        InputError: kernels or their versions differ, or a test stands on two sides.
    """
    return compare_all([sides])[0]


def compare_all(kernels: Sequence[Sequence[Sequence[Document]]]) -> list[list[Compared]]:
    """Compare sides with the first one, kernel by kernel, as one comparison.

    Args:
        kernels: for each kernel its sides, at least two, none empty.

    Raises:
        InputError: of one of them kernels or their versions differ, or a test stands on two sides.
    """
    return _judged([_compared(sides) for sides in kernels])


def _compared(sides: Sequence[Sequence[Document]]) -> list[Compared]:
    """The sides of one kernel, without verdicts."""
    _check(sides)
    mean = work_done.all_have_means([document for side in sides for document in side])
    readers: dict[str, Callable[[Document], Rate | None]] = {
        PERFORMANCE: _full,
        PRICE_PERFORMANCE: lambda document: _per_dollar(document, mean=mean),
    }
    first = sides[0]
    alone = tuple(_alone(first, m, readers[m]) for m in MEASURES)
    found = [Compared(tuple(first), alone, (), _levels(first, mean=mean))]
    for side in sides[1:]:
        measures = tuple(_against(first, side, m, readers[m]) for m in MEASURES)
        levels = _levels(side, mean=mean)
        found.append(Compared(tuple(side), measures, _unlike(first, side), levels))
    return found


def _levels(side: Sequence[Document], *, mean: bool) -> tuple[AtLevel, ...]:
    """The levels that all tests of a side have."""
    shared = set.intersection(*({level.busy for level in one.levels} for one in side))
    return tuple(_at_level(side, busy, mean=mean) for busy in sorted(shared))


def _at_level(side: Sequence[Document], busy: int, *, mean: bool) -> AtLevel:
    def level(document: Document) -> Level:
        return next(one for one in document.levels if one.busy == busy)

    def per_dollar(document: Document) -> Rate | None:
        work = price_performance.per_dollar(level(document), document, mean=mean)
        return None if work is None else Rate(work.value, None)

    machines = machine_identity.machines(side)
    rates = [[Rate(level(one).units_per_second, None) for one in m.documents] for m in machines]
    money, only = _rates(machines, per_dollar), level(side[0]) if len(side) == 1 else None
    return AtLevel(
        busy,
        ratios.mean(rates),
        None if only is None else only.lower,
        None if only is None else only.upper,
        None if money is None else ratios.mean(money),
    )


def _check(sides: Sequence[Sequence[Document]]) -> None:
    first, seen = sides[0][0], set[str]()
    for document in (document for side in sides for document in side):
        if document.test_id in seen:
            raise InputError("request", "side", "each test once", document.test_id)
        seen.add(document.test_id)
        for name in conditions.WORK:
            wanted, found = getattr(first, name), getattr(document, name)
            if wanted != found:
                expected = f"{name} {wanted} as in {first.test_id}: other work does not compare"
                raise InputError("request", f"side: {document.test_id}", expected, found)


def _alone(
    side: Sequence[Document], measure: str, read: Callable[[Document], Rate | None]
) -> Against:
    rates = _rates(machine_identity.machines(side), read)
    return Against(measure, None if rates is None else ratios.mean(rates))


def _against(
    first: Sequence[Document],
    side: Sequence[Document],
    measure: str,
    read: Callable[[Document], Rate | None],
) -> Against:
    one, other = machine_identity.machines(first), machine_identity.machines(side)
    pairs = machine_identity.pairs(one, other)
    alone = _alone(side, measure, read)
    if paired := len(pairs) > 1:
        one, other = ([pair[i] for pair in pairs] for i in (0, 1))
    before, after = _rates(one, read), _rates(other, read)
    if before is None or after is None:
        return alone
    return replace(alone, ratio=ratios.compare(before, after, paired=paired))


def _rates(
    machines: Sequence[OneMachine], read: Callable[[Document], Rate | None]
) -> list[list[Rate]] | None:
    """By machine; None when a test does not say it."""
    found = [[read(document) for document in machine.documents] for machine in machines]
    known = [[rate for rate in runs if rate is not None] for runs in found]
    return known if [len(runs) for runs in known] == [len(runs) for runs in found] else None


def _full(document: Document) -> Rate | None:
    full = document.full
    return None if full is None else _rate(full.units_per_second, full.lower, full.upper)


def _per_dollar(document: Document, *, mean: bool) -> Rate | None:
    work = price_performance.per_dollar(document.full, document, mean=mean)
    return None if work is None else _rate(work.value, work.lower, work.upper)


def _rate(value: float, lower: float | None, upper: float | None) -> Rate:
    known = lower is not None and upper is not None
    return Rate(value, Estimate(value, lower, upper) if known else None)  # type: ignore[arg-type]


def _unlike(first: Sequence[Document], side: Sequence[Document]) -> tuple[str, ...]:
    names: dict[str, None] = {}
    start = first[0]
    own = machine_identity.machines([start])
    for document in (*first[1:], *side):
        same = bool(machine_identity.pairs(own, machine_identity.machines([document])))
        for difference in conditions.unlike(start, document, one_machine=same):
            if difference.name not in _FREE:
                names[difference.name] = None
    return tuple(names)


def _judged(kernels: list[list[Compared]]) -> list[list[Compared]]:
    every = [against for sides in kernels for side in sides for against in side.measures]
    tested = [a for a in every if a.ratio is not None and a.ratio.p_value is not None]
    p_values = [a.ratio.p_value for a in tested if a.ratio and a.ratio.p_value is not None]
    adjusted = dict(zip(map(id, tested), multiplicity.holm(p_values), strict=True))

    def judged(side: Compared) -> Compared:
        found = (_with_verdict(a, adjusted.get(id(a)), side) for a in side.measures)
        return replace(side, measures=tuple(found))

    return [[judged(side) for side in sides] for sides in kernels]


def _with_verdict(against: Against, p_value: float | None, side: Compared) -> Against:
    if against.ratio is None:
        return against
    withheld = _withheld(against.ratio, p_value, alike=not side.unlike)
    verdict = CANNOT_TELL if withheld else against.ratio.verdict
    return replace(against, p_value=p_value, verdict=verdict, withheld=withheld)


def _withheld(ratio: Ratio, p_value: float | None, *, alike: bool) -> str | None:
    if not alike:
        return BY_CONDITIONS
    if ratio.apart is None:
        return BY_INTERVAL
    if ratio.basis == "slices":
        return BY_ONE_RUN
    if not ratio.apart:
        return BY_CHANCE
    return None if p_value is not None and p_value <= LEVEL else BY_SEVERAL
