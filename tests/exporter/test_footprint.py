"""What the exporter's process holds: modules and memory, beside a Python that does nothing."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
import requests

from exporter.collecting.deferred import DeferredSpecification
from exporter.registrations import COLLECTORS
from tests.exporter.conftest import Running

# The parts of the ground that a scrape needs; http_exchange is for machines in a cloud.
GROUND = {
    *("durations", "endpoint_settings", "entry", "errors", "exposition", "http_exchange"),
    *("machines", "results", "unchecked_annotations"),
}
# And those of the exporter. What pushes and checks is loaded by those who ask for it.
SUBROOMS = {
    *("catalogue", "collecting", "collectors", "flags", "native", "node_exporter_flags"),
    *("off_by_default", "on_few_machines", "page", "plain_arguments", "plain_start", "plugins"),
    *("pushing", "registrations", "serving", "sources", "start", "validation"),
}
# Flags and families: what plug-ins need comes with them.
PLUGINS = {
    *("exporter.plugins", "exporter.plugins.families", "exporter.plugins.settings"),
    *("exporter.plugins.shipped", "exporter.plugins.shipped.families"),
}
PUSHING = {"exporter.pushing", "exporter.pushing.families", "exporter.pushing.settings"}
# httptools is made by Cython; _distutils_hack and the finders are of Python's environments.
LIBRARIES = re.compile(r"httptools|isal|_cffi_backend|_?cython_\w+|_distutils_hack|__editable_.*")
# Measured with all defaults on a small machine: 6.7 MB more than a Python that does nothing
# (x86-64, Python 3.11). asyncio is 2.0 MB, click 1.7, ssl 4.5, requests 13 and numpy 20.
MOST_KILOBYTES = 10 * 1024
# The command itself; the lines before it have it tell at its end what was loaded.
PROGRAM = """
import atexit, pathlib, sys
there = pathlib.Path(sys.argv[1])
atexit.register(lambda: there.write_text("\\n".join(sys.modules)))
from perfanalysis.entry import main
sys.argv[:2] = ["perfanalysis", "exporter", "--web.listen-address=127.0.0.1:0"]
main()
"""


def resident_kilobytes(pid: int) -> int:
    found = re.search(r"VmRSS:\s+(\d+) kB", Path(f"/proc/{pid}/status").read_text())
    assert found is not None
    return int(found[1])


def of_a_bare_python() -> int:
    """Resident kilobytes of a Python that does nothing."""
    command = [sys.executable, "-c", "print(flush=True); input()"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        process.stdout.readline()
        held = resident_kilobytes(process.pid)
        process.communicate(b"\n")
    return held


class Held:
    """A process that is scraped and ended; what it held."""

    def __init__(self, folder: Path, *flags: str) -> None:
        log, modules = folder / "log", folder / "modules"
        # Without results: what this machine's own state folder holds is read as well, and costs.
        state = f"--collector.loadtest.directory={folder / 'state'}"
        command = [sys.executable, "-c", PROGRAM, str(modules), state, *flags]
        with (
            log.open("w") as stream,
            subprocess.Popen(command, stderr=stream, text=True) as process,
        ):
            url = f"{Running(process, log).url}/metrics"
            for accept in ("text/plain", "application/openmetrics-text;version=1.0.0"):
                page = requests.get(url, headers={"Accept": accept}, timeout=20).text
            self.kilobytes = resident_kilobytes(process.pid)
            process.terminate()
            assert process.wait(20) == 0
        assert 'node_scrape_collector_success{collector="cpu"} 1\n' in page
        self.modules = set(modules.read_text().split())


@pytest.fixture(scope="module")
def held(tmp_path_factory: pytest.TempPathFactory) -> Held:
    """A process with all defaults."""
    return Held(tmp_path_factory.mktemp("held"))


def test_the_process_loads_its_own_rooms_and_few_libraries(held: Held) -> None:
    parts: dict[str, set[str]] = {}
    for module in held.modules:
        top, *rest = module.split(".")
        parts.setdefault(top, set()).update(rest[:1])
    assert parts.pop("perfanalysis") - GROUND == set()
    assert parts.pop("exporter") - SUBROOMS == set()
    others = parts.keys() - sys.stdlib_module_names
    assert {name for name in others if not LIBRARIES.fullmatch(name)} == {"__main__"} & others
    assert {m for m in held.modules if m.startswith("exporter.pushing")} == PUSHING
    deferred = {
        one.name for one in COLLECTORS if isinstance(one, DeferredSpecification) and not one.enabled
    }
    assert {f"exporter.collectors.{name}" for name in deferred} & held.modules == set()
    assert len(deferred) > 10
    assert {m for m in held.modules if m.startswith("exporter.plugins")} == PLUGINS


def test_the_process_holds_little_more_than_a_bare_python(held: Held) -> None:
    more = held.kilobytes - of_a_bare_python()
    assert 0 < more < MOST_KILOBYTES


def test_a_server_loads_nothing_that_it_has_no_use_for(tmp_path: Path) -> None:
    # Without sysfs, no firmware tells of a cloud that would be asked.
    loaded = Held(tmp_path, f"--path.sysfs={tmp_path}").modules
    needless = {
        *(
            "asyncio",
            "click",
            "dataclasses",
            "inspect",
            "ssl",
            "_ssl",
            "hashlib",
            "json",
            "ctypes",
            "http.client",
            "html",
        ),
        *("perfanalysis.http_exchange", "exporter.collectors.custom.configuration"),
        # Whole documents are read by those who make them; the collector reads their view.
        "perfanalysis.results.reading",
    }
    assert needless & loaded == set()
