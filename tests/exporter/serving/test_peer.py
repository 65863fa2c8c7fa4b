"""The same configuration given to the real node_exporter; and a real Prometheus that scrapes."""

from __future__ import annotations

import contextlib
import datetime
import subprocess
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import bcrypt
import pytest
import requests

from benchmarks import peers
from benchmarks.case import PeerMissingError
from demo.servers import ServerError, start_prometheus
from exporter.serving.audit import Audit
from exporter.serving.watching import WatchedConfiguration
from perfanalysis.errors import InputError
from tests.exporter.peer.node_exporter import NodeExporter
from tests.exporter.serving.certificates import Authority, Issued
from tests.exporter.serving.conftest import BAD, GOOD, StartSecured

# What node_exporter takes and we refuse: the table in docs/security.md.
STRICTER = {
    # Python's ssl cannot do it.
    "client_auth_type_unverified",
    "curves_too_many",
    "min_version_old",
    # It would leave open what looks shut, or shut what looks open.
    "client_auth_without_ca",
    "client_ca_is_no_pem",
    "client_sans_empty",
    "client_sans_without_certificate",
    "max_below_min",
    "only_min_version",
    "rate_limit_without_burst",
    # It can only be a mistake.
    "cert_twice",
    "header_of_two_lines",
    "user_is_a_number",
}


@pytest.fixture(scope="module")
def node_exporter() -> Path:
    try:
        program = peers.node_exporter()
    except PeerMissingError as error:
        pytest.skip(str(error))
    version = peers.node_exporter_version(program)
    if version != "1.12.1":
        pytest.skip(f"node_exporter 1.12.1 cannot be built here (no Go); {version} is older")
    return program


def takes(program: Path, path: Path, log: Path) -> bool:
    """Whether node_exporter serves with a configuration."""
    command = [str(program), "--collector.disable-defaults", "--web.listen-address=127.0.0.1:0"]
    with log.open("w") as stream:
        process = subprocess.Popen([*command, f"--web.config.file={path}"], stderr=stream)
    try:
        end = time.monotonic() + 30
        while process.poll() is None and "TLS is " not in log.read_text():
            assert time.monotonic() < end, log.read_text()
            time.sleep(0.01)
        # It says so before it looks at the last of the settings.
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.3)
        return process.poll() is None
    finally:
        process.kill()
        process.wait()


def test_node_exporter_takes_what_we_take_and_we_say_what_we_refuse(
    node_exporter: Path, folder: Path, tmp_path: Path
) -> None:
    names = [*BAD, *GOOD]
    with ThreadPoolExecutor(8) as pool:
        taken = pool.map(lambda name: takes(node_exporter, folder / name, tmp_path / name), names)
        verdicts = dict(zip(names, taken, strict=True))
    assert [name for name in GOOD if not verdicts[name]] == []
    assert {name.removesuffix(".bad.yaml") for name in BAD if verdicts[name]} == STRICTER


# Of exporter-toolkit's own good files those that are refused here: the same table has them.
REFUSED = {
    # RequireAnyClientCert, and certificates of any public authority.
    "tls_config_noAuth.requireanyclientcert.good.yml",
    "tls_config_noAuth.requireanyclientcertkeyinline.good.yml",
    "web_config_noAuth.good.blocking.yml",
}


def test_what_exporter_toolkit_takes_is_taken_here(node_exporter: Path) -> None:
    del node_exporter
    cache = subprocess.check_output(["go", "env", "GOMODCACHE"], text=True).strip()
    modules = sorted(Path(cache, "github.com", "prometheus").glob("exporter-toolkit@*"))
    if not modules:
        pytest.skip("exporter-toolkit's files are not here: they come with node_exporter's code")
    good = {path for path in (modules[-1] / "web" / "testdata").iterdir() if ".good" in path.name}
    refused = set()
    for path in good:
        try:
            WatchedConfiguration(path, Audit())
        except InputError as error:
            # Its certificate may be of a size or kind that OpenSSL's usual level does not take.
            assert "client_auth_type" in str(error) or "client_ca" in str(error), error
            refused.add(path.name)
    assert len(good) > 10
    assert refused == REFUSED


