"""Where `loadtest disk` and `loadtest network` write what they measured."""

from __future__ import annotations

import socket
from dataclasses import dataclass
from pathlib import Path

import click

from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.flag_groups import grouped
from perfanalysis.renamed_option import RenamedOption
from perfanalysis.results import limits
from perfanalysis.results.limits import Limits

_FILE = click.Path(dir_okay=False, path_type=Path)


@dataclass(frozen=True)
class LimitOutput:
    """What was given on the command line; see the help of each flag."""

    out: Path | None
    metrics: Path | None
    machine: str | None

    @property
    def name(self) -> str:
        """Of the machine."""
        return self.machine or socket.gethostname()

    def check(self) -> None:
        """See that the flags are of use, before anything is measured.

        Raises:
            InputError: one is not.
        """
        if self.metrics is not None and self.metrics.suffix != ".prom":
            raise InputError("--metrics", "", "a file whose name ends in .prom", self.metrics)

    def write(self, found: Limits) -> None:
        """Print the document, and write the files.

        Raises:
            PerfAnalysisError: one cannot be written.
        """
        document = limits.as_json(found)
        click.echo(document.decode(), nl=False)
        for path, content in ((self.out, document), (self.metrics, limits.as_text(found))):
            if path is None:
                continue
            try:
                write_atomically(path, content)
            except OSError as error:
                said = f"{path}: cannot be written ({error.strerror})"
                raise PerfAnalysisError(said) from error


limit_output = grouped(
    "output",
    LimitOutput,
    (
        click.option(
            "--output",
            "output_out",
            cls=RenamedOption,
            old_names=("--out",),
            type=_FILE,
            help="Also write the document there, for `limits` in a file of candidates.",
        ),
        click.option(
            "--metrics",
            "output_metrics",
            type=_FILE,
            help="Also write perf_limit_* there, for a collector of text files (*.prom).",
        ),
        click.option(
            "--machine",
            "output_machine",
            cls=RenamedOption,
            old_names=("--machine-name",),
            help="Of this machine; default: the host name.",
        ),
    ),
    prefix="output_",
)
