"""``perfanalysis portal ask tests``: load tests, the newest first."""

from __future__ import annotations

from datetime import datetime

import click

from perfanalysis.delivery.flags import EndpointFlags
from perfanalysis.portal_client import load_tests
from perfanalysis.portal_client.load_tests import TestChoice
from perfanalysis.renamed_option import RenamedOption
from portal.commands.ask import options


@click.command("tests")
@options.PORTAL
@options.filters("kernel", "profile", "provider", "region", "instance_type")
@click.option("--machine-id", help="Only those of this machine, by its id.")
@click.option(
    "--valid/--spoiled", default=None, help="Only runs that nothing, or something spoiled."
)
@click.option(
    "--from",
    "since",
    cls=RenamedOption,
    old_names=("--since",),
    callback=options.moment_of,
    help="Measured then or later; UTC.",
)
@click.option(
    "--to",
    "until",
    cls=RenamedOption,
    old_names=("--until",),
    callback=options.moment_of,
    help="Measured before that; UTC.",
)
@options.MOST
@options.AS_JSON
def tests(  # noqa: PLR0913 - one for each option
    portal: EndpointFlags,
    *,
    kernel: str | None,
    profile: str | None,
    provider: str | None,
    region: str | None,
    instance_type: str | None,
    machine_id: str | None,
    valid: bool | None,
    since: datetime | None,
    until: datetime | None,
    most: int,
    as_json: bool,
) -> None:
    """List load tests, the newest first; figures are work units per second at full load."""
    machine = None if machine_id is None else options.id_of(machine_id, "--machine-id")
    choice = TestChoice(
        kernel, profile, machine, provider, region, instance_type, valid, since, until
    )
    with options.connected(portal) as connection:
        asked = load_tests.tests(connection, choice, min(most + 1, 500))
        rows, more = options.first(asked, most)
    if as_json:
        options.print_json(rows)
        return
    options.show(
        rows,
        {
            "test": lambda row: row.test_id,
            "measured (UTC)": lambda row: row.measured_at,
            "kernel": lambda row: row.kernel,
            "provider": lambda row: row.provider,
            "type": lambda row: row.instance_type,
            "units/s": lambda row: row.max_units_per_second,
            "lower": lambda row: row.max_lower,
            "upper": lambda row: row.max_upper,
            "$/h": lambda row: row.price_dollars_per_hour,
            "valid": lambda row: row.valid,
        },
        more=more,
    )
