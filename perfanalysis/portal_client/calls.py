"""What a request to the portal is: method, path, fields, and the form of its answer. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Generic, Protocol, TypeVar
from urllib.parse import quote, urlencode

from msgspec import Meta, Struct

from perfanalysis.errors import InputError

Answered = TypeVar("Answered")
# With its zone, which the portal always says.
Moment = Annotated[datetime, Meta(tz=True)]
QueryValue = str | int | bool | tuple[str, ...] | None


class CursorPage(Protocol):
    """A page of a list; ``next_cursor`` is None on the last one."""

    @property
    def next_cursor(self) -> str | None:
        """What asks for the next page."""


@dataclass(frozen=True)
class PortalCall(Generic[Answered]):
    """One operation of the API.

    Attributes:
        method: of HTTP.
        path: with names of its parts in braces, as OpenAPI has it.
        answers: the form of the answer's JSON; ``bytes``: whatever comes; ``NoneType``: nothing.
        query: names of the fields behind "?".
        body: the form of its JSON; None: it has none, or bytes.
        media_types: of a body of bytes, the first one when nothing else is said.
    """

    method: str
    path: str
    answers: type[Answered]
    query: tuple[str, ...] = ()
    body: type[Struct] | None = None
    media_types: tuple[str, ...] = ()

    def address(self, parts: Mapping[str, str], query: Mapping[str, QueryValue]) -> str:
        """The path, with its parts and the fields that are said.

        Raises:
            InputError: a part of the path would lead elsewhere.
            KeyError: a part is missing, or a field is none of this call's.
        """
        unknown = set(query) - set(self.query)
        if unknown:
            raise KeyError(*sorted(unknown))
        path = self.path.format_map({name: _part(name, text) for name, text in parts.items()})
        said = [(name, one) for name, value in query.items() for one in _texts(value)]
        return f"{path}?{urlencode(said)}" if said else path


def _part(name: str, text: str) -> str:
    # "." and ".." are folders on the way to whoever reads addresses, also when they are escaped.
    if text in {"", ".", ".."}:
        raise InputError(name, "", "a name or id", text)
    return quote(text, safe="")


def _texts(value: QueryValue) -> list[str]:
    if value is None:
        return []
    if isinstance(value, bool):
        return ["true" if value else "false"]
    return list(value) if isinstance(value, tuple) else [str(value)]
