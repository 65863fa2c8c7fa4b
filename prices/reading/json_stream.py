"""JSON of any length, member by member, in constant memory.

The standard library's scanner reads one member after the other out of a window of the text. Of an
offer file of Amazon EC2's shape it reads some 200 MB a second in one pass; ijson 3.6 (yajl2_c)
needs a pass for each of its three parts, and five times as long (measured: docs/prices-formats.md).
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any, NoReturn, TextIO

from perfanalysis.errors import InputError
from prices.reading.opened import opened_text

_WINDOW = 1 << 20
# A member longer than this is none of a list of prices.
LONGEST_MEMBER = 64 << 20
_DEEPEST = 16
_SPACE = re.compile(r"[ \t\n\r]*")

# Where a member stands: keys from the top, an integer in a list; "*" is any of either.
Place = tuple[str | int, ...]


def members(path: Path, within: Collection[Place]) -> Iterator[tuple[Place, str | int, Any]]:
    """The members of some objects and lists of a file, and of all that they stand in.

    Numbers with a point are decimals. Several documents may follow each other, as in JSON lines.

    Args:
        path: the file; it may be packed by gzip.
        within: the places whose members are wanted one by one; () is the whole document.

    Yields:
        The place of the object or list, the key or index, and the value. Members of what encloses
        the places are given too.

    Raises:
        InputError: it is no JSON, breaks off, or a member of it is too long.
    """
    with opened_text(path) as text:
        window = _Window(text, str(path))
        wanted = _Wanted({place[:depth] for place in within for depth in range(len(place) + 1)})
        if not window.peek():
            raise InputError(str(path), "", "JSON, and something in it")
        while window.peek():
            yield from _descend(window, (), wanted)


def _descend(
    window: _Window, place: Place, wanted: _Wanted
) -> Iterator[tuple[Place, str | int, Any]]:
    """Members of the object or list that begins here."""
    opening = window.peek()
    if opening not in "{[" or len(place) > _DEEPEST:
        window.wrong(place, "an object or a list")
    closing = "}" if opening == "{" else "]"
    window.position += 1
    index = 0
    if window.peek() == closing:
        window.position += 1
        return
    while True:
        key: str | int = index
        if opening == "{":
            key = _key(window, place)
        inner = wanted.has((*place, key))
        if inner and window.peek() in ("{", "["):
            yield from _descend(window, (*place, key), wanted)
        else:
            yield place, key, window.value((*place, key))
        index += 1
        following = window.peek()
        window.position += 1
        if following == closing:
            return
        if following != ",":
            window.position -= 1
            window.wrong((*place, key), f"a comma or {closing} behind it")


def _key(window: _Window, place: Place) -> str:
    if window.peek() != '"':
        window.wrong(place, "a key in quotes")
    key = window.value(place)
    if window.peek() != ":":
        window.wrong((*place, key), "a colon behind the key")
    window.position += 1
    return str(key)


class _Wanted:
    """The places whose members are wanted, and those above them."""

    def __init__(self, places: set[Place]) -> None:
        self._exact = {place for place in places if "*" not in place}
        self._starred = places - self._exact

    def has(self, place: Place) -> bool:
        """Whether this is one of them."""
        return place in self._exact or any(
            len(star) == len(place)
            and all(mine in ("*", key) for mine, key in zip(star, place, strict=True))
            for star in self._starred
        )


def _refuse_constant(text: str) -> NoReturn:
    raise _ConstantError(text)


class _ConstantError(Exception):
    """NaN or Infinity, which JSON does not have."""


class _Window:
    """The part of the text that is looked at."""

    def __init__(self, text: TextIO, where: str) -> None:
        self._text = text
        self._where = where
        decoder = json.JSONDecoder(parse_float=Decimal, parse_constant=_refuse_constant)
        self._scan = decoder.raw_decode
        self._buffer = ""
        self._before = 0
        self.position = 0

    def peek(self) -> str:
        """The next character that is no space; "" at the end."""
        while True:
            match = _SPACE.match(self._buffer, self.position)
            self.position = match.end() if match else self.position
            if self.position < len(self._buffer):
                return self._buffer[self.position]
            if not self._more(_WINDOW):
                return ""

    def value(self, place: Place) -> Any:
        """The value that begins here."""
        self.peek()
        size = _WINDOW
        while True:
            try:
                found, end = self._scan(self._buffer, self.position)
            except json.JSONDecodeError:
                found, end = None, -1
            except RecursionError:
                self.wrong(place, "values that are not nested so deep")
            except (_ConstantError, ValueError):
                self.wrong(place, "numbers of at most some thousand digits, and no NaN")
            # A number may go on behind the window.
            if 0 <= end < len(self._buffer):
                self.position = end
                return found
            if len(self._buffer) - self.position > LONGEST_MEMBER:
                self.wrong(place, f"JSON, of members of at most {LONGEST_MEMBER >> 20} MiB")
            if not self._more(size):
                self.wrong(place, "JSON that goes on (it breaks off or goes wrong)")
            size *= 2

    def wrong(self, place: Place, expected: str) -> NoReturn:
        """Refuse the file here."""
        found = self._buffer[self.position : self.position + 20] or "its end"
        character = self._before + self.position + 1
        expected = f"{expected} (at character {character})"
        raise InputError(self._where, dotted(place), expected, found)

    def _more(self, size: int) -> bool:
        read = self._text.read(size)
        self._before += self.position
        self._buffer = self._buffer[self.position :] + read
        self.position = 0
        return bool(read)


def dotted(place: Place) -> str:
    """A place as people write it: ``terms.OnDemand.SKU``, ``Items[3]``."""
    written = ""
    for key in place:
        written += f"[{key}]" if isinstance(key, int) else f".{key}" if written else str(key)
    return written
