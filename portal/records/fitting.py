"""Whether values fit their columns: databases differ in what they do with those that do not."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Integer, String, inspect

from perfanalysis.errors import InputError
from portal.records.base import Instant, PortalBase

# PostgreSQL has no text with NUL, and control characters serve nobody.
PLAIN_TEXT = r"^[^\x00-\x1f\x7f]*$"
_INTEGERS = {Integer: 31, BigInteger: 63}


@cache
def _types(model: type[PortalBase]) -> dict[str, Any]:
    return {column.key: column.columns[0].type for column in inspect(model).column_attrs}


def check_fits(
    model: type[PortalBase],
    values: Mapping[str, object],
    where: str,
    fields: Mapping[str, str] | None = None,
) -> None:
    """See that values fit.

    Args:
        model: of the row.
        values: by column.
        where: what they are from, for messages.
        fields: what a column is called there, where it is called otherwise.

    Raises:
        InputError: a text is too long or holds control characters, or a number is too large.
    """
    types = _types(model)
    for name, value in values.items():
        kind, field = types[name], (fields or {}).get(name, name)
        if isinstance(value, str) and isinstance(kind, String):
            _check_text(value, kind.length, where, field)
        if isinstance(value, int) and not isinstance(value, bool):
            bits = 63 if isinstance(kind, Instant) else _INTEGERS.get(type(kind))
            if bits is not None and not -(2**bits) <= value < 2**bits:
                raise InputError(where, field, f"a whole number of at most {bits} bits", value)


def _check_text(value: str, length: int | None, where: str, field: str) -> None:
    if length is not None and len(value) > length:
        raise InputError(where, field, f"text of at most {length} characters", value)
    # Notes have lines.
    lines = value.replace("\n", "").replace("\t", "") if length is None else value
    if any(character < " " or character == "\x7f" for character in lines):
        raise InputError(where, field, "text without control characters", value)
    try:
        value.encode()
    except UnicodeEncodeError as error:
        raise InputError(where, field, "text of whole characters") from error
