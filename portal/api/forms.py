"""Forms that several groups of endpoints share: pages, texts, bodies as they came, problems."""

from __future__ import annotations

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from portal.records.fitting import PLAIN_TEXT

MOST_ROWS = 500
Limit = Annotated[int, Query(ge=1, le=MOST_ROWS, description="At most so many in this page.")]
Cursor = Annotated[str | None, Query(max_length=800, description="next_cursor of the page before.")]
Word = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PLAIN_TEXT)]
# A filter; without it, whatever the field is.
Filter = Annotated[Word | None, Query()]
NAME = r"^[A-Za-z0-9][A-Za-z0-9._-]*$"
TestId = Annotated[str, Path(max_length=128, pattern=NAME, examples=["20261130T120000Z-rmw-1"])]


class RequestForm(BaseModel):
    """What comes in: a field that is not known is a mistake, not a wish for later."""

    model_config = ConfigDict(extra="forbid")


class AnswerForm(BaseModel):
    """What goes out, from a row."""

    model_config = ConfigDict(from_attributes=True)


class Problem(BaseModel):
    """Why a request was not done (RFC 9457, application/problem+json)."""

    title: str = Field(description="The status in words.", examples=["Unprocessable Content"])
    status: int = Field(examples=[422])
    detail: str = Field(
        description="What was wrong, where, and what was expected.",
        examples=["document: kernel: expected text"],
    )
    request_id: str | None = Field(default=None, description="As the portal's log has it.")


async def body_of(request: Request) -> bytes:
    """The body as it came, within the limits."""
    return await request.body()


RawBody = Annotated[bytes, Depends(body_of)]


def raw_body(schema: dict[str, Any], examples: Mapping[str, Any]) -> dict[str, Any]:
    """For OpenAPI: a body that the endpoint reads by itself; an example by its media type."""
    content = {name: {"schema": schema, "example": one} for name, one in examples.items()}
    return {"requestBody": {"required": True, "content": content}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: how an endpoint says no, beside what all can say."""
    return {
        status: {"description": _MEANINGS[status][0], "content": _problem(status)}
        for status in sorted({*statuses, 400, 401, 403, 422, 429, 503})
    }


def _problem(status: int) -> dict[str, Any]:
    example = {
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": _MEANINGS[status][1],
        "request_id": "6f9619ff8b86d011b42d00c04fc964ff",
    }
    schema = {"$ref": "#/components/schemas/Problem"}
    return {"application/problem+json": {"schema": schema, "example": example}}


def lines_of_json(*rows: object) -> dict[str, Any]:
    """For OpenAPI: an answer of JSON a line, with these as its example."""
    example = "".join(json.dumps(row) + "\n" for row in rows)
    return {"content": {"application/x-ndjson": {"schema": {"type": "string"}, "example": example}}}


# By status: what it means, and what a portal might say.
_MEANINGS = {
    400: ("The request is malformed.", "the body is not what gzip makes"),
    401: ("There is no key, or it lets nobody in.", "this key has expired"),
    403: (
        "The key may not do this.",
        "this key lacks the scope 'admin': manage keys, see the audit log, export all",
    ),
    404: ("It is not there, for this tenant.", "there is no test 'nothing'"),
    408: ("The body came too slowly.", "the body took longer than 30 seconds"),
    409: (
        "It contradicts what is there.",
        "somebody else changed the same meanwhile: look again",
    ),
    413: ("The body is too large.", "a body may have 8388608 bytes, unpacked"),
    415: (
        "The body is encoded in a way that is not known.",
        "a body may be packed by gzip, or not at all",
    ),
    422: (
        "Something in the request is not what it should be.",
        "document: kernel: expected text",
    ),
    429: ("The key asks too often.", "more than 6000 requests a minute with this key"),
    503: ("Not now: try again.", "the database does not answer now: try again"),
}
