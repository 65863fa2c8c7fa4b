"""TLS and client certificates, with real ones; each answer is that of a real process."""

from __future__ import annotations

import contextlib
import socket
import ssl
import time
from pathlib import Path

import pytest
import requests

from tests.exporter.conftest import Running
from tests.exporter.serving.certificates import Authority, Issued
from tests.exporter.serving.conftest import StartSecured, get, resident_bytes


def test_a_server_with_a_certificate(
    start_secured: StartSecured, tls_section: str, authority: Authority
) -> None:
    running = start_secured(tls_section)
    assert running.url.startswith("https://")
    assert get(running, authority) == 200
    # Who speaks no TLS is told so, as by Go's server, and costs nobody else anything.
    plain = running.url.replace("https", "http")
    answer = requests.get(plain + "/metrics", timeout=10)
    assert answer.status_code == 400
    assert answer.text == "Client sent an HTTP request to an HTTPS server.\n"
    assert get(running, authority) == 200
    assert "Traceback" not in running.log.read_text()


def test_certificate_and_key_in_the_configuration_itself(
    start_secured: StartSecured, server_certificate: Issued, authority: Authority
) -> None:
    certificate, key = (
        "".join(f"    {line}\n" for line in path.read_text().splitlines())
        for path in (server_certificate.certificate, server_certificate.key)
    )
    running = start_secured(f"tls_server_config:\n  cert: |\n{certificate}  key: |\n{key}")
    assert get(running, authority) == 200


def handshake(running: Running, context: ssl.SSLContext) -> tuple[str, str]:
    """The version and the cipher that a client gets.

    Raises:
        OSError: none.
    """
    with (
        socket.create_connection(("127.0.0.1", running.port), 10) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as client,
    ):
        cipher = client.cipher()
        assert cipher is not None
        return str(client.version()), cipher[0]


def context_of(
    authority: Authority,
    lowest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_2,
    highest: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3,
) -> ssl.SSLContext:
    context = ssl.create_default_context(cafile=str(authority.path))
    context.minimum_version = lowest
    context.maximum_version = highest
    return context


def test_versions_of_tls(
    start_secured: StartSecured, tls_section: str, authority: Authority
) -> None:
    old = context_of(authority, highest=ssl.TLSVersion.TLSv1_2)
    new = context_of(authority)
    running = start_secured(f"{tls_section}  min_version: TLS13\n")
    assert handshake(running, new)[0] == "TLSv1.3"
    with pytest.raises(ssl.SSLError):
        handshake(running, old)
    running = start_secured(f"{tls_section}  max_version: TLS12\n")
    assert handshake(running, new)[0] == "TLSv1.2"
    assert handshake(running, old)[0] == "TLSv1.2"


@pytest.mark.parametrize(
    ("prefer", "chosen"),
    [("true", "ECDHE-ECDSA-AES256-GCM-SHA384"), ("false", "ECDHE-ECDSA-AES128-GCM-SHA256")],
)
def test_cipher_suites_and_whose_order_counts(
    prefer: str, chosen: str, start_secured: StartSecured, tls_section: str, authority: Authority
) -> None:
    running = start_secured(
        f"""{tls_section}  prefer_server_cipher_suites: {prefer}
  cipher_suites:
    - TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384
    - TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256
"""
    )
    context = context_of(authority, highest=ssl.TLSVersion.TLSv1_2)
    context.set_ciphers("ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384")
    assert handshake(running, context)[1] == chosen
    context.set_ciphers("ECDHE-ECDSA-CHACHA20-POLY1305")
    with pytest.raises(ssl.SSLError):
        handshake(running, context)


def test_the_curve(start_secured: StartSecured, tls_section: str, authority: Authority) -> None:
    running = start_secured(f"{tls_section}  curve_preferences: [CurveP384]\n")
    context = context_of(authority)
    context.set_ecdh_curve("secp384r1")
    assert handshake(running, context)[0] == "TLSv1.3"
    context = context_of(authority)
    context.set_ecdh_curve("prime256v1")
    with pytest.raises(ssl.SSLError):
        handshake(running, context)


