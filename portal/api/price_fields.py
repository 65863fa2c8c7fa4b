"""What questions for prices and costs share: on which terms, of which system, when."""

from __future__ import annotations

from datetime import UTC, datetime
from enum import StrEnum
from typing import Annotated

from fastapi import Query
from pydantic import AwareDatetime

from perfanalysis.errors import InputError
from portal.api.forms import Word
from portal.records.base import EPOCH

At = Annotated[AwareDatetime | None, Query(description="When; default: now.")]
System = Annotated[Word, Query(description="Of the machine, such as linux or windows.")]
Tenancy = Annotated[str, Query(pattern="^(shared|dedicated|host)$")]


class PriceKind(StrEnum):
    """On which terms: the list price, negotiated, what was paid, or spot."""

    LIST = "list"
    CONTRACTED = "contracted"
    EFFECTIVE = "effective"
    SPOT = "spot"


def moment_of(said: datetime | None, name: str) -> datetime:
    """In UTC.

    Raises:
        InputError: it is before 1970, or beyond what can be reckoned with.
    """
    if said is None:
        return datetime.now(UTC)
    try:
        moment = said.astimezone(UTC)
    except OverflowError as error:
        raise InputError("request", name, "a moment of this age") from error
    if not EPOCH <= moment < datetime(9000, 1, 1, tzinfo=UTC):
        raise InputError("request", name, "a moment from 1970 on", said.isoformat())
    return moment
