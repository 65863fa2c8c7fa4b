"""The gate of `loadtest compare`: fails by intervals, and says what cannot be told."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import click

from loadtest import by_kind, by_kind_output
from loadtest.by_kind import AskedKinds, ByKind
from loadtest.comparison import Comparison
from loadtest.gate import Outcome, outcome
from loadtest.verdict_text import power_text, text
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.flag_groups import grouped
from perfanalysis.number_range import NumberRange


@dataclass(frozen=True)
class Gate:
    """The limit, in percent, None: there is none; and whether doubt fails, too."""

    fail_if_slower: float | None
    fail_if_unsure: bool

    def check(self) -> None:
        """Refuse what says nothing.

        Raises:
            InputError: --fail-if-unsure stands alone.
        """
        if self.fail_if_unsure and self.fail_if_slower is None:
            raise InputError("--fail-if-unsure", "", "--fail-if-slower PERCENT beside it")

    def goes_with(self, wanted: AskedKinds) -> bool:
        """Whether kinds alone do: there is no gate, or it is on kinds."""
        return wanted.asked or self.fail_if_slower is None

    def of_figures(self, wanted: AskedKinds) -> float | None:
        """The limit of the primary figures; None: the gate is not on them."""
        return None if wanted.asked else self.fail_if_slower

    def of_kinds(self, wanted: AskedKinds) -> float | None:
        """The limit of the kinds; None: the gate is not on them."""
        return self.fail_if_slower if wanted.asked else None

    def by_figures(self, tables: Sequence[Comparison]) -> None:
        """Fail by the intervals of the primary figures.

        Raises:
            PerfAnalysisError: which sides are slower, or of which that cannot be told.
        """
        if (percent := self.fail_if_slower) is None:
            return
        slower, unsure = list[str](), list[str]()
        for table in tables:
            name, figure = table.other.name, table.primary.figure
            found = outcome(table, percent)
            if found is Outcome.SLOWER:
                slower.append(f"{name} is {text(table.primary)} ({figure})")
            elif found is Outcome.UNSURE:
                doubt = power_text(table, percent)
                unsure.append(f"{name}: {text(table.primary)} ({figure}); {doubt}")
        self._fail(tables[0].baseline.name, slower, unsure)

    def by_kinds(self, kinds: Sequence[ByKind]) -> None:
        """Fail by the intervals of the kinds that were asked for.

        Raises:
            PerfAnalysisError: which sides are slower, or of which that cannot be told.
        """
        if (percent := self.fail_if_slower) is None:
            return
        slower, unsure = list[str](), list[str]()
        for one in kinds:
            found = by_kind.outcome(one, percent)
            if found is not Outcome.NO_SLOWER and one.gated:
                said = slower if found is Outcome.SLOWER else unsure
                said.append(f"{one.other}: {by_kind_output.gated(one)}")
        self._fail(kinds[0].baseline, slower, unsure)

    def _fail(self, first: str, slower: Sequence[str], unsure: Sequence[str]) -> None:
        beyond = f"slower than {first} by more than {self.fail_if_slower:g} %"
        doubt = f"unsure whether {beyond}: {'; '.join(unsure)}"
        if slower:
            beside = f"; {doubt}" if unsure else ""
            raise PerfAnalysisError(f"{beyond}: {'; '.join(slower)}{beside}")
        if unsure and self.fail_if_unsure:
            raise PerfAnalysisError(doubt)
        if unsure:
            click.echo(f"perfanalysis: {doubt}", err=True)


gate_flags = grouped(
    "gate",
    Gate,
    (
        click.option(
            "--fail-if-slower",
            type=NumberRange(min=0, max=100),
            metavar="PERCENT",
            help="Exit with status 1 when a side is surely slower than the first one by more than "
            "this: by the kernel's primary figure, or with --kind or --mix by the work of these.",
        ),
        click.option(
            "--fail-if-unsure",
            is_flag=True,
            help="With --fail-if-slower: exit with status 1 also when that cannot be told.",
        ),
    ),
)
