"""Values as the bytes that stand on a page: in a sequence, or written one behind the other."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload


class WrittenValues(Sequence[bytes]):
    """Values that stand one behind the other already, each with a newline behind it.

    They are taken apart when somebody asks for one. They never change.
    """

    __slots__ = ("_values", "written")

    def __init__(self, written: bytes) -> None:
        self.written = written
        self._values: list[bytes] | None = None

    def _apart(self) -> list[bytes]:
        if self._values is None:
            self._values = self.written.split(b"\n")
            del self._values[-1]
        return self._values

    def __len__(self) -> int:
        return self.written.count(b"\n")

    @overload
    def __getitem__(self, index: int) -> bytes: ...
    @overload
    def __getitem__(self, index: slice) -> Sequence[bytes]: ...
    def __getitem__(self, index: int | slice) -> bytes | Sequence[bytes]:
        return self._apart()[index]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._apart())

    def __eq__(self, other: object) -> bool:
        if isinstance(other, WrittenValues):
            return self.written == other.written
        return isinstance(other, Sequence) and self._apart() == list(other)

    __hash__ = None  # type: ignore[assignment]


def written(values: Sequence[bytes]) -> bytes:
    """Values one behind the other, each with a newline behind it."""
    if isinstance(values, WrittenValues):
        return values.written
    return b"\n".join(values) + b"\n" if values else b""
