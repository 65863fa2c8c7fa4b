"""``perfanalysis prices export``: prices as CSV, or as series of Prometheus."""

from __future__ import annotations

import csv
import os
import sys
import time
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

import click

from perfanalysis import progress
from perfanalysis.delivery.destinations import parse_labels
from perfanalysis.delivery.flags import EndpointFlags, endpoint_flags
from perfanalysis.duration_range import DurationRange
from perfanalysis.durations import parse_duration
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.flag_groups import grouped
from prices import machine_file
from prices.book.listing import prices_of
from prices.book.opening import Book, opened
from prices.book.rows import StoredPrice
from prices.commands import metrics_output, options
from prices.importers.own_fields import FIELDS, texts_of
from prices.machine_metrics import RESERVED

_REMOTE_WRITE = EndpointFlags(
    "remote-write", "--remote-write", variable="PERFANALYSIS_REMOTE_WRITE_KEY"
)


@dataclass(frozen=True)
class MetricsOutput:
    """What was said of series; see the help of each flag."""

    textfile: Path | None = None
    remote_write: EndpointFlags = _REMOTE_WRITE
    inventory: Path | None = None
    labels: tuple[str, ...] = ()
    every: str | None = None
    give_up: float = 60.0

    @property
    def wanted(self) -> bool:
        """Whether series are written, and no CSV."""
        return self.textfile is not None or self.remote_write.url is not None

    def check(self) -> None:
        """See that no flag stands alone.

        Raises:
            InputError: one is of no use without another.
        """
        self.remote_write.check()
        for flag, said in (
            ("--inventory", self.inventory),
            ("--label", self.labels),
            ("--every", self.every),
        ):
            if said and not self.wanted:
                raise InputError(flag, "", "--textfile or --remote-write beside it")


_OPTIONS = (
    click.option(
        "--textfile",
        "metrics_textfile",
        type=click.Path(dir_okay=False, path_type=Path),
        help="Write the prices that count now for the machines of --inventory, in the text format "
        "of Prometheus, for a collector of text files; the name ends in .prom.",
    ),
    endpoint_flags(
        "metrics_remote_write",
        _REMOTE_WRITE,
        help="Send the same by Prometheus remote write, such as https://mimir.example/api/v1/push.",
    ),
    click.option(
        "--inventory",
        "metrics_inventory",
        type=click.Path(exists=True, dir_okay=False, path_type=Path),
        help="Whose prices; default: those of the machines in prices.json.",
    ),
    click.option(
        "--label",
        "metrics_labels",
        multiple=True,
        metavar="NAME=VALUE",
        help="A label of every series, such as cluster=eu-1; may be given again. job is node, as "
        "of the machines' own exporters, unless it is given; `job=` leaves it out.",
    ),
    click.option(
        "--every",
        "metrics_every",
        metavar="DURATION",
        help="Go on, and write or send anew after each such time (1m), until the command is ended; "
        "default: once.",
    ),
    click.option(
        "--give-up",
        "metrics_give_up",
        type=DurationRange(min=0),
        default="60s",
        show_default=True,
        help="Time after which a receiver that takes nothing ends the command.",
    ),
)


@click.command()
@options.BOOK
@options.filters
@options.SOURCE
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The CSV's file; default: standard output.",
)
@grouped("metrics", MetricsOutput, _OPTIONS, prefix="metrics_")
def export(
    book: Book | None,
    source: str | None,
    output: Path | None,
    metrics: MetricsOutput,
    **filters: str | None,
) -> None:
    """Write prices as CSV, which can be imported, or as series of Prometheus."""
    metrics.check()
    place = options.book_of(book)
    if not metrics.wanted:
        _write_csv(place, filters, source, output)
        return
    csv_alone = {"source": source, "output": output, **filters}
    for name, said in csv_alone.items():
        if said is not None:
            flag = f"--{name.replace('_', '-')}"
            raise InputError(flag, "", "no --textfile and --remote-write, whose series are all")
    _write_metrics(place, metrics)


def _write_csv(
    book: Book, filters: Mapping[str, str | None], source: str | None, output: Path | None
) -> None:
    with opened(book) as connection:
        found = prices_of(connection, filters, source)
        if output is None:
            _write_rows(sys.stdout, found)
            return
        # A book may be larger than the memory: into a file beside it, which then takes its name.
        beside = output.with_name(f".{output.name}.part")
        try:
            with beside.open("w", newline="", encoding="utf-8") as stream:
                _write_rows(stream, found)
                os.fsync(stream.fileno())
            beside.replace(output)
        except OSError as error:
            raise PerfAnalysisError(f"{output}: cannot be written ({error.strerror})") from error
        finally:
            beside.unlink(missing_ok=True)


def _write_rows(stream: TextIO, found: Iterable[StoredPrice]) -> None:
    writer = csv.DictWriter(stream, FIELDS, lineterminator="\n")
    writer.writeheader()
    for stored in found:
        writer.writerow(texts_of(stored.price))


def _write_metrics(book: Book, asked: MetricsOutput) -> None:
    labels = _labels(asked.labels)
    seconds = None if asked.every is None else parse_duration(asked.every)
    if asked.every is not None and not seconds:
        raise InputError("--every", "", "a duration such as 1m", asked.every)
    machines = machine_file.asked_for(options.folder_of(book), asked.inventory)
    sender = None
    if asked.remote_write.url:
        endpoint = asked.remote_write.endpoint()
        sender = metrics_output.PriceSender(endpoint, asked.give_up, _say)
    try:
        while True:
            series = metrics_output.series_of(book, machines, labels, _say)
            if asked.textfile:
                metrics_output.write_textfile(asked.textfile, series)
            if sender and series:
                sender.send(series)
            if seconds is None:
                break
            time.sleep(seconds)
    finally:
        if sender:
            sender.close()
    places = [str(place) for place in (asked.textfile, sender and sender.shown) if place]
    click.echo(f"{len(series)} prices of {len(machines)} machines: {', '.join(places)}")


def _labels(said: tuple[str, ...]) -> dict[str, str]:
    found = {"job": "node", **parse_labels(said, "--label")}
    if taken := RESERVED & found.keys():
        raise InputError("--label", "", f"another label than {', '.join(sorted(taken))}")
    return {name: value for name, value in found.items() if value}


def _say(line: str) -> None:
    progress.say("prices", line)
