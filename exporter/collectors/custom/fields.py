"""A node of the YAML file that knows where it stands, so that each complaint names the field."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import TYPE_CHECKING, NoReturn

from perfanalysis.errors import InputError

if TYPE_CHECKING:
    from exporter.collectors.custom.expressions import Pattern


class Node:
    """A value of the file and its place.

    Args:
        file: its path, for messages.
        place: where the value stands in it (``sources[0].metrics[1].regex``).
        value: as YAML has it.
    """

    def __init__(self, file: str, place: str, value: object) -> None:
        self.file = file
        self.place = place
        self.value = value

    def refuse(self, expected: str, *, shown: bool = True) -> NoReturn:
        """Say what was expected; ``shown``: and what was found, which is no secret then.

        Raises:
            InputError: always.
        """
        found = self.value if shown and isinstance(self.value, str | int | float) else None
        raise InputError(self.file, self.place, expected, found)

    def has(self, key: str) -> bool:
        """Whether a mapping has that key."""
        return isinstance(self.value, dict) and self.value.get(key) is not None

    def child(self, key: str) -> Node:
        """The value of a key; a missing one is None."""
        value = self.value.get(key) if isinstance(self.value, dict) else None
        return Node(self.file, f"{self.place}.{key}" if self.place else key, value)

    def check_keys(self, known: Iterable[str]) -> None:
        """Refuse what is no mapping, or has other keys than these."""
        names = ", ".join(known)
        if not isinstance(self.value, dict):
            self.refuse(f"a mapping with keys out of {names}")
        for key in self.value:
            if key not in known:
                place = f"{self.place}.{key}" if self.place else str(key)
                raise InputError(self.file, place, f"one of {names}", key)

    def items(self) -> list[Node]:
        """The entries of a list that is not empty."""
        if not isinstance(self.value, list) or not self.value:
            self.refuse("a list with at least one entry")
        return [Node(self.file, f"{self.place}[{i}]", v) for i, v in enumerate(self.value)]

    def text(self, expected: str = "text") -> str:
        """A text that is not empty and has no control characters."""
        if not isinstance(self.value, str) or not self.value.strip():
            self.refuse(expected)
        if not self.value.isprintable():
            # Where a URL is expected, it may hold a key.
            self.refuse(f"{expected} without control characters", shown=False)
        return self.value

    def texts(self) -> dict[str, str]:
        """A mapping of text to text; a missing one is empty."""
        if self.value is None:
            return {}
        if not isinstance(self.value, dict):
            self.refuse("a mapping of names to text")
        found = {}
        for key in self.value:
            name = Node(self.file, self.place, key).text("names that are text")
            child = self.child(name)
            if not isinstance(child.value, str):
                child.refuse("text (put numbers and true or false into quotes)")
            if child.value and not child.value.isprintable():
                child.refuse("text without control characters", shown=False)
            found[name] = child.value
        return found

    def number(self, default: float, lowest: float, highest: float, unit: str) -> float:
        """A number within bounds; ``default`` when missing."""
        if self.value is None:
            return default
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int | float):
            self.refuse(unit)
        if not (math.isfinite(value) and lowest <= value <= highest):
            self.refuse(f"{unit} from {lowest:g} to {highest:g}")
        return float(value)

    def whole(self) -> int:
        """A whole number other than 0."""
        value = self.value
        if isinstance(value, bool) or not isinstance(value, int) or value == 0:
            self.refuse("a whole number other than 0")
        return value

    def pattern(self) -> Pattern:
        """A regular expression; ``^`` and ``$`` match at lines."""
        # 3 MB of resident memory that only those need who have one.
        from exporter.collectors.custom.expressions import Pattern

        if not isinstance(self.value, str) or not self.value:
            self.refuse("a regular expression")
        try:
            return Pattern(self.value)
        except ValueError as error:
            self.refuse(f"a regular expression in RE2's syntax ({error})")
