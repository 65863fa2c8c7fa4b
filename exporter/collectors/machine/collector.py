"""Who this machine is and what an hour of it costs; ``perfanalysis.machines.identity`` says how."""

from __future__ import annotations

import logging
import math
import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from exporter.collecting import CollectorSpecification, Flag, Flags
from exporter.collectors.machine.cloud import CLOUD, ENDPOINT, CloudInBackground
from exporter.sources.files import Sources
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block, FactSeries
from perfanalysis.machines import given
from perfanalysis.machines.families import FAMILIES, series_of
from perfanalysis.machines.identity import PURCHASE_OPTIONS, Identity, resolve
from perfanalysis.machines.this_host import host_identity
from perfanalysis.results.state import default_state_directory

if TYPE_CHECKING:
    from perfanalysis.machines.book_prices import BookPrices

_log = logging.getLogger(__name__)

INVENTORY = Flag("machine.inventory", None, "Inventory file that holds this machine.")
NAME = Flag("machine.name", None, "This machine's name in the inventory.")
PROVIDER = Flag("machine.provider", None, "Who runs the machine: aws, azure, gcp, oci, ...")
REGION = Flag("machine.region", None, "The provider's region.")
ZONE = Flag("machine.zone", None, "The provider's zone.")
INSTANCE_TYPE = Flag("machine.instance-type", None, "The provider's name of the machine's shape.")
PRICE = Flag(
    "machine.price",
    (),
    "OPTION=DOLLARS: what an hour costs, instead of the inventory's prices; can be given again for "
    f"each purchase option ({', '.join(PURCHASE_OPTIONS)}).",
)
PRICES = Flag(
    "machine.prices",
    None,
    "File of prices that `perfanalysis prices import` has written, for a machine of which neither "
    "flags nor the inventory give a price; default: prices.json in the state folder, if it is "
    "there.",
)


def _spelled(field: str) -> str:
    return f"--machine.{field.replace('_', '-')}"


class GivenIdentity(NamedTuple):
    """What flags say of the machine, and what the inventory says."""

    flags: Identity
    inventory: Identity


def read_given(flags: Flags) -> GivenIdentity:
    """What flags and inventory say.

    Raises:
        InputError: a flag or the inventory is unusable, or it has no machine of that name.
    """
    texts = {field: flags[f"machine_{field}"] for field in given.TEXTS}
    said = given.from_flags(texts, _prices(flags[PRICE.variable]), _spelled)
    path = flags[INVENTORY.variable]
    return GivenIdentity(
        said, given.from_inventory(Path(path) if path else None, said.name, _spelled)
    )


def _prices(texts: Sequence[str]) -> dict[str, float]:
    found: dict[str, float] = {}
    for text in texts:
        option, _, dollars = text.partition("=")
        try:
            price = float(dollars)
        except ValueError:
            price = math.nan
        if option not in PURCHASE_OPTIONS or option in found or math.isnan(price):
            expected = f"OPTION=DOLLARS, each option once, of {', '.join(PURCHASE_OPTIONS)}"
            raise InputError(f"--{PRICE.name}", "", expected, text)
        found[option] = price
    return found


def _prices_file(flags: Flags) -> Path | None:
    """The file that is to be read; None: none was named, and the state folder has none."""
    if named := flags[PRICES.variable]:
        return Path(named)
    usual = default_state_directory() / "prices.json"
    # False, too, of a folder that is closed to the exporter's account.
    return usual if os.path.exists(usual) else None  # noqa: PTH110


def _read_book(flags: Flags) -> BookPrices | None:
    """The book's prices; None: there are none.

    Raises:
        InputError: a file that a flag names is missing or unusable. One that only lies there costs
            the prices, and no start.
    """
    path = _prices_file(flags)
    if path is None:
        return None
    # Loaded for those who have such a file.
    from perfanalysis.machines import book_prices

    try:
        return book_prices.read(path)
    except FileNotFoundError as error:
        raise InputError(f"--{PRICES.name}", "", "a file that is there", str(path)) from error
    except InputError as error:
        if flags[PRICES.variable]:
            raise
        _log.warning("no prices of the price book: %s", error)
        return None


class MachineCollector:
    """``perf_machine_info``, ``_purchase_info``, ``_price_dollars_per_hour``, ``_price_per_hour``.

    Flags and inventory are read at start; what the cloud says fills what they leave open, as soon
    as it is known.
    """

    def __init__(self, sources: Sources, flags: Flags) -> None:
        self._given = read_given(flags)
        self._book = _read_book(flags)
        try:
            cpuinfo = sources.proc("cpuinfo").read().decode("utf-8", "replace")
        except OSError:
            cpuinfo = ""
        sources.forget(sources.proc("cpuinfo"))
        self._host = host_identity(cpuinfo)
        self._series = FactSeries(self._samples)
        self._cloud = CloudInBackground(sources.paths.sysfs, flags)

    def collect(self) -> list[Block]:
        """See ``Collector.collect``."""
        # Prices that the book had ahead begin by themselves.
        if self._book is not None and self._book.later:
            self._begin_prices(self._book)
        return [self._series.block(self._cloud.identity())]

    def _begin_prices(self, book: BookPrices) -> None:
        # Who has no book does not load it.
        from datetime import UTC, datetime

        now = datetime.now(UTC)
        if book.later[0][0] <= now:
            self._book = book.at(now)
            self._series = FactSeries(self._samples)

    def _samples(self, cloud: Identity) -> list[tuple[Series, bytes]]:
        flags, inventory = self._given
        known = resolve(flags=flags, inventory=inventory, cloud=cloud, host=self._host)
        return series_of(known if self._book is None else self._book.completing(known))


class MachineOfInventory(MachineCollector):
    """The same, and what has prices can be read anew: they change, and exporters stay."""

    def __init__(self, sources: Sources, flags: Flags) -> None:
        super().__init__(sources, flags)
        self._flags = flags

    def reload(self) -> None:
        """Read the inventory, and the file of prices, anew.

        Raises:
            InputError: one is unusable; everything stays as it was.
        """
        given_, book = read_given(self._flags), _read_book(self._flags)
        self._given, self._book = given_, book
        self._series = FactSeries(self._samples)


def create(sources: Sources, flags: Flags) -> MachineCollector:
    """The collector, with what can be reloaded where there is an inventory or file of prices."""
    reloadable = flags[INVENTORY.variable] or _prices_file(flags)
    made = MachineOfInventory if reloadable else MachineCollector
    return made(sources, flags)


SPECIFICATION = CollectorSpecification(
    "machine",
    FAMILIES,
    create,
    flags=(INVENTORY, NAME, PROVIDER, REGION, ZONE, INSTANCE_TYPE, PRICE, PRICES, CLOUD, ENDPOINT),
)
