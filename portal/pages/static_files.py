"""Styles, scripts and icons: files of this package, each by an address that holds its digest."""

from __future__ import annotations

import hashlib
from functools import cache
from pathlib import Path

from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from portal.pages.headers import protect

FOLDER = Path(__file__).with_name("static")
_FOREVER = "public, max-age=31536000, immutable"


@cache
def static_url(name: str) -> str:
    """The address of a file below ``static``; it changes with its content.

    Raises:
        OSError: there is none.
    """
    digest = hashlib.sha256((FOLDER / name).read_bytes()).hexdigest()[:16]
    return f"/static/{name}?{digest}"


class PackagedFiles(StaticFiles):
    """The files, with headers."""

    def __init__(self) -> None:
        super().__init__(directory=FOLDER)

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Of Starlette."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = _FOREVER if scope["query_string"] else "no-cache"
        protect(response)
        return response
