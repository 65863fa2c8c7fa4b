"""The kinds that come with this program, from ``learned/``: figures, no code."""

from __future__ import annotations

from functools import cache
from importlib import resources

import msgspec

from perfanalysis.kinds.catalogue import KINDS
from perfanalysis.kinds.model import Learned

ATTRIBUTION = (
    "learned from sc-inspector-data of Spare Cores (snapshot of August 2026), "
    "Creative Commons Attribution-ShareAlike 4.0; fields chosen and put into one table"
)


@cache
def kind(name: str) -> Learned:
    """A kind of the catalogue.

    Raises:
        KeyError: there is none of this name.
    """
    if name not in {kind.name for kind in KINDS}:
        raise KeyError(name)
    text = resources.files("perfanalysis.kinds") / "learned" / f"{name}.json"
    return decoded(text.read_bytes())


def headlines() -> dict[str, Learned]:
    """The kinds that stand for themselves, by name, in the order of the catalogue."""
    return {entry.name: kind(entry.name) for entry in KINDS if entry.headline}


def decoded(data: bytes) -> Learned:
    """A kind from the bytes of its file.

    Raises:
        msgspec.ValidationError: the bytes are not what a kind's file holds.
        msgspec.DecodeError: they are no JSON.
    """
    return msgspec.json.decode(data, type=Learned)


def encoded(learned: Learned) -> bytes:
    """The bytes of a kind's file."""
    return msgspec.json.format(msgspec.json.encode(learned), indent=1) + b"\n"
