"""The fields of an old record as values; each fault names file, record and field. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from perfanalysis.errors import InputError
from portal.moving.dump import OldRecord
from portal.moving.old_tables import COLUMNS
from portal.records.base import EPOCH

# How Django's JSON, PostgreSQL's CSV and people spell it.
_TRUE, _FALSE = frozenset({"true", "t", "1"}), frozenset({"false", "f", "0"})


class OldFields:
    """A record's fields by what they mean.

    Args:
        record: whose kind is known.
    """

    def __init__(self, record: OldRecord) -> None:
        assert record.kind is not None
        self._record = record
        self._names = COLUMNS[record.kind]

    def said(self, field: str, most: int, *, needed: bool = False) -> str | None:
        """A text; None: it is empty or not there.

        Raises:
            InputError: it is none, too long, has control characters, or is missing where needed.
        """
        name, value = self._value(field)
        if value is None:
            if needed:
                raise InputError(self._record.where, name, "a value")
            return None
        said = str(value).strip()
        if isinstance(value, dict | list) or len(said) > most:
            raise InputError(self._record.where, name, f"text of at most {most} characters")
        if any((sign < " " and sign not in "\n\t") or sign == "\x7f" for sign in said):
            raise InputError(self._record.where, name, "text without control characters")
        if any("\ud800" <= sign <= "\udfff" for sign in said):
            raise InputError(self._record.where, name, "text of whole characters")
        return said or None

    def whole(self, field: str, most: int) -> int | None:
        """A whole number from 0 on; None: it is not there.

        Raises:
            InputError: it is none.
        """
        name, value = self._value(field)
        if value is None:
            return None
        said = str(value)
        known = not isinstance(value, bool) and said.isascii() and said.isdigit() and len(said) < 20
        if not known or int(said) > most:
            raise InputError(self._record.where, name, f"a whole number up to {most}", value)
        return int(said)

    def decimal(self, field: str) -> Decimal | None:
        """A number above 0; None: it is not there.

        Raises:
            InputError: it is none.
        """
        name, value = self._value(field)
        if value is None:
            return None
        try:
            found = Decimal(str(value))
        except InvalidOperation:
            found = Decimal("NaN")
        if not found.is_finite() or not 0 < found < Decimal(10**9):
            raise InputError(self._record.where, name, "a number above 0", value)
        return found

    def flag(self, field: str) -> bool | None:
        """True or false; None: it is not there.

        Raises:
            InputError: it is neither.
        """
        name, value = self._value(field)
        if value is None:
            return None
        said = str(value).lower()
        if said not in _TRUE | _FALSE:
            raise InputError(self._record.where, name, "true or false", value)
        return said in _TRUE

    def moment(self, field: str, *, needed: bool = False) -> datetime | None:
        """A moment in UTC; None: it is not there.

        Raises:
            InputError: it is none, has no zone, is before 1970, or missing where it is needed.
        """
        name, value = self._value(field)
        if value is None and not needed:
            return None
        try:
            found = datetime.fromisoformat(str(value))
            moment = found.astimezone(UTC) if found.tzinfo is not None else None
        except (ValueError, OverflowError):
            moment = None
        if moment is None or not EPOCH < moment < datetime(5000, 1, 1, tzinfo=UTC):
            expected = "a time with its zone, such as 2026-01-31T12:00:00Z"
            raise InputError(self._record.where, name, expected, value)
        return moment

    def _value(self, field: str) -> tuple[str, Any]:
        """The column's name, and its value; None: it is empty or not there."""
        for name in self._names[field]:
            value = self._record.fields.get(name)
            if value is not None and value != "":
                return name, value
        return self._names[field][0], None
