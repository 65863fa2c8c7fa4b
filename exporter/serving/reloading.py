"""Reading configuration anew while the exporter serves: on SIGHUP, and by POST or PUT."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from typing import Protocol, runtime_checkable

from exporter.collecting import Collector, Flag
from perfanalysis.errors import InputError

LOG = logging.getLogger(__name__)

LIFECYCLE = Flag(
    "web.enable-lifecycle", False, "Read configuration anew at POST or PUT to /-/reload."
)
PATH = "/-/reload"

# Gets "", or in one line why something stayed as it was.
Finish = Callable[[str], None]


@runtime_checkable
class Reloadable(Protocol):
    """A collector whose configuration can be read anew."""

    def reload(self) -> None:
        """Read it anew.

        Raises:
            InputError: it is unusable; everything stays as it was.
        """
        ...


class Reloader:
    """Reloads what can be reloaded, one attempt at a time, in threads that end with it."""

    def __init__(self, collectors: Iterable[Collector]) -> None:
        self._reloadable = [c for c in collectors if isinstance(c, Reloadable)]
        self._lock = threading.Lock()

    def start(self, finish: Finish = lambda _: None) -> None:
        """Reload in the background; ``finish`` gets the outcome, in that thread."""
        thread = threading.Thread(target=self._run, args=(finish,), daemon=True, name="reload")
        thread.start()

    def _run(self, finish: Finish) -> None:
        complaints = []
        with self._lock:
            for collector in self._reloadable:
                try:
                    collector.reload()
                except InputError as error:
                    complaints.append(str(error))
                    LOG.error("configuration not reloaded, the old one stays: %s", error)
        if not complaints:
            what = "configuration reloaded" if self._reloadable else "no configuration to reload"
            LOG.info("%s", what)
        finish("; ".join(complaints))
