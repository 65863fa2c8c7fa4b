"""What a person says of a machine: the flags of a command, and the inventory that they name."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from pathlib import Path

from perfanalysis.errors import InputError
from perfanalysis.machines.identity import UNKNOWN, UNNAMED, Identity, Price

# The flags that are texts; every command spells them in its own way.
TEXTS = ("name", "provider", "region", "zone", "instance_type")
# From a field of the identity, ``inventory``, ``purchase`` or ``price`` to the flag, for messages.
Spelling = Callable[[str], str]


def from_flags(
    texts: Mapping[str, str | None], prices: Mapping[str, float], spelled: Spelling
) -> Identity:
    """The identity that flags say.

    Args:
        texts: some of ``TEXTS``; None or empty: the flag was not given.
        prices: dollars per hour by purchase option (``UNNAMED`` where it was not said).
        spelled: the flags' names.

    Raises:
        InputError: a text holds control characters, or a price is none.
    """
    for field, text in texts.items():
        if text and not text.isprintable():
            kind = "a name" if field == "name" else "text"
            raise InputError(spelled(field), "", f"{kind} of printable characters", text)
    for price in prices.values():
        if not (math.isfinite(price) and price > 0):
            raise InputError(spelled("price"), "", "dollars per hour above 0", price)
    return Identity(
        **{field: texts.get(field) or "" for field in TEXTS}, prices=prices, other_prices={}
    )


def one_price(price: float | None, purchase: str | None) -> dict[str, float]:
    """The price of a flag, under the option that another flag names, if any."""
    return {} if price is None else {purchase or UNNAMED: price}


def from_inventory(path: Path | None, name: str, spelled: Spelling) -> Identity:
    """The identity that the inventory has of a machine; nothing is known without a file.

    Args:
        path: of the file; ``-`` is standard input.
        name: the machine's.
        spelled: the flags' names.

    Raises:
        InputError: the name is missing, the file unusable, or without such a machine.
    """
    if path is None:
        return UNKNOWN
    if not name:
        expected = f"{spelled('name')} beside it, a machine's name in it"
        raise InputError(spelled("inventory"), "", expected)
    # The YAML parser is 1.2 MB of resident memory, so only those who need it load it.
    from perfanalysis.machines.inventory import read_inventory

    return read_inventory(path).machine(name).identity()


def price_of(
    flags: Identity, inventory: Identity, purchase: str | None, spelled: Spelling
) -> Price | None:
    """The price that counts: of flags, else of the inventory; None: it is unknown.

    Args:
        flags: as ``from_flags`` has them.
        inventory: as ``from_inventory`` has it.
        purchase: which price it shall be; None: one of no option, else on demand.
        spelled: the flags' names.

    Raises:
        InputError: there is no price of that option.
    """
    if purchase is not None and not flags.prices:
        if inventory == UNKNOWN:
            expected = f"{spelled('inventory')} or {spelled('price')} beside it"
            raise InputError(spelled("purchase"), "", expected)
        if purchase not in inventory.prices:
            known = ", ".join(inventory.prices) or "it has none"
            expected = f"one of the machine's prices ({known})"
            raise InputError(spelled("purchase"), "", expected, purchase)
    return flags.completed_by(inventory).price(purchase)
