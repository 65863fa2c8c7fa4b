"""/service-worker.js: at the root, so that it is for all pages."""

from __future__ import annotations

from starlette.responses import FileResponse, Response

from portal.pages.routing import pages
from portal.pages.static_files import FOLDER

router = pages()


@router.get("/service-worker.js")
async def service_worker() -> Response:
    """The script, which the browser asks for again each time."""
    headers = {"Cache-Control": "no-cache"}
    return FileResponse(FOLDER / "service-worker.js", media_type="text/javascript", headers=headers)
