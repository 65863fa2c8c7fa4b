"""HTTPS as a source, with a real certificate, which is always checked."""

from __future__ import annotations

import ssl
import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric import ec

from exporter.collecting import CollectorError
from exporter.collectors.custom.metrics import HttpSource, Schedule
from exporter.collectors.custom.polling import fetch
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.endpoint import Endpoint
from tests.exporter.serving.certificates import Authority, pem_of
from tests.perfanalysis.machines.cloud.services import Given, serving


@pytest.fixture(scope="module")
def certificate(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A certificate of 127.0.0.1 that is signed by itself, and its key."""
    folder = tmp_path_factory.mktemp("tls")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    words = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2"
    options = ["-subj", "/CN=127.0.0.1", "-addext", "subjectAltName=IP:127.0.0.1"]
    files = ["-keyout", str(key), "-out", str(certificate)]
    subprocess.run([*words.split(), *options, *files], check=True, capture_output=True)
    return certificate, key


def source_of(
    url: str, ca_file: Path | None, key_file: str = "", cert: tuple[str, str] = ("", "")
) -> HttpSource:
    endpoint = Endpoint(
        f"{url}/stats?token=hunter2",
        Credentials(key_file),
        ca_file="" if ca_file is None else str(ca_file),
        cert_file=cert[0],
        key_file=cert[1],
    )
    return HttpSource(endpoint, Schedule(60, 10, 600), ())


def test_the_certificate_is_checked(certificate: tuple[Path, Path], tmp_path: Path) -> None:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*certificate)
    with serving(lambda _: Given(b"{}"), context) as service:
        assert service.url.startswith("https://127.0.0.1:")
        assert fetch(source_of(service.url, certificate[0])) == b"{}"
        asked = len(service.asked)
        for source, said in (
            (source_of(service.url, None), "certificate verify failed"),
            (
                source_of(service.url.replace("127.0.0.1", "localhost"), certificate[0]),
                "certificate",
            ),
            (source_of(service.url, tmp_path / "absent.pem"), "No such file"),
            (source_of(service.url.replace("https", "http"), None), "no HTTP|early|reset"),
        ):
            with pytest.raises(CollectorError, match=said) as caught:
                fetch(source)
            assert "hunter2" not in str(caught.value)
        assert len(service.asked) == asked


def test_a_server_that_wants_a_client_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    client, other = authority.issue("client", ()), authority.issue("other", ())
    locked = tmp_path / "locked-key.pem"
    locked.write_bytes(pem_of(ec.generate_private_key(ec.SECP256R1()), b"hunter2"))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(*authority.issue_server().pair)
    context.load_verify_locations(authority.path)
    context.verify_mode = ssl.CERT_REQUIRED
    with serving(lambda _: Given(b"{}"), context) as service:
        assert fetch(source_of(service.url, authority.path, cert=client.pair)) == b"{}"
        asked = len(service.asked)
        # Without a terminal to ask for a passphrase on, and without waiting for one.
        for cert in (("", ""), (client.pair[0], other.pair[1]), (client.pair[0], str(locked))):
            with pytest.raises(CollectorError):
                fetch(source_of(service.url, authority.path, cert=cert))
        assert len(service.asked) == asked


def test_a_key_file_that_is_none_is_said_without_the_key(tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("hunter2\nhunter3\n")
    with serving(lambda _: Given(b"{}")) as service:
        with pytest.raises(CollectorError, match="one line of printable ASCII") as caught:
            fetch(source_of(service.url, None, str(key)))
        assert "hunter" not in str(caught.value)
        with pytest.raises(CollectorError, match="a readable key file"):
            fetch(source_of(service.url, None, str(tmp_path / "absent")))
    assert service.asked == []
