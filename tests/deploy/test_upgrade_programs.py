"""The last release's program, built from git, before and beside this one, on the same state."""

from __future__ import annotations

import http.server
import json
import re
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests

from demo.servers import LISTENING, DemoServer
from tests.conftest import REPOSITORY
from tests.deploy import previous_release
from tests.deploy.bare import BareEnvironment
from tests.exporter.conftest import samples_of

pytestmark = [pytest.mark.long, pytest.mark.e2e, pytest.mark.timeout(3600)]

MEASURE = ("loadtest", "run", "--quick", "--force", "--quiet", "--wait=600")


class Installed(BareEnvironment):
    """What this checkout is, by its own environment."""

    @property
    def program(self) -> Path:
        return Path(sys.executable).with_name("perfanalysis")


@pytest.fixture(scope="module")
def old(tmp_path_factory: pytest.TempPathFactory) -> BareEnvironment:
    """The last release with all extras that it had, and the versions that it was tested with."""
    folder = tmp_path_factory.mktemp("previous")
    source = previous_release.unpacked(folder / "source")
    extras = "all" if "\nall = [" in (source / "pyproject.toml").read_text() else "report"
    environment = BareEnvironment.make(folder / "environment")
    environment.install(f"{source}[{extras}]", constraints=source / "constraints.txt")
    return environment


@pytest.fixture(scope="module")
def new(old: BareEnvironment) -> BareEnvironment:
    return Installed(old.folder)


@contextmanager
def receiver() -> Iterator[tuple[str, list[str]]]:
    """The address of one that takes results, and the ids of those that it has taken."""
    taken: list[str] = []

    class TakingHandler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            taken.append(json.loads(body)["test_id"])
            self.send_response(201)
            self.send_header("Content-Length", "0")
            self.end_headers()

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), TakingHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/results", taken
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


@contextmanager
def exporter(program: BareEnvironment, state: Path, log: Path) -> Iterator[str]:
    flags = ["--web.listen-address=127.0.0.1:0", f"--collector.loadtest.directory={state}"]
    server = DemoServer("exporter", [str(program.program), "exporter", *flags], log, outlives=False)
    try:
        server.wait_until(lambda: bool(LISTENING.search(server.text())), "its address", 60)
        found = LISTENING.search(server.text())
        assert found
        yield f"{found[1].rstrip('/')}/metrics"
    finally:
        server.stop()


def ids_in(state: Path) -> dict[str, str]:
    """By file name: the test's id."""
    paths = sorted((state / "results").glob("*.json"))
    return {path.name: json.loads(path.read_text())["test_id"] for path in paths}


def shown(url: str) -> set[str]:
    """The ids of the load tests that an exporter shows; its collector must have succeeded."""
    page = requests.get(url, timeout=60).content
    assert samples_of(page)['node_scrape_collector_success{collector="loadtest"}'] == 1
    return set(re.findall(r'perf_loadtest_info\{[^}]*test_id="([^"]+)"', page.decode()))


def test_results_of_both_are_in_one_folder_and_exporters_of_both_beside_them(
    old: BareEnvironment, new: BareEnvironment, tmp_path: Path
) -> None:
    state = f"--state-directory={tmp_path}"
    old.ok(*MEASURE, state)
    first = set(ids_in(tmp_path).values())
    assert len(first) == 1
    with (
        exporter(old, tmp_path, tmp_path / "old.log") as of_old,
        exporter(new, tmp_path, tmp_path / "new.log") as of_new,
    ):
        assert shown(of_old) == shown(of_new) == first
        new.ok(*MEASURE, state)
        both = set(ids_in(tmp_path).values())
        (second,) = both - first
        assert shown(of_new) == {second}
        # The old one goes on with what it can read, and with all of its other metrics.
        assert shown(of_old) <= both
    listed = json.loads(new.ok("loadtest", "list", "--json", state))
    assert {row["test_id"] for row in listed} == both
    seen = old.run("loadtest", "list", "--json", state)
    assert (seen.returncode, "Traceback" in seen.stderr) == (0, False)
    # What it cannot read it names, and leaves.
    assert {row["test_id"] for row in json.loads(seen.stdout)} | {
        ids_in(tmp_path)[name] for name in re.findall(r"([\w-]+\.json)", seen.stderr)
    } == both
    paths = sorted((tmp_path / "results").glob("*.json"))
    new.ok("loadtest", "validate", *paths)
    compared = new.run("loadtest", "compare", *paths)
    assert "Traceback" not in compared.stderr
    assert set(ids_in(tmp_path).values()) == both


