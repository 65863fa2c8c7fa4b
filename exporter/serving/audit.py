"""What the server has answered and refused: its metrics, and one log line a peer and minute."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable, Sequence
from time import monotonic

from exporter.serving.audit_families import (
    EXPIRY,
    HANDSHAKE_REASONS,
    HANDSHAKES,
    LOGIN_REASONS,
    LOGINS,
    RELOADED,
    RELOADS,
    REQUESTS,
    RESULTS,
    SUCCESS,
)
from perfanalysis.exposition.families import Series
from perfanalysis.exposition.rendering import Block, Layout, format_value

LOG = logging.getLogger("exporter")

LINE_SECONDS = 60.0
# Peers that are told apart; further ones share their lines.
MOST_PEERS = 256
_OTHERS = "other peers"


class PeerLines:
    """Lets each peer have a line a minute, and counts what is left out.

    Args:
        now: a monotonic clock, in seconds.
    """

    def __init__(self, now: Callable[[], float] = monotonic) -> None:
        self._now = now
        # When each peer had its line, and how many it would have had since.
        self._peers: dict[str, tuple[float, int]] = {}

    def line(self, peer: str, text: str) -> str:
        """The line to write, "" where there is to be none.

        Args:
            peer: who, without a port, which is another one each time.
            text: what it did.
        """
        now = self._now()
        if peer not in self._peers and len(self._peers) >= MOST_PEERS:
            recent = {p: kept for p, kept in self._peers.items() if now - kept[0] < LINE_SECONDS}
            self._peers = recent
            peer = _OTHERS if len(recent) >= MOST_PEERS else peer
        then, left = self._peers.get(peer, (-LINE_SECONDS, 0))
        if now - then < LINE_SECONDS and peer in self._peers:
            self._peers[peer] = (then, left + 1)
            return ""
        self._peers[peer] = (now, 0)
        more = f" ({left} more since the line before)" if left else ""
        return f"{peer}: {text}{more}"


class Audit:
    """The numbers behind the families; the event loop counts, but for ``lent``.

    Args:
        secured: whether there is a web configuration, without which most of it cannot happen.
    """

    def __init__(self, secured: bool = False) -> None:
        self._secured = secured
        # By the number of the status; the event loop alone counts them. And those with 200 that
        # the thread which makes the pages has answered itself.
        self._requests: dict[int, int] = {200: 0}
        self.lent = 0
        self._logins = dict.fromkeys(LOGIN_REASONS, 0)
        self._handshakes = dict.fromkeys(HANDSHAKE_REASONS, 0)
        self._reloads = dict.fromkeys(RESULTS, 0)
        self._reloaded = True
        self.expiry: dict[str, float] = {}
        self._lines = PeerLines()
        # The layout is made anew when there are other series.
        self._shape: tuple[int, tuple[str, ...]] = (0, ())
        self._codes: tuple[int, ...] = ()
        self._layout = Layout(())

    def answered(self, status: int) -> None:
        """A request was answered."""
        self._requests[status] = self._requests.get(status, 0) + 1

    def refused_login(self, peer: str, reason: str) -> None:
        """A client was refused for its password; ``reason`` of ``LOGIN_REASONS``."""
        self._logins[reason] += 1
        self._tell(peer, f"log-in refused ({reason} password)")

    def failed_handshake(self, peer: str, reason: str, text: str) -> None:
        """A client could not finish its handshake; ``reason`` of ``HANDSHAKE_REASONS``."""
        self._handshakes[reason] += 1
        self._tell(peer, f"TLS handshake failed: {text}")

    def reloaded(self, result: str) -> None:
        """The web configuration was read anew; ``result`` of ``RESULTS``."""
        self._reloads[result] += 1
        self._reloaded = result == SUCCESS

    def _tell(self, peer: str, text: str) -> None:
        if line := self._lines.line(peer, text):
            LOG.warning("%s", line)

    def blocks(self) -> Sequence[Block]:
        """The samples of now."""
        # Another thread may put another one in its place.
        expiry = self.expiry
        shape = (len(self._requests), tuple(expiry))
        if shape != self._shape:
            self._codes = tuple(sorted(self._requests.copy()))
            self._layout = Layout(self._series(expiry))
            self._shape = shape
        values = [b"%d" % self._requests[code] for code in self._codes]
        values[self._codes.index(200)] = b"%d" % (self._requests[200] + self.lent)
        if self._secured:
            for table in (self._logins, self._handshakes, self._reloads):
                values += [b"%d" % count for count in table.values()]
            values.append(b"1" if self._reloaded else b"0")
            values += map(format_value, expiry.values())
        return (Block(self._layout, values),)

    def _series(self, kinds: Iterable[str]) -> list[Series]:
        series = [Series(REQUESTS, (str(code),)) for code in self._codes]
        if self._secured:
            series += [Series(LOGINS, (reason,)) for reason in self._logins]
            series += [Series(HANDSHAKES, (reason,)) for reason in self._handshakes]
            series += [Series(RELOADS, (result,)) for result in self._reloads]
            series.append(Series(RELOADED))
            series += [Series(EXPIRY, (kind,)) for kind in kinds]
        return series
