"""The short table at the end of the demonstration, asked from Prometheus like all else."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import requests
from rich.console import Console
from rich.table import Table

from perfanalysis.errors import PerfAnalysisError

QUERIES = {
    "max": 'perf_loadtest_max_units_per_second{kernel="rmw"}',
    "lower": 'perf_loadtest_units_per_second_lower{kernel="rmw",busy="100"}',
    "upper": 'perf_loadtest_units_per_second_upper{kernel="rmw",busy="100"}',
    "valid": 'perf_loadtest_valid{kernel="rmw"}',
    "price": 'perf_machine_price_dollars_per_hour{purchase="on_demand"}',
    "units_per_dollar": 'perf:units_per_dollar:max{kernel="rmw",purchase="on_demand"}',
}


@dataclass(frozen=True)
class Row:
    """One machine: units of work per second with their 95 % interval, dollars per hour."""

    machine: str
    max: float
    lower: float
    upper: float
    valid: bool
    price: float
    units_per_dollar: float


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


def rows(url: str, machines: Sequence[str]) -> list[Row]:
    """The table's rows, for the machines that Prometheus knows all figures of.

    Raises:
        PerfAnalysisError: see ``query``.
    """
    answers = {name: query(url, expression) for name, expression in QUERIES.items()}
    complete = [m for m in machines if all(m in values for values in answers.values())]
    return [
        Row(
            machine=machine,
            max=answers["max"][machine],
            lower=answers["lower"][machine],
            upper=answers["upper"][machine],
            valid=answers["valid"][machine] == 1,
            price=answers["price"][machine],
            units_per_dollar=answers["units_per_dollar"][machine],
        )
        for machine in complete
    ]


def show(console: Console, table_rows: Sequence[Row]) -> None:
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
            f"{row.lower:,.1f} to {row.upper:,.1f}",
            f"{row.price:.4f}",
            f"{row.units_per_dollar:,.0f}",
            "valid" if row.valid else "disturbed",
        )
    console.print(table)
