"""Traffic follows the recording: bytes to a peer, and bytes asked of it.

Over the loopback each byte is received where it is sent, so that both directions are one: the sum
of what was received and sent is sent.
"""

from __future__ import annotations

import contextlib
import math
import socket
import threading

from cffi_burn.worker import now
from perfanalysis.errors import PerfAnalysisError
from workload.replaying.load import ResourceTick, Stopped
from workload.replaying.network import handshake
from workload.replaying.network.connection import FROM_PEER, PIECE, TO_PEER, call
from workload.replaying.network.interface import LOOPBACK, interface_of, read_counters
from workload.replaying.owing import OthersRate, owed
from workload.replaying.replay_tick import ReplayTick

LOOK_SECONDS = 0.1
CONTENT = bytes(PIECE)


class NetworkLoad:
    """Drives one interface.

    Args:
        peer: host and port of the other end.
        key: that it has, too.
        limit: bytes a second, each way.
        machine: whether all that the interface carries counts.
    """

    def __init__(self, peer: tuple[str, int], key: bytes, limit: float, *, machine: bool) -> None:
        self._peer = peer
        self._key = key
        self._limit = limit
        self._machine = machine
        self._received, self._sent = 0, 0
        self._loopback = False
        self._interface = ""
        self._tick = ReplayTick(0.0)
        self._begin, self._end = 0.0, 0.0
        self._start = (0.0, 0.0)
        self._others = (OthersRate(), OthersRate())
        self._news = threading.Condition()
        self._stopped = False
        self._failure: OSError | None = None
        self._threads: list[threading.Thread] = []

    def __enter__(self) -> NetworkLoad:
        """Connect to the peer.

        Raises:
            PerfAnalysisError: it is not there, or has another key.
        """
        self._writing, _ = call(self._peer, self._key, TO_PEER)
        self._asking, self._session_key = call(self._peer, self._key, FROM_PEER)
        for connection in (self._writing, self._asking):
            connection.settimeout(LOOK_SECONDS)
        own, other = self._writing.getsockname()[0], self._writing.getpeername()[0]
        self._interface = interface_of(own, other)
        self._loopback = self._interface == LOOPBACK
        self._machine = self._machine and read_counters(self._interface) is not None
        self._threads = [
            threading.Thread(target=work, name="replay-network", daemon=True)
            for work in (self._follow, self._take)
        ]
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        with self._news:
            self._stopped = True
            self._news.notify()
        for connection in (self._writing, self._asking):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join()
        for connection in (self._writing, self._asking):
            connection.close()

    def prepare(self, tick: ReplayTick, stopped: Stopped) -> None:
        """See ``Load.prepare``: there is nothing to do before."""

    def begin(self, tick: ReplayTick, at: float) -> None:
        """See ``Load.begin``."""
        counted = self._counters()
        with self._news:
            self._tick, self._begin, self._end = tick, at, at + tick.seconds
            self._start = counted
            self._news.notify()

    def steer(self, at: float, until: float) -> None:
        """See ``Load.steer``: threads do that.

        Raises:
            PerfAnalysisError: the peer has gone.
        """
        del at, until
        if self._failure is not None:
            raise PerfAnalysisError(
                f"peer {self._peer[0]}:{self._peer[1]}: {self._failure.strerror or self._failure}"
            )

    def finish(self, at: float) -> list[ResourceTick]:
        """See ``Load.finish``."""
        del at
        received, sent = (
            (after - before) / self._tick.seconds
            for after, before in zip(self._counters(), self._start, strict=True)
        )
        if self._loopback:
            target = self._tick.receive_bytes + self._tick.transmit_bytes
            return [ResourceTick("network", target, sent, self._limit)]
        return [
            ResourceTick("network_receive", self._tick.receive_bytes, received, self._limit),
            ResourceTick("network_transmit", self._tick.transmit_bytes, sent, self._limit),
        ]

    def _counters(self) -> tuple[float, float]:
        found = read_counters(self._interface) if self._machine else None
        return (self._received, self._sent) if found is None else found

    def _rates(self) -> tuple[float, float]:
        """What is wanted received and sent, a second."""
        receive, transmit = (
            0.0 if math.isnan(rate) else rate
            for rate in (self._tick.receive_bytes, self._tick.transmit_bytes)
        )
        if self._loopback:
            receive, transmit = 0.0, receive + transmit
        return min(receive, self._limit), min(transmit, self._limit)

    def _follow(self) -> None:
        number = 0
        try:
            while not self._stopped:
                with self._news:
                    self._news.wait(LOOK_SECONDS)
                    receive, send = self._owed(now())
                if receive > 0:
                    self._asking.sendall(handshake.request(self._session_key, number, receive))
                    number += 1
                self._send(send)
        except OSError as error:
            if not self._stopped:
                self._failure = error

    def _owed(self, at: float) -> tuple[int, int]:
        until = min(at + LOOK_SECONDS, self._end)
        if until <= at:
            return 0, 0
        counters = self._counters()
        wanted = []
        for rate, counted, start, own, noise in zip(
            self._rates(), counters, self._start, (self._received, self._sent), self._others,
            strict=True,
        ):  # fmt: skip
            others = noise.look(at, counted, own)
            # Headers count, too; they are no others' traffic, and are made good at the next look.
            others = others if others > 0.1 * rate else 0.0
            wanted.append(int(owed(rate, at - self._begin, until - at, counted - start, others)))
        return wanted[0], wanted[1]

    def _send(self, count: int) -> None:
        while count > 0 and not self._stopped:
            try:
                sent = self._writing.send(CONTENT[: min(count, PIECE)])
            except TimeoutError:
                # The peer takes no more just now: what is missing is owed at the next look.
                return
            self._sent += sent
            count -= sent

    def _take(self) -> None:
        buffer = bytearray(PIECE)
        while not self._stopped:
            try:
                got = self._asking.recv_into(buffer)
            except TimeoutError:
                continue
            except OSError as error:
                got, self._failure = 0, None if self._stopped else error
            if not got:
                if not self._stopped and self._failure is None:
                    self._failure = ConnectionError("it closed the connection")
                return
            self._received += got
