"""Machines' names where there is little room: short, and still told from each other. Pure."""

from __future__ import annotations

import os
from collections.abc import Iterable, Sequence


def shortened(name: str, length: int) -> str:
    """A name that fits: its middle goes, since names mostly differ at their ends."""
    if len(name) <= length:
        return name
    head = (length - 1) // 2
    return f"{name[:head]}…{name[-(length - 1 - head) :]}"


def short_names(names: Iterable[str], length: int) -> dict[str, str]:
    """Each name in so many characters, as long as that tells them apart; else as it is.

    Where some that lack their middles would be alike, what these have in common at their ends
    (mostly a domain) goes first, then what is left of them loses its beginning.
    """
    every = list(dict.fromkeys(names))
    found = {name: shortened(name, length) for name in every}
    alike: dict[str, list[str]] = {}
    for name, short in found.items():
        alike.setdefault(short, []).append(name)
    for some in alike.values():
        if len(some) > 1:
            found |= _told_by_their_ends(some, length)
    return found if len(set(found.values())) == len(every) else {name: name for name in every}


def _told_by_their_ends(names: Sequence[str], length: int) -> dict[str, str]:
    # Of characters, not of folders.
    same = len(os.path.commonprefix([name[::-1] for name in names]))  # noqa: RUF071
    cores = {name: name[: len(name) - same] or name for name in names}
    return {
        name: core if len(core) <= length else f"…{core[-(length - 1) :]}"
        for name, core in cores.items()
    }
