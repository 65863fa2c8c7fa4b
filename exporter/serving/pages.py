"""Answers ``/metrics``: which page a request wants, and the page when it is made."""

from __future__ import annotations

import contextlib
import sys
from http import HTTPStatus
from urllib.parse import parse_qs

from exporter.page.negotiation import negotiate
from exporter.page.running import ScrapeRunner
from exporter.page.scraping import Scraper, SelectionError
from exporter.page.wanted import Wanted
from exporter.serving.loop.event_loop import EventLoop, Future
from exporter.serving.messages import Request, Response, page_response


class MetricsHandler:
    """Answers ``/metrics`` with pages that the runner makes in its own thread.

    Args:
        loop: of the server.
        scraper: knows the collectors' names.
        runner: makes the pages.
        most: how many requests may wait for their page at once; 0 is no limit.
    """

    def __init__(
        self, loop: EventLoop, scraper: Scraper, runner: ScrapeRunner, most: int = 0
    ) -> None:
        self.scraper = scraper
        self._runner = runner
        self._most = most or sys.maxsize
        self._open = 0
        self.loop = loop

    def __call__(self, request: Request) -> Response | Future[Response]:
        """The page, later; or at once the error of a wrong ``collect[]`` or ``exclude[]``."""
        if self._open >= self._most:
            text = f"Limit of concurrent requests reached ({self._most}), try again later.\n"
            return Response(HTTPStatus.SERVICE_UNAVAILABLE, text.encode())
        try:
            wanted = self.wanted(request)
        except SelectionError as error:
            return Response(HTTPStatus.BAD_REQUEST, f"{error}\n".encode())
        future: Future[Response] = self.loop.create_future()

        def finish(page: bytes) -> None:
            self._open -= 1
            if not future.done():
                future.set_result(page_response(page, wanted.form))

        def deliver(page: bytes) -> None:
            # The loop is closed when the process ends during a scrape.
            with contextlib.suppress(RuntimeError):
                self.loop.call_soon_threadsafe(finish, page)

        self._open += 1
        self._runner.request(wanted, deliver)
        return future

    def wanted(self, request: Request) -> Wanted:
        """The page that a request asks for.

        Raises:
            SelectionError: a wrong ``collect[]`` or ``exclude[]``.
        """
        names = self.scraper.names
        if request.query:
            query = parse_qs(request.query, keep_blank_values=True)
            names = self.scraper.select(query.get("collect[]", ()), query.get("exclude[]", ()))
        headers = request.headers
        form = negotiate(headers.get("accept", ""), headers.get("accept-encoding", ""))
        return Wanted(form, names)
