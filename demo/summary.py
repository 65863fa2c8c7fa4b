"""The short table at the end of the demonstration, asked from Prometheus like all else."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import requests
from rich.console import Console
from rich.table import Table

from perfanalysis.errors import PerfAnalysisError
from perfanalysis.machines.inventory import InventoryMachine

QUERIES = {
    "max": 'perf_loadtest_max_units_per_second{kernel="rmw"}',
    "lower": 'perf_loadtest_units_per_second_lower{kernel="rmw",busy="100"}',
    "upper": 'perf_loadtest_units_per_second_upper{kernel="rmw",busy="100"}',
    "valid": 'perf_loadtest_valid{kernel="rmw"}',
    "full": 'perf_loadtest_full_conditions{kernel="rmw"}',
    "price": 'perf_machine_price_dollars_per_hour{purchase="on_demand"}',
    "units_per_dollar": 'perf:units_per_dollar:max{kernel="rmw",purchase="on_demand"}',
}


@dataclass(frozen=True)
class SummaryRow:
    """One machine: units of work per second with their 95 % interval, dollars per hour.

    What is unknown is None: an interval of too few slices, or what an inventory has no price for.
    """

    machine: str
    max: float
    lower: float | None
    upper: float | None
    valid: bool
    price: float | None
    units_per_dollar: float | None


def query(url: str, expression: str) -> dict[str, float]:
    """Ask Prometheus for an instant vector.

    Args:
        url: Prometheus's base URL.
        expression: PromQL.

    Returns:
        The value of each ``instance``.

    Raises:
        PerfAnalysisError: Prometheus did not answer, or refused the query.
    """
    try:
        answer = requests.get(f"{url}/api/v1/query", params={"query": expression}, timeout=10)
        answer.raise_for_status()
        result = answer.json()["data"]["result"]
    except (requests.RequestException, KeyError, ValueError) as error:
        raise PerfAnalysisError(f"{url} did not answer the query {expression}: {error}") from error
    return {sample["metric"].get("instance", ""): float(sample["value"][1]) for sample in result}


def rows(url: str, machines: Sequence[InventoryMachine]) -> list[SummaryRow]:
    """The table's rows, for the machines of which Prometheus knows all that there is to know.

    Raises:
        PerfAnalysisError: see ``query``.
    """
    return chosen({name: query(url, expression) for name, expression in QUERIES.items()}, machines)


def chosen(
    answers: Mapping[str, Mapping[str, float]], machines: Sequence[InventoryMachine]
) -> list[SummaryRow]:
    """The same from the answers to ``QUERIES``: a value of each machine by query. Pure."""
    found = []
    for machine in machines:
        name = machine.name
        known = {query: values[name] for query, values in answers.items() if name in values}
        needed = {"max", "valid", "full"}
        if "on_demand" in machine.prices:
            needed.add("price")
            # A rule makes it, a moment after the result was scraped, of the machine's own work.
            if known.get("valid") == known.get("full") == 1:
                needed.add("units_per_dollar")
        if needed <= known.keys():
            figures = (known.get("lower"), known.get("upper"))
            money = (known.get("price"), known.get("units_per_dollar"))
            found.append(SummaryRow(name, known["max"], *figures, known["valid"] == 1, *money))
    return found


def show(console: Console, table_rows: Sequence[SummaryRow]) -> None:
    """Print the table."""
    table = Table(title="Kernel rmw, on-demand example prices", title_justify="left")
    table.add_column("machine", overflow="fold")
    for heading in ("max units/s", "95 % interval", "$/h", "units/s per $/h"):
        table.add_column(heading, justify="right", no_wrap=True)
    table.add_column("run")
    for row in table_rows:
        table.add_row(
            row.machine,
            f"{row.max:,.1f}",
            "unknown"
            if row.lower is None or row.upper is None
            else f"{row.lower:,.1f} to {row.upper:,.1f}",
            "unknown" if row.price is None else f"{row.price:.4f}",
            "unknown" if row.units_per_dollar is None else f"{row.units_per_dollar:,.0f}",
            "valid" if row.valid else "disturbed",
        )
    console.print(table)


def say_disturbed(console: Console, table_rows: Sequence[SummaryRow]) -> None:
    """Say what a disturbed run means, and what helps; nothing where there is none."""
    if all(row.valid for row in table_rows):
        return
    console.print(
        "Other programs used the CPUs while a machine was measured, as its lines `not valid` say. "
        "Such a run is shown, but gets no units per dollar. End what else runs (`top` shows it), "
        "and start the demonstration again.",
        style="yellow",
        highlight=False,
    )


def say_next(console: Console, *, full: bool) -> None:
    """Say what to look at next."""
    lines = ["next:     open the report; put your own prices into demo/inventory.yaml"]
    lines.append("          `make demo KEEP=1` leaves Prometheus and the exporters up to look at")
    if not full:
        lines.append("          `make demo FULL=1` adds prices, a portal and a prediction")
    lines.append("          docs/quick-start.md goes on step by step, docs/guide.md by task")
    for line in lines:
        console.print(line, highlight=False)
