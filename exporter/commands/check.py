"""``perfanalysis exporter check``: evaluates the rules of exporter/validation."""

from __future__ import annotations

import logging
import sys
import time
from pathlib import Path

import click
from click.core import ParameterSource

from exporter.catalogue import CATALOGUE
from exporter.collecting import Flags
from exporter.collecting.paths import make_paths
from exporter.collectors.validation import ValidationCollector
from exporter.collectors.vmstat import FIELDS
from exporter.commands.captures import CaptureCheck
from exporter.page.scraping import Scraper
from exporter.registrations import COLLECTORS, make_collectors
from exporter.sources.files import Sources
from exporter.validation import presentation
from exporter.validation.verdict import Coverage, rows
from perfanalysis.duration_range import DurationRange
from perfanalysis.recordings.captures import read


@click.command()
@click.option(
    "--capture",
    "captures",
    multiple=True,
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="Check this capture instead of this machine: JSON lines, flat or nested, plain or gzip. "
    "May be given again.",
)
@click.option(
    "--interval",
    type=DurationRange(min=0.05, max=3600),
    default="2s",
    show_default=True,
    help="Time between two looks at this machine.",
)
@click.option(
    "--looks",
    type=click.IntRange(min=2),
    default=2,
    show_default=True,
    help="How often this machine is looked at.",
)
@click.option("--all", "show_all", is_flag=True, help="Show rules without violations as well.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and no table.")
@click.pass_context
def check(  # noqa: PLR0913, PLR0917 - one for each flag
    context: click.Context,
    captures: tuple[Path, ...],
    interval: float,
    looks: int,
    show_all: bool,
    as_json: bool,
) -> int:
    """Look whether this machine's numbers, or recorded ones, can be true.

    Evaluates the data-quality rules over what the collectors read. The exporter's own flags stand
    before `check`: perfanalysis exporter --path.procfs=/host/proc check

    Exit status: 0 when no rule is violated, 1 when one is, 2 when a capture or flag is unusable.
    """
    assert context.parent is not None
    flags = dict(context.parent.params)
    if context.parent.get_parameter_source(FIELDS.variable) is ParameterSource.DEFAULT:
        # A check is no scrape: it may look at all that the kernel counts.
        flags[FIELDS.variable] = ".*"
    logging.basicConfig(stream=sys.stderr, level=logging.ERROR, format="%(levelname)s %(message)s")
    # The table says what is violated; the log would say it again.
    logging.getLogger("exporter.validation").setLevel(logging.CRITICAL)
    if captures:
        reports = [check_capture(path, flags) for path in captures]
    else:
        reports = [check_machine(flags, interval, looks)]
    if as_json:
        presentation.print_json(reports)
    else:
        for report in reports:
            presentation.print_table(report, show_all=show_all)
    return 1 if any(report.violations for report in reports) else 0


def check_capture(path: Path, flags: Flags) -> presentation.Report:
    """Look at all ticks of a capture.

    Raises:
        InputError: it is unusable.
    """
    checked = CaptureCheck(COLLECTORS, flags)
    looks, begin, end = 0, 0.0, 0.0
    for tick in read(path):
        begin = begin or tick.time
        end = tick.time
        looks += 1
        checked.observe(tick)
    coverage = Coverage(looks, end - begin, checked.running, checked.failed)
    return presentation.Report(
        str(path), begin, rows(checked.validator, coverage), coverage, is_unix=True
    )


def check_machine(flags: Flags, interval: float, looks: int) -> presentation.Report:
    """Look at this machine, or at the trees of the flags ``path.*``.

    Args:
        flags: those of the exporter.
        interval: seconds between two looks.
        looks: how many.

    Raises:
        InputError: a flag's value is unusable.
    """
    sources = Sources(make_paths(flags))
    try:
        collectors = make_collectors(flags, sources, CATALOGUE)
        collectors.pop(ValidationCollector.name, None)
        observer = ValidationCollector(sources, flags)
        scraper = Scraper({**collectors, observer.name: observer}, sources, (), observer)
        failed = set(collectors)
        begin = time.monotonic()
        for number in range(looks):
            if number:
                time.sleep(max(0.0, begin + number * interval - time.monotonic()))
            failed -= _look(scraper)
        coverage = Coverage(looks, time.monotonic() - begin, tuple(collectors), failed)
        return presentation.Report(
            "this machine", begin, rows(observer.validator, coverage), coverage
        )
    finally:
        sources.close()


def _look(scraper: Scraper) -> set[str]:
    """One scrape without a page: the collectors that handed something over."""
    well = set()
    progress = scraper.begin()
    while (name := progress.next()) is not None:
        outcome = scraper.run(name, progress)
        progress.add(*outcome)
        if outcome[0] is not None:
            well.add(name)
    return well
