"""Which path is answered by what."""

from __future__ import annotations

from http import HTTPStatus

from exporter.serving.loop.event_loop import Future
from exporter.serving.messages import Handler, Request, Response


class Routes:
    """Which path is answered by what.

    Args:
        handlers: by path; for GET and HEAD.
        actions: by path; for POST and PUT.
    """

    def __init__(
        self, handlers: dict[str, Handler], actions: dict[str, Handler] | None = None
    ) -> None:
        self._handlers = handlers
        self._actions = actions or {}

    def answer(self, request: Request) -> Response | Future[Response]:
        """The answer of the handler for the path, or the error that HTTP has for it."""
        if request.method == "OPTIONS" and request.path == "*":
            return Response(HTTPStatus.OK, b"", headers=(("Allow", "GET, HEAD"),))
        handler, methods = self._handlers.get(request.path), ("GET", "HEAD")
        if handler is None:
            handler, methods = self._actions.get(request.path), ("POST", "PUT")
        if handler is None:
            return Response(HTTPStatus.NOT_FOUND, b"not found\n")
        if request.method not in methods:
            allow = (("Allow", ", ".join(methods)),)
            text = f"only {' and '.join(methods)} are allowed\n".encode()
            return Response(HTTPStatus.METHOD_NOT_ALLOWED, text, headers=allow)
        return handler(request)
