"""Kinds as people name them: by the name of one that comes with this program, or by its file."""

from __future__ import annotations

from pathlib import Path

import msgspec

from perfanalysis.errors import InputError
from perfanalysis.kinds import shipped
from perfanalysis.kinds.catalogue import BY_NAME, KINDS
from perfanalysis.kinds.model import Learned


def read_kind(text: str, flag: str = "--kind") -> Learned:
    """A kind by its name, or from the file that ``kinds learn`` wrote.

    Raises:
        InputError: there is no such kind, or the file is none.
    """
    if text in BY_NAME:
        return shipped.kind(text)
    path = Path(text)
    if not path.is_file():
        names = ", ".join(kind.name for kind in KINDS)
        raise InputError(flag, "", f"one of {names}, or a file of kinds learn", text)
    try:
        return shipped.decoded(path.read_bytes())
    except (OSError, msgspec.DecodeError) as error:
        expected = "a kind as kinds learn writes it"
        raise InputError(text, "", expected, str(error)) from error
