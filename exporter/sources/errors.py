"""How reading a source ends when there is nothing to show of it."""

from __future__ import annotations

from perfanalysis.errors import MalformedError


class CollectorError(MalformedError):
    """A source could not be read or understood: the collector's success is 0, one log line."""


class NothingToRead(Exception):  # noqa: N818 - it is no error
    """The machine has none of what the collector reads: success is 0, and no log line."""


class CodeFailedError(Exception):
    """Code of others failed: success is 0, one log line, and no rule about numbers is violated."""
