"""`scripts/pin-images` at a registry that wants a token of everybody, as Docker Hub does."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.scripts.registry import IMAGES, INDEX, Registry, pin, registry_in

pytestmark = pytest.mark.e2e

ISSUER, SERVICE = "the test", "registry of the test"


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
