"""Several addresses, IPv6, unix sockets, and sockets that systemd hands over."""

from __future__ import annotations

import contextlib
import http.client
import os
import re
import shutil
import signal
import socket
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from exporter.serving.listening import Listening
from exporter.serving.systemd import take_passed
from perfanalysis.errors import InputError
from tests.exporter.conftest import Running, StartExporter


class UnixConnection(http.client.HTTPConnection):
    """HTTP over a unix socket."""

    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=10)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        self.sock.settimeout(10)
        self.sock.connect(str(self._path))


def scrape_unix(path: Path) -> int:
    with contextlib.closing(UnixConnection(path)) as connection:
        connection.request("GET", "/metrics")
        answer = connection.getresponse()
        assert b"node_cpu_seconds_total" in answer.read()
        return answer.status


def has_ipv6() -> bool:
    try:
        socket.create_server(("::1", 0), family=socket.AF_INET6).close()
    except OSError:
        return False
    return True


def test_several_addresses_at_once(start_exporter: StartExporter, tmp_path: Path) -> None:
    path = tmp_path / "exporter.sock"
    arguments = ["--web.listen-address=127.0.0.1:0", f"--web.listen-address=unix:{path}"]
    if has_ipv6():
        arguments.append("--web.listen-address=[::1]:0")
    running = start_exporter(*arguments)
    scrape_unix(path)
    urls = re.findall(r"listening on (http\S+)", running.log.read_text())
    assert len(urls) == len(arguments) - 1
    for url in urls:
        assert requests.get(url + "/metrics", timeout=10).status_code == 200


@pytest.mark.parametrize("host", ["", "0.0.0.0", "[::]"])
def test_no_host_is_all_addresses_of_both_families(
    host: str, start_exporter: StartExporter
) -> None:
    if host == "[::]" and not has_ipv6():
        pytest.skip("this machine has no IPv6")
    running = start_exporter(f"--web.listen-address={host}:0")
    hosts = ["127.0.0.1", "[::1]"] if has_ipv6() else ["127.0.0.1"]
    for address in hosts:
        url = f"http://{address}:{running.port}/healthz"
        assert requests.get(url, timeout=10).text == "ok\n"


# A network of its own, with the loopback address of IPv6 alone.
IPV6_ALONE = """
ip link set lo up && ip -4 address flush dev lo &&
"$@" --web.listen-address=:9100 2> "$LOG" & exporter=$!
i=0
until curl --silent --fail --noproxy '*' 'http://[::1]:9100/healthz' || [ $((i += 1)) = 100 ]; do
    sleep 0.2
done
! curl --silent --noproxy '*' http://127.0.0.1:9100/healthz
echo "$?"
kill "$exporter"
"""


def test_a_network_with_ipv6_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    alone = ["unshare", "--user", "--map-root-user", "--net"]
    needed = [shutil.which(name) for name in ("unshare", "ip", "curl")]
    if not all(needed) or subprocess.run([*alone, "ip", "link"], check=False).returncode:
        pytest.skip("no network of its own can be made here")
    monkeypatch.setenv("LOG", str(tmp_path / "log"))
    command = [sys.executable, "-m", "perfanalysis", "exporter", "--collector.disable-defaults"]
    shell = ["sh", "-c", IPV6_ALONE, "sh", *command, "--collector.time"]
    ended = subprocess.run(
        [*alone, *shell], capture_output=True, text=True, timeout=90, check=False
    )
    assert ended.stdout == "ok\n0\n", (tmp_path / "log").read_text()


def test_a_unix_socket_is_for_owner_and_group_and_is_removed_at_the_end(
    start_exporter: StartExporter, tmp_path: Path
) -> None:
    path = tmp_path / "exporter.sock"
    addresses = ("--web.listen-address=127.0.0.1:0", f"--web.listen-address=unix:{path}")
    running = start_exporter(*addresses)
    assert stat.filemode(path.stat().st_mode) == "srw-rw----"
    # Killed, it leaves the file behind; the next one takes its place.
    running.process.kill()
    running.process.wait()
    assert path.is_socket()
    running = start_exporter(*addresses)
    assert scrape_unix(path) == 200
    running.process.send_signal(signal.SIGTERM)
    assert running.process.wait(10) == 0
    assert not path.exists()


def run_exporter(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "perfanalysis", "exporter", *arguments]
    return subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)


def test_a_unix_socket_in_use_is_left_alone(start_exporter: StartExporter, tmp_path: Path) -> None:
    path = tmp_path / "exporter.sock"
    start_exporter("--web.listen-address=127.0.0.1:0", f"--web.listen-address=unix:{path}")
    ended = run_exporter(f"--web.listen-address=unix:{path}")
    assert ended.returncode == 1
    assert ended.stderr == (
        f"perfanalysis: cannot listen on unix:{path}: another process listens there\n"
    )
    assert scrape_unix(path) == 200


