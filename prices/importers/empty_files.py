"""Files in which a format's entries are missing. Pure."""

from __future__ import annotations

from pathlib import Path

from perfanalysis.errors import InputError


def refuse_empty(path: Path, place: str, entries: int) -> None:
    """Refuse a file without entries: it is another document, such as an error of the provider's.

    Args:
        path: the file.
        place: where entries stand in it.
        entries: how many there were.

    Raises:
        InputError: none.
    """
    if not entries:
        raise InputError(str(path), place, "at least one entry")
