"""A real registry of images, with what Compose takes from one, and the script that asks it."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
import yaml

from demo.servers import DemoServer, free_port
from tests.conftest import REPOSITORY

INDEX = "application/vnd.oci.image.index.v1+json"
# What Compose takes from a registry.
IMAGES = {
    variable: (name if "/" in name else f"library/{name}", version)
    for name, variable, version in re.findall(
        r"^ *(?:image|BASE): (\S+):\$\{(\w+):-(\S+)@sha256:[0-9a-f]{64}\}$",
        (REPOSITORY / "docker-compose.yml").read_text(),
        flags=re.MULTILINE,
    )
}


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


PIN_IMAGES = REPOSITORY / "scripts" / "pin-images"


def pin(
    folder: Path, registry: str, *words: str, script: Path = PIN_IMAGES, **environment: str
) -> subprocess.CompletedProcess[str]:
    """Run the script, or a copy of it, in a folder."""
    return subprocess.run(
        [script, "--mirror", registry, *words],
        cwd=folder,
        env={"PATH": os.environ["PATH"], "HOME": str(folder), "NO_PROXY": "*"} | environment,
        capture_output=True,
        text=True,
        check=False,
    )
