"""``perfanalysis import capture``: recordings as OpenMetrics, blocks, remote write or our own."""

from __future__ import annotations

import resource
import sqlite3
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

import click

from importing import results
from importing.backfilling import Backfill
from importing.captures import Snapshot
from importing.commands import hints, owners, receivers
from importing.files import RESULT, InputFile, kind_of, merged, prepare
from importing.progress import ReadingProgress
from importing.recording_output import RecordingOutput
from importing.refusals import ALLOW_FUTURE_TIMES, Refusals
from importing.sending import RemoteWrite
from importing.sources import look_through
from importing.text import TextOutput
from importing.workplace import fingerprint
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.printable import printable


class SnapshotOutput(Protocol):
    """Where the snapshots of an import go."""

    def take(self, snapshot: Snapshot) -> None:
        """Take one snapshot."""

    def finish(self) -> str:
        """Do what is left; says what was done."""

    def close(self) -> None:
        """Let go of files and folders."""


@click.command()
@click.argument(
    "files", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILES..."
)
@owners.options
@hints.options
@click.option(
    "--output",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one OpenMetrics file.",
)
@click.option(
    "--recording",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write one recording, for perfanalysis workload; of one machine.",
)
@click.option(
    "--backfill",
    type=click.Path(file_okay=False, path_type=Path),
    help="Prometheus's data folder: make blocks with promtool and put them there.",
)
@click.option("--promtool", help="Prometheus's tool; default: the one on PATH.")
@receivers.options
@click.option("--again", is_flag=True, help="Import files that have been imported there already.")
@click.option(
    "--strict", is_flag=True, help="End with status 2 at the first line that is unusable."
)
@click.option(
    ALLOW_FUTURE_TIMES,
    is_flag=True,
    help="DANGER: import times ahead of now, too. Prometheus counts its retention from its newest "
    "block: one that lies ahead by more than that makes it delete ALL others, and it may take no "
    "new sample until that time has come.",
)
def capture(  # noqa: PLR0913, PLR0917 - one for each flag
    files: tuple[Path, ...],
    owner: owners.Owners,
    hint: hints.HintFlags,
    output: Path | None,
    recording: Path | None,
    backfill: Path | None,
    promtool: str | None,
    remote_write: receivers.Receiver,
    again: bool,
    strict: bool,
    allow_future_times: bool,
) -> None:
    """Put recordings under the exporter's names, with the times at which they were made.

    FILES are captures (JSON lines, flat or nested), container CSVs and portal CSVs, load-test
    results, and what these print: sadf -j, pcp2json, pmrep --output=csv, vmstat -t, atop -P and -J,
    dool and dstat --output, aws cloudwatch get-metric-data, az monitor metrics list. They may be
    gzip; each is known by its first lines. A line that is malformed, not in order, or of a time
    that was there already is left out, counted and shown. A time ahead of now ends the import with
    status 2, and so do two files that tell the same of one machine for the same time.
    """
    remote_write.check()
    asked = [flag for flag in (output, recording, backfill, remote_write.url) if flag]
    if len(asked) != 1:
        expected = "one of --output, --recording, --backfill and --remote-write"
        raise InputError("import capture", "", expected)
    for path in files:
        if path.is_dir():
            expected = f"a file, not a folder: name the files in it, such as {path / '*.jsonl.gz'}"
            raise InputError(str(path), "", expected)
    said = hint.hints()
    told = {path: results.owner(path) for path in files if kind_of(path) == RESULT}
    owners_of_files = owner.of(files, told)
    pairs = zip(files, owners_of_files, strict=True)
    inputs = [prepare(path, machine, said) for path, machine in pairs]
    _allow_many_files()
    with ReadingProgress(inputs) as progress:
        refusals = Refusals(progress.say, strict=strict, allow_future_times=allow_future_times)
        where: SnapshotOutput | None
        if output:
            where = TextOutput(output)
        elif recording:
            where = RecordingOutput(recording, {file.machine.name for file in inputs})
        elif backfill:
            where = _backfill(backfill, inputs, promtool, refusals, again=again)
        else:
            where = receivers.open_receiver(
                remote_write,
                fingerprint(inputs),
                progress.say,
                again=again,
                allow_future_times=allow_future_times,
            )
        if where is not None:
            _run(where, inputs, refusals, progress)


def _allow_many_files() -> None:
    # Files that were recorded at the same time are open at the same time.
    _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (most, most))


def _run(
    where: SnapshotOutput,
    inputs: Sequence[InputFile],
    refusals: Refusals,
    progress: ReadingProgress,
) -> None:
    try:
        # What was sent cannot be taken back; all else is published at the end.
        look_through(inputs, refusals, times=isinstance(where, RemoteWrite))
        for snapshot in merged(inputs, refusals):
            where.take(snapshot)
            progress.update()
        said = where.finish()
    except (OSError, sqlite3.OperationalError) as error:
        # A full disk, mostly. Nothing half-written stays where anybody would take it for whole.
        file = f"{error.filename}: " if isinstance(error, OSError) and error.filename else ""
        raise PerfAnalysisError(f"the import could not be written: {file}{error}") from error
    finally:
        where.close()
    if left_out := refusals.summary():
        progress.say(f"lines left out: {left_out}")
    click.echo(printable(said))


def _backfill(
    data: Path,
    inputs: Sequence[InputFile],
    promtool: str | None,
    refusals: Refusals,
    *,
    again: bool,
) -> Backfill | None:
    """Where blocks go; None when nothing is left to do."""
    where = Backfill(data, fingerprint(inputs), promtool, refusals)
    if not where.state or (where.state == "done" and again):
        where.begin()
        return where
    with closing(where):
        if where.state == "done":
            said = "these files have been imported already (--again imports them anew)"
            click.echo(f"{data}: {said}")
        else:
            # They may be of an import that was allowed what this one is not.
            look_through(inputs, refusals, times=True)
            click.echo(f"{data}: {where.move()} of an interrupted import put in place")
    return None
