"""A portal with TLS takes a certificate that is renewed, and none that is of no use."""

from __future__ import annotations

import shutil
import ssl
import time
from pathlib import Path

import pytest

from tests.exporter.serving.certificates import Authority, Issued
from tests.portal.running import SECONDS, Running, running

pytestmark = pytest.mark.e2e


def shown(portal: Running) -> str:
    return ssl.get_server_certificate(("127.0.0.1", portal.port))


def put(issued: Issued, folder: Path) -> str:
    shutil.copy(issued.key, folder / "key.pem")
    shutil.copy(issued.certificate, folder / "certificate.pem")
    return issued.certificate.read_text()


def wait_until_said(portal: Running, words: str) -> None:
    until = time.monotonic() + SECONDS
    while words not in portal.log:
        assert time.monotonic() < until, portal.log
        time.sleep(0.1)


def test_new_connections_get_the_new_certificate(tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    first = put(authority.issue_server("first"), tmp_path)
    flags = ["--certificate", str(tmp_path / "certificate.pem")]
    flags += ["--certificate-key", str(tmp_path / "key.pem")]
    with running(tmp_path, f"sqlite:///{tmp_path}/portal.sqlite", *flags) as portal:
        assert shown(portal) == first
        (tmp_path / "certificate.pem").write_text("no certificate\n")
        wait_until_said(portal, "the certificate from before stays")
        assert shown(portal) == first
        second = put(authority.issue_server("second"), tmp_path)
        wait_until_said(portal, "a new certificate is in force")
        assert shown(portal) == second
        assert portal.stop() == 0
