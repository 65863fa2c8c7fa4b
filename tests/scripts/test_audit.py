"""The audit of the pins: pip-audit itself, asking a database of weaknesses that the test serves."""

from __future__ import annotations

import http.server
import json
import re
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from tests.conftest import REPOSITORY

PINS = (REPOSITORY / "constraints.txt").read_text().splitlines()
FAULT = {
    "schema_version": "1.6.0",
    "id": "PYSEC-0000-1",
    "summary": "made up",
    "affected": [
        {
            "package": {"name": "click", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.1"}]}],
        }
    ],
}
# What the database answers for a package; None: it ends with 500.
Answer = Callable[[str], "dict[str, object] | None"]


@contextmanager
def database(answer: Answer) -> Iterator[tuple[str, list[tuple[str, str]]]]:
    """The address of one that speaks as OSV does, and what it was asked: name and version."""
    asked: list[tuple[str, str]] = []

    class OsvHandler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            query = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append((query["package"]["name"], query["version"]))
            said = answer(query["package"]["name"])
            body = json.dumps(said or {}).encode()
            self.send_response(500 if said is None else 200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *words: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), OsvHandler)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/v1/query", asked
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def audit(*words: str) -> subprocess.CompletedProcess[str]:
    program = str(REPOSITORY / "scripts" / "audit.py")
    return subprocess.run(
        [sys.executable, program, *words], capture_output=True, text=True, check=False
    )


def osv(address: str) -> list[str]:
    return ["--vulnerability-service=osv", f"--osv-url={address}"]


def test_every_pin_is_asked_for_and_nothing_known_is_said_so() -> None:
    with database(lambda _: {}) as (address, asked):
        done = audit(*osv(address))
    assert (done.returncode, done.stdout) == (
        0,
        f"{len(PINS)} packages looked up, 0 weaknesses known\n",
    ), done.stderr
    pins = {tuple(line.split("==")) for line in PINS}
    assert {(re.sub(r"[-_.]+", "-", name).lower(), version) for name, version in pins} == set(asked)


def test_what_is_known_is_named_and_fails() -> None:
    with database(lambda name: {"vulns": [FAULT]} if name == "click" else {}) as (address, _):
        done = audit(*osv(address))
    assert done.returncode == 1
    assert re.search(r"^click \S+: PYSEC-0000-1; mended in 99\.1$", done.stdout, re.MULTILINE)
    assert "1 weaknesses known" in done.stdout


@pytest.mark.parametrize("reached", [True, False], ids=["it fails", "nobody is there"])
def test_where_nothing_was_looked_up_nothing_is_proven(reached: bool) -> None:
    with database(lambda _: None) as (address, _):
        done = audit(*osv(address if reached else "http://127.0.0.1:9/v1/query"))
    assert done.returncode == 1
    assert f"{len(PINS)} of {len(PINS)} pins were not looked up" in done.stderr
    assert "looked up, 0" not in done.stdout


def test_another_word_is_refused() -> None:
    done = audit("--ignore-vuln=X")
    assert (done.returncode, done.stderr[:6]) == (2, "usage:")
