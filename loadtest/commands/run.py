"""``perfanalysis loadtest run``: measure this machine."""

from __future__ import annotations

import json
import secrets
import sys
import time
from dataclasses import replace
from pathlib import Path

import click
from rich.console import Console

from cffi_burn.kernel import Kernel, all_kernels
from loadtest import document, host_lock, machine, presentation, quietness
from loadtest.cpus import format_list, usable
from loadtest.interruption import stop_on_sigterm
from loadtest.progress import display
from loadtest.result import build_document
from loadtest.run import Subject, check_memory, measure
from loadtest.running import RunningFile
from loadtest.settings import (
    DEFAULT_LEVELS,
    SPREADS,
    Settings,
    check_max_duration,
    check_seconds,
    parse_levels,
)
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.state import RESULTS, default_state_directory

ALL = "all"


@click.command()
@click.option(
    "--kernel",
    "kernel_name",
    default="rmw",
    show_default=True,
    help="What to run: a kernel's name, or all, one after the other.",
)
@click.option(
    "--levels",
    default=",".join(map(str, DEFAULT_LEVELS)),
    show_default=True,
    help="Busy levels to hold, percent.",
)
@click.option(
    "--seconds-per-level",
    type=float,
    default=None,
    help="Wall time of each level, and no further rounds; default: 0.9, and 2.5 at 100 %.",
)
@click.option(
    "--quick",
    "profile",
    flag_value="quick",
    help="The whole curve in 5 s, with wider intervals.",
)
@click.option(
    "--precise",
    "profile",
    flag_value="precise",
    help="Go on until every interval is within 1 %, up to 290 s or --max-duration.",
)
@click.option(
    "--spread",
    type=click.Choice(SPREADS),
    default="all",
    show_default=True,
    help="all: each CPU at the level; packed: that share of the CPUs in full.",
)
@click.option(
    "--max-duration", type=float, help="Seconds of a kernel after which no further round begins."
)
@click.option(
    "--nice",
    type=click.IntRange(-20, 19),
    default=0,
    show_default=True,
    help="Niceness of the workers.",
)
@click.option("--force", is_flag=True, help="Measure although the machine is busy.")
@click.option(
    "--wait",
    type=click.FloatRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds to wait for another load test on this host to end.",
)
@click.option("--seed", type=click.IntRange(min=1), help="Of the quanta's places; default: new.")
@click.option("--cpus", help="CPUs to use, such as 0-3,8; default: all that this process may use.")
@click.option("--machine-name", default="", help="Name in the inventory; default: the host name.")
@click.option(
    "--state-directory",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Where the exporter looks for results; default: $PERFANALYSIS_STATE_DIRECTORY, "
    "/var/lib/perfanalysis for root, else ~/.local/state/perfanalysis.",
)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    default=None,
    help="Write the result document to this file as well; with --kernel all one for each kernel, "
    "whose name is put before the suffix.",
)
@click.option(
    "--json",
    "as_json",
    is_flag=True,
    help="Print the result document, and no table; with --kernel all a list of them.",
)
@click.option("--quiet", is_flag=True, help="Print neither progress nor table.")
def run(  # noqa: PLR0913, PLR0917 - one for each flag
    kernel_name: str,
    levels: str,
    seconds_per_level: float | None,
    profile: str | None,
    spread: str,
    max_duration: float | None,
    nice: int,
    force: bool,
    wait: float,
    seed: int | None,
    cpus: str | None,
    machine_name: str,
    state_directory: Path | None,
    out: Path | None,
    as_json: bool,
    quiet: bool,
) -> None:
    """Measure how much work this machine does at 10 to 100 % busy."""
    settings = Settings(
        levels=parse_levels(levels),
        profile=profile or "default",
        seconds_per_level=check_seconds(seconds_per_level),
        spread=spread,
        max_duration=max_duration,
        nice=nice,
        seed=seed or secrets.randbelow(1 << 32) + 1,
    )
    check_max_duration(settings)
    found_cpus = usable(cpus)
    subjects = [Subject(machine_name, kernel, found_cpus) for kernel in find_kernels(kernel_name)]
    state = prepare_folders(state_directory, out)
    for subject in subjects:
        check_memory(subject)
    results: list[document.Document] = []
    with stop_on_sigterm(), host_lock.hold(wait):
        if not force:
            quietness.check(found_cpus.cpus)
        for subject in subjects:
            result = measure_into(state, subject, settings, quiet=quiet)
            # Each at once: what is done stays when a later one is stopped.
            document.write(state / RESULTS / f"{result['test_id']}.json", result)
            if out is not None:
                document.write(out_file(out, result["kernel"], len(subjects)), result)
            results.append(result)
    if as_json:
        shown = results if kernel_name == ALL else results[0]
        sys.stdout.write(json.dumps(shown, indent=1) + "\n")
    elif not quiet:
        for result in results:
            presentation.show(result, Console())


def out_file(out: Path, kernel: str, kernels: int) -> Path:
    """Where ``--out`` puts a document: ``result-rmw.json`` for ``result.json`` of several."""
    return out if kernels == 1 else out.with_stem(f"{out.stem}-{kernel}")


def measure_into(
    state: Path, subject: Subject, settings: Settings, *, quiet: bool
) -> document.Document:
    """Measure, and show the progress on the terminal and in the state folder.

    Raises:
        PerfAnalysisError: the run failed or was stopped; nothing is left in the state folder.
    """
    settings = replace(settings, kernel=subject.kernel.name)
    test_id = document.new_test_id(settings.kernel, time.time())
    with (
        display(quiet) as shown,
        RunningFile(state, settings.kernel, test_id) as running,
    ):
        if not quiet:
            click.echo(memory_statement(subject), err=True)

        def report(phase: str, ratio: float, units_per_second: float) -> None:
            shown.show(phase, ratio, units_per_second)
            running.update(ratio, units_per_second)

        found = measure(subject, settings, report)
    return build_document(subject, settings, test_id, found)


def memory_statement(subject: Subject) -> str:
    """How much memory a run takes, and for what; rounded up."""
    return (
        f"load test: kernel {subject.kernel.name}, {-(-subject.memory_bytes >> 20)} MiB of memory "
        f"for the workers on CPU {format_list(subject.usable.cpus)}"
    )


def find_kernels(name: str) -> list[Kernel]:
    """The kernel of that name, or all in the order of their table for ``all``.

    Raises:
        InputError: there is none.
    """
    kernels = all_kernels(machine.last_cache_bytes())
    if name == ALL:
        return list(kernels.values())
    if name not in kernels:
        raise InputError("--kernel", "", f"one of {', '.join(kernels)}, {ALL}", name)
    return [kernels[name]]


def prepare_folders(state: Path | None, out: Path | None) -> Path:
    """Make the state folder, and check that what will be written can be, before any measuring.

    Returns:
        The state folder.

    Raises:
        InputError: the folder of ``--out`` is missing.
        PerfAnalysisError: the state folder cannot be made or written.
    """
    if out is not None and not out.absolute().parent.is_dir():
        raise InputError("--out", "", "a file in a folder that exists", str(out))
    chosen = state or default_state_directory()
    try:
        (chosen / RESULTS).mkdir(parents=True, exist_ok=True)
        probe = chosen / RESULTS / ".writable"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise PerfAnalysisError(
            f"{chosen}: the state folder cannot be written ({error.strerror}): "
            "name another with --state-directory"
        ) from error
    return chosen
