"""TCP sockets by state, as sock_diag and as files of /proc tell of them."""

from __future__ import annotations

import errno
import json
import shutil
import socket
import struct
import subprocess
import sys
from collections import Counter

import pytest

from exporter.collecting import CollectorError, NothingToRead
from exporter.collectors import tcpstat
from exporter.sources import network_namespace
from exporter.sources.files import Paths, Sources
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import Collect

HEADING = "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid\n"


def line(state: str, sent: int, received: int) -> str:
    queues = f"{sent:08X}:{received:08X}"
    return f"   0: 0100007F:1F90 00000000:0000 {state} {queues} 00:00000000 00000000     0\n"


def message(state: int, received: int = 0, sent: int = 0, attributes: bytes = b"") -> bytes:
    """A message of sock_diag: 16 bytes of heading, 72 of struct inet_diag_msg."""
    body = struct.pack("=BB54xIII4x", 2, state, received, sent, 0) + attributes
    return struct.pack("=IHHII", 16 + len(body), 20, 2, 1, 0) + body


DONE = struct.pack("=IHHIIi", 20, 3, 2, 1, 0, 0)


def refused(number: int) -> bytes:
    return struct.pack("=IHHIIi", 20, 2, 0, 1, 0, -number)


def test_the_kernels_messages() -> None:
    tally: tcpstat.Tally = Counter()
    first = message(1, 5, 7) + message(10, 3, 128, attributes=b"\5\0\10\0\0\0\0\0") + message(6)
    assert tcpstat.add_sockets(first, tally) is False
    assert tcpstat.add_sockets(message(1, 1) + message(12) + DONE, tally) is True
    assert tally == {
        "established": 2,
        "listen": 1,
        "time_wait": 1,
        "unknown": 1,
        "rx_queued_bytes": 6,
        "tx_queued_bytes": 7,
    }


def test_no_sockets_are_no_series() -> None:
    tally: tcpstat.Tally = Counter()
    assert tcpstat.add_sockets(DONE, tally) is True
    assert list(tcpstat.samples(tally)) == []


def test_the_kernel_refuses() -> None:
    with pytest.raises(OSError, match="sock_diag refuses") as caught:
        tcpstat.add_sockets(refused(errno.EACCES), Counter())
    assert caught.value.errno == errno.EACCES


@pytest.mark.parametrize("answer", [b"\0" * 15, message(1)[:-40], b"\0" * 16 + DONE])
def test_half_a_message(answer: bytes) -> None:
    with pytest.raises(OSError, match="sock_diag: expected messages"):
        tcpstat.add_sockets(answer, Counter())


def test_files_of_a_tree(write: Write, collect: Collect) -> None:
    tree = write(
        {
            "proc/net/tcp": HEADING + line("0A", 128, 3) + line("01", 255, 3),
            "proc/net/tcp6": HEADING + line("01", 0, 1) + line("0C", 0, 0),
        }
    )
    assert collect(tcpstat.SPECIFICATION, tree) == {
        'node_tcp_connection_states{state="established"}': 2,
        'node_tcp_connection_states{state="listen"}': 1,
        'node_tcp_connection_states{state="rx_queued_bytes"}': 4,
        'node_tcp_connection_states{state="tx_queued_bytes"}': 255,
        'node_tcp_connection_states{state="unknown"}': 1,
    }
    (tree / "proc" / "net" / "tcp6").unlink()
    assert len(collect(tcpstat.SPECIFICATION, tree)) == 4
    (tree / "proc" / "net" / "tcp").unlink()
    with pytest.raises(NothingToRead):
        collect(tcpstat.SPECIFICATION, tree)


@pytest.mark.parametrize("text", ["", "x\n", HEADING + "1 2 3\n", HEADING + line("XY", 0, 0)])
def test_a_file_that_is_none(text: str) -> None:
    with pytest.raises(CollectorError, match="/proc/net/tcp: expected"):
        tcpstat.parse(text.encode(), Counter())


def test_the_sockets_of_this_machine() -> None:
    tally: tcpstat.Tally = Counter()
    with (
        socket.create_server(("127.0.0.1", 0)) as server,
        socket.create_connection(server.getsockname()) as client,
        server.accept()[0],
    ):
        client.sendall(b"12345")
        tcpstat.ask(socket.AF_INET, tally)
    assert tally["established"] >= 2
    assert tally["listen"] >= 1
    assert tally["rx_queued_bytes"] >= 5


# In a network of its own, with a few sockets that listen: what sock_diag and what the files say.
ELSEWHERE = """
import json, socket
from collections import Counter
from pathlib import Path
from exporter.collectors import tcpstat
from exporter.sources import network_namespace
from exporter.sources.files import Paths, Sources
kept = [socket.create_server(("", 0)) for _ in range(3)]
kept.append(socket.create_server(("::", 0), family=socket.AF_INET6))
asked = Counter()
for family in tcpstat.FAMILIES:
    tcpstat.ask(family, asked)
sources = Sources(Paths())
collector = tcpstat.TcpstatCollector(sources, {})
read = collector._read()
mounted = Sources(Paths(procfs=Path("/proc/../proc")))
ours = [network_namespace.is_ours(one) for one in (sources, mounted)]
print(json.dumps([asked, read, ours]))
"""


def test_another_network() -> None:
    unshare = shutil.which("unshare")
    if unshare is None:
        pytest.skip("there is no unshare(1)")
    done = subprocess.run(
        [unshare, "-rn", sys.executable, "-c", ELSEWHERE],
        capture_output=True,
        text=True,
        check=False,
    )
    if "unshare" in done.stderr:
        pytest.skip(f"no namespaces here: {done.stderr.strip()}")
    asked, read, ours = json.loads(done.stdout)
    assert asked == read == {"listen": 4, "rx_queued_bytes": 0, "tx_queued_bytes": 0}
    # A procfs that is mounted elsewhere describes the network of its first process.
    assert ours == [True, False]


def test_this_network(write: Write) -> None:
    assert network_namespace.is_ours(Sources(Paths()))
    tree = write({"proc/net/dev": "Inter-|"})
    assert not network_namespace.is_ours(Sources(Paths(procfs=tree / "proc")))
    assert not network_namespace.is_ours(Sources(Paths(procfs=tree / "missing")))


def test_who_may_not_ask_reads(monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a sandbox that has no such sockets."""

    def forbidden(*_: object) -> None:
        raise PermissionError(errno.EPERM, "sandbox")

    collector = tcpstat.TcpstatCollector(Sources(Paths()), {})
    monkeypatch.setattr(tcpstat, "ask", forbidden)
    assert collector.collect()[0].layout.families() == [tcpstat.STATES]
    assert collector._asks is False