def test_http2_is_offered_to_nobody(
    start_secured: StartSecured, tls_section: str, authority: Authority
) -> None:
    running = start_secured(f"{tls_section}http_server_config:\n  http2: true\n")
    context = context_of(authority)
    context.set_alpn_protocols(["h2", "http/1.1"])
    with (
        socket.create_connection(("127.0.0.1", running.port), 10) as raw,
        context.wrap_socket(raw, server_hostname="localhost") as client,
    ):
        assert client.selected_alpn_protocol() == "http/1.1"
    assert "clients are served HTTP/1.1 only" in running.log.read_text()


@pytest.mark.usefixtures("many_files")
def test_1000_handshakes_that_never_finish_do_not_stop_a_scrape(
    start_secured: StartSecured, tls_section: str, authority: Authority
) -> None:
    running = start_secured(tls_section)
    session = requests.Session()
    session.verify = str(authority.path)
    url = running.url + "/metrics"
    assert session.get(url, timeout=10, verify=session.verify).status_code == 200
    before = resident_bytes(running.process.pid)
    with contextlib.ExitStack() as stack:
        for number in range(1000):
            raw = stack.enter_context(socket.create_connection(("127.0.0.1", running.port), 10))
            # Some say nothing, some begin and stop.
            if number % 2:
                raw.sendall(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + b"a" * 32)
        assert get(running, authority) == 200
        assert session.get(url, timeout=10, verify=session.verify).status_code == 200
        assert resident_bytes(running.process.pid) - before < 24_000_000
    assert get(running, authority) == 200
    # What the flood took does not stay.
    given_back = time.monotonic() + 60
    while resident_bytes(running.process.pid) - before > 8_000_000:
        assert time.monotonic() < given_back
        time.sleep(0.2)
    assert "Traceback" not in running.log.read_text()


def test_a_handshake_that_does_not_finish_is_dropped(
    start_secured: StartSecured, tls_section: str
) -> None:
    running = start_secured(tls_section)
    with socket.create_connection(("127.0.0.1", running.port), 10) as raw:
        raw.sendall(b"\x16\x03\x01\x02\x00")
        raw.settimeout(30)
        with contextlib.suppress(ConnectionResetError):
            assert raw.recv(100) == b""


def test_requests_in_the_same_packet_as_the_handshakes_end(
    start_secured: StartSecured, tls_section: str, authority: Authority
) -> None:
    running = start_secured(tls_section)
    incoming, outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
    client = context_of(authority).wrap_bio(incoming, outgoing, server_hostname="localhost")
    with socket.create_connection(("127.0.0.1", running.port), 10) as raw:
        while True:
            try:
                client.do_handshake()
                break
            except ssl.SSLWantReadError:
                raw.sendall(outgoing.read())
                incoming.write(raw.recv(65536))
        # The handshake's last message is still in ``outgoing``.
        client.write(b"GET /healthz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
        raw.sendall(outgoing.read())
        answer = b""
        while b"ok\n" not in answer:
            incoming.write(raw.recv(65536))
            with contextlib.suppress(ssl.SSLWantReadError):
                answer += client.read(65536)
    assert answer.startswith(b"HTTP/1.1 200 OK")


def test_path_is_relative_to_the_configuration(
    start_secured: StartSecured, authority: Authority, tmp_path: Path
) -> None:
    issued = authority.issue_server("moved")
    (tmp_path / "certificates").mkdir()
    for source, name in ((issued.certificate, "a.pem"), (issued.key, "b.pem")):
        source.rename(tmp_path / "certificates" / name)
    running = start_secured(
        "tls_server_config: {cert_file: certificates/a.pem, key_file: certificates/b.pem}"
    )
    assert get(running, authority) == 200
