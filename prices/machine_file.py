"""Write the small file of prices that exporter and load test read: ``machines.book_prices``."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from sqlalchemy import Connection

from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.machines import book_prices
from perfanalysis.machines.book_prices import FILE
from perfanalysis.machines.cloud.discovery import OFF, discover, plan
from perfanalysis.machines.identity import Identity
from perfanalysis.machines.inventory import read_inventory
from prices.book.coming import moments_after
from prices.book.look_up import WantedPrice, look_up
from prices.book.opening import Book, opened
from prices.book.rows import StoredPrice
from prices.price import OPTIONS, Purchase, Term

# Moments that are written ahead; each import writes them anew.
_MOST_LATER = 12


def wanted(folder: Path, inventory: Path | None, cloud: str) -> list[Identity]:
    """The machines whose prices are written.

    Args:
        folder: the state folder.
        inventory: whose machines they are; None: those that the file has, else this machine.
        cloud: whose metadata service tells what this machine is, one of ``discovery.MODES``.

    Raises:
        InputError: the inventory or the file is unusable.
    """
    if inventory is not None:
        return [machine.identity() for machine in read_inventory(inventory).machines]
    if there := known(folder):
        return there
    chosen = plan(cloud, Path("/sys"), None, ("--cloud", "--cloud-endpoint"))
    return [] if chosen is None else [discover(chosen).identity]


def asked_for(folder: Path, inventory: Path | None) -> list[Identity]:
    """The machines of an inventory, else those that the file has.

    Raises:
        InputError: there are none, or the inventory or the file is unusable.
    """
    machines = wanted(folder, inventory, OFF)
    if not machines:
        raise InputError("--inventory", "", f"an inventory, for {folder / FILE} has no machines")
    return machines


def known(folder: Path) -> list[Identity]:
    """The machines that the file has; none where there is no file.

    Raises:
        InputError: it is unusable.
    """
    try:
        return list(book_prices.read(folder / FILE).machines)
    except FileNotFoundError:
        return []
    except InputError as error:
        expected = f"{error.expected} (remove it, and give --inventory for a fleet)"
        raise InputError(error.where, error.field, expected) from error


def write(book: Book, machines: Sequence[Identity], folder: Path) -> None:
    """Write the file anew, from a book; nothing where there are no machines.

    Args:
        book: the price book.
        machines: whose prices are written.
        folder: the file's.

    Raises:
        PerfAnalysisError: it cannot be written.
    """
    if not machines:
        return
    now = datetime.now(UTC)
    document = {
        "version": book_prices.VERSION,
        "written_at": now.isoformat(),
        "machines": entries(book, machines, now),
        "later": _later(book, machines, now),
    }
    path = folder / FILE
    try:
        folder.mkdir(parents=True, exist_ok=True)
        write_atomically(path, (json.dumps(document, indent=1) + "\n").encode())
    except OSError as error:
        raise PerfAnalysisError(
            f"{path}: cannot be written ({error.strerror}); the book has the prices"
        ) from error


def entries(book: Book, machines: Sequence[Identity], now: datetime) -> list[dict[str, Any]]:
    """What the file has of each machine: its prices of a moment, by purchase option.

    Raises:
        InputError: there is no such book.
        PerfAnalysisError: it cannot be read.
    """
    with opened(book) as connection:
        return [_entry(connection, machine, now) for machine in machines]


def _later(book: Book, machines: Sequence[Identity], now: datetime) -> list[dict[str, Any]]:
    """What changes later: at each moment, the machines whose prices are others from then on."""
    found = []
    with opened(book) as connection:
        known = [_entry(connection, machine, now) for machine in machines]
        for moment in moments_after(connection, now, _MOST_LATER):
            then = [_entry(connection, machine, moment) for machine in machines]
            if changed := [entry for entry in then if entry not in known]:
                found.append({"from": moment.isoformat(), "machines": changed})
            known = then
    return found


def _entry(connection: Connection, machine: Identity, now: datetime) -> dict[str, Any]:
    prices = []
    for option in book_prices.OPTIONS:
        for purchase, term in OPTIONS[option]:
            if found := _price(connection, machine, now, purchase, term):
                prices.append(_said(option, found))
                break
    return {**{name: getattr(machine, name) for name in book_prices.TEXTS}, "prices": prices}


def _price(
    connection: Connection, machine: Identity, now: datetime, purchase: Purchase, term: Term | None
) -> StoredPrice | None:
    """The price in dollars, else in whatever currency the book has it."""
    for currency in ("USD", ""):
        asked = WantedPrice(
            provider=machine.provider,
            at=now,
            region=machine.region,
            zone=machine.zone,
            instance_type=machine.instance_type,
            machines=(machine.name, machine.instance_id),
            purchase=purchase,
            term=term,
            currency=currency,
        )
        if found := look_up(connection, asked):
            return found
    return None


def _said(option: str, found: StoredPrice) -> dict[str, str]:
    price = found.price
    return {
        "purchase": option,
        "amount": format(price.amount, "f"),
        "currency": price.currency,
        "valid_from": price.valid_from.isoformat(),
        "source": price.source,
    }
