"""The flags of `loadtest compare` that pick kinds of work."""

from __future__ import annotations

import math
from dataclasses import dataclass

import click

from loadtest.by_kind import AskedKinds
from loadtest.kind_files import read_kind
from perfanalysis.errors import InputError
from perfanalysis.flag_groups import grouped
from perfanalysis.kinds import shipped
from perfanalysis.kinds.catalogue import BY_NAME, KINDS
from perfanalysis.kinds.model import Learned

MIX = "shares of kinds, such as cache-server=0.6,web-server=0.4"


@dataclass(frozen=True)
class KindFlags:
    """What was given on the command line; see the help of each flag."""

    kinds: tuple[str, ...]
    mix: str

    def wanted(self) -> AskedKinds:
        """The kinds that are asked for: all of ``kinds list`` where none is.

        Raises:
            InputError: there is no such kind, or a share is none.
        """
        named = [read_kind(_whole_name(text)) for text in self.kinds]
        shares, mixed = _mix(self.mix)
        if not named and not mixed:
            return AskedKinds(shipped.headlines())
        found = {learned.kind: learned for learned in (*named, *mixed)}
        return AskedKinds(found, shares, tuple(dict.fromkeys(one.kind for one in named)))


kind_flags = grouped(
    "asked",
    KindFlags,
    (
        click.option(
            "--kind",
            "kinds",
            multiple=True,
            metavar="NAME",
            help="Only this kind of work: a name of `perfanalysis kinds list --all`, or a file of "
            "`kinds learn`; may be given again. Default: all of `kinds list`.",
        ),
        click.option(
            "--mix",
            default="",
            metavar="KIND=SHARE,...",
            help="A mix of kinds, such as cache=0.6,web=0.4; shares are scaled to sum to 1.",
        ),
    ),
)


def _mix(text: str) -> tuple[dict[str, float], list[Learned]]:
    shares: dict[str, float] = {}
    mixed: list[Learned] = []
    for part in text.split(",") if text else ():
        name, _, share = part.partition("=")
        learned = read_kind(_whole_name(name.strip()), "--mix")
        if learned.kind in shares:
            raise InputError("--mix", learned.kind, "each kind once", text)
        shares[learned.kind] = _share(share, text)
        mixed.append(learned)
    return shares, mixed


def _share(share: str, text: str) -> float:
    try:
        value = float(share)
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise InputError("--mix", "", f"{MIX}, each above 0", text)
    return value


def _whole_name(text: str) -> str:
    """The kind that a name begins, where it is one of the kinds that stand for themselves."""
    if text in BY_NAME:
        return text
    begun = [kind.name for kind in KINDS if kind.headline and kind.name.startswith(text)]
    return begun[0] if text and len(begun) == 1 else text
