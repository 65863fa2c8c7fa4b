"""What the server has answered and refused: its metrics, and one log line a peer and minute."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
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
from perfanalysis.exposition.rendering import Block, VaryingSeries, format_value

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
        self._series = VaryingSeries()

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
        pairs: list[tuple[Series, float]] = [
            (Series(REQUESTS, (str(code),)), count + (self.lent if code == 200 else 0))
            for code, count in sorted(self._requests.copy().items())
        ]
        if self._secured:
            pairs += [(Series(LOGINS, (reason,)), n) for reason, n in self._logins.items()]
            pairs += [(Series(HANDSHAKES, (reason,)), n) for reason, n in self._handshakes.items()]
            pairs += [(Series(RELOADS, (result,)), n) for result, n in self._reloads.items()]
            pairs.append((Series(RELOADED), float(self._reloaded)))
            pairs += [(Series(EXPIRY, (kind,)), seconds) for kind, seconds in self.expiry.items()]
        return [self._series.block((series, format_value(value)) for series, value in pairs)]
