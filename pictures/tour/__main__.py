"""``python -m pictures.tour``: make a real run, and draw its screens into docs/images/tour."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import click

from demo.servers import REPOSITORY
from perfanalysis.cli import fail
from perfanalysis.errors import PerfAnalysisError
from pictures.tour import screens

FOLDER = REPOSITORY / "docs" / "images" / "tour"


@click.command()
@click.option(
    "--output",
    type=click.Path(file_okay=False, path_type=Path),
    default=FOLDER,
    help="Folder of the pictures; default: docs/images/tour of the repository.",
)
def tour(output: Path) -> None:
    """Draw the ten screens of docs/tour.md anew; takes about two minutes and all CPUs."""
    with tempfile.TemporaryDirectory(prefix="tour-") as work:
        for path in screens.draw(Path(work), output):
            click.echo(f"{path} ({path.stat().st_size / 1000:.0f} kB)")


if __name__ == "__main__":
    try:
        tour()
    except PerfAnalysisError as error:
        sys.exit(fail(error))
