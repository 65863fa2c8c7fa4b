"""`scripts/pin-images` against a real registry: Debian's, on loopback."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.servers import free_port
from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.deploy.test_compose import compose
from tests.scripts.registry import IMAGES, Registry, pin, registry_in

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def registry(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Registry]:
    with registry_in(tmp_path_factory.mktemp("registry"), {}, {}) as running:
        yield running


def test_compose_has_images_to_pin() -> None:
    assert set(IMAGES) == {
        "ALERTMANAGER_VERSION",
        "GRAFANA_VERSION",
        "POSTGRES_VERSION",
        "PROMETHEUS_VERSION",
        "PYTHON_VERSION",
        "VICTORIAMETRICS_VERSION",
    }
    # None that is left out by the way it is written.
    services = load_fast((REPOSITORY / "docker-compose.yml").read_text())["services"]
    others = {service["image"].partition(":")[0] for service in services.values()}
    others -= {name.removeprefix("library/") for name, _ in IMAGES.values()}
    ours = ("exporter", "loadtest", "portal", "tools")
    assert others == {f"perfanalysis-{name}" for name in ours}


def test_all_that_is_built_or_pulled_is_pinned() -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text()
    pinned = re.findall(r":\$\{\w+_VERSION:-(\S+@sha256:[0-9a-f]{64})\}$", text, flags=re.MULTILINE)
    assert len(pinned) == text.count("_VERSION:-") == len(IMAGES)
    (base,) = re.findall(
        r"^ARG BASE=python:(\S+)$", (REPOSITORY / "Dockerfile").read_text(), re.MULTILINE
    )
    assert base in pinned


def test_what_the_registry_has_as_it_is_pinned_needs_no_line(
    registry: Registry, tmp_path: Path
) -> None:
    expected = registry.fill()
    (tmp_path / "scripts").mkdir()
    shutil.copy(REPOSITORY / "scripts" / "pin-images", tmp_path / "scripts")
    text = (REPOSITORY / "docker-compose.yml").read_text()
    for line in expected.values():
        variable, _, version = line.partition("=")
        text = re.sub(rf"(\{{{variable}:-)[^}}]+", rf"\g<1>{version}", text)
    (tmp_path / "docker-compose.yml").write_text(text)
    for words in ((), ("--check",)):
        done = pin(tmp_path, registry.url, *words, script=tmp_path / "scripts" / "pin-images")
        assert done.returncode == 0, done.stderr
        assert done.stderr.count(": as it is\n") == len(IMAGES)
    assert not (tmp_path / ".env").exists()


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
    services = load_fast(read.stdout)["services"]
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
