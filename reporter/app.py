"""``perfanalysis report``: asks Prometheus, and writes the report as PDF or HTML."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

import click

from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.inventory import PURCHASE_OPTIONS
from reporter import rendering
from reporter.config import Config, parse_time, read_config, template_name, url
from reporter.gathering import gather
from reporter.language import LANGUAGES, Language
from reporter.material import Material
from reporter.page import Page
from reporter.promql import Engine

FORMATS = ("pdf", "html")
COMMAND_LINE = "command line"


@click.command()
@click.option(
    "--config",
    "config_file",
    type=click.Path(path_type=Path, dir_okay=False),
    help="YAML file with the report's settings; what stands on the command line beats it.",
)
@click.option(
    "--output",
    required=True,
    type=click.Path(path_type=Path, dir_okay=False),
    help="The file to write; its ending (.pdf, .html) is its format.",
)
@click.option("--format", "form", type=click.Choice(FORMATS), help="Format, whatever the ending.")
@click.option("--prometheus", "address", metavar="URL", help="Base URL of the PromQL API.")
@click.option(
    "--from", "start", metavar="TIME", help="now-6h, 2026-03-01T00:00:00Z or Unix seconds."
)
@click.option("--to", "end", metavar="TIME", help="End of the range; default: now.")
@click.option("--machines", metavar="NAME,…", help="Machines, in this order; default: all.")
@click.option("--kernel", help="Kernel of the load test; default: rmw.")
@click.option("--purchase", type=click.Choice(PURCHASE_OPTIONS), help="Which price counts.")
@click.option("--template", metavar="NAME", help="comparison, executive, machine, fleet, …")
@click.option("--baseline", metavar="NAME", help="The machine that others are compared with.")
@click.option("--language", type=click.Choice(LANGUAGES), help="Language of the report.")
@click.option("--quiet", is_flag=True, help="Do not say what was written.")
def report(  # noqa: PLR0913, PLR0917 - one for each flag
    config_file: Path | None,
    output: Path,
    form: str | None,
    address: str | None,
    start: str | None,
    end: str | None,
    machines: str | None,
    kernel: str | None,
    purchase: str | None,
    template: str | None,
    baseline: str | None,
    language: str | None,
    quiet: bool,
) -> None:
    """Write the price-performance report of some machines over a time range.

    The figures come from Prometheus, or any engine with its HTTP API. Exit status: 0 written, 1 the
    engine cannot be reached or has no data, 2 bad input; without 0 no file is written.
    """
    began = time.time()
    config = read_config(config_file) if config_file else Config()
    where = str(config_file) if config_file else COMMAND_LINE
    format_ = output_format(output, form)
    config = replace(
        config,
        start=start or config.start,
        end=end or config.end,
        kernel=kernel or config.kernel,
        purchase=purchase or config.purchase,
        baseline=baseline or config.baseline,
        language=language or config.language,
    )
    for flag, text in (("--from", start), ("--to", end)):
        if text is not None:
            parse_time(text, began, COMMAND_LINE, flag)
    if template is not None:
        template = template_name(template, COMMAND_LINE, "--template")
        config = replace(config, template=template)
    if address is not None:
        config = replace(config, url=url(address, COMMAND_LINE, "--prometheus"))
    if machines is not None:
        config = replace(config, machines=machine_names(machines))
        where = COMMAND_LINE
    writable(output)
    from_seconds, to_seconds = config.range(began, where)
    engine = Engine(config.url)
    gathered = gather(engine, config, from_seconds, to_seconds, where)
    before = None
    if config.template == "regression":
        before = gather(engine, config, 2 * from_seconds - to_seconds, from_seconds, where)
    material = Material(config, gathered, Language(config.language), before)
    page = Page(material, generated_at(began))
    count = "1 machine" if len(gathered.machines) == 1 else f"{len(gathered.machines)} machines"
    if format_ == "html":
        content = rendering.html(page).encode()
    else:
        content, pages = rendering.pdf(page)
        count = f"{pages} pages, {count}"
    save(output, content)
    if not quiet:
        click.echo(f"written: {output} ({count}, {time.time() - began:.1f} s)")


def generated_at(now: float) -> float:
    """When the report says it was made: SOURCE_DATE_EPOCH where that is set, else now.

    Raises:
        InputError: the variable holds no number of seconds.
    """
    text = os.environ.get("SOURCE_DATE_EPOCH")
    if text is None:
        return now
    if not text.isdigit():
        raise InputError("environment", "SOURCE_DATE_EPOCH", "Unix seconds", text)
    return float(text)


def save(output: Path, content: bytes) -> None:
    """Write the report, wholly or not at all.

    Raises:
        PerfAnalysisError: the file cannot be written.
    """
    try:
        write_atomically(output, content)
    except OSError as error:
        raise PerfAnalysisError(f"{output}: cannot be written: {error.strerror}") from error


def output_format(output: Path, form: str | None) -> str:
    """The format that was asked for, or that of the file's ending.

    Raises:
        InputError: neither says one.
    """
    found = form or output.suffix.removeprefix(".").lower()
    if found not in FORMATS:
        raise InputError(COMMAND_LINE, "--output", "a file that ends in .pdf or .html", str(output))
    return found


def machine_names(text: str) -> tuple[str, ...]:
    """Names between commas, each once, in their order.

    Raises:
        InputError: there is none.
    """
    names = tuple(dict.fromkeys(name.strip() for name in text.split(",") if name.strip()))
    if not names:
        raise InputError(COMMAND_LINE, "--machines", "names between commas", text)
    return names


def writable(output: Path) -> None:
    """Check that the folder of the output is there, before any work is done.

    Raises:
        InputError: it is not.
    """
    if not output.absolute().parent.is_dir():
        raise InputError(COMMAND_LINE, "--output", "a file in a folder that exists", str(output))
