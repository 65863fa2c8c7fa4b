"""``perfanalysis report``: asks Prometheus, and writes the report as PDF, HTML, JSON or CSV."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import click

from perfanalysis.errors import InputError
from perfanalysis.moments import parse_time
from perfanalysis.printable import printable
from perfanalysis.promql import Engine
from perfanalysis.results.state import default_state_directory
from reporter.pages import template_files
from reporter.pages.template_queries import plan_of
from reporter.settings.flags import Given, given, setting_flags
from reporter.settings.report import FORMATS, PAGES, Config
from reporter.settings.sources import COMMAND_LINE, ENVIRONMENT


@click.group(invoke_without_command=True)
@setting_flags()
@click.option("--quiet", is_flag=True, help="Do not say what was written.")
@click.pass_context
def report(context: click.Context, /, config_file: Path | None, quiet: bool, **flags: Any) -> None:
    """Write the price-performance report of some machines over a time range.

    The figures come from Prometheus, or any engine with its HTTP API. Every setting can also stand
    in the YAML file and in the environment (PERFANALYSIS_REPORT_PROMETHEUS_URL and so on). Exit
    status: 0 written and delivered, 1 the engine cannot be reached or has no data, 2 bad input; no
    file is written then. Also 1 when a delivery failed: the file is there then, and the next call
    delivers to those only who do not have it.
    """
    if context.invoked_subcommand:
        if config_file or quiet or any(value not in {None, ()} for value in flags.values()):
            raise click.UsageError(
                f"flags of '{context.invoked_subcommand}' stand after its name", context
            )
        return
    began = time.time()
    all_given = given(config_file, flags)
    config = all_given.config
    form = output_format(config, all_given)
    check_output(config, all_given)
    if form in PAGES:
        template_files.check(config)
    from perfanalysis.delivery.places import delivering
    from perfanalysis.delivery.places.ledger import Ledger
    from reporter.commands.making import Making, occasion

    places = delivering.places_of(config.deliver)
    ledger = Ledger(default_state_directory() / "reports")
    made_for = occasion(config, form)
    now = ledger.first_tried(made_for, began) if places and made_for else began
    making = Making(form, now, generated_at(began), places, ledger, quiet)
    if config.report_per:
        making.make_for_each_group(all_given)
    else:
        making.make(all_given)


def generated_at(now: float) -> float:
    """When the report says it was made: SOURCE_DATE_EPOCH where that is set, else now.

    Raises:
        InputError: the variable holds no number of seconds.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None:
        return now
    # Later than the year 9999 no date can be written.
    if not (text.isascii() and text.isdigit() and len(text) < 12):
        raise InputError(ENVIRONMENT, "SOURCE_DATE_EPOCH", "Unix seconds", text)
    return float(text)


def output_format(config: Config, all_given: Given) -> str:
    """The format that was asked for, or that of the file's ending; PDF when only delivered.

    Raises:
        InputError: neither says one.
    """
    ending = config.output.suffix.removeprefix(".").lower() if config.output else "pdf"
    found = config.format or ending
    if found not in FORMATS:
        expected = "a file that ends in .pdf, .html, .json or .csv"
        where = all_given.where("output")
        name = "--output" if where == COMMAND_LINE else "output"
        raise InputError(where, name, expected, str(config.output))
    return found


def check_output(config: Config, all_given: Given) -> None:
    """Check that the report has a place to go to, before any work is done.

    Raises:
        InputError: it has none, or the folder of its file is not there.
    """
    if config.output:
        writable(config.output, all_given.where("output"))
    elif not config.deliver and not config.csv:
        raise InputError(COMMAND_LINE, "--output", "a file to write, or something to deliver to")


def writable(output: Path, where: str) -> None:
    """Check that the folder of the output is there, before any work is done.

    Raises:
        InputError: it is not.
    """
    if not output.absolute().parent.is_dir():
        name = "--output" if where == COMMAND_LINE else "output"
        raise InputError(where, name, "a file in a folder that exists", str(output))


@report.command()
@setting_flags()
def check(config_file: Path | None, **flags: Any) -> None:
    """Check the settings, and run every query of the report without making it.

    Exit status: 0 all is there, 1 something is missing or the engine failed, 2 bad input.
    """
    from perfanalysis.delivery.places import delivering
    from reporter.commands import check as checking

    all_given = given(config_file, flags)
    config = all_given.config
    delivering.places_of(config.deliver)
    engine = checking.TimedEngine(config.access)
    found, warnings = checking.check_queries(engine, all_given, plan_of(config), time.time())
    click.echo(f"{'query':42} {'series':>7} {'seconds':>8}")
    for one in found:
        click.echo(f"{one.query.name:42} {one.shown:>7} {one.seconds:>8.2f}")
    for warning in warnings:
        click.echo(printable(f"the engine warned: {warning}"), err=True)
    checking.verdict(found)


@report.command()
@setting_flags()
def init(config_file: Path | None, **flags: Any) -> None:
    """Write a commented YAML file of settings, from what the engine has.

    It goes to --output, which must not be there yet, or to standard output.
    """
    from reporter.commands import init as starting
    from reporter.commands import init_prices

    config = given(config_file, flags).config
    if config.output:
        writable(config.output, COMMAND_LINE)
        if config.output.exists():
            raise InputError(COMMAND_LINE, "--output", "a file that is not there yet")
    now = time.time()
    until = parse_time(config.end, COMMAND_LINE, "--to", now=now, zone=config.zone, end=True)
    found = starting.look(Engine(config.access), until)
    times = starting.times_of(found, now, config.zone)
    book = init_prices.look(config, found.seen, now)
    text = starting.text_of(found, config.url, times, config.time_zone, book)
    if config.output:
        from reporter.commands.making import save

        save(config.output, text.encode())
        click.echo(f"written: {config.output}")
    else:
        click.echo(text, nl=False)
    if said := init_prices.unpriced(book):
        click.echo(f"report init: {printable(said)}", err=True)


def printed(html: str, generated: float, data: Mapping[str, str]) -> bytes:
    """A page that somebody else has made, as tagged PDF; nothing that it names is fetched.

    Args:
        html: the page.
        generated: when it was made, in Unix seconds.
        data: CSV files that are attached, by name.
    """
    from reporter.pages.drawn import Data, Drawn
    from reporter.pages.pdf import pdf

    attached = [Data(name, name, text.encode()) for name, text in data.items()]
    content, _ = pdf(Drawn(html, attached), generated)
    return content
