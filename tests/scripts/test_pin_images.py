"""`scripts/pin-images` against a real registry: Debian's, on loopback, with and without tokens."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import shutil
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
import requests
import yaml

from demo.servers import DemoServer, free_port
from tests.conftest import REPOSITORY
from tests.deploy.test_compose import compose

pytestmark = pytest.mark.e2e

INDEX = "application/vnd.oci.image.index.v1+json"
# What Compose takes from a registry.
IMAGES = {
    variable: (name if "/" in name else f"library/{name}", version)
    for name, variable, version in re.findall(
        r"^ *(?:image|BASE): (\S+):\$\{(\w+):-(\S+)\}$",
        (REPOSITORY / "docker-compose.yml").read_text(),
        flags=re.MULTILINE,
    )
}
ISSUER, SERVICE = "the test", "registry of the test"


def registry_program() -> str:
    """The registry; the test is skipped without."""
    unpacked = REPOSITORY / ".tools" / "docker-registry" / "usr" / "bin" / "docker-registry"
    found = shutil.which("docker-registry") or (str(unpacked) if unpacked.is_file() else None)
    if found is None:
        pytest.skip("no docker-registry here: scripts/setup-tests brings it")
    return found


class Registry:
    """A registry that has all images of Compose under their versions."""

    def __init__(self, url: str, headers: dict[str, str]) -> None:
        self.url = url
        self._headers = headers

    def put(self, name: str, tag: str, content: str) -> str:
        """Have an image under a tag, and give its digest. It needs no layers to have one."""
        session = requests.Session()
        session.trust_env = False
        session.headers.update(self._headers)
        index = {
            "schemaVersion": 2,
            "mediaType": INDEX,
            "manifests": [],
            "annotations": {"is": content},
        }
        done = session.put(
            f"{self.url}/v2/{name}/manifests/{tag}",
            data=json.dumps(index),
            headers={"Content-Type": INDEX},
            timeout=30,
        )
        assert done.status_code == 201, done.text
        return str(done.headers["Docker-Content-Digest"])

    def fill(self) -> dict[str, str]:
        """All images; gives the line that pins each."""
        return {
            variable: f"{variable}={version}@{self.put(name, version, 'first')}"
            for variable, (name, version) in IMAGES.items()
        }


@contextmanager
def registry_in(
    folder: Path, auth: dict[str, object], headers: dict[str, str]
) -> Iterator[Registry]:
    """A registry that keeps what it has in a folder."""
    port = free_port()
    settings = {
        "version": 0.1,
        "log": {"level": "warn"},
        "storage": {"filesystem": {"rootdirectory": str(folder / "images")}},
        "http": {"addr": f"127.0.0.1:{port}"},
    }
    (folder / "registry.yml").write_text(yaml.safe_dump(settings | auth))
    words = [registry_program(), "serve", str(folder / "registry.yml")]
    server = DemoServer("the registry", words, folder / "registry.log", outlives=False)
    url = f"http://127.0.0.1:{port}"

    def answers() -> bool:
        try:
            return requests.get(f"{url}/v2/", timeout=5).status_code in {200, 401}
        except requests.RequestException:
            return False

    try:
        server.wait_until(answers, "an answer", 60)
        yield Registry(url, headers)
    finally:
        server.stop()


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registry_in(tmp_path_factory.mktemp("registry"), {}, {}) as running:
        yield running


def pin(
    folder: Path, registry: str, *words: str, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the script in a folder."""
    return subprocess.run(
        [REPOSITORY / "scripts" / "pin-images", "--mirror", registry, *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "NO_PROXY": "*"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_compose_has_images_to_pin() -> None:
    assert set(IMAGES) == {
        "ALERTMANAGER_VERSION",
        "GRAFANA_VERSION",
        "PROMETHEUS_VERSION",
        "PYTHON_VERSION",
        "VICTORIAMETRICS_VERSION",
    }
    # None that is left out by the way it is written.
    services = yaml.safe_load((REPOSITORY / "docker-compose.yml").read_text())["services"]
    others = {service["image"].partition(":")[0] for service in services.values()}
    others -= {name for name, _ in IMAGES.values()}
    assert others == {"perfanalysis-exporter", "perfanalysis-loadtest", "perfanalysis-tools"}


def test_digests_are_written_and_all_else_stays(registry: Registry, tmp_path: Path) -> None:
    expected = registry.fill()
    env = tmp_path / ".env"
    env.write_text("REPORT_AT=06:15\n# mine\nGRAFANA_PORT=3001")
    env.chmod(0o600)
    done = pin(tmp_path, registry.url)
    assert done.returncode == 0, done.stderr
    lines = env.read_text().splitlines()
    assert lines[:3] == ["REPORT_AT=06:15", "# mine", "GRAFANA_PORT=3001"]
    assert sorted(lines[3:]) == sorted(expected.values())
    assert env.stat().st_mode & 0o777 == 0o600
    assert {path.name for path in tmp_path.iterdir()} == {".env"}
    # Again, there is nothing to do.
    before = env.stat().st_mtime_ns
    assert pin(tmp_path, registry.url, "--check").returncode == 0
    assert pin(tmp_path, registry.url).returncode == 0
    assert env.stat().st_mtime_ns == before


def test_what_has_moved_is_told_and_written_when_it_is_asked_for(
    registry: Registry, tmp_path: Path
) -> None:
    expected = registry.fill()
    assert pin(tmp_path, registry.url, "pins.env").returncode == 0
    name, version = IMAGES["GRAFANA_VERSION"]
    moved = registry.put(name, version, "mended")
    told = pin(tmp_path, registry.url, "--check", "pins.env")
    assert told.returncode == 1
    was = expected["GRAFANA_VERSION"].partition("=")[2]
    assert f"pin-images: {name}:{version}@{moved}, before {was}\n" in told.stderr
    assert expected["GRAFANA_VERSION"] in (tmp_path / "pins.env").read_text()
    assert pin(tmp_path, registry.url, "pins.env").returncode == 0
    text = (tmp_path / "pins.env").read_text()
    assert f"GRAFANA_VERSION={version}@{moved}\n" in text
    assert text.count("GRAFANA_VERSION=") == 1


def test_another_version_is_taken_from_the_file_or_from_the_environment(
    registry: Registry, tmp_path: Path
) -> None:
    registry.fill()
    digests = {}
    for variable, tag in (("PROMETHEUS_VERSION", "v9.0.0"), ("GRAFANA_VERSION", "9.1.0")):
        digests[variable] = registry.put(IMAGES[variable][0], tag, tag)
    (tmp_path / ".env").write_text("PROMETHEUS_VERSION=v9.0.0\n")
    done = pin(tmp_path, registry.url, GRAFANA_VERSION="9.1.0")
    assert done.returncode == 0, done.stderr
    text = (tmp_path / ".env").read_text()
    assert f"PROMETHEUS_VERSION=v9.0.0@{digests['PROMETHEUS_VERSION']}\n" in text
    assert f"GRAFANA_VERSION=9.1.0@{digests['GRAFANA_VERSION']}\n" in text


def test_compose_takes_what_it_wrote(registry: Registry, tmp_path: Path) -> None:
    expected = registry.fill()
    assert pin(tmp_path, registry.url).returncode == 0
    shutil.copy(REPOSITORY / "docker-compose.yml", tmp_path)
    read = compose(tmp_path, "--profile", "*", "config")
    assert (read.returncode, read.stderr) == (0, "")
    services = yaml.safe_load(read.stdout)["services"]
    image = expected["PROMETHEUS_VERSION"].partition("=")[2]
    assert services["prometheus"]["image"] == f"prom/prometheus:{image}"
    base = expected["PYTHON_VERSION"].partition("=")[2]
    assert services["exporter"]["build"]["args"] == {"BASE": f"python:{base}"}


def test_the_pages_commands_pin_tell_and_take_another_version(
    registry: Registry, tmp_path: Path
) -> None:
    page = (REPOSITORY / "docs" / "deployment.md").read_text()
    section = page.split("### Images pinned by digest\n")[1].split("\n### ")[0]
    first, second = re.findall(r"^```sh\n(.*?)^```$", section, flags=re.MULTILINE | re.DOTALL)
    shutil.copy(REPOSITORY / "docker-compose.yml", tmp_path)
    (tmp_path / "scripts").mkdir()
    shutil.copy(REPOSITORY / "scripts" / "pin-images", tmp_path / "scripts")
    # Of Compose, what is before it asks the daemon.
    asked = re.findall(r"^docker compose (.*)$", first, flags=re.MULTILINE)
    assert len(asked) == 2
    for words in asked:
        nowhere = {"DOCKER_HOST": f"unix://{tmp_path}/nothing"}
        refused = compose(tmp_path, *words.split(), environment=nowhere)
        assert "failed to connect to the docker API" in refused.stderr, refused.stderr
    expected = registry.fill()
    script = re.sub(r"^docker compose .*$", "", first + second, flags=re.MULTILINE)
    script = script.replace("scripts/pin-images", f"scripts/pin-images --mirror {registry.url}")
    done = subprocess.run(
        ["bash", "-euc", script],
        cwd=tmp_path,
        env={"PATH": os.environ["PATH"], "HOME": str(tmp_path), "NO_PROXY": "*"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    lines = (tmp_path / ".env").read_text().splitlines()
    assert sorted(lines) == sorted(expected.values())


@pytest.mark.parametrize(
    ("words", "env", "end"),
    [
        (["--chek"], "", (2, "--chek: expected --check, --mirror URL or a file")),
        (["a", "b"], "", (2, "expected one file, found a and b")),
        (["--mirror", "docker.io"], "", (2, "--mirror: expected an address such as")),
        ([], "GRAFANA_VERSION=a b\n", (2, "GRAFANA_VERSION: expected a version")),
        ([], "GRAFANA_VERSION=0.0.0\n", (1, "grafana/grafana:0.0.0: ")),
    ],
)
def test_what_goes_wrong_is_one_line_and_leaves_the_file(
    registry: Registry, tmp_path: Path, words: list[str], env: str, end: tuple[int, str]
) -> None:
    registry.fill()
    (tmp_path / ".env").write_text(env)
    done = pin(tmp_path, registry.url, *words)
    assert done.returncode == end[0], done.stderr
    assert done.stderr.splitlines()[-1].startswith("pin-images: error: ")
    assert end[1] in done.stderr.splitlines()[-1]
    assert (tmp_path / ".env").read_text() == env


def test_a_registry_that_does_not_answer_is_named(tmp_path: Path) -> None:
    done = pin(tmp_path, f"http://127.0.0.1:{free_port()}")
    assert done.returncode == 1
    assert "does not answer" in done.stderr.splitlines()[-1]
    assert not (tmp_path / ".env").exists()


def part(value: dict[str, object] | bytes) -> str:
    """A part of a token."""
    data = value if isinstance(value, bytes) else json.dumps(value).encode()
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


class TokenHandler(BaseHTTPRequestHandler):
    """Gives whoever asks a token to read what is asked for, as Docker Hub does."""

    folder: Path

    def do_GET(self) -> None:
        """Answer with a token for the scope of the request."""
        asked = parse_qs(urlsplit(self.path).query)
        assert asked["service"] == [SERVICE]
        answer = json.dumps({"token": token(self.folder, asked["scope"][0])}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def token(folder: Path, scope: str) -> str:
    """A token that the registry takes: signed with a key whose certificate it was given."""
    kind, name, actions = scope.split(":")
    certificate = "".join((folder / "token.crt").read_text().splitlines()[1:-1])
    now = int(time.time())
    access = [{"type": kind, "name": name, "actions": actions.split(",")}]
    claims = {"iss": ISSUER, "aud": SERVICE, "sub": "", "exp": now + 300, "nbf": now - 60}
    head = part({"typ": "JWT", "alg": "RS256", "x5c": [certificate]})
    signed = f"{head}.{part(claims | {'iat': now, 'jti': scope, 'access': access})}"
    made = subprocess.run(
        ["openssl", "dgst", "-sha256", "-sign", folder / "token.key"],
        input=signed.encode(),
        capture_output=True,
        check=True,
    )
    return f"{signed}.{part(made.stdout)}"


def test_a_registry_that_wants_tokens_gets_one(tmp_path: Path) -> None:
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-subj", "/CN=test"),
            *("-keyout", tmp_path / "token.key", "-out", tmp_path / "token.crt", "-days", "2"),
        ],
        check=True,
        capture_output=True,
    )
    tokens = HTTPServer(("127.0.0.1", 0), type("Tokens", (TokenHandler,), {"folder": tmp_path}))
    threading.Thread(target=tokens.serve_forever, daemon=True).start()
    auth: dict[str, object] = {
        "auth": {
            "token": {
                "realm": f"http://127.0.0.1:{tokens.server_port}/token",
                "service": SERVICE,
                "issuer": ISSUER,
                "rootcertbundle": str(tmp_path / "token.crt"),
            }
        }
    }
    name, version = IMAGES["GRAFANA_VERSION"]
    try:
        with registry_in(tmp_path, auth, {}) as registry:
            for image, tag in IMAGES.values():
                key = token(tmp_path, f"repository:{image}:pull,push")
                Registry(registry.url, {"Authorization": f"Bearer {key}"}).put(image, tag, "first")
            done = pin(tmp_path, registry.url)
    finally:
        tokens.shutdown()
    assert done.returncode == 0, done.stderr
    index = {
        "schemaVersion": 2,
        "mediaType": INDEX,
        "manifests": [],
        "annotations": {"is": "first"},
    }
    digest = hashlib.sha256(json.dumps(index).encode()).hexdigest()
    assert f"GRAFANA_VERSION={version}@sha256:{digest}\n" in (tmp_path / ".env").read_text()
    assert name == "grafana/grafana"
