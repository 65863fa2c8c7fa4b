"""Numbers in the kernel's text files: checked, then passed on as the bytes they are."""

from __future__ import annotations

import re
from collections.abc import Sequence

from exporter.sources.errors import CollectorError

# 2**64 - 1 has 20 digits.
LONGEST_COUNTER = 20
_HEXADECIMAL = re.compile(rb"0[xX][0-9a-fA-F]{1,16}")


def check_counters(tokens: Sequence[bytes], source: str) -> None:
    """Refuse anything but unsigned decimal numbers of at most 64 bits' length.

    Raises:
        CollectorError: with the source and the first token that is no such number.
    """
    if not tokens:
        return
    if b"".join(tokens).isdigit() and len(max(tokens, key=len)) <= LONGEST_COUNTER:
        return
    for token in tokens:
        if not token.isdigit() or len(token) > LONGEST_COUNTER:
            shown = token[:40].decode("utf-8", "replace")
            raise CollectorError(f"{source}: expected an unsigned number, found {shown!r}")


def check_integers(tokens: Sequence[bytes], source: str) -> None:
    """Refuse anything but decimal numbers of 64 bits' length, of which a few may be negative.

    Raises:
        CollectorError: with the source and the first token that is no such number.
    """
    # Most files hold no negative number at all, and then this is the quick way.
    if tokens and b"".join(tokens).isdigit() and len(max(tokens, key=len)) <= LONGEST_COUNTER:
        return
    check_counters([token.removeprefix(b"-") for token in tokens], source)


def unsigned(token: bytes, source: str) -> int:
    """One unsigned decimal number, with white space around it.

    Raises:
        CollectorError: it is none.
    """
    token = token.strip()
    check_counters([token], source)
    return int(token)


def signed(token: bytes, source: str) -> int:
    """One decimal number, with a sign or without, with white space around it.

    Raises:
        CollectorError: it is none.
    """
    token = token.strip()
    magnitude = unsigned(token.removeprefix(b"-"), source)
    return -magnitude if token.startswith(b"-") else magnitude


def shown(data: bytes) -> str:
    """The beginning of what was found, for an error message."""
    return repr(data[:60].decode("utf-8", "replace"))


def counter_of(token: bytes, source: str) -> int:
    """One unsigned number of at most 64 bits, decimal or with ``0x`` before it hexadecimal.

    Raises:
        CollectorError: it is none.
    """
    token = token.strip()
    if _HEXADECIMAL.fullmatch(token):
        return int(token, 16)
    return unsigned(token, source)


def cpus_of_heading(heading: bytes, source: str) -> list[str]:
    """The numbers of the CPUs in a heading ``CPU0 CPU1 CPU4``.

    Raises:
        CollectorError: it is no such heading.
    """
    words = heading.split()
    if not words or not all(word[:3] == b"CPU" and word[3:].isdigit() for word in words):
        raise CollectorError(f"{source}: expected a heading of CPUs, found {shown(heading)}")
    return [word[3:].decode() for word in words]
