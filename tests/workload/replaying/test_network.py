"""The network: who may make a peer send, and how much; real sockets on the loopback."""

from __future__ import annotations

import socket
import time
from pathlib import Path

import pytest

from perfanalysis.errors import InputError, PerfAnalysisError
from workload.replaying.network import handshake
from workload.replaying.network.connection import FROM_PEER, TO_PEER, call, receive_exactly
from workload.replaying.network.interface import LOOPBACK, interface_of, parse_net_dev
from workload.replaying.network.load import NetworkLoad
from workload.replaying.network.peer import MOST_CALLERS, Peer
from workload.replaying.replay_tick import ReplayTick

KEY = b"k" * 32
HERE = ("127.0.0.1", 0)
LIMIT = 50e6
NET_DEV = """Inter-|   Receive
 face |bytes    packets
    lo:     100       1    0    0    0     0          0         0      200       1    0
  eth0: 300 1 0 0 0 0 0 0 400 1 0
"""


@pytest.mark.parametrize(
    ("content", "mode", "expected"),
    [
        (b"k" * 32, 0o644, "its owner alone may read"),
        (b"short", 0o600, "32 to 4096 bytes"),
        (None, 0o600, "a readable key file"),
    ],
    ids=["readable by others", "too short", "missing"],
)
def test_a_key_that_is_none(
    tmp_path: Path, content: bytes | None, mode: int, expected: str
) -> None:
    path = tmp_path / "key"
    if content is not None:
        path.write_bytes(content)
        path.chmod(mode)
    with pytest.raises(InputError, match=expected) as raised:
        handshake.read_key(path)
    assert KEY.decode() not in str(raised.value)


def test_a_key_without_its_line_end(tmp_path: Path) -> None:
    path = tmp_path / "key"
    path.write_bytes(KEY + b"\n")
    path.chmod(0o600)
    assert handshake.read_key(path) == KEY


def test_a_request_counts_once_in_its_place_and_with_the_key_of_its_session() -> None:
    session = handshake.proof(KEY, b"session", b"a" * 32, b"b" * 32)
    asked = handshake.request(session, 3, 1000)
    assert handshake.parse_request(asked, session, 3) == 1000
    assert handshake.parse_request(asked, session, 4) is None
    assert handshake.parse_request(asked, KEY, 3) is None
    changed = asked[:15] + bytes([asked[15] ^ 1]) + asked[16:]
    assert handshake.parse_request(changed, session, 3) is None


def test_a_peer_sends_what_is_asked_for() -> None:
    with Peer(HERE, KEY, LIMIT) as peer:
        connection, session = call(peer.address, KEY, FROM_PEER)
        with connection:
            connection.sendall(handshake.request(session, 0, 200_000))
            assert len(receive_exactly(connection, 200_000)) == 200_000


def test_a_peer_with_another_key_is_told() -> None:
    with (
        Peer(HERE, b"other" * 8, LIMIT) as peer,
        pytest.raises(PerfAnalysisError, match="is its key the same"),
    ):
        call(peer.address, KEY, TO_PEER)


def test_who_has_no_key_gets_the_greeting_and_nothing_more() -> None:
    with Peer(HERE, KEY, LIMIT) as peer, socket.create_connection(peer.address, 5) as stranger:
        greeting = receive_exactly(stranger, len(handshake.GREETING) + 32)
        assert greeting.startswith(handshake.GREETING)
        stranger.sendall(b"x" * 65 + handshake.request(KEY, 0, 1 << 30))
        with pytest.raises(OSError, match=r"closed|reset"):
            receive_exactly(stranger, 1)


def test_a_request_that_was_heard_is_no_request_of_another_session() -> None:
    with Peer(HERE, KEY, LIMIT) as peer:
        _, heard = call(peer.address, KEY, FROM_PEER)
        connection, _ = call(peer.address, KEY, FROM_PEER)
        with connection:
            connection.sendall(handshake.request(heard, 0, 1000))
            with pytest.raises(OSError, match=r"closed|reset"):
                receive_exactly(connection, 1)


def test_whoever_is_no_peer_is_told() -> None:
    with socket.create_server(HERE) as server:
        address = server.getsockname()
        server.close()
        with pytest.raises(PerfAnalysisError, match=r"127\.0\.0\.1"):
            call(address, KEY, TO_PEER)


def test_a_peer_sends_no_more_than_its_limit() -> None:
    with Peer(HERE, KEY, 1e6) as peer:
        connection, session = call(peer.address, KEY, FROM_PEER)
        with connection:
            begin = time.monotonic()
            connection.sendall(handshake.request(session, 0, 600_000))
            receive_exactly(connection, 600_000)
            # The last piece of 64 KiB is on its way when its time begins.
            assert time.monotonic() - begin >= (600_000 - 65536) / 1e6 - 0.01


def test_few_callers_at_a_time() -> None:
    with Peer(HERE, KEY, LIMIT) as peer:
        callers = [call(peer.address, KEY, TO_PEER)[0] for _ in range(MOST_CALLERS)]
        with pytest.raises(PerfAnalysisError):
            call(peer.address, KEY, TO_PEER)
        for connection in callers:
            connection.close()


def test_counters_of_an_interface() -> None:
    assert parse_net_dev(NET_DEV, "lo") == (100, 200)
    assert parse_net_dev(NET_DEV, "eth0") == (300, 400)
    assert parse_net_dev(NET_DEV, "eth1") is None
    assert interface_of("127.0.0.1", "127.0.0.1") == LOOPBACK


def test_traffic_comes_to_what_is_wanted_and_ends() -> None:
    with Peer(HERE, KEY, LIMIT) as peer:
        with NetworkLoad(peer.address, KEY, LIMIT, machine=False) as load:
            load.begin(ReplayTick(1.0, receive_bytes=1e6, transmit_bytes=2e6), time.monotonic())
            time.sleep(1.3)
            load.steer(0.0, 1.0)
            (found,) = load.finish(0.0)
        assert found.resource == "network"
        assert found.target == 3e6
        assert 0 < found.actual <= 3e6
    assert not load._threads[0].is_alive()


def test_a_peer_that_goes_is_told() -> None:
    with Peer(HERE, KEY, LIMIT) as peer:
        load = NetworkLoad(peer.address, KEY, LIMIT, machine=False)
        load.__enter__()
    try:
        load.begin(ReplayTick(5.0, receive_bytes=1e6, transmit_bytes=1e6), time.monotonic())
        with pytest.raises(PerfAnalysisError, match=r"peer 127\.0\.0\.1"):
            for _ in range(100):
                load.steer(0.0, 1.0)
                time.sleep(0.05)
    finally:
        load.__exit__()