def test_what_waits_is_delivered_by_either_and_once(
    old: BareEnvironment, new: BareEnvironment, tmp_path: Path
) -> None:
    state = f"--state-directory={tmp_path}"
    with receiver() as (url, taken):
        for program in (old, new):
            # Its time to deliver is over before it begins: the result waits in the spool.
            program.run(*MEASURE, state, f"--upload-url={url}", "--deliver-timeout=0")
        assert len(ids_in(tmp_path)) == 2
        waiting = [one for one in ids_in(tmp_path).values() if one not in taken]
        for program in (old, new):
            program.run("loadtest", "deliver", state, f"--upload-url={url}")
        assert sorted(taken) == sorted(ids_in(tmp_path).values()), waiting
    queues = list((tmp_path / "outbox").rglob("*.entry"))
    assert queues == []


def test_one_load_test_at_a_time_also_of_two_versions(
    old: BareEnvironment, new: BareEnvironment, tmp_path: Path
) -> None:
    for running, asking in ((old, new), (new, old)):
        log = (tmp_path / "running").open("w")
        words = ["--levels=100", "--seconds-per-level=8", f"--state-directory={tmp_path}"]
        process = subprocess.Popen(
            [running.program, "loadtest", "run", "--force", "--wait=600", "--quiet", *words],
            stdout=log,
            stderr=log,
        )
        try:
            refused = None
            until = time.monotonic() + 60
            while process.poll() is None and time.monotonic() < until:
                tried = asking.run(
                    *MEASURE[:4], "--quiet", "--wait=0", f"--state-directory={tmp_path / 'other'}"
                )
                if "load test" in tried.stderr and tried.returncode == 1:
                    refused = tried
                    break
            assert refused is not None, "the other version measured at the same time"
        finally:
            process.terminate()
            process.wait(60)
            log.close()


def test_a_price_book_goes_on(old: BareEnvironment, new: BareEnvironment, tmp_path: Path) -> None:
    if old.run("prices", "--help").returncode:
        pytest.skip("the last release had no price book")
    book, mine = f"--price-book={tmp_path / 'book.sqlite'}", tmp_path / "mine.csv"
    mine.write_text(old.ok("prices", "template"))
    old.ok("prices", "import", mine, book, "--cloud=off")
    before = old.ok("prices", "export", book)
    assert before.count("\n") > 1
    assert new.ok("prices", "export", book).splitlines()[1:] == before.splitlines()[1:]
    new.ok("prices", "check", book)
    # And it is still theirs.
    assert old.ok("prices", "export", book) == before


def test_a_portals_database_goes_on(
    old: BareEnvironment, new: BareEnvironment, tmp_path: Path
) -> None:
    if old.run("portal", "--help").returncode:
        pytest.skip("the last release had no portal")
    database = f"sqlite:///{tmp_path / 'portal.sqlite'}"
    document = (REPOSITORY / "tests" / "fixtures" / "results" / "version-2.json").read_bytes()
    key = ""
    for program, wanted in ((old, 201), (new, 200), (old, 200)):
        command = [str(program.program), "portal", "serve", "--port=0", f"--database={database}"]
        server = DemoServer("portal", command, tmp_path / "log", outlives=False)
        try:
            server.wait_until(lambda s=server: "portal is at" in s.text(), "its address", 120)
            url = re.search(r"the portal is at (\S+)", server.text())
            first = re.search(r"shown this once: (\S+)", server.text())
            assert url
            key = key or (first[1] if first else "")
            asked = requests.Session()
            asked.headers["Authorization"] = f"Bearer {key}"
            sent = asked.post(f"{url[1]}/api/v1/tests", data=document, timeout=60)
            assert sent.status_code == wanted
            tests = asked.get(f"{url[1]}/api/v1/tests", timeout=60).json()["tests"]
            assert len(tests) == 1
        finally:
            server.stop()
