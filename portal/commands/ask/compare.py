"""``perfanalysis portal ask compare``: load tests against each other."""

from __future__ import annotations

import click

from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.portal_client import comparison
from perfanalysis.portal_client.comparison import ComparedMeasure
from portal.commands.ask import options


@click.command("compare")
@options.PORTAL
@click.argument("sides", nargs=-1, required=True)
@click.option("--baseline", help="The name of a baseline, against which all sides are held.")
@options.AS_JSON
def compare(
    portal: EndpointFlags, sides: tuple[str, ...], baseline: str | None, as_json: bool
) -> None:
    """Compare SIDES at full load: test ids, several of a side parted by commas.

    The first side is what the others are held against. A verdict needs more than one run of each.
    """
    asked = [side.split(",") for side in sides]
    with options.connected(portal) as connection:
        found = comparison.compare(connection, asked, baseline)
    if as_json:
        options.print_json(found)
        return
    tests = {id(one): ", ".join(side.tests) for side in found.sides for one in side.measures}
    rows: list[ComparedMeasure] = [one for side in found.sides for one in side.measures]
    options.show(
        rows,
        {
            "tests": lambda row: tests[id(row)],
            "measure": lambda row: row.measure.replace("_", "-"),
            "value": lambda row: row.value,
            "difference": _difference,
            "95 % interval": _interval,
            "verdict": lambda row: row.verdict or row.withheld,
        },
    )


def _percent(ratio: float) -> str:
    return f"{(ratio - 1) * 100:+.1f} %"


def _difference(row: ComparedMeasure) -> str | None:
    return None if row.ratio is None else _percent(row.ratio)


def _interval(row: ComparedMeasure) -> str | None:
    if row.lower is None or row.upper is None:
        return None
    return f"{_percent(row.lower)} to {_percent(row.upper)}"
