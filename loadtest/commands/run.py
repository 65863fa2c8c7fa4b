"""``perfanalysis loadtest run``: measure this machine."""

from __future__ import annotations

import json
import secrets
import socket
import sys
from pathlib import Path

import click

from cffi_burn.kernel import all_kernels
from loadtest import document, host_lock, presentation, quietness, thresholds
from loadtest.cpus import usable
from loadtest.facts.identity import complete, identify
from loadtest.interruption import stop_on_sigterm
from loadtest.outputs.delivering import Outputs, fail_by_problems
from loadtest.outputs.options import OutputFlags, output_options
from loadtest.progress import AUTO, KINDS, wait_display
from loadtest.run import Subject, check_memory
from loadtest.session import ALL, find_kernels, measure_into, out_file, prepare_folders
from loadtest.settings import (
    DEFAULT_LEVELS,
    SPREADS,
    Settings,
    check_max_duration,
    check_precise,
    check_seconds,
    check_until_steady,
    parse_levels,
)
from perfanalysis.cloud.discovery import AUTO as AUTO_CLOUD
from perfanalysis.cloud.discovery import MODES
from perfanalysis.inventory import PURCHASE_OPTIONS
from perfanalysis.number_range import NumberRange
from perfanalysis.printable import printable
from perfanalysis.state import RESULTS

WAITING = "waiting for another load test on this host"


@click.command()
@click.option(
    "--kernel",
    "kernel_name",
    default="rmw",
    show_default=True,
    help=f"What to run: {', '.join(all_kernels())}, or all, one after the other.",
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
    "--until-steady",
    is_flag=True,
    help="Then go on at full load until a burstable machine has fallen to its baseline, up to "
    "3600 s or --max-duration.",
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
    type=NumberRange(min=0),
    default=60.0,
    show_default=True,
    help="Seconds to wait for another load test on this host to end.",
)
@click.option("--seed", type=click.IntRange(min=1), help="Of the quanta's places; default: new.")
@click.option("--cpus", help="CPUs to use, such as 0-3,8; default: all that this process may use.")
@click.option("--machine-name", default="", help="Name in the inventory; default: the host name.")
@click.option(
    "--inventory",
    type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
    help="File that holds the machine (- is standard input): its instance type and prices go into "
    "the document.",
)
@click.option(
    "--purchase",
    type=click.Choice(PURCHASE_OPTIONS),
    help="Which of the inventory's prices counts; default: on_demand.",
)
@click.option(
    "--cloud",
    type=click.Choice(MODES),
    default=AUTO_CLOUD,
    show_default=True,
    help="Whose metadata service tells provider, region, zone and instance type, for 2 seconds at "
    "most; auto: the one that the firmware names.",
)
@click.option("--cloud-endpoint", help="Address of the metadata service, http://HOST[:PORT].")
@click.option("--price", type=float, help="Dollars per hour of this machine.")
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
def run(  # noqa: PLR0913, PLR0917 - one for each flag
    kernel_name: str,
    levels: str,
    seconds_per_level: float | None,
    profile: str | None,
    spread: str,
    max_duration: float | None,
    until_steady: bool,
    nice: int,
    force: bool,
    wait: float,
    seed: int | None,
    cpus: str | None,
    machine_name: str,
    inventory: Path | None,
    purchase: str | None,
    cloud: str,
    cloud_endpoint: str | None,
    price: float | None,
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
    it says so (valid, invalid_reasons). Exit status: 0 measured; 1 failed, stopped, or a --fail-if
    condition holds; 2 bad input.
    """
    settings = Settings(
        levels=parse_levels(levels),
        profile=profile or "default",
        seconds_per_level=check_seconds(seconds_per_level),
        spread=spread,
        max_duration=max_duration,
        nice=nice,
        seed=seed or secrets.randbelow(1 << 32) + 1,
        until_steady=until_steady,
    )
    check_until_steady(settings, kernel_name)
    check_precise(settings)
    check_max_duration(settings)
    found_cpus = usable(cpus)
    identity = identify(machine_name, inventory, purchase, price)
    identity, unknown = complete(identity, cloud, cloud_endpoint)
    if unknown and not quiet:
        click.echo(printable(f"cloud identity incomplete: {unknown}"), err=True)
    limits = [thresholds.parse(condition) for condition in conditions]
    thresholds.check(limits, settings.levels, identity.price)
    subjects = [Subject(identity, kernel, found_cpus) for kernel in find_kernels(kernel_name)]
    state = prepare_folders(state_directory, out)
    receivers = Outputs(outputs, state)
    for subject in subjects:
        check_memory(subject)
    results: list[document.Document] = []
    progress = "none" if quiet else progress
    shown = wait_display(progress, kernel_name)
    with stop_on_sigterm(), host_lock.hold(wait, waiting=lambda: shown.show(WAITING, 0.0, 0.0)):
        if not force:
            quietness.check(found_cpus.cpus)
        with receivers.progress(identity.name or socket.gethostname()):
            for subject in subjects:
                result = measure_into(state, subject, settings, progress=progress)
                if limits:
                    result["thresholds"] = thresholds.verdicts(result, limits)
                # Each at once: what is done stays when a later one is stopped.
                document.write(state / RESULTS / f"{result['test_id']}.json", result)
                if out is not None:
                    document.write(out_file(out, result["kernel"], len(subjects)), result)
                receivers.put(result)
                results.append(result)
    if as_json:
        printed = results if kernel_name == ALL else results[0]
        sys.stdout.write(json.dumps(printed, indent=1) + "\n")
    elif not quiet:
        for result in results:
            presentation.show(result, presentation.console())
    problems = receivers.send(quiet=quiet)
    fail_by_problems([*threshold_problems(results), *problems])


def threshold_problems(results: list[document.Document]) -> list[str]:
    """Which thresholds were not passed, and the values, in one text; none when all were."""
    failed = [
        f"{entry['name']} (kernel {result['kernel']}: {entry['value']:.5g})"
        for result in results
        for entry in result.get("thresholds", [])
        if entry["passed"] is False
    ]
    return [f"thresholds not passed: {', '.join(failed)}"] if failed else []
