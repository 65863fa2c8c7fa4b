"""Makes the reports of one call: asks, renders, writes, delivers; one, or one for each group."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from dataclasses import dataclass, replace
from pathlib import Path

import click

from perfanalysis.atomic_write import write_atomically
from perfanalysis.delivery.places.document import Attachment, CoverNote, Finished, digest_of
from perfanalysis.delivery.places.ledger import Ledger
from perfanalysis.delivery.places.place import Place
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.printable import printable
from perfanalysis.promql import Engine
from reporter.analysis.report_data import ReportData
from reporter.asking.both_ranges import ask
from reporter.asking.found_machines import find_machines, newest_labels
from reporter.formats.csv_table import ValueRow, csv_bytes
from reporter.formats.csv_types import type_rows
from reporter.formats.json_document import json_bytes
from reporter.formats.json_sizing import csv_values
from reporter.formats.tables import tables
from reporter.language import DOLLARS
from reporter.pages.drawing_process import Drawer
from reporter.pages.order import DrawingOrder
from reporter.pages.template_queries import plan_of
from reporter.settings.flags import Given
from reporter.settings.report import PAGES, TITLE, Config
from reporter.settings.time_zone import USUAL

# Of a group's name in a file's name.
_LONGEST_NAME = 60


@dataclass(frozen=True)
class Making:
    """How the reports of one call are made.

    Attributes:
        form: pdf, html, json or csv.
        now: what ``now`` means in the settings, Unix seconds.
        generated: when the report says it was made, Unix seconds.
        places: where it goes.
        ledger: who has which report.
        quiet: whether nothing is said of what was done.
    """

    form: str
    now: float
    generated: float
    places: Sequence[Place]
    ledger: Ledger
    quiet: bool

    def make(self, all_given: Given) -> None:
        """Make the report of some settings.

        Raises:
            InputError: a setting does not fit what the engine has.
            PerfAnalysisError: the engine failed, a file cannot be written, a place did not take it.
        """
        began = time.time()
        config = all_given.config
        drawer, plan = Drawer(), plan_of(config)
        wanted = bool(config.output or self.places)
        with drawer if wanted and self.form in PAGES else nullcontext():
            answers = ask(all_given, plan, Engine(config.access), self.now)
            order = DrawingOrder(config, *answers, self.generated, self.form)
            data = order.report_data if config.csv or self.places else None
            machines = _counted(len(order.answers.machines))
            # Who wants the tables alone waits for no pages.
            content, count = b"", machines
            if wanted and self.form in PAGES:
                drawer.begin(order)
                # Samples that nobody needs here any more make room for the pages.
                del answers, order
                content, pages = _pages(drawer, self.form, self.generated)
                count = f"{pages} pages, {machines}" if pages else machines
            elif wanted:
                content = _figures(order, self.form)
        if config.output:
            save(config.output, content)
            self._say(f"written: {config.output} ({count}, {time.time() - began:.1f} s)")
        if config.csv and data:
            self._write_tables(config.csv, data)
        if self.places and data:
            self._deliver(_finished(config, data, self.form, content))

    def make_for_each_group(self, all_given: Given) -> None:
        """Make one report for each value of the label ``report_per``.

        A group of which none can be made costs the others nothing.

        Raises:
            InputError: see ``make``.
            PerfAnalysisError: there is no machine, or some reports could not be made; they are
                named.
        """
        failures: list[tuple[str, PerfAnalysisError]] = []
        groups = groups_of(all_given, self.now)
        for group in groups:
            try:
                self.make(replace(all_given, config=group))
            except PerfAnalysisError as error:
                failures.append((f"{group.report_per}={group.group}", error))
        if failures and len(failures) == len(groups) and isinstance(failures[0][1], InputError):
            raise failures[0][1]
        if failures:
            raise PerfAnalysisError("; ".join(f"{group}: {error}" for group, error in failures))

    def _write_tables(self, folder: Path, data: ReportData) -> None:
        try:
            folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise PerfAnalysisError(f"{folder}: cannot be made: {error.strerror}") from error
        made = tables(data)
        for name, content in made.items():
            save(folder / name, content)
        self._say(f"written: {folder} ({', '.join(made)})")

    def _deliver(self, report: Finished) -> None:
        from perfanalysis.delivery.places import delivering

        sent, had = delivering.deliver(report, self.places, self.ledger)
        for said, receivers in (("delivered", sent), ("had it already", had)):
            for receiver in receivers:
                self._say(printable(f"{said}: {_filled(receiver, report)}"))

    def _say(self, text: str) -> None:
        if not self.quiet:
            click.echo(text)


def _filled(receiver: str, report: Finished) -> str:
    """A receiver as people know it: where a report has a name of its own, with that name."""
    return report.named(receiver) if receiver.startswith(("folder ", "s3 ")) else receiver


def groups_of(all_given: Given, now: float) -> list[Config]:
    """The settings of the report of each group, by the label's values; of those without it last.

    Raises:
        InputError: see ``find_machines``.
        QueryError: see ``find_machines``.
    """
    config = all_given.config
    start, end = config.range(now, all_given.where("from"))
    engine, where = Engine(config.access), all_given.where("machines")
    names, (_, samples) = find_machines(engine, config, start, end, where)
    labels = newest_labels(samples)
    values = {name: labels[name].get(config.report_per, "") for name in names}
    found = []
    for value in sorted(set(values.values()), key=lambda one: (not one, one)):
        machines = tuple(name for name in names if values[name] == value)
        found.append(_of_group(config, value, machines))
    return found


def _of_group(config: Config, value: str, machines: tuple[str, ...]) -> Config:
    words = config.words
    title = words.say(config.title) if config.title == TITLE else config.title
    shown = value or words.say("without {label}", label=config.report_per)
    part = safe_name(value) if value else f"without-{config.report_per}"
    output = config.output
    if output:
        output = output.with_name(f"{output.stem}-{part}{output.suffix}")
    return replace(
        config,
        machines=machines,
        labels=(),
        group=value,
        title=f"{title}: {shown}",
        baseline=config.baseline if config.baseline in machines else "",
        output=output,
        csv=config.csv / part if config.csv else None,
    )


def safe_name(text: str) -> str:
    """A group's name as part of a file's name: the same for the same, and for no other.

    Letters of ASCII, digits, ``_`` and ``-`` stay; whatever else there is makes it end in a digest.
    """
    safe = re.sub(r"[^A-Za-z0-9_-]+", "-", text).strip("-")[:_LONGEST_NAME]
    if safe == text and safe == safe.lower() and not safe.startswith("without-"):
        return safe
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{safe}-{digest}" if safe else digest


def _counted(machines: int) -> str:
    return "1 machine" if machines == 1 else f"{machines} machines"


def _figures(order: DrawingOrder, form: str) -> bytes:
    """The report as JSON, or as CSV."""
    if form == "json":
        return json_bytes(order.report_data)
    more = [*type_rows(order.report_data), *_found_rows(order)]
    return csv_bytes(order.report_data, more)


def _pages(drawer: Drawer, form: str, generated: float) -> tuple[bytes, int]:
    """The report as HTML, or as PDF with its count of pages."""
    if form == "html":
        return drawer.drawn().html.encode(), 0
    # Imported while the other process draws, and by those only who want pages.
    from reporter.pages import pdf

    drawn = drawer.drawn()
    for line in drawn.said:
        click.echo(printable(line), err=True)
    return pdf.pdf(drawn, generated)


def _found_rows(order: DrawingOrder) -> Iterator[ValueRow]:
    """Rows of CSV of what is found about the machines' sizes, where the report is about them."""
    if order.config.template == "rightsizing":
        for figure, unit, machine, labels, value in csv_values(order.report_data.sizing):
            yield ValueRow(figure, unit, machine, labels, order.answers.end, value)


