"""Why bytes are no JSON, in words for people."""

from __future__ import annotations

import json
from json import JSONDecodeError
from typing import Any

from perfanalysis.errors import InputError


def parse(data: bytes, where: str, expected: str, field: str = "") -> Any:
    """The value that JSON says.

    Args:
        data: the text.
        where: its file, for the error, as are the others.
        expected: what was to be there.
        field: its place in the file.

    Raises:
        InputError: it is no JSON.
    """
    try:
        return json.loads(data)
    except (ValueError, RecursionError) as error:
        raise InputError(where, field, f"{expected} ({reason(error, data)})") from error


def reason(error: ValueError | RecursionError, data: bytes) -> str:
    """What ``json.loads`` stumbled over.

    Args:
        error: what it raised.
        data: what it was given.
    """
    if isinstance(error, RecursionError):
        return "it is nested too deep"
    if isinstance(error, UnicodeDecodeError):
        return "it is no UTF-8"
    if not data.strip():
        return "nothing is in it"
    if isinstance(error, JSONDecodeError):
        return _what_and_where(error)
    # Python converts no more than some thousands.
    return "a number in it has too many digits"


def _what_and_where(error: JSONDecodeError) -> str:
    place = f"at line {error.lineno}, column {error.colno}"
    if error.pos >= len(error.doc.rstrip()):
        return f"it breaks off {place}"
    if error.msg == "Extra data":
        return f"something follows it {place}"
    return f"it goes wrong {place}"
