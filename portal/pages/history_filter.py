"""The filter of the history page: from the fields of its form to what is asked for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

from perfanalysis.errors import InputError
from portal.api.history_form import WantedHistory
from portal.inventory import registering
from portal.load_tests.history import BY_MACHINE, BY_TYPE
from portal.load_tests.listing import Filters
from portal.records.faults import NotThereError
from portal.records.tenant_session import TenantSession

TEXTS = ("kernel", "provider", "region", "instance_type")
FIELDS = (*TEXTS, "machine", "valid", "since", "until", "by")
_MOST_MACHINES, _MOST_TEXT = 50, 200
_VALID = {"": None, "true": True, "false": False}


def given(query: Mapping[str, str]) -> dict[str, str]:
    """What stands in each field; "": nothing."""
    return {name: query.get(name, "").strip()[: _MOST_TEXT * _MOST_MACHINES] for name in FIELDS}


def wanted(session: TenantSession, fields: Mapping[str, str], cursor: str | None) -> WantedHistory:
    """What is asked for.

    Args:
        session: of the tenant, which knows machines by their names.
        fields: of ``given``.
        cursor: of the page before.

    Raises:
        InputError: a field cannot be read.
        NotThereError: there is no machine of a name.
    """
    if fields["valid"] not in _VALID:
        raise InputError("filter", "valid", "true, false or nothing", fields["valid"])
    equal: dict[str, object] = {name: _text(fields[name], name) for name in TEXTS}
    equal["valid"] = _VALID[fields["valid"]]
    until = day(fields["until"], "until")
    filters = Filters(
        equal,
        day(fields["since"], "since"),
        None if until is None else until + timedelta(days=1),
    )
    by = BY_TYPE if fields["by"] == BY_TYPE else BY_MACHINE
    machines = [_machine(session, name) for name in names_of(fields["machine"])]
    return WantedHistory(filters, machines, by, cursor)


def names_of(text: str) -> list[str]:
    """Names that are parted by commas.

    Raises:
        InputError: there are too many, or one is no text.
    """
    found = [part.strip() for part in text.split(",") if part.strip()]
    if len(found) > _MOST_MACHINES:
        raise InputError("filter", "machine", f"at most {_MOST_MACHINES} names", len(found))
    return list(dict.fromkeys(name for one in found if (name := _text(one, "machine"))))


def day(text: str, name: str) -> datetime | None:
    """The beginning of a day in UTC; None: nothing was said.

    Raises:
        InputError: it is no day.
    """
    if not text:
        return None
    try:
        found = datetime.strptime(text, "%Y-%m-%d").replace(tzinfo=UTC)
    except ValueError as error:
        raise InputError("filter", name, "a day such as 2026-11-30", text[:50]) from error
    if not 1970 <= found.year < 9999:
        raise InputError("filter", name, "a day since 1970", text)
    return found


def _machine(session: TenantSession, name: str) -> uuid.UUID:
    row = registering.by_name(session, name)
    if row is None:
        raise NotThereError("machine", name)
    return registering.successor(session, row).id


def _text(text: str, name: str) -> str | None:
    if len(text) > _MOST_TEXT or not text.isprintable():
        raise InputError("filter", name, f"text of at most {_MOST_TEXT} characters")
    return text or None
