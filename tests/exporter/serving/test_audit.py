"""What was answered and refused: counters, log lines by peer, failed handshakes, certificates."""

from __future__ import annotations

import contextlib
import datetime
import socket
import ssl
import time
from pathlib import Path

import bcrypt
import pytest
import requests

from exporter.serving.audit import MOST_PEERS, Audit, PeerLines
from exporter.serving.certificates import expiry_of, first_expiry
from exporter.serving.peers import neighbourhood, peer_of
from perfanalysis.exposition.rendering import TEXT, render_page
from tests.exporter.conftest import Running, StartExporter, samples_of
from tests.exporter.serving.certificates import Authority, Issued
from tests.exporter.serving.conftest import StartSecured
from tests.exporter.serving.test_keep_alive import REQUEST, Client

USERS = f"basic_auth_users:\n  prometheus: {bcrypt.hashpw(b'secret', bcrypt.gensalt(4)).decode()}\n"
LOGINS = 'perf_exporter_logins_refused_total{reason="%s"}'
HANDSHAKES = 'perf_exporter_tls_handshakes_failed_total{reason="%s"}'


@pytest.mark.parametrize(
    ("name", "peer", "near"),
    [
        (("192.0.2.1", 4711), "192.0.2.1", "192.0.2.1"),
        (("::ffff:192.0.2.1", 4711, 0, 0), "192.0.2.1", "192.0.2.1"),
        (("2001:db8:1:2:3:4:5:6", 1, 0, 0), "2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        (("2001:db8::5", 1, 0, 0), "2001:db8::5", "2001:db8:0:0::/64"),
        (("fe80::1%eth0", 1, 0, 2), "fe80::1%eth0", "fe80:0:0:0::/64"),
        (("::1", 1, 0, 0), "::1", "0:0:0:0::/64"),
        ("", "unix socket", "unix socket"),
        (None, "unix socket", "unix socket"),
    ],
)
def test_who_a_peer_is(name: object, peer: str, near: str) -> None:
    assert peer_of(name) == peer
    assert neighbourhood(peer) == near


def test_a_peer_has_a_line_a_minute() -> None:
    now = [0.0]
    lines = PeerLines(lambda: now[0])
    assert lines.line("a", "x") == "a: x"
    assert lines.line("b", "x") == "b: x"
    now[0] = 59.0
    assert [lines.line("a", "y") for _ in range(3)] == ["", "", ""]
    now[0] = 60.0
    assert lines.line("a", "y") == "a: y (3 more since the line before)"
    assert lines.line("a", "y") == ""
    now[0] = 120.0
    assert lines.line("b", "x") == "b: x"


def test_many_peers_share_a_line() -> None:
    now = [0.0]
    lines = PeerLines(lambda: now[0])
    told = [lines.line(str(i), "x") for i in range(MOST_PEERS * 3)]
    assert told[MOST_PEERS - 1] == f"{MOST_PEERS - 1}: x"
    assert told[MOST_PEERS] == "other peers: x"
    assert not any(told[MOST_PEERS + 1 :])
    now[0] = 61.0
    assert lines.line("new", "x") == "new: x"


def test_without_a_configuration_there_is_little_to_tell() -> None:
    audit = Audit()
    audit.answered(404)
    audit.lent = 3
    assert samples_of(render_page(audit.blocks(), TEXT)) == {
        'perf_exporter_requests_total{code="200"}': 3,
        'perf_exporter_requests_total{code="404"}': 1,
    }


def test_answers_are_counted_whoever_gives_them(start_exporter: StartExporter) -> None:
    running = start_exporter("--collector.disable-defaults", "--collector.time")
    client = Client(running.port)
    for _ in range(10):
        client.ask(REQUEST)
    requests.get(running.url + "/nowhere", timeout=10)
    page = samples_of(client.ask(REQUEST)[0])
    client.socket.close()
    # A page does not count itself.
    assert page['perf_exporter_requests_total{code="200"}'] == 10
    assert page['perf_exporter_requests_total{code="404"}'] == 1


def page_of(running: Running, authority: Authority | None = None) -> dict[str, float]:
    verify = str(authority.path) if authority is not None else True
    auth = ("prometheus", "secret")
    answer = requests.get(running.url + "/metrics", timeout=20, auth=auth, verify=verify)
    assert answer.status_code == 200
    return samples_of(answer.content)


def test_refused_log_ins(start_secured: StartSecured, tmp_path: Path) -> None:
    running = start_secured(USERS)
    for auth in (None, None, ("prometheus", "wrong"), ("nobody", "secret"), ("x", "y")):
        assert requests.get(running.url + "/metrics", timeout=20, auth=auth).status_code == 401
    page = page_of(running)
    assert {reason: page[LOGINS % reason] for reason in ("missing", "wrong", "busy")} == {
        "missing": 2,
        "wrong": 3,
        "busy": 0,
    }
    assert page['perf_exporter_requests_total{code="401"}'] == 5
    log = running.log.read_text()
    assert log.count("127.0.0.1: log-in refused") == 1
    assert "secret" not in log
    # Reloads, good and bad.
    path = tmp_path / "web.yaml"
    for text, success in ((USERS + "# changed\n", 1), ("nonsense: 1\n", 0)):
        path.write_text(text)
        end = time.monotonic() + 20
        while True:
            page = page_of(running)
            told = page['perf_exporter_web_config_reloads_total{result="success"}']
            failed = page['perf_exporter_web_config_reloads_total{result="failure"}']
            if (told, failed) == (1, 1 - success):
                break
            assert time.monotonic() < end
            time.sleep(0.2)
        assert page["perf_exporter_web_config_last_reload_successful"] == success


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion")
def test_a_failed_handshake_is_told_to_both(
    start_secured: StartSecured, tls_section: str, authority: Authority, tmp_path: Path
) -> None:
    section = (
        f"{tls_section}  client_auth_type: VerifyClientCertIfGiven\n"
        f"  client_ca_file: {authority.path}\n"
    )
    running = start_secured(section + USERS)
    # A client that does not know who signed our certificate says so.
    with (
        socket.create_connection(("127.0.0.1", running.port), 10) as raw,
        pytest.raises(ssl.SSLError, match="verify failed"),
    ):
        ssl.create_default_context().wrap_socket(raw, server_hostname="localhost")
    # One whose versions are old, or whose own certificate nobody knows, gets the alert of TLS.
    old = ssl.create_default_context(cafile=str(authority.path))
    old.minimum_version = ssl.TLSVersion.TLSv1
    old.maximum_version = ssl.TLSVersion.TLSv1_1
    old.set_ciphers("DEFAULT@SECLEVEL=0")
    stranger = Authority(tmp_path, "other-ca").issue("stranger", ("x.example",))
    unknown = ssl.create_default_context(cafile=str(authority.path))
    unknown.load_cert_chain(*map(str, stranger.pair))
    assert "protocol version" in alert_of(running, old)
    assert "unknown ca" in alert_of(running, unknown)
    # And who speaks no TLS.
    with socket.create_connection(("127.0.0.1", running.port), 10) as raw:
        raw.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        assert raw.recv(1000).startswith(b"HTTP/1.0 400 Bad Request\r\n\r\nClient sent an HTTP")
    # A port scan says nothing, and is none.
    socket.create_connection(("127.0.0.1", running.port), 10).close()
    page = page_of(running, authority)
    found = {reason: page[HANDSHAKES % reason] for reason in ("certificate", "plain_http", "other")}
    assert found == {"certificate": 1, "plain_http": 1, "other": 2}
    log = running.log.read_text()
    # One line a peer and minute.
    assert log.count("127.0.0.1: TLS handshake failed: ") == 1
    assert "Traceback" not in log


def alert_of(running: Running, context: ssl.SSLContext) -> str:
    """What a client is told whose handshake fails."""
    with (
        socket.create_connection(("127.0.0.1", running.port), 10) as raw,
        pytest.raises(ssl.SSLError) as caught,
        context.wrap_socket(raw, server_hostname="localhost") as client,
    ):
        # In TLS 1.3 the client has done its part before it is refused.
        client.sendall(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n")
        client.recv(1)
    return str(caught.value).lower().replace("_", " ")


def test_a_slow_handshake_is_counted(
    start_secured: StartSecured, tls_section: str, authority: Authority
) -> None:
    running = start_secured(tls_section + USERS)
    with socket.create_connection(("127.0.0.1", running.port), 10) as raw:
        raw.sendall(b"\x16\x03\x01\x02\x00")
        raw.settimeout(30)
        with contextlib.suppress(ConnectionResetError):
            assert raw.recv(100) == b""
    assert page_of(running, authority)[HANDSHAKES % "timeout"] == 1
    assert "127.0.0.1: TLS handshake failed: it took more than 5 seconds" in running.log.read_text()


def test_until_when_certificates_are_valid(
    start_secured: StartSecured, tls_section: str, authority: Authority
) -> None:
    page = page_of(start_secured(tls_section + USERS), authority)
    seconds = page['perf_exporter_certificate_expiry_timestamp_seconds{kind="server"}']
    assert 0 < seconds - time.time() < 400 * 86400
    assert 'perf_exporter_certificate_expiry_timestamp_seconds{kind="client_ca"}' not in page


@pytest.mark.parametrize("days", [-1, 30, 365 * 40])
def test_the_expiry_of_a_certificate(days: int, authority: Authority) -> None:
    # From 2050 on, certificates write years in four digits.
    valid = datetime.timedelta(days=days)
    issued: Issued = authority.issue(f"expiry-{days}", ("a.example",), valid_for=valid)
    pem = issued.certificate.read_text()
    seconds = first_expiry(pem)
    assert seconds is not None
    assert abs(seconds - time.time() - days * 86400) < 3600
    assert first_expiry(f"# A chain.\n{pem}{authority.path.read_text()}") <= seconds  # type: ignore[operator]


def test_what_is_no_certificate_has_no_expiry() -> None:
    assert first_expiry("") is None
    der = ssl.PEM_cert_to_DER_cert(
        "-----BEGIN CERTIFICATE-----\nMAMCAQE=\n-----END CERTIFICATE-----\n"
    )
    with pytest.raises(ValueError, match=r"DER|validity"):
        expiry_of(der)
