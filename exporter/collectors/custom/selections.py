"""How a value is found in what a source gave: regular expression, column, JMESPath. Pure."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple, Protocol

import jmespath

from exporter.collecting import CollectorError

if TYPE_CHECKING:
    from exporter.collectors.custom.expressions import Pattern

VALUE = "value"
MOST_SERIES = 1000
_NUMBER = re.compile(r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?", re.ASCII)


class Selected(NamedTuple):
    """One value as it was written, and the values of the selection's labels in their order."""

    labels: tuple[str, ...]
    text: str


class Selection(Protocol):
    """Finds values; ``labels`` are the names of the labels that it takes from the source."""

    @property
    def labels(self) -> tuple[str, ...]:
        """The labels' names."""
        ...

    def select(self, data: bytes) -> list[Selected]:
        """All values; none where a list is empty.

        Raises:
            CollectorError: what was to be found is not there.
        """
        ...


def number_of(text: str) -> float:
    """A finite decimal number.

    Raises:
        CollectorError: it is none.
    """
    if not _NUMBER.fullmatch(text) or (value := float(text)) in (float("inf"), float("-inf")):
        raise CollectorError(f"expected a number, found {text[:60]!r}")
    return value


@dataclass(frozen=True)
class Expression:
    """A regular expression: its one group, or the groups ``value`` and those named like labels.

    With labels every match is a series, without them the first one is the value. ``^`` and ``$``
    match at lines.
    """

    pattern: Pattern

    @property
    def labels(self) -> tuple[str, ...]:
        """The named groups but ``value``."""
        return tuple(name for name in self.pattern.names if name != VALUE)

    def select(self, data: bytes) -> list[Selected]:
        """See ``Selection.select``."""
        found: list[Selected] = []
        group = VALUE if self.pattern.names else 1
        labels = self.labels
        for match in self.pattern.matches(data.decode("utf-8", "replace")):
            if len(found) == MOST_SERIES:
                raise CollectorError(f"more than {MOST_SERIES} matches")
            values = tuple(match[name] or "" for name in labels)
            found.append(Selected(values, (match[group] or "").strip()))
            if not labels:
                break
        if not found:
            raise CollectorError(f"nothing matches {self.pattern.text!r}")
        return found


@dataclass(frozen=True)
class Column:
    """A column of a line, both counted from 1; from the end when negative.

    ``line`` may be the text that the line begins with. Without ``separator`` columns are parted by
    any white space.
    """

    column: int
    line: int | str = 1
    separator: str | None = None

    @property
    def labels(self) -> tuple[str, ...]:
        """None."""
        return ()

    def select(self, data: bytes) -> list[Selected]:
        """See ``Selection.select``."""
        lines = data.decode("utf-8", "replace").splitlines()
        if isinstance(self.line, str):
            line = next((line for line in lines if line.startswith(self.line)), None)
        else:
            line = _item(lines, self.line)
        if line is None:
            raise CollectorError(f"there is no line {self.line!r}")
        text = _item(line.split(self.separator), self.column)
        if text is None:
            raise CollectorError(f"line {self.line!r} has no column {self.column}")
        return [Selected((), text.strip())]


def _item(items: list[str], number: int) -> str | None:
    index = number - 1 if number > 0 else len(items) + number
    return items[index] if 0 <= index < len(items) else None


@dataclass(frozen=True)
class JsonPath:
    """A JMESPath expression over JSON.

    It gives a number, true or false (1 or 0), or a number in a string; or, with labels, an object
    or a list of objects that have ``value`` and these labels.

    Raises:
        ValueError: it is no such expression.
    """

    expression: str
    labels: tuple[str, ...] = ()
    _compiled: Any = field(init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_compiled", jmespath.compile(self.expression))

    def select(self, data: bytes) -> list[Selected]:
        """See ``Selection.select``."""
        try:
            document = json.loads(data)
        except (ValueError, RecursionError):
            raise CollectorError("expected JSON") from None
        try:
            result = self._compiled.search(document)
        except (jmespath.exceptions.JMESPathError, RecursionError) as error:
            raise CollectorError(f"{self.expression!r}: {_one_line(error)}") from None
        if not self.labels:
            return [Selected((), self._text(result))]
        entries = result if isinstance(result, list) else [result]
        if len(entries) > MOST_SERIES:
            raise CollectorError(f"{self.expression!r} gives more than {MOST_SERIES} objects")
        return [self._of_object(entry) for entry in entries]

    def _of_object(self, entry: object) -> Selected:
        if not isinstance(entry, dict) or set(entry) != {VALUE, *self.labels}:
            names = ", ".join((VALUE, *self.labels))
            raise CollectorError(f"{self.expression!r}: expected objects with {names}")
        values = []
        for name in self.labels:
            value = entry[name]
            if isinstance(value, bool):
                value = "true" if value else "false"
            if not isinstance(value, str | int | float | None):
                raise CollectorError(f"{self.expression!r}: expected text as {name}")
            values.append("" if value is None else str(value))
        return Selected(tuple(values), self._text(entry[VALUE]))

    def _text(self, value: object) -> str:
        if isinstance(value, bool):
            return "1" if value else "0"
        if isinstance(value, int | float):
            return repr(value)
        if isinstance(value, str):
            return value.strip()
        kind = "nothing" if value is None else "a list or an object"
        raise CollectorError(f"{self.expression!r} gives {kind}, expected a number")


def _one_line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
