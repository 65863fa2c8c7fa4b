"""``perfanalysis loadtest run``: measure this machine."""

from __future__ import annotations

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

import click
from msgspec import structs

from cffi_burn.kernel import all_kernels
from loadtest import host_lock, kernel_choice, kernels_table, presentation, quietness, thresholds
from loadtest.commands.machine_flags import MachineFlags, machine_flags
from loadtest.commands.measuring_flags import MeasuringFlags, measuring_flags
from loadtest.commands.sinks import Sinks
from loadtest.driving.settings import KINDS_OF_WORK, Settings
from loadtest.interruption import stop_on_sigterm
from loadtest.outputs.delivering import Outputs, fail_by_problems
from loadtest.outputs.options import OutputFlags, output_options
from loadtest.progress import AUTO, KINDS, wait_display
from loadtest.run import Subject
from loadtest.session import measure_into, prepare_folders, that_fit
from loadtest.thresholds import Threshold
from perfanalysis.duration_range import DurationRange
from perfanalysis.machines.cpus import usable
from perfanalysis.printable import printable
from perfanalysis.renamed_option import RenamedOption
from perfanalysis.results.document import Document

# Of a profile with a limit, seconds: one kernel's, and the start and the end of the command.
OF_ONE_KERNEL = 5.0
WAITING = "waiting for another load test on this host"


@dataclass(frozen=True)
class Job:
    """What a command is to measure, all of it checked, and where the results go.

    Attributes:
        subjects: one a kernel.
        settings: of all of them.
        thresholds: what every result is held to.
        state: the state folder.
        sinks: where the results go.
        receivers: of results and progress.
        progress: how it is shown, one of ``progress.KINDS``.
    """

    subjects: Sequence[Subject]
    settings: Settings
    thresholds: Sequence[Threshold]
    state: Path
    sinks: Sinks
    receivers: Outputs
    progress: str

    def measure(self) -> list[Document]:
        """Measure one kernel after the other; each result is written at once.

        Raises:
            PerfAnalysisError: a run failed or was stopped; what was done before it stays, and is
                printed where it could not be written.
        """
        try:
            with self.receivers.progress(self.subjects[0].identity.name):
                began, results = time.monotonic(), list[Document]()
                for subject in self.subjects:
                    if time.monotonic() - began > self._last_start:
                        break
                    results.append(self._measured(subject))
                return results
        except BaseException:
            self.sinks.show((), lambda: None, as_json=False)
            for problem in self.sinks.problems:
                click.echo(f"perfanalysis: {printable(problem)}", err=True)
            raise

    @property
    def _last_start(self) -> float:
        """After so many seconds no further kernel begins."""
        plan = self.settings.plan
        return math.inf if plan.total_seconds is None else plan.total_seconds - OF_ONE_KERNEL

    def too_late(self, results: Sequence[Document]) -> list[str]:
        """The kernels that the profile's time was too short for, one line each."""
        return [
            f"not measured: kernel {subject.kernel.name}: the "
            f"{self.settings.plan.total_seconds:g} s of the profile were over"
            for subject in self.subjects[len(results) :]
        ]

    def _measured(self, subject: Subject) -> Document:
        result = measure_into(self.state, subject, self.settings, progress=self.progress)
        if self.thresholds:
            verdicts = thresholds.verdicts(result, self.thresholds)
            result = structs.replace(result, thresholds=verdicts)
        self.sinks.put(result)
        return result


