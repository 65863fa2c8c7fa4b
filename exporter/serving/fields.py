"""A mapping of a YAML file whose fields are taken out one by one, each of its type.

What goes wrong is an ``InputError`` that names the file and the field.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from perfanalysis.errors import InputError


class FileFields:
    """A mapping of the file.

    Args:
        path: the file, for messages.
        name: the mapping's field, "" for the file's own.
        value: what stands there; nothing is an empty mapping.
        known: the names of the fields that there are.
    """

    def __init__(self, path: Path, name: str, value: object, known: Iterable[str]) -> None:
        self.path = path
        self.name = name
        if value is None:
            value = {}
        names = ", ".join(known)
        if not isinstance(value, dict):
            raise InputError(str(path), name, f"a mapping with the fields {names}")
        self._values = value
        for key in value:
            if key not in known:
                place = self.place(str(key))
                raise InputError(str(path), place, f"no such field, but {names}")

    def __bool__(self) -> bool:
        """Whether a field has a value."""
        return any(value not in (None, "", []) for value in self._values.values())

    def place(self, key: str) -> str:
        """The whole name of a field."""
        return f"{self.name}.{key}" if self.name else key

    def error(self, key: str, expected: str, found: object = None) -> InputError:
        """The error of a field; ``found`` must not be a secret."""
        return InputError(str(self.path), self.place(key), expected, found)

    def raw(self, key: str) -> Any:
        """The field as YAML gives it, or None."""
        return self._values.get(key)

    def text(self, key: str, default: str = "") -> str:
        """A text; nothing and the empty text are the default."""
        value = self._values.get(key)
        if value is None or value == "":
            return default
        if not isinstance(value, str):
            raise self.error(key, "a text")
        return value

    def scalar(self, key: str) -> str:
        """A text; numbers and true or false, which Go's YAML takes for one, too, as they are
        written usually."""
        value = self._values.get(key)
        if isinstance(value, bool):
            return str(value).lower()
        if isinstance(value, int | float):
            return str(value)
        return self.text(key)

    def flag(self, key: str, default: bool) -> bool:
        """true or false."""
        value = self._values.get(key)
        if value is None:
            return default
        if not isinstance(value, bool):
            raise self.error(key, "true or false", value)
        return value

    def choice(self, key: str, choices: Iterable[str], default: str) -> str:
        """One of several words."""
        value = self.text(key, default)
        if value not in choices:
            raise self.error(key, f"one of {', '.join(choices)}", value)
        return value

    def texts(self, key: str, check: Callable[[str], bool] = bool, of: str = "") -> list[str]:
        """A list of texts, each of which passes ``check``; ``of`` says what they are."""
        value = self._values.get(key)
        if value is None:
            return []
        expected = f"a list of {of or 'texts'}"
        if not isinstance(value, list):
            raise self.error(key, expected)
        for i, entry in enumerate(value):
            if not isinstance(entry, str) or not check(entry):
                raise self.error(f"{key}[{i}]", of or "a text", entry)
        return value
