"""A plan for people: its machines, what they cost, and how good that is."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.box import SIMPLE
from rich.console import Console
from rich.table import Table

from perfanalysis.printable import printable
from workload.planned.document import HOURS_A_MONTH, PlanDocument
from workload.planning.planning import PlannedMachine

_PERCENT = 100
# Of a resource that no machine uses more of there is no column.
_TELLING = 0.01
# A machine's name is not broken up to so many letters.
_NAME = 16
# Short enough for a table of all resources on 80 columns.
_HEADS = {
    "disk operations": "disk I/O",
    "network received": "net in",
    "network sent": "net out",
}


def show(document: PlanDocument, console: Console | None = None) -> None:
    """Print it."""
    console = console or Console()
    console.print(_table(document))
    for line in lines(document):
        console.print(printable(line), markup=False, highlight=False)


def lines(document: PlanDocument) -> list[str]:
    """What stands below the table: cost, bound, comparison, what was not used and why."""
    plan, currency = document.plan, document.currency
    month = plan.cost * HOURS_A_MONTH
    count = len(plan.machines)
    machines = f"{count} machine{'' if count == 1 else 's'}"
    found = [f"{machines}, {plan.cost} {currency} an hour, {month} a month"]
    if any(one.peaks for one in plan.machines):
        found.append(
            "Shares are the highest, with their time of the week in UTC; 100 % is all that "
            "--headroom leaves."
        )
    if unused := sorted(_resources(document) - _shown(document)):
        found.append(f"Below 1 % on each machine, and not shown: {', '.join(unused)}.")
    if plan.bound > 0:
        found.append(
            f"At most {_percent(plan.gap)} dearer than the best possible: no plan costs less than "
            f"{plan.bound} an hour."
        )
    else:
        found.append("How much cheaper a plan could be is unknown: time was up before any bound.")
    if plan.first_fit is not None:
        saved = 1 - float(plan.cost / plan.first_fit)
        found.append(
            f"First-fit-decreasing, the usual rule of thumb, costs {plan.first_fit} an hour"
            + (f": this is {_percent(saved)} less." if saved > 0 else ", too.")
        )
    if not plan.whole:
        found.append("The time limit ended the search: with more time it may find a cheaper plan.")
    found += [f"Not used: {name}: {why}" for name, why in document.refused.items()]
    return [*found, *document.remarks]


def _table(document: PlanDocument) -> Table:
    every = dict.fromkeys(name for one in document.plan.machines for name in one.peaks)
    resources = [name for name in every if name in _shown(document)]
    table = Table(box=SIMPLE, padding=(0, 1), pad_edge=False, collapse_padding=True)
    table.show_edge = False
    longest = max(len(word) for one in document.plan.machines for word in one.name.split())
    heads = (_HEADS.get(name, name) for name in resources)
    for name in ("machine", f"{document.currency} an hour", *heads, "workloads"):
        # A word a line, for many columns; names of workloads take what is left.
        least = max(len(word) for word in name.split())
        least = min(max(least, longest), _NAME) if name == "machine" else least
        table.add_column("\n".join(name.split()), overflow="fold", min_width=least)
    for machine in document.plan.machines:
        shown = (printable(name) for name in machine.workloads)
        table.add_row(
            printable(machine.name),
            str(machine.kind.price),
            *(_peak(machine, name) for name in resources),
            ", ".join(shown) or "none: spare",
        )
    return table


def _resources(document: PlanDocument) -> set[str]:
    return {name for one in document.plan.machines for name in one.peaks}


def _shown(document: PlanDocument) -> set[str]:
    """Those that some machine uses, or has no known limit of."""
    used = [one for one in document.plan.machines if one.workloads]
    return {
        name
        for name in _resources(document)
        if any(one.peaks.get(name, (1.0, 0.0))[0] >= _TELLING for one in used)
    }


def _peak(machine: PlannedMachine, resource: str) -> str:
    if resource not in machine.peaks:
        return "-" if not machine.workloads else "no\nknown\nlimit"
    share, when = machine.peaks[resource]
    moment = datetime.fromtimestamp(when, UTC)
    return f"{share * _PERCENT:.0f} %\n{moment:%a}\n{moment:%H:%M}"


def _percent(share: float) -> str:
    return f"{share * _PERCENT:.1f} %"
