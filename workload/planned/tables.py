"""A plan for people: its machines, what they cost, and how good that is."""

from __future__ import annotations

from datetime import UTC, datetime

from rich.console import Console
from rich.table import Table

from perfanalysis.printable import printable
from workload.planned.document import HOURS_A_MONTH, PlanDocument
from workload.planning.planning import PlannedMachine

_PERCENT = 100


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
    resources = list(dict.fromkeys(name for one in document.plan.machines for name in one.peaks))
    table = Table()
    for name in ("machine", f"{document.currency} an hour", *resources, "workloads"):
        table.add_column(name)
    for machine in document.plan.machines:
        shown = (printable(name) for name in machine.workloads)
        table.add_row(
            printable(machine.name),
            str(machine.kind.price),
            *(_peak(machine, name) for name in resources),
            ", ".join(shown) or "none: spare",
        )
    return table


def _peak(machine: PlannedMachine, resource: str) -> str:
    if resource not in machine.peaks:
        return "-" if not machine.workloads else "no known limit"
    share, when = machine.peaks[resource]
    moment = datetime.fromtimestamp(when, UTC)
    return f"{share * _PERCENT:.0f} % {moment:%a %H:%M}"


def _percent(share: float) -> str:
    return f"{share * _PERCENT:.1f} %"
