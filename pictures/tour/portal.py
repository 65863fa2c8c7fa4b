"""A portal for the time of the tour, with the results of its machines."""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import requests

from demo.commands import PERFANALYSIS
from demo.servers import DemoServer
from perfanalysis.errors import PerfAnalysisError

_URL = re.compile(r"the portal is at (\S+)")
_KEY = re.compile(r"shown this once: (\S+)")


@contextmanager
def portal(folder: Path, results: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Its URL and key; it is stopped at the end.

    Raises:
        PerfAnalysisError: it did not start, or refused a result.
    """
    log = folder / "portal.log"
    database = f"sqlite:///{folder / 'portal.sqlite'}"
    words = [*PERFANALYSIS, "portal", "serve", "--port", "0", "--database", database]
    server = DemoServer("portal", ["env", "PYTHONUNBUFFERED=1", *words], log, outlives=False)
    try:
        server.wait_until(lambda: bool(_URL.search(server.text())), "its address", 60)
        url, key = _URL.search(server.text()), _KEY.search(server.text())
        assert url and key
        for result in results:
            answer = requests.post(
                f"{url[1]}/api/v1/tests",
                data=result.read_bytes(),
                headers={"Authorization": f"Bearer {key[1]}", "Content-Type": "application/json"},
                timeout=60,
            )
            if not answer.ok:
                raise PerfAnalysisError(f"{result}: the portal says {answer.text[:300]}")
        time.sleep(0.5)
        yield url[1], key[1]
    finally:
        server.stop()
