"""The peer of a replay: takes what is sent to it, and sends what is asked for, to callers with key.

Nobody else gets more than the greeting. What is sent goes to the caller's own connection alone, at
no more than the limit, however much is asked for; few callers are served at a time.
"""

from __future__ import annotations

import contextlib
import socket
import threading
import time

from perfanalysis.errors import PerfAnalysisError
from workload.replaying.network import handshake
from workload.replaying.network.connection import (
    FROM_PEER,
    HANDSHAKE_SECONDS,
    PIECE,
    answer,
    receive_exactly,
)

MOST_CALLERS = 16
# A caller that says nothing for so long is gone.
IDLE_SECONDS = 120.0
# One request: a tenth of a second at the limit is asked for at a time, or less.
BACKLOG = 16
CONTENT = bytes(PIECE)


class Peer:
    """Listens until it is closed; a context manager.

    Args:
        address: host and port; port 0: any that is free.
        key: that callers must have.
        limit: bytes a second that it sends, over all callers.

    Raises:
        PerfAnalysisError: the address cannot be listened on.
    """

    def __init__(self, address: tuple[str, int], key: bytes, limit: float) -> None:
        self._key = key
        self._limit = limit
        self._callers = threading.Semaphore(MOST_CALLERS)
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._free_at = 0.0
        try:
            family = socket.getaddrinfo(*address, type=socket.SOCK_STREAM)[0][0]
            self._listener = socket.create_server(address, family=family, backlog=BACKLOG)
        except OSError as error:
            raise PerfAnalysisError(f"{address[0]}:{address[1]}: {error.strerror}") from error
        self._thread = threading.Thread(target=self._listen, name="replay-peer", daemon=True)

    @property
    def address(self) -> tuple[str, int]:
        """Where it listens."""
        host, port = self._listener.getsockname()[:2]
        return str(host), int(port)

    def __enter__(self) -> Peer:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        with self._lock:
            for connection in self._open:
                with contextlib.suppress(OSError):
                    connection.shutdown(socket.SHUT_RDWR)
        self._thread.join()

    def _listen(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            if not self._callers.acquire(blocking=False):
                connection.close()
                continue
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with self._lock:
            self._open.add(connection)
        try:
            connection.settimeout(HANDSHAKE_SECONDS)
            found = answer(connection, self._key)
            if found is None:
                return
            connection.settimeout(IDLE_SECONDS)
            session_key, direction = found
            if direction == FROM_PEER:
                self._send(connection, session_key)
            else:
                buffer = bytearray(PIECE)
                while connection.recv_into(buffer):
                    pass
        except OSError:
            # The caller has gone, which is its right.
            return
        finally:
            with self._lock:
                self._open.discard(connection)
            connection.close()
            self._callers.release()

    def _send(self, connection: socket.socket, session_key: bytes) -> None:
        """Answer requests until one of them is not signed, or the caller goes."""
        number = 0
        while True:
            data = receive_exactly(connection, handshake.REQUEST_BYTES)
            count = handshake.parse_request(data, session_key, number)
            if count is None:
                return
            number += 1
            while count > 0:
                piece = min(count, PIECE)
                time.sleep(self._wait_for(piece))
                connection.sendall(CONTENT[:piece])
                count -= piece

    def _wait_for(self, count: int) -> float:
        """Seconds until so many bytes may be sent."""
        with self._lock:
            at = time.monotonic()
            # What was not used before is no credit.
            begin = max(at, self._free_at)
            self._free_at = begin + count / self._limit
            return begin - at
