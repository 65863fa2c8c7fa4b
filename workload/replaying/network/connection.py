"""The two TCP connections to a peer: one that is written to, one that is asked for bytes."""

from __future__ import annotations

import secrets
import socket

from cffi_burn.worker import now
from perfanalysis.errors import PerfAnalysisError
from workload.replaying.network import handshake

# Of each wait before a peer is known.
HANDSHAKE_SECONDS = 5.0
PIECE = 64 << 10
# Both ends of one connection, said in one byte after the handshake.
TO_PEER, FROM_PEER = b"w", b"r"


def receive_exactly(connection: socket.socket, count: int, deadline: float | None = None) -> bytes:
    """So many bytes.

    Args:
        connection: with a timeout of each wait.
        count: of bytes.
        deadline: of all waits together (CLOCK_MONOTONIC), so that nobody keeps a place by a byte
            now and then.

    Raises:
        OSError: the other end closes before, or the time is over.
    """
    data = b""
    while len(data) < count:
        if deadline is not None:
            connection.settimeout(max(0.001, deadline - now()))
        piece = connection.recv(count - len(data))
        if not piece:
            raise ConnectionError("the other end closed the connection")
        data += piece
    return data


def call(address: tuple[str, int], key: bytes, direction: bytes) -> tuple[socket.socket, bytes]:
    """Connect to a peer, and prove the key to each other.

    Returns:
        The connection, and the key of its session.

    Raises:
        PerfAnalysisError: nobody answers there, or it is no peer with the same key.
    """
    where = f"peer {address[0]}:{address[1]}"
    try:
        connection = socket.create_connection(address, HANDSHAKE_SECONDS)
    except OSError as error:
        raise PerfAnalysisError(f"{where}: {error.strerror or error}") from error
    try:
        greeting = receive_exactly(connection, len(handshake.GREETING))
        if greeting != handshake.GREETING:
            raise PerfAnalysisError(f"{where}: no `workload replay --listen` of this version")
        theirs = receive_exactly(connection, handshake.NONCE_BYTES)
        ours = secrets.token_bytes(handshake.NONCE_BYTES)
        connection.sendall(ours + handshake.proof(key, b"caller", theirs, ours) + direction)
        answer = receive_exactly(connection, handshake.PROOF_BYTES)
        if not handshake.same(answer, handshake.proof(key, b"peer", theirs, ours)):
            raise PerfAnalysisError(f"{where}: it does not have the same key")
    except (OSError, PerfAnalysisError) as error:
        connection.close()
        if isinstance(error, PerfAnalysisError):
            raise
        raise PerfAnalysisError(
            f"{where}: it ended the conversation; is its key the same?"
        ) from error
    return connection, handshake.proof(key, b"session", theirs, ours)


def answer(connection: socket.socket, key: bytes) -> tuple[bytes, bytes] | None:
    """Be the peer of a caller that proves to have the key.

    Returns:
        The key of the session and the direction; None: it has not proven it, and gets no answer.

    Raises:
        OSError: the connection broke.
    """
    ours = secrets.token_bytes(handshake.NONCE_BYTES)
    deadline = now() + HANDSHAKE_SECONDS
    connection.sendall(handshake.GREETING + ours)
    theirs = receive_exactly(connection, handshake.NONCE_BYTES, deadline)
    proven = receive_exactly(connection, handshake.PROOF_BYTES, deadline)
    direction = receive_exactly(connection, 1, deadline)
    if not handshake.same(proven, handshake.proof(key, b"caller", ours, theirs)):
        return None
    if direction not in {TO_PEER, FROM_PEER}:
        return None
    connection.sendall(handshake.proof(key, b"peer", ours, theirs))
    return handshake.proof(key, b"session", ours, theirs), direction
