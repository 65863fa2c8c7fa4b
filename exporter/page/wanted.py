"""What a request for a page wants, and who asks: known to what makes the pages."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from typing import NamedTuple, Protocol, TypeVar

from exporter.page.negotiation import Form


class Wanted(NamedTuple):
    """What a request for a page wants: its form, and the names of the collectors."""

    form: Form
    names: tuple[str, ...]


class PageAsking(Protocol):
    """One who asks for a page."""

    @property
    def wanted(self) -> Wanted:
        """The page."""
        ...


Asker = TypeVar("Asker", bound=PageAsking)


class Clients(Protocol[Asker]):
    """Clients that the thread which makes the pages hears itself, and a bell that wakes it up."""

    def wait(self) -> Sequence[Asker]:
        """Wait for requests or the bell; those who have asked for a page."""
        ...

    def answer(self, asker: Asker, page: bytes, /) -> None:
        """Send one of them the page."""
        ...

    def ring(self) -> None:
        """Let ``wait`` return."""
        ...

    def close(self) -> None:
        """Nobody waits any more."""
        ...


class NoClients:
    """The bell alone: nobody is heard here."""

    def __init__(self) -> None:
        self._rung = threading.Event()

    def wait(self) -> Sequence[PageAsking]:
        """Wait for the bell."""
        self._rung.wait()
        # What was asked for before this moment is seen after it.
        self._rung.clear()
        return ()

    def answer(self, asker: PageAsking, page: bytes, /) -> None:
        """There is nobody to be answered."""

    def ring(self) -> None:
        """Let ``wait`` return."""
        self._rung.set()

    def close(self) -> None:
        """Nothing is held."""
