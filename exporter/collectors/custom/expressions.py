"""Regular expressions whose time grows with the text alone, whatever the expression is: RE2's.

Python's own can take ages for a short text and let no other thread run meanwhile, so that one line
of a configuration would hold every scrape. RE2 is what Prometheus and node_exporter use, too.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import re2

_OPTIONS = re2.Options()
# Its words about a bad expression are in the error.
_OPTIONS.log_errors = False
LINES = "(?m)"
_ESCAPED = re.compile(r"\\.", re.DOTALL)
_NAMED = re.compile(r"\(\?P?<(\w+)>")


@dataclass(frozen=True)
class Pattern:
    """A regular expression; ``^`` and ``$`` match at lines.

    Raises:
        ValueError: it is none that RE2 knows; the text says why.
    """

    text: str
    _compiled: Any = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        try:
            compiled = re2.compile(LINES + self.text, _OPTIONS)
        except re2.error as error:
            raise ValueError(_said(error)) from None
        # It would take the first of them, and say nothing of the others.
        named = _NAMED.findall(_ESCAPED.sub("", self.text))
        for name in named:
            if named.count(name) > 1:
                raise ValueError(f"the group {name} comes twice")
        object.__setattr__(self, "_compiled", compiled)

    @property
    def groups(self) -> int:
        """How many groups it has."""
        return int(self._compiled.groups)

    @property
    def names(self) -> tuple[str, ...]:
        """The names of its named groups, in their order."""
        positions: Mapping[str, int] = self._compiled.groupindex
        return tuple(sorted(positions, key=positions.__getitem__))

    def matches(self, text: str) -> Iterator[Any]:
        """What ``re.Pattern.finditer`` gives: matches whose groups are had by number or name."""
        matches: Iterator[Any] = self._compiled.finditer(text)
        return matches


def _said(error: Exception) -> str:
    said = error.args[0] if error.args else ""
    text = said.decode("utf-8", "replace") if isinstance(said, bytes) else str(said)
    return text.replace(LINES, "")
