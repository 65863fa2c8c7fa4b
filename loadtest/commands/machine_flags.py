"""The flags of `loadtest run` that say which machine this is, and what of it is used."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import click

from perfanalysis.flag_groups import grouped
from perfanalysis.machines.cloud.discovery import AUTO, MODES
from perfanalysis.machines.facts.identity import Identity, complete, identify
from perfanalysis.machines.inventory import PURCHASE_OPTIONS
from perfanalysis.printable import printable


@dataclass(frozen=True)
class MachineFlags:
    """What was given on the command line; see the help of each flag."""

    cpus: str | None
    machine_name: str
    inventory: Path | None
    purchase: str | None
    cloud: str
    cloud_endpoint: str | None
    price: float | None

    def identity(self, *, quiet: bool) -> Identity:
        """Who the machine is, as flags, inventory and cloud say.

        Args:
            quiet: whether to keep back why the cloud did not say all.

        Raises:
            InputError: a flag or the inventory is unusable.
        """
        found = identify(self.machine_name, self.inventory, self.purchase, self.price)
        found, unknown = complete(found, self.cloud, self.cloud_endpoint)
        if unknown and not quiet:
            click.echo(printable(f"cloud identity incomplete: {unknown}"), err=True)
        return found


OPTIONS = (
    click.option(
        "--cpus", help="CPUs to use, such as 0-3,8; default: all that this process may use."
    ),
    click.option(
        "--machine-name", default="", help="Name in the inventory; default: the host name."
    ),
    click.option(
        "--inventory",
        type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
        help="File that holds the machine (- is standard input): its instance type and prices go "
        "into the document.",
    ),
    click.option(
        "--purchase",
        type=click.Choice(PURCHASE_OPTIONS),
        help="Which of the inventory's prices counts; default: on_demand.",
    ),
    click.option(
        "--cloud",
        type=click.Choice(MODES),
        default=AUTO,
        show_default=True,
        help="Whose metadata service tells provider, region, zone and instance type, for 2 seconds "
        "at most; auto: the one that the firmware names.",
    ),
    click.option("--cloud-endpoint", help="Address of the metadata service, http://HOST[:PORT]."),
    click.option("--price", type=float, help="Dollars per hour of this machine."),
)
machine_flags = grouped("machine", MachineFlags, OPTIONS)
