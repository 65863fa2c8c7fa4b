"""``python -m pictures``: draws dashboards with real answers of an engine."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from perfanalysis.cli import fail
from perfanalysis.errors import PerfAnalysisError
from pictures.app import preview


@click.command()
@click.argument("names", metavar="[DASHBOARD]...", nargs=-1)
@click.option(
    "--prometheus",
    default="http://localhost:9090",
    show_default=True,
    help="Base URL of the engine.",
)
@click.option(
    "--output",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("out/dashboards"),
    show_default=True,
    help="Folder of the pictures.",
)
@click.option(
    "--variable",
    "wanted",
    multiple=True,
    metavar="NAME=VALUE",
    help="What to pick of a variable; may be given again. Default: All, or the first value.",
)
@click.option("--range", "span", default="1h", show_default=True, help="How far back to look.")
@click.option("--dark", is_flag=True, help="Draw the PNG in the dark theme; the HTML has both.")
def main(  # noqa: PLR0913, PLR0917 - one for each flag
    names: tuple[str, ...],
    prometheus: str,
    output: Path,
    wanted: tuple[str, ...],
    span: str,
    dark: bool,
) -> None:
    """Draw dashboards without a Grafana, with real answers of PROMETHEUS: a PNG and an HTML each.

    For reviews and for the docs. All dashboards are drawn when none is named.
    """
    try:
        preview(
            prometheus=prometheus, output=output, names=names, wanted=wanted, span=span, dark=dark
        )
    except PerfAnalysisError as error:
        sys.exit(fail(error))


if __name__ == "__main__":
    main(prog_name="python -m pictures")
