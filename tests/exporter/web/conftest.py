"""An exporter with a web configuration, and the certificates for it."""

from __future__ import annotations

import resource
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.exporter.conftest import Running, StartExporter
from tests.exporter.web.certificates import Authority, Issued

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
