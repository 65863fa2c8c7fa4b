"""CONTRIBUTING.md, followed to the letter: a collector and an endpoint are two files and a test."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import bcrypt
import pytest
import requests

from tests.exporter.conftest import Running, samples_of

REPOSITORY = Path(__file__).resolve().parents[2]
REGISTERED = Path(__file__).resolve().parent / "registered.py"
LISTEN = "--web.listen-address=127.0.0.1:0"


def sample_of(section: str) -> str:
    """The Python code of a section of CONTRIBUTING.md."""
    text = (REPOSITORY / "CONTRIBUTING.md").read_text()
    body = text.partition(f"## {section}\n")[2].partition("\n## ")[0]
    (found,) = re.findall(r"^ +```python\n(.*?)^ +```$", body, re.DOTALL | re.MULTILINE)
    return textwrap.dedent(found)


class Copy:
    """A copy of the package that is to be changed; its processes run in their folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._processes: list[subprocess.Popen[str]] = []
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(REPOSITORY / "exporter", folder / "exporter", ignore=ignored)

    def add(self, path: str, text: str) -> None:
        """Write a new file."""
        target = self.folder / path
        assert not target.exists()
        target.write_text(text)

    def insert(self, path: str, line: str, *, before: str) -> None:
        """Put a line before the one that begins so."""
        target = self.folder / path
        text = target.read_text()
        assert text.count(f"\n{before}") == 1
        target.write_text(text.replace(f"\n{before}", f"\n{line}\n{before}"))

    def python(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run Python to its end."""
        environment = os.environ | {"PYTHONPATH": str(self.folder)}
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=self.folder, env=environment, capture_output=True, text=True, check=False
        )

    def serve(self, *arguments: str) -> Running:
        """Start the exporter."""
        log = self.folder / f"exporter-{len(self._processes)}.log"
        command = [sys.executable, "-m", "perfanalysis", "exporter", LISTEN, *arguments]
        with log.open("w") as stream:
            process = subprocess.Popen(command, cwd=self.folder, stderr=stream, text=True)
        self._processes.append(process)
        return Running(process, log)

    def stop(self) -> None:
        """End what was started."""
        for process in self._processes:
            process.kill()
            process.wait()


@pytest.fixture
def copy(tmp_path: Path) -> Iterator[Copy]:
    made = Copy(tmp_path)
    yield made
    made.stop()


# A name of our own, and one that node_exporter has for a collector which is not here yet; with the
# collector that comes behind it.
NAMES = {"uptime": "vmstat", "runit": "sampler"}


def add_collector(copy: Copy, name: str, *, register: bool = True) -> None:
    """Steps 1 and 2."""
    source = sample_of("Add a collector").replace("uptime", name)
    for file in (f"/proc/{name}", f'proc("{name}'):
        source = source.replace(file, file.replace(name, "uptime"))
    copy.add(f"exporter/collectors/{name}.py", source)
    if register:
        path, behind = "exporter/registrations.py", NAMES[name]
        copy.insert(path, f"    {name},", before=f"    {behind},")
        copy.insert(path, f"    {name}.SPECIFICATION,", before=f"    {behind}.SPECIFICATION,")


def shown(running: Running) -> dict[str, float]:
    return samples_of(requests.get(f"{running.url}/metrics", timeout=20).content)


@pytest.mark.e2e
@pytest.mark.parametrize("name", NAMES)
def test_a_collector_by_the_guide(copy: Copy, name: str) -> None:
    add_collector(copy, name)
    assert copy.python(str(REGISTERED)).stdout == ""
    up, idle = f"perf_{name}_seconds", f"perf_{name}_idle_seconds"
    success = f'node_scrape_collector_success{{collector="{name}"}}'

    page = shown(copy.serve())
    assert (page[success], page[up] > 0, idle in page) == (1, True, False)
    alone = ["--collector.disable-defaults", f"--collector.{name}", f"--collector.{name}.idle"]
    page = shown(copy.serve(*alone))
    assert (page[success], page[up] > 0, page[idle] > 0) == (1, True, True)
    page = shown(copy.serve(f"--no-collector.{name}"))
    assert (success in page, up in page) == (False, False)

    ask = f"from exporter.catalogue import CATALOGUE; print(CATALOGUE.find({idle!r}).source)"
    assert copy.python("-c", ask).stdout == "/proc/uptime\n"
    reference = copy.python("-m", "exporter.commands.reference").stdout
    assert f"\n## {name}\n\nBy default on.\n" in reference
    assert f"| `{up}` | gauge |  | seconds | Time since boot. | /proc/uptime |" in reference


@pytest.mark.parametrize("name", NAMES)
def test_a_collector_that_is_not_registered_is_missed(copy: Copy, name: str) -> None:
    add_collector(copy, name, register=False)
    said = copy.python(str(REGISTERED)).stdout
    places = "exporter/registrations.py, exporter/on_few_machines.py and exporter/off_by_default.py"
    assert said == f"exporter/collectors/{name} is in none of {places}\n"


def test_a_module_that_is_no_collector_is_in_the_wrong_place(copy: Copy) -> None:
    copy.add("exporter/collectors/words.py", '"""Shared words."""\n')
    said = copy.python(str(REGISTERED)).stdout
    assert said == "exporter/collectors/words has no SPECIFICATION: it is no collector\n"


@pytest.mark.e2e
def test_an_endpoint_by_the_guide(copy: Copy) -> None:
    copy.add("exporter/serving/version.py", sample_of("Add an endpoint"))
    service = "exporter/serving/service.py"
    added = "from exporter.serving.version import version"
    copy.insert(service, added, before="from perfanalysis import __version__")
    copy.insert(service, '        "/version": version,', before='        "/healthz"')
    url = copy.serve().url
    answer = requests.get(f"{url}/version", timeout=20)
    assert answer.status_code == 200
    assert re.fullmatch(r"[0-9.]+\n", answer.text)
    assert requests.head(f"{url}/version", timeout=20).status_code == 200
    assert requests.post(f"{url}/version", timeout=20).status_code == 405
    assert requests.get(f"{url}/versions", timeout=20).status_code == 404
    web = copy.folder / "web.yml"
    web.write_text(f"basic_auth_users: {{anna: {bcrypt.hashpw(b'x', bcrypt.gensalt(4)).decode()}}}")
    guarded = f"{copy.serve(f'--web.config.file={web}').url}/version"
    assert requests.get(guarded, timeout=20).status_code == 401
    assert requests.get(guarded, auth=("anna", "x"), timeout=20).text == answer.text
