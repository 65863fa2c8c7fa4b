"""The flags of `loadtest run` that say which machine this is, and what of it is used."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import NamedTuple

import click

from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.machines import book_prices, given
from perfanalysis.machines.cloud.discovery import AUTO, MODES, discover, plan
from perfanalysis.machines.facts.files import text
from perfanalysis.machines.identity import PURCHASE_OPTIONS, UNKNOWN, Identity, Price, resolve
from perfanalysis.machines.this_host import host_identity
from perfanalysis.printable import printable
from perfanalysis.renamed_option import RenamedOption
from perfanalysis.results.state import default_state_directory


class MeasuredMachine(NamedTuple):
    """Who the machine is, and which price counts; None: it is unknown."""

    identity: Identity
    price: Price | None


@dataclass(frozen=True)
class MachineFlags:
    """What was given on the command line; see the help of each flag."""

    cpus: str | None
    machine_name: str
    provider: str
    region: str
    zone: str
    instance_type: str
    inventory: Path | None
    purchase: str | None
    cloud: str
    cloud_endpoint: str | None
    price: float | None

    def machine(self, *, quiet: bool, root: Path = Path("/")) -> MeasuredMachine:
        """Who the machine is, as ``perfanalysis.machines.identity`` says, and its price.

        Args:
            quiet: whether to keep back why the cloud did not say all.
            root: holds proc and sys.

        Raises:
            InputError: a flag or the inventory is unusable.
        """
        texts = {
            "name": self.machine_name,
            "provider": self.provider,
            "region": self.region,
            "zone": self.zone,
            "instance_type": self.instance_type,
        }
        flags = given.from_flags(texts, given.one_price(self.price, self.purchase), spelled)
        inventory = given.from_inventory(self.inventory, flags.name, spelled)
        identity = resolve(
            flags=flags,
            inventory=inventory,
            cloud=self._cloud(root / "sys", quiet=quiet),
            host=host_identity(text(root / "proc/cpuinfo")),
        )
        if not identity.prices:
            identity = _priced_by_book(identity, quiet=quiet)
            inventory = identity if identity.prices else inventory
        price = given.price_of(flags, inventory, self.purchase, spelled)
        return MeasuredMachine(identity, price)

    def _cloud(self, sysfs: Path, *, quiet: bool) -> Identity:
        flags = (spelled("cloud"), spelled("cloud_endpoint"))
        chosen = plan(self.cloud, sysfs, self.cloud_endpoint, flags)
        if chosen is None:
            return UNKNOWN
        found = discover(chosen)
        if found.complaint and not quiet:
            click.echo(printable(f"cloud identity incomplete: {found.complaint}"), err=True)
        return found.identity


def _priced_by_book(identity: Identity, *, quiet: bool) -> Identity:
    """The machine, with the prices of the price book's file in the state folder, if it has any."""
    path = default_state_directory() / book_prices.FILE
    try:
        return book_prices.read(path).at(datetime.now(UTC)).completing(identity)
    except FileNotFoundError:
        return identity
    except InputError as error:
        if not quiet:
            click.echo(printable(f"no prices of the price book: {error}"), err=True)
        return identity


def spelled(field: str) -> str:
    """The flag of a field of the identity."""
    return "--machine" if field == "name" else f"--{field.replace('_', '-')}"


OPTIONS = (
    click.option(
        "--cpus", help="CPUs to use, such as 0-3,8; default: all that this process may use."
    ),
    click.option(
        "--machine",
        "machine_name",
        cls=RenamedOption,
        old_names=("--machine-name",),
        default="",
        help="Name in the inventory; default: the host name.",
    ),
    click.option("--provider", default="", help="Who runs the machine: aws, azure, gcp, oci, ..."),
    click.option("--region", default="", help="The provider's region."),
    click.option("--zone", default="", help="The provider's zone."),
    click.option("--instance-type", default="", help="The provider's name of the machine's shape."),
    click.option(
        "--inventory",
        type=click.Path(dir_okay=False, allow_dash=True, path_type=Path),
        help="File that holds the machine (- is standard input): its instance type and prices go "
        "into the document.",
    ),
    click.option(
        "--purchase",
        type=click.Choice(PURCHASE_OPTIONS),
        help="Which of the inventory's prices counts (default: on_demand), or what --price is.",
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
    click.option(
        "--price",
        type=float,
        help="Dollars per hour of this machine, instead of the inventory's prices.",
    ),
)
machine_flags = grouped("machine", MachineFlags, OPTIONS)
