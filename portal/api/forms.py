"""Forms that several groups of endpoints share: pages, texts, bodies as they came, problems."""

from __future__ import annotations

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


def raw_body(schema: dict[str, Any], *media_types: str) -> dict[str, Any]:
    """For OpenAPI: a body that the endpoint reads by itself."""
    content = {media_type: {"schema": schema} for media_type in media_types}
    return {"requestBody": {"required": True, "content": content}}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """For OpenAPI: how an endpoint says no, beside what all can say."""
    content = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    return {
        status: {"description": _MEANINGS[status], "content": content}
        for status in sorted({*statuses, 400, 401, 403, 422, 429, 503})
    }


_MEANINGS = {
    400: "The request is malformed.",
    401: "There is no key, or it lets nobody in.",
    403: "The key may not do this.",
    404: "It is not there, for this tenant.",
    408: "The body came too slowly.",
    409: "It contradicts what is there.",
    413: "The body is too large.",
    415: "The body is encoded in a way that is not known.",
    422: "Something in the request is not what it should be.",
    429: "The key asks too often.",
    503: "Not now: try again.",
}
