"""The flags of `workload predict` that say where its series go."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

import click

from perfanalysis.atomic_write import write_atomically
from perfanalysis.delivery.destinations import parse_labels
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.flag_groups import grouped
from workload.predicted.as_metrics import Sample, as_text, samples_of
from workload.prediction.prediction import Prediction

# What series have of their own.
_RESERVED = frozenset({"instance", "candidate", "bound", "busy", "currency"})


@dataclass(frozen=True)
class MetricsFlags:
    """What was given on the command line; see the help of each flag."""

    file: Path | None
    labels: tuple[str, ...]

    def check(self) -> None:
        """See that the flags go together.

        Raises:
            InputError: they do not.
        """
        if self.labels and self.file is None:
            raise InputError("--label", "", "--metrics beside it")
        if self.file is not None and self.file.suffix != ".prom":
            raise InputError("--metrics", "", "a file whose name ends in .prom", self.file)
        self._all_labels()

    def written(self, predictions: Iterable[Prediction]) -> Iterator[Prediction]:
        """The same predictions; behind the last of them the file is written.

        Raises:
            InputError: two are of one machine, whose series would be the same.
            PerfAnalysisError: the file cannot be written.
        """
        assert self.file is not None
        labels, machines, samples = self._all_labels(), set[str](), list[Sample]()
        for one in predictions:
            machine = one.demand.usage.machine
            if machine in machines:
                raise InputError("--metrics", "", "one recording of each machine", machine)
            machines.add(machine)
            samples += samples_of(one, labels)
            yield one
        try:
            write_atomically(self.file, as_text(samples))
        except OSError as error:
            raise PerfAnalysisError(f"{self.file}: cannot be written ({error.strerror})") from error

    def _all_labels(self) -> dict[str, str]:
        found = {"job": "node", **parse_labels(self.labels, "--label")}
        for name in found:
            if name in _RESERVED:
                raise InputError("--label", "", "a name that series do not have already", name)
        return {name: value for name, value in found.items() if value}


metrics_flags = grouped(
    "metrics",
    MetricsFlags,
    (
        click.option(
            "--metrics",
            "metrics_file",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Also write curves, risks, counts and prices as series to this file, whose name "
            "ends in .prom, for a collector of text files: rules and the dashboard of prices join "
            "them with what the machine does now.",
        ),
        click.option(
            "--label",
            "metrics_labels",
            multiple=True,
            metavar="NAME=VALUE",
            help="A label of every series of --metrics, such as cluster=eu-1; may be given again. "
            "job is node, unless it is given.",
        ),
    ),
    prefix="metrics_",
)
