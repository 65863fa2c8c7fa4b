"""Documents of the state folder that say what is in progress: read into their types."""

from __future__ import annotations

from typing import TypeVar

import msgspec

from perfanalysis import type_faults
from perfanalysis.errors import InputError, MalformedError
from perfanalysis.results import reading

Kind = TypeVar("Kind", bound=msgspec.Struct)


def parse(data: bytes, name: str, kind: type[Kind]) -> Kind:
    """Read a document.

    Args:
        data: its JSON.
        name: of its file.
        kind: what it is to be.

    Raises:
        MalformedError: it is no such document; the text names the field.
    """
    try:
        tree = reading.json_value(data, name)
        return msgspec.convert(tree, kind)
    except InputError as error:
        raise MalformedError(f"expected {error.expected}") from error
    except msgspec.ValidationError as error:
        wrong = type_faults.fault(error, tree, name)
        place = f"{wrong.field}: " if wrong.field else ""
        raise MalformedError(f"{place}expected {wrong.expected}") from error