def test_a_file_that_is_no_socket_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "precious"
    path.write_text("data")
    ended = run_exporter(f"--web.listen-address=unix:{path}")
    assert ended.returncode == 1
    assert "there is a file that is no socket" in ended.stderr
    assert path.read_text() == "data"


def test_when_one_address_fails_the_others_leave_nothing_behind(tmp_path: Path) -> None:
    path = tmp_path / "exporter.sock"
    missing = tmp_path / "missing" / "exporter.sock"
    ended = run_exporter(
        f"--web.listen-address=unix:{path}", f"--web.listen-address=unix:{missing}"
    )
    assert ended.returncode == 1
    assert ended.stderr == (
        f"perfanalysis: cannot listen on unix:{missing}: No such file or directory\n"
    )
    assert not path.exists()


# Does what systemd does: puts the sockets on descriptors 3 and up, and says so in the environment.
LAUNCHER = """
import os, sys
count = int(sys.argv[1])
sources = [int(argument) for argument in sys.argv[2:2 + count]]
high = [os.dup2(source, 100 + i) for i, source in enumerate(sources)]
for i, source in enumerate(high):
    os.dup2(source, 3 + i, inheritable=True)
    os.close(source)
os.environ.update(LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(count), LISTEN_FDNAMES="a:b")
os.execv(sys.executable, [sys.executable, "-m", "perfanalysis", "exporter", *sys.argv[2 + count:]])
"""


def start_by_launcher(sockets: list[socket.socket], log: Path) -> subprocess.Popen[str]:
    numbers = [server.fileno() for server in sockets]
    command = [sys.executable, "-c", LAUNCHER, str(len(sockets)), *map(str, numbers)]
    with log.open("w") as stream:
        return subprocess.Popen(
            [*command, "--web.systemd-socket"], pass_fds=numbers, stderr=stream, text=True
        )


def test_sockets_that_systemd_hands_over(tmp_path: Path) -> None:
    path = tmp_path / "activated.sock"
    unix = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    unix.bind(str(path))
    unix.listen(16)
    with socket.create_server(("127.0.0.1", 0)) as tcp, unix:
        port = tcp.getsockname()[1]
        process = start_by_launcher([tcp, unix], tmp_path / "log")
        try:
            running = Running(process, tmp_path / "log")
            assert running.port == port
            assert requests.get(running.url + "/metrics", timeout=10).status_code == 200
            assert scrape_unix(path) == 200
        finally:
            process.terminate()
            assert process.wait(10) == 0
    # The file belongs to the socket unit.
    assert path.exists()


def test_a_passed_socket_that_does_not_listen_is_refused(tmp_path: Path) -> None:
    log = tmp_path / "log"
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as datagram:
        process = start_by_launcher([datagram], log)
        assert process.wait(30) == 2
    assert "--web.systemd-socket: descriptor 3: expected a stream socket" in log.read_text()


@pytest.mark.parametrize(
    "environment",
    [
        {},
        {"LISTEN_FDS": "1"},
        {"LISTEN_FDS": "1", "LISTEN_PID": "1"},
        {"LISTEN_FDS": "0", "LISTEN_PID": str(os.getpid())},
        {"LISTEN_FDS": "x", "LISTEN_PID": str(os.getpid())},
    ],
)
def test_without_sockets_from_systemd_it_says_so(environment: dict[str, str]) -> None:
    with pytest.raises(InputError, match=r"--web\.systemd-socket: .*LISTEN_FDS"):
        take_passed(environment)
    assert environment == {}


@pytest.mark.parametrize("abstract", [False, True])
def test_systemd_is_told_when_it_is_ready_and_when_it_ends(
    abstract: bool, start_exporter: StartExporter, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = f"@{tmp_path.name}-{os.getpid()}" if abstract else str(tmp_path / "notify")
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as manager:
        manager.bind(name.replace("@", "\0"))
        manager.settimeout(30)
        monkeypatch.setenv("NOTIFY_SOCKET", name)
        running = start_exporter()
        assert manager.recv(100) == b"READY=1"
        assert requests.get(running.url + "/healthz", timeout=10).status_code == 200
        running.process.terminate()
        assert manager.recv(100) == b"STOPPING=1"
        assert running.process.wait(10) == 0


def test_a_child_keeps_no_port() -> None:
    listening = Listening()
    listening.open("127.0.0.1:0")
    (server,) = listening.sockets
    address = server.getsockname()
    here, there = socket.socketpair()
    if (child := os.fork()) == 0:
        there.sendall(b"up")
        there.recv(1)
        os._exit(0)
    with here, there:
        assert here.recv(2) == b"up"
        server.close()
        # Nobody listens any more, though the child lives.
        with pytest.raises(ConnectionRefusedError):
            socket.create_connection(address, 5)
        here.sendall(b"x")
        os.waitpid(child, 0)