@click.command()
@click.option(
    "--kernel",
    "kernel_name",
    default=None,
    show_default=f"{kernel_choice.DEFAULT}; with --profile kinds those that it needs",
    help="What to run, one after the other: names separated by commas, of "
    f"{', '.join(all_kernels())}; memread is all that begin so; all: every one that fits into the "
    "memory. What rmw predicts of real work is not known (docs/kernels.md).",
)
@measuring_flags
@click.option("--force", is_flag=True, help="Measure although the machine is busy.")
@click.option(
    "--wait",
    type=DurationRange(min=0),
    default="60s",
    show_default=True,
    help="How long to wait for another load test on this host to end.",
)
@machine_flags
@click.option(
    "--state-directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where the exporter looks for results; default: $PERFANALYSIS_STATE_DIRECTORY, "
    "/var/lib/perfanalysis for root, else ~/.local/state/perfanalysis.",
)
@click.option(
    "--output",
    "out",
    cls=RenamedOption,
    old_names=("--out",),
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write the result document to this file as well; of several kernels one for each, "
    "whose name is put before the suffix.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the result document, and no table; of several kernels a list of them.",
)
@click.option(
    "--fail-if",
    "conditions",
    multiple=True,
    metavar="CONDITION",
    help="Exit with status 1 when it holds, such as 'units_per_dollar<5'; may be given again.",
)
@click.option("--quiet", is_flag=True, help="Print neither progress nor table.")
@click.option(
    "--progress",
    type=click.Choice(KINDS),
    default=AUTO,
    show_default=True,
    help="On standard error: a bar, lines, or JSON objects once a second; auto: a bar on a "
    "terminal, lines elsewhere.",
)
@output_options
def run(  # noqa: PLR0913, PLR0917 - one for each flag, or group of flags
    kernel_name: str | None,
    measuring: MeasuringFlags,
    force: bool,
    wait: float,
    machine: MachineFlags,
    state_directory: Path | None,
    out: Path | None,
    as_json: bool,
    conditions: tuple[str, ...],
    quiet: bool,
    progress: str,
    outputs: OutputFlags,
) -> None:
    """Measure how much work this machine does at 10 to 100 % busy.

    The result document goes into the state folder, also when something disturbed the measurement:
    it says so (valid, invalid_reasons). One that could be written nowhere is printed. Exit status:
    0 measured; 1 failed, stopped, not written everywhere, or a --fail-if condition holds; 2 bad
    input.
    """
    outputs.check()
    asked = _asked(kernel_name, measuring, machine, conditions, quiet=quiet)
    state, progress = prepare_folders(state_directory, out), "none" if quiet else progress
    receivers = Outputs(outputs, state)
    job = asked.job(state, out, receivers, progress)
    shown = wait_display(progress, kernel_name or measuring.profile_name)
    with stop_on_sigterm(), host_lock.hold(wait, waiting=lambda: shown.show(WAITING, 0.0, 0.0)):
        if not force:
            quietness.check(asked.subjects[0].usable.cpus)
        results = job.measure()
        left_out = [*asked.left_out, *asked.unfit, *_said(job.too_late(results))]

    together = asked.settings.profile == KINDS_OF_WORK
    table = partial(_show, results, left_out, together=together, quiet=quiet)
    job.sinks.show(results, table, as_json=as_json)
    problems = receivers.send(quiet=quiet)
    fail_by_problems([*threshold_problems(results), *job.sinks.problems, *problems])


class _Asked(NamedTuple):
    """What is to be measured, all of it checked, and what is not, one line each."""

    subjects: Sequence[Subject]
    settings: Settings
    thresholds: Sequence[Threshold]
    left_out: Sequence[str]
    unfit: Sequence[str]

    def job(self, state: Path, out: Path | None, receivers: Outputs, progress: str) -> Job:
        """The job, whose results go into the state folder, to the file, and to receivers."""
        several = len(self.subjects)
        listed = several + len(self.unfit) > 1
        sinks = Sinks(state, out, receivers, kernels=several, listed=listed)
        return Job(self.subjects, self.settings, self.thresholds, state, sinks, receivers, progress)


def _asked(
    kernel_name: str | None,
    measuring: MeasuringFlags,
    machine: MachineFlags,
    conditions: Sequence[str],
    *,
    quiet: bool,
) -> _Asked:
    kernels, left_out = kernel_choice.choose(kernel_name, measuring.profile_name)
    settings = measuring.settings(kernels=len(kernels))
    cpus = usable(machine.cpus)
    identity, price = machine.machine(quiet=quiet)
    limits = [thresholds.parse(condition) for condition in conditions]
    thresholds.check(limits, settings.levels, price and price.dollars_per_hour)
    subjects, unfit = that_fit([Subject(identity, kernel, cpus, price) for kernel in kernels])
    _said([*left_out, *unfit])
    return _Asked(subjects, settings, limits, left_out, unfit)


def _said(reasons: list[str]) -> list[str]:
    for reason in reasons:
        click.echo(f"load test: {reason}", err=True)
    return reasons


def _show(
    results: Sequence[Document], left_out: Sequence[str], *, together: bool, quiet: bool
) -> None:
    if quiet:
        return
    if together:
        kernels_table.show(results, presentation.console())
    for result in () if together else results:
        presentation.show(result, presentation.console())
    for reason in left_out:
        click.echo(reason)


def threshold_problems(results: list[Document]) -> list[str]:
    """Which thresholds were not passed, and the values, in one text; none when all were."""
    failed = [
        f"{entry.name} (kernel {result.kernel}: {entry.value:.5g})"
        for result in results
        for entry in result.thresholds or ()
        if entry.passed is False
    ]
    return [f"thresholds not passed: {', '.join(failed)}"] if failed else []
