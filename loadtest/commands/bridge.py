"""``perfanalysis loadtest bridge``: the ratio of two kernel versions' units on this machine."""

from __future__ import annotations

from pathlib import Path

import click

from loadtest import bridging
from loadtest.bridging import BridgePlan
from loadtest.commands import options
from loadtest.driving.settings_checks import check_seconds
from perfanalysis.duration_range import DurationRange
from perfanalysis.printable import printable
from perfanalysis.renamed_option import RenamedOption
from perfanalysis.results import bridge as documents
from perfanalysis.results.bridge import BRIDGES, LEAST_TURNS

TURNS = 12


@click.command()
@click.option(
    "--old",
    required=True,
    type=click.Path(path_type=Path),
    metavar="PATH",
    help="The other installation: the folder of its virtual environment, or its bin/python.",
)
@click.option("--kernel", default="rmw", show_default=True, help="Whose versions are compared.")
@click.option(
    "--turns",
    type=click.IntRange(LEAST_TURNS, 1000),
    default=TURNS,
    show_default=True,
    help="How often each is run.",
)
@click.option(
    "--duration",
    "seconds",
    cls=RenamedOption,
    old_names=("--seconds",),
    type=DurationRange(min=0.3, max=3600),
    default="2s",
    show_default=True,
    help="Of full load in each run.",
)
@click.option("--force", is_flag=True, help="Also on a busy machine, and with disturbed runs.")
@click.option(
    "--output",
    "out",
    cls=RenamedOption,
    old_names=("--out",),
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it to this file as well.",
)
@options.STATE_DIRECTORY
@options.AS_JSON
def bridge(  # noqa: PLR0913, PLR0917 - one for each flag
    old: Path,
    kernel: str,
    turns: int,
    seconds: float,
    force: bool,
    out: Path | None,
    state_directory: Path | None,
    as_json: bool,
) -> None:
    """Measure the ratio of this installation's kernel to another one's, in turns.

    Where a kernel's machine code changes, so does its version, and results of both are no longer
    comparable. What this finds lets show, compare and spread express old results in new units, when
    they are asked to by --bridge, on machines with this model of CPU.
    """
    check_seconds(seconds, "--duration")
    plan = BridgePlan(bridging.interpreter(old), kernel, turns, seconds, force)
    found = bridging.measure(plan, lambda line: click.echo(printable(line), err=True))
    folder = options.state_directory(state_directory) / BRIDGES
    path = folder / f"{found.bridge_id}.json"
    for each in (path, out) if out else (path,):
        documents.write(each, found)
    if as_json:
        options.print_json(documents.as_json(found))
        return
    click.echo(
        f"version {found.new.kernel_version} does {found.ratio:.4f} ({found.lower:.4f} to "
        f"{found.upper:.4f}, 95 %) of the units of version {found.old.kernel_version} of "
        f"{found.kernel}, by {len(found.turns)} turns"
    )
    click.echo(
        f"written to {folder / f'{found.bridge_id}.json'}: --bridge of compare, show, spread"
    )
