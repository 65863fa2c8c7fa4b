"""``perfanalysis portal import-old``: move the old portal's tables into this one."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import click

from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.printable import printable
from perfanalysis.progress import ProgressPace, say
from portal.commands import options
from portal.moving import moving
from portal.moving.dump import read_dump
from portal.moving.moving import Move
from portal.moving.old_tables import MODELS, OldKind, template
from portal.moving.taking import FAULTY

_NAME = "portal import-old"
MOST_SHOWN = 20


@click.command("import-old")
@click.argument(
    "dumps", metavar="DUMP...", nargs=-1, type=click.Path(dir_okay=False, path_type=Path)
)
@options.database
@click.option(
    "--tenant",
    help="Whose the records are; needed where neither the dump nor the portal has just one.",
)
@click.option("--write", is_flag=True, help="Do it; without this it is only told.")
@click.option(
    "--leave-out-faulty", is_flag=True, help="Write the others, where some records are faulty."
)
@click.option(
    "--template",
    "folder",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write empty CSV files with the columns that are read into this folder, and end.",
)
def import_old(  # noqa: PLR0913 - one for each option
    dumps: tuple[Path, ...],
    database: str | None,
    database_file: Path | None,
    *,
    tenant: str | None,
    write: bool,
    leave_out_faulty: bool,
    folder: Path | None,
) -> None:
    """Move tenants, users, machines, load tests and uploads of the old portal's dump.

    DUMP is what Django's `dumpdata` writes (JSON, or JSON lines named *.jsonl), or a table as CSV
    (collectors_collector.csv). Passwords and keys are not read. It can be said again: what was
    taken stays as it is.
    """
    if folder is not None:
        _write_templates(folder)
        return
    if not dumps:
        raise InputError("DUMP", "", "at least one file")
    records = [record for path in dumps for record in read_dump(path)]
    with options.opened(database, database_file) as engine:
        pace = _Pace(len(records))
        done = moving.move(engine, records, tenant, options.person(), pace.told, write=False)
        if write and (leave_out_faulty or not done.counts.faults):
            pace = _Pace(len(records))
            done = moving.move(engine, records, tenant, options.person(), pace.told, write=True)
            _tell(done, wrote=True)
            return
    _tell(done, wrote=False)
    if done.counts.faults and write:
        expected = "no faulty record (nothing was written; --leave-out-faulty writes the others)"
        raise InputError(str(dumps[0]), "", expected, len(done.counts.faults))


class _Pace:
    """Says how far it is, every other second."""

    def __init__(self, most: int) -> None:
        self._pace, self._done, self._most = ProgressPace(2.0, at_once=False), 0, most

    def told(self) -> None:
        """Count a record."""
        self._done += 1
        if self._pace.due():
            say(_NAME, f"{self._done} of {self._most} records")


def _tell(done: Move, *, wrote: bool) -> None:
    counts = done.counts
    into = f" into tenant '{done.into}'" if done.into else ""
    click.echo(printable(f"{'moved' if wrote else 'would move'}{into}:"))
    for kind, count in counts.kinds.items():
        left = ", ".join(f"{n} {reason}" for reason, n in sorted(count.left_out.items()))
        said = f"{count.read} read = {count.new} new + {count.known} here already + "
        said += f"{count.left_out.total()} left out" + (f" ({left})" if left else "")
        click.echo(printable(f"  {kind}: {said}"))
    for model, number in sorted(counts.others.items()):
        click.echo(printable(f"  {model}: {number} read, and left out: this table does not move"))
    if counts.faults:
        click.echo(f"{FAULTY}:")
        for fault in counts.faults[:MOST_SHOWN]:
            click.echo(printable(f"  {fault}"))
        if len(counts.faults) > MOST_SHOWN:
            click.echo(f"  and {len(counts.faults) - MOST_SHOWN} more")
    for name, key in done.keys.items():
        click.echo(f"the first key of the tenant '{name}', shown this once: {key.text}")
    if not wrote:
        click.echo("nothing was written (--write does it)")


def _write_templates(folder: Path) -> None:
    """One file for each kind, called like the table that it is in the newest old portal."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for kind in OldKind:
            model = next(name for name, one in MODELS.items() if one is kind)
            path = folder / f"{model.replace('.', '_')}.csv"
            if path.exists():
                raise InputError(str(path), "", "a file that is not there yet")
            text = io.StringIO()
            csv.writer(text, lineterminator="\n").writerow(template(kind))
            write_atomically(path, text.getvalue().encode())
            click.echo(str(path))
    except OSError as error:
        raise PerfAnalysisError(f"{folder}: cannot be written ({error.strerror})") from error
