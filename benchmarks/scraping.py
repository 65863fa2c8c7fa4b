"""Scrapes as Prometheus makes them, over one kept connection, and what their pages hold."""

from __future__ import annotations

import gzip
import http.client
import re
import time
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from perfanalysis.errors import PerfAnalysisError

# What Prometheus 2.42 sends, to the letter.
HEADERS = {
    "User-Agent": "Prometheus/2.42.0",
    "Accept": (
        "application/openmetrics-text;version=1.0.0,application/openmetrics-text;version=0.0.1;"
        "q=0.75,text/plain;version=0.0.4;q=0.5,*/*;q=0.1"
    ),
    "Accept-Encoding": "gzip",
    "X-Prometheus-Scrape-Timeout-Seconds": "10",
}
TIMEOUT_SECONDS = 30
LABEL = re.compile(r'\w+="(?:[^"\\]|\\.)*"')


class ScrapeError(PerfAnalysisError):
    """A scrape was not answered with 200 and a whole page."""


class PageScraper:
    """One connection to an exporter, kept open from scrape to scrape.

    Args:
        url: the exporter's URL without a path.
        compressed: whether to accept gzip, as Prometheus does.
    """

    def __init__(self, url: str, *, compressed: bool = True) -> None:
        parts = urlsplit(url)
        assert parts.hostname
        self.url = url
        self.headers = dict(HEADERS)
        if not compressed:
            self.headers["Accept-Encoding"] = "identity"
        self._connection = http.client.HTTPConnection(
            parts.hostname, parts.port, timeout=TIMEOUT_SECONDS
        )

    def get(self, path: str = "/metrics") -> tuple[bytes, bool]:
        """Ask for a page.

        Returns:
            The body as it came, and whether it is compressed with gzip.

        Raises:
            ScrapeError: no answer, or a status other than 200.
        """
        try:
            self._connection.request("GET", path, headers=self.headers)
            answer = self._connection.getresponse()
            body = answer.read()
        except (OSError, http.client.HTTPException) as error:
            self._connection.close()
            raise ScrapeError(f"{self.url}{path}: {error!r}") from error
        if answer.status != 200:
            raise ScrapeError(f"{self.url}{path}: HTTP status {answer.status}")
        return body, answer.getheader("Content-Encoding") == "gzip"

    def get_anew(self) -> bytes:
        """Ask for a page over a connection of its own; the body as it came.

        Raises:
            ScrapeError: as ``get``.
        """
        self.close()
        body, _ = self.get()
        self.close()
        return body

    def timed(self) -> float:
        """Scrape once, and return how long it took, in seconds."""
        begin = time.perf_counter()
        self.get()
        return time.perf_counter() - begin

    def page(self, path: str = "/metrics") -> str:
        """The text of a page."""
        body, compressed = self.get(path)
        return (gzip.decompress(body) if compressed else body).decode()

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def series(page: str) -> set[str]:
    """The series of a page: name and labels, sorted by the labels' names, without the value."""
    lines = (line for line in page.splitlines() if line and not line.startswith("#"))
    return {_sorted(line) if "}" in line else line.split(" ", 1)[0] for line in lines}


def _sorted(line: str) -> str:
    name, _, rest = line.partition("{")
    labels = sorted(LABEL.findall(rest[: rest.rindex("}")]))
    return f"{name}{{{','.join(labels)}}}"


def family(name: str) -> str:
    """The metric's name of a series."""
    return name.split("{", 1)[0]
