"""Prices of the price book for the machines that are asked for: the small file beside the book.

``perfanalysis prices`` writes it at each import, so that exporter and load test know what the book
says and load no database. Amounts are texts, as in the book; here they become floats, as all that
is shown to Prometheus.

{"version": 1, "written_at": "2026-01-31T00:00:00+00:00", "machines": [
  {"name": "web-1", "provider": "aws", "region": "eu-central-1", "zone": "", "instance_id": "",
   "instance_type": "m7i.large", "prices": [
     {"purchase": "on_demand", "amount": "0.1197", "currency": "USD", "valid_from": ...,
      "source": ...}]}],
 "later": [{"from": "2026-03-01T00:00:00+00:00", "machines": [...]}]}

``later`` has the machines whose prices change, with all of their prices from then on.
"""

from __future__ import annotations

import json
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError
from perfanalysis.machines.identity import PURCHASE_OPTIONS, Identity

FILE = "prices.json"
VERSION = 1
# What the book knows beside the options of flags and inventory, from bills: what was negotiated,
# and what an hour has cost after commitments. What an invoice asks for is no price of an hour: of
# what is paid in advance it has nothing.
CONTRACTED, EFFECTIVE = "contracted", "effective"
OPTIONS = (*PURCHASE_OPTIONS, CONTRACTED, EFFECTIVE)
TEXTS = ("name", "provider", "region", "zone", "instance_type", "instance_id")
_DOLLARS = "USD"
_CURRENCY = re.compile(r"[A-Z]{3}")


@dataclass(frozen=True)
class BookPrices:
    """The machines of the file, each with its prices per hour, by currency and option.

    Attributes:
        machines: with the prices that held when the file was written.
        later: moments from which on some of them have other prices, ascending.
    """

    machines: Sequence[Identity] = ()
    later: Sequence[tuple[datetime, Sequence[Identity]]] = ()

    def at(self, moment: datetime) -> BookPrices:
        """The same with the prices that hold at a moment, and what is later than that."""
        held = {_key(machine): machine for machine in self.machines}
        coming = []
        for since, machines in self.later:
            if since <= moment:
                held |= {_key(machine): machine for machine in machines}
            else:
                coming.append((since, machines))
        return BookPrices(list(held.values()), coming)

    def completing(self, identity: Identity) -> Identity:
        """The machine with the book's prices, where flags and inventory gave none.

        A machine of the same name or id counts before one of the same type in the same place.
        """
        if identity.prices:
            return identity
        for same in (_same_machine, _same_type):
            for machine in self.machines:
                if same(machine, identity):
                    return identity._replace(
                        prices=machine.prices, other_prices=machine.other_prices
                    )
        return identity


def _key(machine: Identity) -> tuple[str, ...]:
    return tuple(getattr(machine, name) for name in TEXTS)


def _same_machine(one: Identity, other: Identity) -> bool:
    if one.instance_id and other.instance_id:
        return one.instance_id == other.instance_id
    return one.name != "" and one.name == other.name


def _same_type(one: Identity, other: Identity) -> bool:
    fields = ("provider", "region", "instance_type")
    if not all(getattr(one, name) == getattr(other, name) != "" for name in fields):
        return False
    return one.zone in {"", other.zone}


def read(path: Path) -> BookPrices:
    """Read the file, see ``BookPrices.at``.

    Raises:
        InputError: it cannot be read, or is not what ``perfanalysis prices`` writes.
        FileNotFoundError: there is none.
    """
    try:
        root = json.loads(path.read_bytes())
        if root["version"] != VERSION:
            raise ValueError
        # Files of earlier versions have no later prices.
        later = [
            (_moment(each["from"]), _machines(each["machines"])) for each in root.get("later", ())
        ]
        return BookPrices(_machines(root["machines"]), sorted(later, key=lambda each: each[0]))
    except FileNotFoundError:
        raise
    except OSError as error:
        raise InputError(str(path), "", f"a readable file ({error.strerror})") from error
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        expected = "a file of prices, as `perfanalysis prices import` writes it"
        raise InputError(str(path), "", expected) from error


def _machines(entries: Sequence[Mapping[str, Any]]) -> list[Identity]:
    return [machine_of(entry) for entry in entries]


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    if moment.tzinfo is None:
        raise ValueError
    return moment


def machine_of(entry: Mapping[str, Any]) -> Identity:
    """A machine as the file has it, with its prices.

    Raises:
        ValueError, KeyError, TypeError: it is none.
    """
    prices: dict[str, dict[str, float]] = {}
    for price in entry["prices"]:
        if price["purchase"] not in OPTIONS:
            continue
        currency, amount = price["currency"], float(price["amount"])
        if not _CURRENCY.fullmatch(currency):
            raise ValueError
        if math.isfinite(amount) and amount > 0:
            prices.setdefault(currency, {})[price["purchase"]] = amount
    texts = {name: entry[name] for name in TEXTS}
    if not all(isinstance(text, str) and text.isprintable() for text in texts.values()):
        raise ValueError
    dollars = prices.pop(_DOLLARS, {})
    return Identity(**texts, prices=dollars, other_prices=prices)
