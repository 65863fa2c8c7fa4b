"""The command ``perfanalysis dashboards``: writes the dashboards' JSON, and checks it."""

from __future__ import annotations

from pathlib import Path

import click

from grafana.dashboards.collection import DASHBOARDS, FOLDER
from grafana.dashboards.expressions import RULES, faults_of
from grafana.dashboards.generation import to_json
from grafana.dashboards.lints import findings
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import PerfAnalysisError

_FOLDER = click.option(
    "--folder",
    type=click.Path(path_type=Path, exists=True, file_okay=False),
    default=lambda: FOLDER,  # not a path of the machine that writes docs/cli.md
    help="Where the JSON files are; beside the dashboards' code when not given.",
)


@click.group()
def dashboards() -> None:
    """Build and check the Grafana dashboards."""


@dashboards.command(short_help="Write each dashboard's JSON file.")
@_FOLDER
def build(folder: Path) -> None:
    """Write each dashboard's JSON file; a file that is up to date is not touched."""
    generated = _generated()
    for name in different(generated, folder):
        try:
            write_atomically(folder / name, generated[name])
        except OSError as error:
            message = f"{folder / name} could not be written: {error.strerror}"
            raise PerfAnalysisError(message) from error
        click.echo(f"{folder / name} written")


@dashboards.command(short_help="Check JSON files, queries and panels.")
@_FOLDER
def check(folder: Path) -> None:
    """Check that each JSON file is what the code makes, and that its queries can be right.

    A query must be PromQL and use only metrics and labels that the exporter or a recording rule
    has (rules are known in a clone of the repository only), counters only by their growth, and
    every panel must have its unit, and say what good and bad look like. The exit status is 1 when
    something is wrong.
    """
    for name, make in DASHBOARDS.items():
        known = faults_of(make()) if RULES.is_dir() else []
        if wrong := [*known, *findings(make())]:
            raise PerfAnalysisError(f"{name}: " + "; ".join(wrong))
    stale = different(_generated(), folder)
    if stale:
        names = ", ".join(str(folder / name) for name in stale)
        raise PerfAnalysisError(f"not up to date: {names}: run `perfanalysis dashboards build`")
    click.echo(f"{len(DASHBOARDS)} up to date")


def different(generated: dict[str, bytes], folder: Path) -> list[str]:
    """The names of files that are missing from a folder or hold something else."""
    stale = []
    for name, data in generated.items():
        path = folder / name
        if not path.is_file() or path.read_bytes() != data:
            stale.append(name)
    return stale


def _generated() -> dict[str, bytes]:
    """The JSON of all dashboards by file name."""
    return {name: to_json(make()) for name, make in DASHBOARDS.items()}