def occasion(config: Config, form: str) -> str:
    """The digest of what the report is made for, when that is given: one occasion, one report."""
    if not config.occasion:
        return ""
    said = ("occasion", config.occasion, config.title, form, config.template)
    return digest_of(word.encode() for word in said)


def _finished(config: Config, data: ReportData, form: str, content: bytes) -> Finished:
    """The report for its deliveries; its digest is of what it is made for, or of what it says.

    When it was made is no part of that.
    """
    said: tuple[str, ...] = (
        form,
        config.template,
        config.language,
        config.page_size,
        config.baseline,
    )
    # What is shown otherwise is another report; that of the usual zone and currency is as ever.
    if config.time_zone != USUAL or config.currency != DOLLARS:
        said += (config.time_zone, str(config.currency))
    digest = occasion(config, form) or digest_of(
        [*(word.encode() for word in said), json_bytes(data)]
    )
    answers, words = data.answers, data.language
    cover = CoverNote(
        heading=words.say(config.title) if config.title == TITLE else config.title,
        period=f"{words.moment(answers.start)} \N{EN DASH} {words.moment(answers.end)}",
        sentences=tuple(data.verdict),
        closing=words.say("The report is attached, with its tables as CSV."),
        alone=words.say("The report is attached."),
    )
    attachments = tuple(Attachment(name, table) for name, table in tables(data).items())
    return Finished(
        content,
        form,
        config.title,
        answers.start,
        answers.end,
        digest,
        cover=cover,
        tables=attachments,
        zone=config.zone,
        group=f"without-{config.report_per}" if config.group == "" else config.group or "",
    )


def save(output: Path, content: bytes) -> None:
    """Write a file, wholly or not at all.

    Raises:
        PerfAnalysisError: it cannot be written.
    """
    try:
        write_atomically(output, content)
    except OSError as error:
        raise PerfAnalysisError(f"{output}: cannot be written: {error.strerror}") from error
