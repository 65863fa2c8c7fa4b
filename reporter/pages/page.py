"""What stands on a report's pages, ready for the template. Pure: no queries, no files."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from functools import cached_property

from markupsafe import Markup, escape

from reporter.analysis import fleet, kinds_verdict
from reporter.analysis.containers import Container, containers
from reporter.analysis.filesystems import filesystems
from reporter.analysis.fit_words import left_out_of_fit
from reporter.analysis.forecast import Trend
from reporter.analysis.lost_time import most_lost
from reporter.analysis.ranking import BY_DISTURBANCE
from reporter.analysis.report_data import MOST_LINES, ReportData
from reporter.analysis.rightsizing_labels import reach_words
from reporter.analysis.run_conditions import in_words
from reporter.analysis.type_rows import TypeRow, type_rows
from reporter.analysis.utilisation import Summary
from reporter.analysis.wording import names
from reporter.asking import placeholders
from reporter.asking.machines import Machine
from reporter.asking.query import Query
from reporter.asking.usage_queries import FILE_SYSTEMS
from reporter.charts.short_names import short_names
from reporter.figures import figure
from reporter.figures.catalogue import FIGURES
from reporter.figures.figure import DrawnFigure, MachineFigure
from reporter.pages.fonts import names_in, remark, without_font
from reporter.pages.levels import LevelRow, asked, levels, units_at
from reporter.pages.machine_rows import MachineRow, machine_rows
from reporter.pages.money_view import MoneyView
from reporter.pages.settings_said import settings_said
from reporter.pages.sizing_page import SizingPage
from reporter.pages.sources import Source, listed
from reporter.pages.template_view import (
    DataView,
    UnknownNameError,
    query_named,
    range_query_named,
)
from reporter.settings.report import TITLE

# Stands for the matcher of the machines' names in the appendix: the names once, not in each query.
MACHINES = "MACHINES"


class Page:
    """All that a template shows.

    Figures are drawn when a template asks for them, and numbered in that order.

    Attributes:
        material: the data; templates may call queries by their names.
        gathered: what the engine answered, by the names of the queries.

    Args:
        data: of the report.
        generated: now, in Unix seconds.
        form: what the pages become, see ``DrawingOrder``.
    """

    def __init__(self, data: ReportData, generated: float, form: str = "pdf") -> None:
        self.material, self.generated = DataView(data), generated
        self.config, self.language, self.machines = data.config, data.language, data.machines
        self.gathered, self.form = self.material.gathered, form
        self.drawings: list[DrawnFigure] = []
        self.sections: list[tuple[str, str]] = []
        self._feeds: dict[Query, list[str]] = {}

    def draw(self, name: str, machine: Machine | None = None) -> DrawnFigure | None:
        """The next figure, or None when there is no data for it.

        Args:
            name: of a figure, see ``reporter.figures``.
            machine: whose figure it is, where it is of one.

        Raises:
            UnknownNameError: there is no such figure, or it needs a machine, or has none.
        """
        if name not in FIGURES:
            raise UnknownNameError(f"expected one of {', '.join(FIGURES)}, found {name!r}")
        if isinstance(FIGURES[name], MachineFigure) != (machine is not None):
            of = "one machine" if machine is None else "all machines"
            raise UnknownNameError(f"the figure {name} is one of {of}")
        found = figure.drawn(FIGURES[name], self.material, machine)
        if found is None:
            return None
        found = replace(found, number=len(self.drawings) + 1)
        self.drawings.append(found)
        return found

    def section(self, identifier: str, text: str) -> Markup:
        """A heading that also stands in the table of contents."""
        return self.section_of(identifier, self.language.say(text))

    def section_of(self, identifier: str, name: str) -> Markup:
        """The same with a name, which is that in every language."""
        self.sections.append((identifier, name))
        return Markup('<h2 id="{}">{}</h2>').format(identifier, escape(name))

    def uses(self, place: str, *names: str) -> str:
        """Note which queries feed a table; shows nothing."""
        for name in names:
            self._feeds.setdefault(query_named(name), []).append(self.language.say(place))
        return ""

    @property
    def title(self) -> str:
        """The report's title; the usual one in its language."""
        title = self.config.title
        return self.language.say(title) if title == TITLE else title

    @cached_property
    def verdict(self) -> Sequence[str]:
        """The first sentences."""
        return self.material.verdict

    @cached_property
    def of_kinds(self) -> Sequence[str]:
        """For which kernel, and for which kinds of work, the first sentences hold."""
        return kinds_verdict.of_report(self.material)

    @cached_property
    def rows(self) -> Sequence[MachineRow]:
        """All machines, ranked ones first, see ``machine_rows``."""
        return machine_rows(self.material)

    @cached_property
    def types(self) -> Sequence[TypeRow]:
        """The types of which several machines were measured, and the others beside them."""
        return type_rows(self.material)

    @property
    def marks(self) -> Sequence[tuple[str, str]]:
        """The marks of classes of conditions, and what they stand for."""
        return [
            (group.tests.mark, in_words(group.tests, self.language))
            for group in self.material.ranking.groups
            if group.tests.mark
        ]

    @cached_property
    def short(self) -> Mapping[str, str]:
        """The machines' names where a table has little room."""
        return short_names((machine.name for machine in self.machines), 24)

    @cached_property
    def remarks(self) -> Sequence[str]:
        """What is missing or doubtful."""
        return [*self.material.remarks, *self._on_fonts()]

    def remarks_naming(self, most: int) -> Sequence[str]:
        """The same with at most so many names of machines in each."""
        return [*self.material.remarks_naming(most), *self._on_fonts()]

    def _on_fonts(self) -> list[str]:
        return [text] if (text := remark(self.without_font, self.language)) else []

    @cached_property
    def without_font(self) -> str:
        """The characters that are boxes on these pages."""
        return without_font(names_in(self.material)) if self.form == "pdf" else ""

    @property
    def left_out(self) -> str:
        """Which machines the fit and the ranking leave out, and why."""
        return left_out_of_fit(self.material)

    @cached_property
    def levels(self) -> Sequence[tuple[MachineRow, Sequence[LevelRow]]]:
        """The measured levels of each tested machine."""
        return [(row, levels(row.machine.test)) for row in self.rows if row.machine.test]

    @cached_property
    def asked_levels(self) -> Sequence[float]:
        """The levels that any machine was asked for, in percent."""
        return asked(table for _, table in self.levels)

    @property
    def units_by_level(self) -> Sequence[tuple[MachineRow, Sequence[float | None]]]:
        """Each tested machine's units per second at each of these levels."""
        return [(row, units_at(table, self.asked_levels)) for row, table in self.levels]

    @property
    def crowded(self) -> bool:
        """Whether there are more machines than a figure, or a table, for each has room for."""
        return len(self.machines) > MOST_LINES

    @cached_property
    def members(self) -> Sequence[fleet.Member]:
        """Every machine with its figures over the range."""
        return fleet.members(self.material)

    @property
    def fleet_tables(self) -> Sequence[Sequence[fleet.Member]]:
        """The fleet in short tables."""
        return list(fleet.tables(self.members))

    @property
    def kinds(self) -> Sequence[fleet.MachineKind]:
        """The fleet by type."""
        return fleet.kinds(self.members, self.material)

    @cached_property
    def money(self) -> MoneyView:
        """What is said of prices, of the currency, and of groups of machines."""
        return MoneyView(self.material)

    @property
    def lost_most(self) -> Sequence[Machine]:
        """The machines of a table of what they did not get; of many, the worst first."""
        return most_lost(self.machines, self.material.lost_time, in_order=not self.crowded)

    @property
    def costliest_idle(self) -> Sequence[fleet.Member]:
        """The machines whose idle time costs most."""
        return fleet.costliest_idle(self.members)

    @property
    def fullest(self) -> Sequence[fleet.Member]:
        """The machines nearest to their limit."""
        return fleet.fullest(self.members)

    @cached_property
    def sizing(self) -> SizingPage:
        """What is found about the machines' sizes."""
        return SizingPage(self.material)

    def trend(self, query: str, machine: Machine) -> Trend | None:
        """The trend of a ratio over the range, and as far ahead again."""
        return self.material.trend(range_query_named(query), machine)

    def reach(self, found: Trend | None, limit: float) -> str:
        """When a trend reaches a limit, in words."""
        return reach_words(found.reach(limit) if found else None, self.language)

    def earlier(self, query: str, machine: Machine) -> Summary | None:
        """Mean, percentiles and maximum in the range before."""
        return self.material.summary_before(range_query_named(query), machine)

    def mark_of(self, machine: Machine) -> str:
        """What stands beside a machine's figures: its class's mark, or that it was disturbed."""
        if reason := self.material.ranking.withheld(machine):
            say = self.language.say
            return say("disturbed") if reason == BY_DISTURBANCE else say("other conditions")
        group = self.material.ranking.group(machine)
        return group.tests.mark if group else ""

    def listed(self, found: Sequence[str]) -> str:
        """Some names, the first eight and how many others there are."""
        return names(found, 8, self.language)

    def not_shown(self, count: int) -> str:
        """That so many more rows are not shown."""
        if count == 1:
            return self.language.say("1 more is not shown.")
        return self.language.say("{count} more are not shown.", count=self.language.number(count))

    @property
    def settings(self) -> Sequence[tuple[str, str]]:
        """What was asked for, by the names of the settings; what was not given is left out."""
        return settings_said(self.config, self.material.baseline.name, self.money.rate)

    @property
    def created(self) -> str:
        """When the report was made, as ISO 8601."""
        return datetime.fromtimestamp(self.generated, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")

    def filesystems(self, machine: Machine) -> list[tuple[str, float]]:
        """Mount points and how full they are (0..1), the fullest first."""
        return filesystems(self.material.answers.samples.get(FILE_SYSTEMS, ()), machine.name)

    def containers(self, machine: Machine) -> list[Container]:
        """The machine's containers, those that used most CPU time first."""
        return containers(self.material, machine)

    @property
    def sources(self) -> Sequence[Source]:
        """Every query that fed something shown so far."""
        feeds: dict[Query, list[str]] = {query: [] for query in self.material.answers.expressions}
        for drawing in self.drawings:
            for query in drawing.queries:
                feeds.setdefault(query, []).append(str(drawing.number))
        found = []
        for query, expression in self.material.answers.expressions.items():
            words = listed([int(number) for number in feeds[query]], self.language.say("figure"))
            places = [*words, *dict.fromkeys(self._feeds.get(query, ()))]
            shown = expression.replace(self.matcher, MACHINES)
            found += [Source(query.name, ", ".join(places), shown)] if places else []
        return found

    @property
    def matcher(self) -> str:
        """The matcher of the machines' names, which every query has, as it was sent."""
        return placeholders.matcher(self.gathered.matched)
