"""A real load is recorded here, predicted for one CPU, replayed on it, and told in a PDF.

The curves are stated and not measured: on a busy machine those of a load test are of no use, and
this is about what becomes of them. How near predictions come, `make bench` says
(prediction_against_replay).
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import pypdf
import pytest

from perfanalysis.cli import run
from tests.reporter.conftest import END, START, openmetrics, served
from tests.workload.candidates.documents import tree

pytestmark = pytest.mark.e2e
CPU = min(os.sched_getaffinity(0))
SECONDS = 11
BOTH, ONE = 200.0, 180.0
COMMAND = [sys.executable, "-m", "perfanalysis", "workload"]


def load(until: threading.Event) -> None:
    """Hash for a part of each tenth of a second, by phases of two seconds."""
    data, begin = os.urandom(65_536), time.monotonic()
    while not until.is_set():
        share = (0.1, 0.6, 0.3)[int((time.monotonic() - begin) / 2) % 3]
        end = time.monotonic() + 0.1 * share
        while time.monotonic() < end:
            hashlib.sha256(data).digest()
        until.wait(0.1 * (1 - share))


def output(*words: str, only: int | None = None) -> str:
    confined = None if only is None else lambda: os.sched_setaffinity(0, {only})
    done = subprocess.run(
        [*COMMAND, *words], capture_output=True, text=True, check=False, preexec_fn=confined
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What was recorded here, predicted for one CPU, and replayed on it."""
    found = tmp_path_factory.mktemp("replayed")
    count = os.cpu_count() or 1
    for name, full, cpus in (("here", BOTH, count), ("one", ONE, 1)):
        facts = {"logical_cpus": cpus, "used_cpus": list(range(cpus))}
        document = tree(name, full, facts, kernel="integer")
        (found / f"{name}.json").write_text(json.dumps(document))
    (found / "candidates.yaml").write_text(
        "candidates:\n- {name: here, results: here.json}\n- {name: one CPU, results: one.json}\n"
    )
    recording, ended = str(found / "recording.om.gz"), threading.Event()
    worker = threading.Thread(target=load, args=(ended,))
    worker.start()
    try:
        output("record", recording, "--machine", "here", "--step=1s", f"--duration={SECONDS}s")
    finally:
        ended.set()
        worker.join()
    candidates = str(found / "candidates.yaml")
    predicted = output("predict", recording, "--candidates", candidates, "--json", "--over-time")
    (found / "predicted.json").write_text(predicted)
    results = ["--source-result", str(found / "here.json")]
    results += ["--target-result", str(found / "one.json"), "--state-directory", str(found)]
    words = ["--only", "cpu", "--count", "own", "--progress", "none", "--wait", "200"]
    replayed = output("replay", recording, *results, *words, "--json", "--over-time", only=CPU)
    (found / "replayed.json").write_text(replayed)
    return found


@pytest.mark.timeout(150)
def test_replay_drives_at_what_was_predicted(folder: Path) -> None:
    predicted = json.loads((folder / "predicted.json").read_text())[0]["candidates"][1]["over_time"]
    ticks = json.loads((folder / "replayed.json").read_text())["over_time"]["resources"]["cpu"]
    assert len(ticks["target"]) == len(predicted["cpu"]) >= SECONDS - 2
    assert ticks["target"] == pytest.approx(predicted["cpu"], abs=0.005)
    # However busy the machine is, no more is taken than is wanted, but for what the loop needs.
    pairs = zip(ticks["target"], ticks["actual"], strict=True)
    assert all(actual <= target + 0.06 for target, actual in pairs)


@pytest.mark.timeout(150)
def test_all_three_in_a_report(folder: Path, tmp_path: Path) -> None:
    files = [f"--{name}={folder / name}.json" for name in ("predicted", "replayed")]
    with served(tmp_path, openmetrics()) as url:
        words = ["report", "--prometheus", url, "--from", str(START), "--to", str(END), "--quiet"]
        pdf = tmp_path / "report.pdf"
        assert run([*words, *files, "--template", "capacity", "--output", str(pdf)]) == 0
    document = pypdf.PdfReader(pdf)
    text = " ".join(" ".join(page.extract_text() for page in document.pages).split())
    assert "The work of here was predicted for one CPU, and then replayed there." in text
    # On a machine that others kept busy all the time each tick needs more than one CPU has.
    compared = "its interval held what was replayed in" in text
    assert compared or "No tick can be compared." in text
    assert any("predicted-then-replayed" in name for name in document.attachments)
