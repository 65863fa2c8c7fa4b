"""``perfanalysis import recording``: our own recordings, into a Prometheus or another store."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import closing
from pathlib import Path

import click

from importing import recorded
from importing.backfilling import Backfill
from importing.captures import Snapshot
from importing.commands import receivers
from importing.commands.capture import SnapshotOutput
from importing.progress import ReadingProgress
from importing.recorded import RecordedFile
from importing.refusals import ALLOW_FUTURE_TIMES, Refusals
from importing.workplace import fingerprint
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.printable import printable


@click.command()
@click.argument(
    "paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="RECORDINGS..."
)
@click.option("--machine", help="The machine's name (label instance); default: as recorded.")
@click.option(
    "--backfill",
    type=click.Path(file_okay=False, path_type=Path),
    help="Prometheus's data folder: make blocks with promtool and put them there.",
)
@click.option("--promtool", help="Prometheus's tool; default: the one on PATH.")
@receivers.options
@click.option("--again", is_flag=True, help="Import what has been imported there already.")
@click.option(
    ALLOW_FUTURE_TIMES,
    is_flag=True,
    help="DANGER: import times ahead of now, too; see `perfanalysis import capture`.",
)
def recording(  # noqa: PLR0913, PLR0917 - one for each flag
    paths: tuple[Path, ...],
    machine: str | None,
    backfill: Path | None,
    promtool: str | None,
    remote_write: receivers.Receiver,
    again: bool,
    allow_future_times: bool,
) -> None:
    """Put recordings of `perfanalysis workload record` into a Prometheus or another store.

    RECORDINGS are files, or folders that were made with --keep. As one text of OpenMetrics,
    `perfanalysis workload show --openmetrics` prints them.
    """
    remote_write.check()
    if (backfill is None) == (remote_write.url is None):
        raise InputError("import recording", "", "one of --backfill and --remote-write")
    quiet = Refusals(print_line, strict=False, allow_future_times=allow_future_times)
    files = [recorded.prepare(path, machine, quiet) for path in paths]
    recorded.check_apart(files)
    inputs = [one.file for one in files]
    name = fingerprint(inputs)
    with ReadingProgress(inputs) as progress:
        where: SnapshotOutput | None
        if backfill:
            where = _backfill(Backfill(backfill, name, promtool, quiet), again=again)
        else:
            where = receivers.open_receiver(
                remote_write, name, progress.say, again=again, allow_future_times=allow_future_times
            )
        if where is not None:
            _run(where, files, progress)


def print_line(text: str) -> None:
    """Say what was left out."""
    click.echo(printable(f"import: {text}"), err=True)


def _run(where: SnapshotOutput, files: Sequence[RecordedFile], progress: ReadingProgress) -> None:
    try:
        snapshot: Snapshot
        for snapshot in recorded.merged(files):
            where.take(snapshot)
            progress.update()
        said = where.finish()
    except OSError as error:
        raise PerfAnalysisError(f"the import could not be written: {error}") from error
    finally:
        where.close()
    click.echo(printable(said))


def _backfill(where: Backfill, *, again: bool) -> Backfill | None:
    """Where blocks go; None when nothing is left to do."""
    if not where.state or (where.state == "done" and again):
        where.begin()
        return where
    with closing(where):
        if where.state == "done":
            click.echo("these recordings have been imported already (--again imports them anew)")
        else:
            click.echo(f"{where.move()} of an interrupted import put in place")
    return None
