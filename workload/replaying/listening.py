"""``workload replay --listen``: the other end of a replay's network."""

from __future__ import annotations

import time

from perfanalysis import progress
from workload.replaying.network.peer import Peer
from workload.replaying.replay import StopRequest

POLL_SECONDS = 0.1


def listen(address: tuple[str, int], key: bytes, limit: float, stop: StopRequest) -> None:
    """Be a peer until somebody stops it.

    Raises:
        PerfAnalysisError: the address cannot be listened on.
    """
    with Peer(address, key, limit) as peer:
        host, port = peer.address
        progress.say("replay", f"listening on {host}:{port}, up to {limit:g} bytes a second")
        while not stop:
            time.sleep(POLL_SECONDS)