SECURED = """
tls_server_config:
  cert_file: {server.certificate}
  key_file: {server.key}
  client_ca_file: {authority.path}
  client_auth_type: RequireAndVerifyClientCert
http_server_config:
  headers:
    X-Frame-Options: deny
basic_auth_users:
  prometheus: {hashed}
"""


@pytest.fixture
def secured(authority: Authority, server_certificate: Issued) -> str:
    """A configuration with everything: certificates of both sides, a password, a header."""
    hashed = bcrypt.hashpw(b"secret", bcrypt.gensalt(4)).decode()
    return SECURED.format(authority=authority, server=server_certificate, hashed=hashed)


def outcome(url: str, authority: Authority, client: Issued | None, password: str) -> str:
    """What a client gets: the status and the headers that count, or that it is refused."""
    auth = ("prometheus", password) if password else None
    try:
        answer = requests.get(
            url + "/metrics",
            timeout=10,
            verify=str(authority.path),
            cert=client.pair if client is not None else None,
            auth=auth,
        )
    except (requests.exceptions.SSLError, requests.exceptions.ConnectionError):
        return "refused"
    asked = answer.headers.get("WWW-Authenticate", "").split(" ")[0]
    return f"{answer.status_code} {asked} {answer.headers.get('X-Frame-Options')}"


def test_clients_get_from_both_what_they_may_have(
    node_exporter: Path,
    secured: str,
    authority: Authority,
    start_secured: StartSecured,
    tmp_path: Path,
) -> None:
    ours = start_secured(secured).url
    flags = [f"--web.config.file={tmp_path / 'web.yaml'}"]
    client = authority.issue("scraper", ("prometheus.example",))
    other = Authority(tmp_path, "other-ca").issue("stranger", ("prometheus.example",))
    late = datetime.timedelta(days=-1)
    expired = authority.issue("expired-scraper", ("prometheus.example",), valid_for=late)
    with NodeExporter(node_exporter, flags, tmp_path / "peer.log") as peer:
        theirs = f"https://{peer.address}"
        for certificate in (client, other, expired, None):
            for password in ("secret", "wrong", ""):
                expected = outcome(theirs, authority, certificate, password)
                found = outcome(ours, authority, certificate, password)
                assert found == expected, (certificate, password)
    assert outcome(ours, authority, client, "secret") == "200  deny"


def test_a_real_prometheus_scrapes_with_certificate_and_password(
    secured: str, authority: Authority, start_secured: StartSecured, tmp_path: Path
) -> None:
    running = start_secured(secured)
    client = authority.issue("prometheus", ("prometheus.example",))
    (tmp_path / "password").write_text("secret")
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text(
        f"""
global: {{scrape_interval: 1s}}
scrape_configs:
  - job_name: node
    scheme: https
    tls_config:
      ca_file: {authority.path}
      cert_file: {client.certificate}
      key_file: {client.key}
    basic_auth: {{username: prometheus, password_file: {tmp_path / "password"}}}
    static_configs: [{{targets: ["127.0.0.1:{running.port}"]}}]
"""
    )
    try:
        server, url = start_prometheus(configuration, tmp_path / "data", tmp_path / "log")
    except ServerError as error:
        pytest.skip(str(error))
    try:
        end = time.monotonic() + 30
        while True:
            answer = requests.get(url + "/api/v1/query", {"query": "up"}, timeout=10).json()
            values = [result["value"][1] for result in answer["data"]["result"]]
            if values == ["1"]:
                break
            assert time.monotonic() < end, requests.get(url + "/api/v1/targets", timeout=10).text
            time.sleep(0.1)
    finally:
        server.stop()
