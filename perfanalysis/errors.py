"""The exceptions that end a command with a message for people.

PerfAnalysisError   the work failed             exit status 1
`- InputError       bad input or bad usage      exit status 2

A package may derive its own from these two; the command line knows only these. What cannot be
understood without ending anything is a ``MalformedError``, which whoever reads on must catch.
"""

from __future__ import annotations

# Of a value that is shown: enough to know it again.
MOST_SHOWN = 200


class PerfAnalysisError(Exception):
    """The work failed. The text is one line: what, where, and what to do."""

    exit_status = 1


class InputError(PerfAnalysisError):
    """What a person gave is not usable.

    Args:
        where: the file, flag or URL that holds the value.
        field: the path of the value inside it (``machines[0].prices``), or "" for the whole.
        expected: what would have been right, in words.
        found: the value found, already safe to show (never a secret), or None.
    """

    exit_status = 2

    def __init__(self, where: str, field: str, expected: str, found: object = None) -> None:
        self.where = where
        self.field = field
        self.expected = expected
        self.found = found
        place = f"{where}: {field}" if field else where
        seen = "" if found is None else f", found {_shown(found)}"
        super().__init__(f"{place}: expected {expected}{seen}")

    def __reduce__(self) -> tuple[type[InputError], tuple[str, str, str, object]]:
        """As it goes from one process to another."""
        return type(self), (self.where, self.field, self.expected, self.found)


class MalformedError(Exception):
    """What another program wrote, or a set of series, is not what it should be.

    The text says what was expected; where it stood is added by who knows the file.
    """


def _shown(found: object) -> str:
    """A value as its file has it, in which nobody's words are those of Python."""
    if isinstance(found, bool):
        return "true" if found else "false"
    if isinstance(found, dict):
        return "a mapping" if found else "an empty mapping"
    if isinstance(found, list | tuple):
        return "a list" if found else "an empty list"
    if isinstance(found, int) and found.bit_length() > MOST_SHOWN:
        return f"a number of {found.bit_length()} bits"
    text = repr(found)
    return text if len(text) <= MOST_SHOWN else f"{text[:MOST_SHOWN]}…"
