"""What surrounds a measurement: its memory and folders before it, and its progress during it."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import click

from loadtest.driving.quota import Quota
from loadtest.driving.settings import Settings, on_cpus
from loadtest.progress import display
from loadtest.result import build_document, machine_facts, new_test_id
from loadtest.run import Subject, check_memory, measure
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.machines.cpu_list import format_cpu_list
from perfanalysis.results import conditions
from perfanalysis.results.document import Document
from perfanalysis.results.running import RunningFile
from perfanalysis.results.state import RESULTS, default_state_directory

# A document of a default run has about 45 kB.
ROOM_BYTES = 128 << 10


def measure_into(state: Path, subject: Subject, settings: Settings, *, progress: str) -> Document:
    """Measure, and show the progress on standard error and in the state folder.

    Args:
        state: the state folder.
        subject: what is measured.
        settings: how.
        progress: how it is shown, one of ``progress.KINDS``.

    Raises:
        PerfAnalysisError: the run failed or was stopped; nothing is left in the state folder.
    """
    usable, quota = subject.usable, None
    if usable.quota is not None and usable.period is not None:
        quota = Quota(usable.quota, usable.period)
    settings = on_cpus(replace(settings, kernel=subject.kernel.name), usable.cores, quota)
    test_id = new_test_id(settings.kernel, time.time())
    part = conditions.loads_a_part(
        machine_facts(subject), spread=settings.spread, nice=settings.nice
    )
    with (
        display(progress, settings.kernel) as shown,
        RunningFile(state, settings.kernel, test_id, part=part) as running,
    ):
        if progress != "none":
            click.echo(memory_statement(subject), err=True)

        def report(phase: str, ratio: float, units_per_second: float) -> None:
            shown.show(phase, ratio, units_per_second)
            running.update(ratio, units_per_second)

        began = time.monotonic()
        found = measure(subject, settings, report)
        took = time.monotonic() - began
    # The clock of day may be set during a run, as at a machine's first boot; its end is as it is
    # then, and its length what went by.
    found = replace(found, started=found.ended - took)
    return build_document(subject, settings, test_id, found)


def memory_statement(subject: Subject) -> str:
    """How much memory a run takes, and for what; rounded up."""
    return (
        f"load test: kernel {subject.kernel.name}, {-(-subject.memory_bytes >> 20)} MiB of memory "
        f"for the workers on CPU {format_cpu_list(subject.usable.cpus)}"
    )


def that_fit(subjects: Sequence[Subject]) -> tuple[list[Subject], list[str]]:
    """Those of several kernels whose memory this machine has, and why each other is left out.

    Raises:
        PerfAnalysisError: there is only one, or none of them fits.
    """
    fitting, problems = [], []
    for subject in subjects:
        try:
            check_memory(subject)
        except PerfAnalysisError as error:
            if len(subjects) == 1:
                raise
            problems.append(str(error))
        else:
            fitting.append(subject)
    if not fitting:
        raise PerfAnalysisError("; ".join(problems))
    return fitting, [f"not measured: {problem}" for problem in problems]


def prepare_folders(state: Path | None, out: Path | None) -> Path:
    """Make the state folder, and check that what will be written can be, before any measuring.

    Returns:
        The state folder.

    Raises:
        InputError: the folder of ``--output`` is missing.
        PerfAnalysisError: the state folder cannot be made or written.
    """
    if out is not None and not out.absolute().parent.is_dir():
        raise InputError("--output", "", "a file in a folder that exists", str(out))
    chosen = state or default_state_directory()
    try:
        (chosen / RESULTS).mkdir(parents=True, exist_ok=True)
        probe = chosen / RESULTS / ".writable"
        try:
            with probe.open("wb") as stream:
                os.posix_fallocate(stream.fileno(), 0, ROOM_BYTES)
        finally:
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise PerfAnalysisError(
            f"{chosen}: the state folder cannot be written ({error.strerror}): "
            "name another with --state-directory"
        ) from error
    return chosen
