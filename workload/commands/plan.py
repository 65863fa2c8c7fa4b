"""``perfanalysis workload plan``: packs the work of machines onto the cheapest set of others."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Sequence
from pathlib import Path

import click

from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.errors import InputError
from perfanalysis.portal_client import plans
from perfanalysis.progress import ProgressPace, say
from perfanalysis.recordings import reading as recordings
from perfanalysis.renamed_option import RenamedOption
from workload.candidates.reading import KnownCandidates
from workload.commands import plan_flags as flags
from workload.commands.engine_flags import CandidateFlags, candidate_flags
from workload.commands.portal_flags import check as portal_check
from workload.commands.portal_flags import keep, portal_flags
from workload.planned import tables
from workload.planned.as_csv import csv_text
from workload.planned.document import PlanDocument, as_value
from workload.planning.demand import MILLION, JointDemand, OfferedMachine, PackingRules
from workload.planning.joining import (
    MEMORY,
    PlanWishes,
    common_kernels,
    joint_demand,
    machine_kinds,
)
from workload.planning.planning import make_plan
from workload.planning.solving import PackingProgress
from workload.planning.stating import NoPlanError
from workload.prediction.candidate import Candidate
from workload.prediction.usage import Usage
from workload.usage_of import METRICS, usage_of

_NAME = "workload plan"
_PLACE = click.Path(path_type=Path)
_SATURATED = 0.99


@click.command()
@click.argument("files", metavar="RECORDING...", nargs=-1, required=True, type=_PLACE)
@candidate_flags
@click.option(
    "--source",
    metavar="NAME",
    help="The candidate that machines are of which the file of candidates does not name.",
)
@click.option(
    "--apart",
    metavar="A,B[:MOST]",
    multiple=True,
    help="Workloads of which no two (no more than MOST) share a machine; again for further ones.",
)
@click.option(
    "--most-per-machine", type=click.IntRange(min=1), help="At most so many workloads on a machine."
)
@click.option(
    "--most",
    metavar="TYPE=NUMBER",
    multiple=True,
    help="At most so many machines of a type; again for further ones.",
)
@click.option(
    "--spare", is_flag=True, help="Leave room for the work of any one machine that fails."
)
@click.option(
    "--headroom",
    "head_room",
    cls=RenamedOption,
    old_names=("--head-room",),
    default="cpu=0.3,memory=0.1",
    show_default=True,
    help="Shares that stay free at every step.",
)
@click.option(
    "--kernel",
    "kernels",
    metavar="KERNEL",
    multiple=True,
    help="By whose units CPU time is compared; default: the plan must hold by every kernel that "
    "all candidates were measured by.",
)
@click.option(
    "--step",
    default="5m",
    metavar="DURATION",
    show_default=True,
    help="Length of the common steps; it divides a week.",
)
@click.option("--spot", is_flag=True, help="Also machines that their provider can take away.")
@click.option(
    "--any-architecture",
    is_flag=True,
    help="Also machines of another architecture: images and packages must exist for it.",
)
@click.option(
    "--time-limit",
    default="60s",
    metavar="DURATION",
    show_default=True,
    help="How long to search.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, and no table.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV, and no table.")
@portal_flags
def plan(  # noqa: PLR0913, PLR0917 - one for each flag
    files: tuple[Path, ...],
    given: CandidateFlags,
    source: str | None,
    apart: tuple[str, ...],
    most_per_machine: int | None,
    most: tuple[str, ...],
    spare: bool,
    head_room: str,
    kernels: tuple[str, ...],
    step: str,
    spot: bool,
    any_architecture: bool,
    time_limit: str,
    as_json: bool,
    as_csv: bool,
    portal: EndpointFlags,
) -> None:
    """Pack the work of many machines onto the cheapest set of candidates.

    Each recording is a workload. What they ask together is added up step by step, and not by
    their maxima. The answer comes with what no plan can cost less than.
    """
    if as_json and as_csv:
        raise InputError("--csv", "", "either it or --json")
    seconds = flags.seconds_of(time_limit, "--time-limit")
    grid = flags.step_of(step)
    portal_check(portal)
    shares = {"cpu": 0.3, "memory": 0.1} | flags.head_room_of(head_room)
    known = given.read(files)
    for line in known.left_out:
        say(_NAME, f"left out: {line}")
    offered = known.only(given.types).candidates if given.types else known.candidates
    names = [one.name for one in offered]
    wishes = PlanWishes(
        shares["cpu"], shares["memory"], flags.most_of(most, names), spot, any_architecture
    )
    usages = _usages(files)
    workloads = [usage.machine for usage in usages]
    groups = tuple(flags.group_of(text, workloads) for text in apart)
    sources = {usage.machine: _source(known, usage, source) for usage in usages}
    chosen = _kernels(kernels, offered, sources)
    demand = joint_demand(usages, sources, chosen, grid)
    _check_known(demand, len(chosen))
    kinds, refused = machine_kinds(offered, sources, chosen, wishes)
    if not kinds:
        why = "; ".join(f"{name}: {reason}" for name, reason in refused.items())
        raise NoPlanError(f"{given.shown}: no candidate can be used: {why}")
    rules = PackingRules(groups, most_per_machine, spare)
    made = make_plan(demand, kinds, rules, seconds, _progress())
    used = {kind.name for kind in kinds}
    currency = next(one.currency for one in offered if one.name in used)
    document = PlanDocument(made, currency, refused, tuple(_remarks(usages, demand, kinds, chosen)))
    text = json.dumps(as_value(document), indent=2) + "\n"
    if as_json:
        sys.stdout.write(text)
    elif as_csv:
        sys.stdout.write(csv_text(document))
    else:
        tables.show(document)
    keep(portal, _NAME, plans.PAGES, plans.hand_in, text)


def _usages(files: Sequence[Path]) -> list[Usage]:
    found: dict[str, Path] = {}
    usages = []
    pace = ProgressPace(2.0, at_once=False)
    for number, path in enumerate(files, 1):
        usage = usage_of(recordings.read(path, METRICS.__contains__))
        if usage.machine in found:
            expected = f"a machine of its own: {found[usage.machine]} is of it, too"
            raise InputError(str(path), "", expected, usage.machine)
        if not len(usage.starts):
            raise InputError(str(path), "", "a recording of two ticks or more")
        found[usage.machine] = path
        usages.append(usage)
        if pace.due():
            say(_NAME, f"{number} of {len(files)} recordings read")
    return usages


def _source(known: KnownCandidates, usage: Usage, named: str | None) -> Candidate:
    name = known.of_machine.get(usage.machine, named)
    for one in known.candidates:
        if one.name == name and one.curves:
            return one
    expected = f"a measured candidate that {usage.machine} is of: name it in `machines` there"
    raise InputError("--candidates", usage.machine, expected, name)


def _kernels(
    wished: Sequence[str], offered: Sequence[Candidate], sources: dict[str, Candidate]
) -> tuple[str, ...]:
    chosen = tuple(dict.fromkeys(wished)) or common_kernels(offered)
    if not chosen:
        raise InputError("--candidates", "", "results of one kernel for every measured candidate")
    for name, source in sources.items():
        for kernel in chosen:
            if not source.curves.get(kernel):
                expected = f"a kernel that {source.name}, which {name} is of, was measured by"
                raise InputError("--kernel", "", expected, kernel)
    return chosen


def _check_known(demand: JointDemand, kernels: int) -> None:
    """Of each workload CPU time and memory are needed; disk and network may be unknown."""
    for number, name in enumerate(demand.workloads):
        for resource in range(kernels + 1):
            if demand.unknown[number, resource] == 1:
                what = "memory" if resource == kernels else "CPU time"
                raise InputError(name, "", f"a recording that tells its {what}")


def _remarks(
    usages: Sequence[Usage],
    demand: JointDemand,
    kinds: Sequence[OfferedMachine],
    kernels: Sequence[str],
) -> list[str]:
    """What the plan rests on, in sentences."""
    found = []
    unknown = demand.unknown
    place = demand.resources.index(MEMORY)
    for number, name in enumerate(demand.workloads):
        missing = float(max(unknown[number, 0], unknown[number, place]))
        if missing > 0:
            found.append(
                f"{name}: unknown in {missing:.1%} of the steps, in which its highest counts."
            )
    for column, resource in enumerate(demand.resources):
        nothing = [
            w for w, share in zip(demand.workloads, unknown[:, column], strict=True) if share == 1
        ]
        if nothing and any(resource in kind.capacity for kind in kinds):
            found.append(
                f"{resource}: unknown of {len(nothing)} workloads, for which none is kept."
            )
    for usage in usages:
        full = int((usage.busy >= _SATURATED).sum())
        if full:
            found.append(
                f"{usage.machine}: had no idle time in {full} intervals, and may want more."
            )
    found.append(f"CPU time is compared by units of {', '.join(kernels)}.")
    return found


def _progress() -> Callable[[PackingProgress], None]:
    """Says how far the search is, every other second."""
    pace = ProgressPace(2.0, at_once=False)

    def tell(now: PackingProgress) -> None:
        if pace.due():
            bound = f", no plan below {now.bound / MILLION:.6g}" if now.bound else ""
            say(_NAME, f"{now.done:.0%}: {now.cost / MILLION:.6g} an hour{bound}")

    return tell
