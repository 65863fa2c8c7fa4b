"""``python -m benchmarks [CASE ...]``: run cases, keep their results, and make the page anew."""

from __future__ import annotations

import sys
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import click

from benchmarks import results, sizing, table
from benchmarks.case import Case, PeerMissingError, Settings
from benchmarks.cases import CASES
from benchmarks.machine import machine_facts
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError, PerfAnalysisError

REPOSITORY = Path(__file__).resolve().parent.parent
PAGE = REPOSITORY / "docs" / "benchmarks.md"
SIZES = REPOSITORY / "docs" / "scaling.md"
# The cases that the sizes are made from.
SIZED = ("scraped_fleet", "storage")


def run_case(case: Case, *, quick: bool, kept_in: Path) -> bool:
    """Run one case, write its result into ``kept_in``, and tell what came out.

    Returns:
        False when it failed. A case whose peer is missing has not failed: it was not run.
    """
    date = datetime.now(UTC)
    machine = machine_facts()
    with tempfile.TemporaryDirectory(prefix="benchmark-") as folder:

        def say(text: str) -> None:
            click.echo(f"{case.name}: {text}", err=True)

        try:
            outcome = case.run(Settings(Path(folder), quick, say))
        except PeerMissingError as error:
            say(f"not run: {error}")
            return True
        except PerfAnalysisError as error:
            say(f"failed: {error}")
            return False
    result = results.document(case, outcome, machine, date, quick=quick)
    path = results.write(result, kept_in)
    click.echo(table.render([case], [result]))
    say(f"written: {path}")
    return True


def chosen(names: tuple[str, ...]) -> list[Case]:
    """The cases of these names; all when there are none.

    Raises:
        InputError: there is no case of a name.
    """
    known = {case.name: case for case in CASES}
    for name in names:
        if name not in known:
            raise InputError("benchmarks", "CASE", f"one of {', '.join(known)}", name)
    return [known[name] for name in names] or CASES


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", metavar="[CASE]...", nargs=-1)
@click.option("--list", "listing", is_flag=True, help="Show all cases, and run none.")
@click.option(
    "--quick",
    is_flag=True,
    help="See whether they work: results go to out/benchmarks, and the page stays as it is.",
)
def main(names: tuple[str, ...], listing: bool, quick: bool) -> None:
    """Compare with peers, side by side on this machine.

    Exit status: 0 also when a goal was missed (the table says so), 1 when a case failed.
    """
    try:
        cases = chosen(names)
        if listing:
            for case in cases:
                click.echo(f"{case.name}: {case.what} Beside: {case.peer}. Goal: {case.goal}.")
            return
        folder = REPOSITORY / "out" / "benchmarks" if quick else results.FOLDER
        done = [run_case(case, quick=quick, kept_in=folder) for case in cases]
        if not quick:
            page = PAGE.read_text(encoding="utf-8")
            text = table.with_table(page, CASES, results.read_all(results.FOLDER))
            write_atomically(PAGE, text.encode())
            sizes = sizing.sized(SIZES.read_text(encoding="utf-8"), *map(results.kept, SIZED))
            write_atomically(SIZES, sizes.encode())
    except PerfAnalysisError as error:
        click.echo(f"benchmarks: {error}", err=True)
        sys.exit(error.exit_status)
    sys.exit(0 if all(done) else 1)


if __name__ == "__main__":
    main()
