"""Numbers in the kernel's text files: checked, then passed on as the bytes they are."""

from __future__ import annotations

from collections.abc import Sequence

from exporter.collecting import CollectorError

# 2**64 - 1 has 20 digits.
LONGEST_COUNTER = 20


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
