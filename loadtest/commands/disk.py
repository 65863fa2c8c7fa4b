"""``perfanalysis loadtest disk``: what a disk can do, by fio."""

from __future__ import annotations

from pathlib import Path

import click

from loadtest.commands.limit_output import LimitOutput, limit_output
from loadtest.limits import disk as limits
from perfanalysis.duration_range import DurationRange
from perfanalysis.progress import say
from perfanalysis.renamed_option import RenamedOption

_MIB = 1 << 20


@click.command()
@click.argument("folder", type=click.Path(path_type=Path))
@click.option(
    "--duration",
    "seconds",
    cls=RenamedOption,
    old_names=("--seconds",),
    type=DurationRange(1, 600),
    default="10s",
    show_default=True,
    help="Of each of four measurements.",
)
@click.option(
    "--size",
    "mebibytes",
    type=click.IntRange(16, 1 << 20),
    default=1024,
    show_default=True,
    help="MiB of the file: more than the caches of the disk.",
)
@limit_output
def disk(folder: Path, seconds: float, mebibytes: int, output: LimitOutput) -> None:
    """Measure the disk below FOLDER with fio, which must be installed.

    It writes and reads a file of its own in FOLDER, past the page cache, and removes it: in blocks
    of 1 MiB in order, and of 4 KiB at random places. Other work on the disk is slowed meanwhile,
    and a disk that works on credit spends it.
    """
    output.check()
    say("loadtest disk", f"{len(limits.JOBS)} times {seconds:g} s on a file in {folder}")
    output.write(limits.measured(folder, mebibytes * _MIB, seconds, output.name))
