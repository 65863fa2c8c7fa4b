"""What comparisons answer, as JSON and as rows of a CSV file."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence

from pydantic import Field

from perfanalysis.kinds.answers import Answer, Refusal
from portal.api.forms import AnswerForm
from portal.load_tests.comparing import Against, Compared
from portal.load_tests.kinds_of_work import KindCompared


class MeasureAnswer(AnswerForm):
    """A measure of a side: work units a second, or these for each dollar an hour."""

    measure: str = Field(description="performance or price_performance")
    value: float | None = Field(description="Null: not known of all its tests.")
    ratio: float | None = Field(description="To the first side; null for that one.")
    lower: float | None = Field(description="Bounds of its 95 % interval, for itself alone.")
    upper: float | None
    difference_percent: float | None = Field(description="The same, as a difference in percent.")
    difference_lower_percent: float | None
    difference_upper_percent: float | None
    basis: str | None = Field(
        description="What was repeated: pairs, machines, runs, or slices of one run each."
    )
    p_value: float | None = Field(description="Adjusted for all that this comparison tests (Holm).")
    verdict: str | None = Field(description="faster, slower or cannot tell")
    withheld: str | None = Field(description="Why it cannot be told.")
    more_runs: int | None = Field(
        description="How many more runs of each would likely settle it; above 1000: too many."
    )


class LevelAnswer(AnswerForm):
    """What a side does at a busy level, in work units a second."""

    busy: int = Field(description="Percent.")
    units_per_second: float
    lower: float | None = Field(description="Bounds of its 95 % interval; null for several tests.")
    upper: float | None
    per_dollar: float | None = Field(description="For each dollar an hour; null without a price.")


class SideAnswer(AnswerForm):
    """A side, and what it is against the first one."""

    tests: list[str]
    unlike: list[str] = Field(description="Conditions that keep it from a verdict.")
    measures: list[MeasureAnswer]
    levels: list[LevelAnswer] = Field(description="Those that all of its tests have.")


class ComparisonAnswer(AnswerForm):
    """The sides in the order of the request, the baseline first."""

    kernel: str
    kernel_version: str
    names: list[str] = Field(description="Of each side's machines.")
    sides: list[SideAnswer]


class NamedMachine(AnswerForm):
    """A machine, as the inventory calls it."""

    id: uuid.UUID
    name: str
    instance_type: str | None


class KernelAnswer(AnswerForm):
    """One kernel: the machines in the order of the request."""

    kernel: str
    kernel_version: str
    sides: list[SideAnswer]


class KindSideAnswer(AnswerForm):
    """A machine's work of a kind over the first machine's, or why it cannot be told."""

    ratio: float | None
    lower: float | None = Field(description="Bounds of its interval, which holds with `level`.")
    upper: float | None
    level: float | None
    verdict: str | None = Field(description="more, less or cannot tell: an interval that holds 1.")
    used: list[str] = Field(description="Kernel figures that it stands on.")
    missing: list[str] = Field(description="Those that were not measured on both.")
    outside: list[str] = Field(description="Those outside of all that was learned from.")
    why: str | None = Field(description="Why there is no ratio.")


class KindAnswer(AnswerForm):
    """A kind of work: the machines but the first one, in the order of the request."""

    kind: str
    title: str
    sides: list[KindSideAnswer]


class MachinesComparisonAnswer(AnswerForm):
    """Machines by the kernels that all of them have, the first one the baseline."""

    machines: list[NamedMachine]
    kernels: list[KernelAnswer] = Field(description="By name: the axes of a radar chart.")
    left_out: list[str] = Field(
        description="Kernels that not all have, in one version and profile."
    )
    runs: int = Field(description="How many tests of each machine and kernel were taken at most.")
    kinds: list[KindAnswer] = Field(
        description="What the kernels say of kinds of work, each of which is told of some machine."
    )


def side_answer(found: Compared) -> SideAnswer:
    """A side as it is answered."""
    return SideAnswer(
        tests=[document.test_id for document in found.documents],
        unlike=list(found.unlike),
        measures=[_measure(against) for against in found.measures],
        levels=[LevelAnswer.model_validate(level) for level in found.levels],
    )


def kind_answer(found: KindCompared) -> KindAnswer:
    """A kind as it is answered."""
    sides = [_kind_side(one) for one in found.sides]
    return KindAnswer(kind=found.name, title=found.title, sides=sides)


def _kind_side(found: Answer | Refusal) -> KindSideAnswer:
    missing = list(found.missing)
    if isinstance(found, Refusal):
        nothing = dict.fromkeys(("ratio", "lower", "upper", "level", "verdict"))
        return KindSideAnswer(**nothing, used=[], missing=missing, outside=[], why=found.why)
    return KindSideAnswer(
        ratio=found.ratio,
        lower=found.lower,
        upper=found.upper,
        level=found.level,
        verdict={True: "more", False: "less", None: "cannot tell"}[found.faster],
        used=list(found.used),
        missing=missing,
        outside=list(found.outside),
        why=None,
    )


def _measure(against: Against) -> MeasureAnswer:
    ratio = against.ratio
    return MeasureAnswer(
        measure=against.measure,
        value=against.value,
        ratio=None if ratio is None else ratio.value,
        lower=None if ratio is None else ratio.lower,
        upper=None if ratio is None else ratio.upper,
        difference_percent=_percent(None if ratio is None else ratio.value),
        difference_lower_percent=_percent(None if ratio is None else ratio.lower),
        difference_upper_percent=_percent(None if ratio is None else ratio.upper),
        basis=None if ratio is None else ratio.basis,
        p_value=against.p_value,
        verdict=against.verdict,
        withheld=against.withheld,
        more_runs=None if ratio is None else ratio.more,
    )


def _percent(ratio: float | None) -> float | None:
    return None if ratio is None else 100 * (ratio - 1)


COLUMNS = (
    "kernel",
    "side",
    "name",
    "tests",
    "measure",
    "value",
    "ratio",
    "lower",
    "upper",
    "difference_percent",
    "difference_lower_percent",
    "difference_upper_percent",
    "basis",
    "p_value",
    "verdict",
    "withheld",
    "more_runs",
    "unlike",
)


def rows(kernel: str, names: Sequence[str], sides: Sequence[SideAnswer]) -> Iterator[list[object]]:
    """One row a measure of a side, as ``COLUMNS``."""
    for number, (name, side) in enumerate(zip(names, sides, strict=True), 1):
        for one in side.measures:
            figures = one.model_dump()
            cells = [figures[column] for column in COLUMNS[4:-1]]
            yield [kernel, number, name, " ".join(side.tests), *cells, " ".join(side.unlike)]
