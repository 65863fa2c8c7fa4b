"""Answers as CSV, for those who ask for it: `Accept: text/csv`, or `format=csv`."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import Query, Request, Response

from reporter.spreadsheet_cells import plain

TYPE = "text/csv; charset=utf-8"
# To a spreadsheet a number, and no formula: an exact amount is a text here.
_NEGATIVE = re.compile(r"-\d+(\.\d+)?(E[+-]?\d+)?")
Format = Annotated[
    Literal["json", "csv"] | None,
    Query(alias="format", description="Without it, what `Accept` says."),
]
# For OpenAPI: the same, as CSV.
AS_CSV: dict[str, Any] = {"content": {"text/csv": {"schema": {"type": "string"}}}}


def wants_csv(request: Request, said: str | None) -> bool:
    """Whether a request asks for CSV."""
    if said is not None:
        return said == "csv"
    parts = [part.split(";")[0].strip() for part in request.headers.get("Accept", "").split(",")]
    return parts[0] == "text/csv"


def csv_text(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    """Rows as a file has them.

    Args:
        columns: their names, the first line.
        rows: a cell a column; None is empty, times are RFC 3339.
    """
    written = io.StringIO()
    lines = csv.writer(written, lineterminator="\r\n")
    lines.writerow(columns)
    lines.writerows([_cell(cell) for cell in row] for row in rows)
    return written.getvalue()


def csv_answer(
    name: str, columns: Sequence[str], rows: Iterable[Sequence[object]], **headers: str
) -> Response:
    """A file of rows, see ``csv_text``; ``name`` is the one by which browsers keep it."""
    kept = {"Content-Disposition": f'attachment; filename="{name}"', **headers}
    return Response(csv_text(columns, rows).encode(), media_type=TYPE, headers=kept)


def _cell(value: object) -> object:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.isoformat().replace("+00:00", "Z")
    if isinstance(value, bool):
        return str(value).lower()
    if not isinstance(value, str) or _NEGATIVE.fullmatch(value):
        return value
    # Whoever opens it in a spreadsheet must not run what a machine is called.
    return plain(value)
