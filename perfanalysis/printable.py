"""Text of others on a person's terminal: without what a terminal would obey."""

from __future__ import annotations


def printable(text: str) -> str:
    r"""The text with its control characters written out, such as ``\x1b`` for Escape.

    Names of machines, files and answers of servers can hold sequences that colour, move, or type
    on the terminal that shows them. Ends of lines stay.
    """
    if text.isprintable():
        return text
    return "".join(c if c.isprintable() or c == "\n" else repr(c)[1:-1] for c in text)
