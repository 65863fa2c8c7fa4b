"""An exporter with a web configuration, and the certificates for it."""

from __future__ import annotations

import resource
import shutil
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
import requests
from cryptography.hazmat.primitives.asymmetric import ec

from tests.conftest import REPOSITORY
from tests.exporter.conftest import Running, StartExporter
from tests.exporter.serving.certificates import Authority, Issued, pem_of

FILES = REPOSITORY / "tests" / "fixtures" / "config" / "web"
BAD = sorted(path.name for path in FILES.glob("*.bad.yaml"))
GOOD = sorted(path.name for path in FILES.glob("*.good.yaml"))
StartSecured = Callable[[str], Running]


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("authority"))


@pytest.fixture(scope="session")
def server_certificate(authority: Authority) -> Issued:
    return authority.issue_server()


@pytest.fixture(scope="session")
def tls_section(server_certificate: Issued) -> str:
    """The beginning of ``tls_server_config``, to which fields can be added."""
    issued = server_certificate
    return f"tls_server_config:\n  cert_file: {issued.certificate}\n  key_file: {issued.key}\n"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The files beside the certificates that they name."""
    made = tmp_path_factory.mktemp("config")
    issued = Authority(made).issue_server()
    shutil.copy(issued.certificate, made / "cert.pem")
    shutil.copy(issued.key, made / "key.pem")
    key = ec.generate_private_key(ec.SECP256R1())
    (made / "other-key.pem").write_bytes(pem_of(key))
    (made / "locked-key.pem").write_bytes(pem_of(key, b"passphrase"))
    for name in (*BAD, *GOOD):
        shutil.copy(FILES / name, made / name)
    return made


@pytest.fixture
def start_secured(start_exporter: StartExporter, tmp_path: Path) -> StartSecured:
    """Start an exporter with a configuration; its file is web.yaml in the test's folder."""

    def start(configuration: str) -> Running:
        path = tmp_path / "web.yaml"
        path.write_text(textwrap.dedent(configuration))
        return start_exporter(f"--web.config.file={path}", "--log.level=debug")

    return start


@pytest.fixture
def many_files() -> Iterator[None]:
    """Let this process open 1,000 connections and more."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(4096, hard), hard))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def resident_bytes(pid: int) -> int:
    """What a process holds in memory."""
    fields = Path(f"/proc/{pid}/statm").read_text().split()
    return int(fields[1]) * resource.getpagesize()


def get(running: Running, authority: Authority, client: Issued | None = None) -> int:
    """The status of a scrape by a client that trusts the authority."""
    pair = client.pair if client is not None else None
    answer = requests.get(
        running.url + "/metrics", timeout=10, verify=str(authority.path), cert=pair
    )
    return answer.status_code


def refused(running: Running, authority: Authority, client: Issued | None = None) -> bool:
    """Whether a client gets no answer."""
    try:
        get(running, authority, client)
    except (requests.exceptions.SSLError, requests.exceptions.ConnectionError):
        return True
    return False
