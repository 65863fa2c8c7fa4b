"""Why bytes are no JSON, in words for people."""

from __future__ import annotations


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
    return str(error) if data.strip() else "nothing is in it"
