"""A configuration that changes while it is served."""

from __future__ import annotations

import logging
import shutil
import time
from collections.abc import Callable
from pathlib import Path

import bcrypt
import pytest
import requests

from exporter.serving import watching
from exporter.serving.audit import Audit
from exporter.serving.watching import WatchedConfiguration
from tests.exporter.serving.certificates import Authority
from tests.exporter.serving.conftest import StartSecured


def users(name: str, password: bytes) -> str:
    hashed = bcrypt.hashpw(password, bcrypt.gensalt(4)).decode()
    return f"basic_auth_users:\n  {name}: {hashed}\n"


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 20
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.1)


def test_users_that_change_while_it_serves(start_secured: StartSecured, tmp_path: Path) -> None:
    running = start_secured(users("old", b"a"))
    url = running.url + "/metrics"

    def status(user: str, password: str) -> int:
        return requests.get(url, timeout=10, auth=(user, password)).status_code

    assert (status("old", "a"), status("new", "b")) == (200, 401)
    path = tmp_path / "web.yaml"
    path.write_text(users("new", b"b"))
    wait_until(lambda: status("new", "b") == 200)
    assert status("old", "a") == 401
    # A broken one is said once, and changes nothing.
    path.write_text("basic_auth_users:\n  new: no-hash\n")
    wait_until(lambda: status("new", "b") == 200 and "stays in force" in running.log.read_text())
    time.sleep(watching.LOOK_SECONDS)
    assert status("new", "b") == 200
    said = [line for line in running.log.read_text().splitlines() if "stays in force" in line]
    assert len(said) == 1
    assert f"{path}: basic_auth_users.new: expected a bcrypt hash" in said[0]
    assert "no-hash" not in said[0]


def test_a_certificate_that_is_renewed(
    start_secured: StartSecured, authority: Authority, tmp_path: Path
) -> None:
    first = authority.issue_server("first")
    shutil.copy(first.certificate, tmp_path / "cert.pem")
    shutil.copy(first.key, tmp_path / "key.pem")
    running = start_secured("tls_server_config: {cert_file: cert.pem, key_file: key.pem}")
    url = running.url + "/metrics"
    assert requests.get(url, timeout=10, verify=str(authority.path)).status_code == 200
    other = Authority(tmp_path, "other-ca")
    renewed = other.issue_server("second")

    def trusts_other() -> bool:
        try:
            return requests.get(url, timeout=10, verify=str(other.path)).status_code == 200
        except requests.exceptions.SSLError:
            return False

    # The certificate first: until its key is there as well, the old pair serves.
    renewed.certificate.replace(tmp_path / "cert.pem")
    time.sleep(watching.LOOK_SECONDS * 1.1)
    assert requests.get(url, timeout=10, verify=str(authority.path)).status_code == 200
    renewed.key.replace(tmp_path / "key.pem")
    wait_until(trusts_other)


@pytest.fixture
def now(monkeypatch: pytest.MonkeyPatch) -> None:
    """Look at the files whenever asked."""
    monkeypatch.setattr(watching, "LOOK_SECONDS", 0.0)


@pytest.mark.usefixtures("now")
def test_tls_is_not_switched_off_or_on_by_a_change(
    tls_section: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    path = tmp_path / "web.yaml"
    path.write_text(tls_section)
    watched = WatchedConfiguration(path, Audit())
    path.write_text("")
    assert watched.now().context is not None
    assert "a restart is needed" in caplog.text
    path.write_text(tls_section + "  min_version: TLS13\n")
    security = watched.now()
    assert security.configuration.tls is not None
    assert security.configuration.tls.minimum == "TLS13"


@pytest.mark.usefixtures("now")
def test_a_file_that_goes_and_comes(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    path = tmp_path / "web.yaml"
    path.write_text(users("a", b"a"))
    watched = WatchedConfiguration(path, Audit())
    path.unlink()
    for _ in range(3):
        assert list(watched.now().configuration.users) == [b"a"]
    assert caplog.text.count("stays in force") == 1
    path.write_text(users("b", b"b"))
    assert list(watched.now().configuration.users) == [b"b"]
    assert "is in force" in caplog.text


@pytest.mark.usefixtures("now")
def test_a_missing_certificate_is_tried_again_when_it_comes(
    tls_section: str, tmp_path: Path
) -> None:
    path = tmp_path / "web.yaml"
    path.write_text(tls_section)
    watched = WatchedConfiguration(path, Audit())
    before = watched.now()
    path.write_text("tls_server_config: {cert_file: late.pem, key_file: late-key.pem}")
    assert watched.now() is before
    issued = Authority(tmp_path).issue_server("late")
    assert issued.certificate == tmp_path / "late.pem"
    assert watched.now().context is not before.context


@pytest.mark.usefixtures("now")
def test_a_link_that_is_turned_to_another_folder(tmp_path: Path) -> None:
    # As Kubernetes changes a mounted secret.
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        (tmp_path / name / "web.yaml").write_text(users(name, b"x"))
    link = tmp_path / "data"
    link.symlink_to("a")
    watched = WatchedConfiguration(link / "web.yaml", Audit())
    (tmp_path / "new").symlink_to("b")
    (tmp_path / "new").replace(link)
    assert list(watched.now().configuration.users) == [b"b"]
