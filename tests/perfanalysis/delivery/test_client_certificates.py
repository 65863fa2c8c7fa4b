"""Receivers that want a client certificate: every kind of endpoint can show one."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import pytest
import yaml

from perfanalysis.delivery.answers import DeliveryOutcome
from perfanalysis.delivery.backoff import Backoff
from perfanalysis.delivery.destinations import Destination, DestinationClient
from perfanalysis.delivery.endpoint import Endpoint
from perfanalysis.delivery.entry import Document
from perfanalysis.delivery.places.delivering import deliver, places_of
from perfanalysis.delivery.places.document import Finished
from perfanalysis.delivery.places.ledger import Ledger
from perfanalysis.errors import PerfAnalysisError
from tests.importing.made import write
from tests.loadtest.outputs.conftest import SHORT
from tests.perfanalysis.delivery.conftest import Strict

SMALL = ["--collector.disable-defaults", "--collector.time", "--web.listen-address=127.0.0.1:0"]
TOKEN = "s3cret-token-0123456789"


def perfanalysis(words: Sequence[str], state: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PERFANALYSIS_STATE_DIRECTORY": str(state)}
    command = [sys.executable, "-m", "perfanalysis", *words]
    return subprocess.run(
        command, capture_output=True, text=True, check=False, timeout=120, env=environment
    )


@pytest.mark.parametrize("kind", ["upload", "remote-write", "grafana-live"])
def test_each_kind_of_destination(kind: str, strict: Strict) -> None:
    document = Document(b"x", "text/plain", "1")
    without = DestinationClient(Destination(kind, Endpoint(strict.url, ca_file=strict.ca_file)))
    assert without.send(document).outcome is DeliveryOutcome.RETRY
    assert strict.receiver.got == []
    with_one = DestinationClient(Destination(kind, Endpoint(strict.url, **strict.files)))
    assert with_one.send(document).outcome is DeliveryOutcome.DELIVERED
    for client in (without, with_one):
        client.close()


def test_a_webhook(strict: Strict, tmp_path: Path) -> None:
    report = Finished(b"%PDF", "pdf", "Costs", 0.0, 1.0, "ab" * 32)
    ledger, quick = Ledger(tmp_path / "ledger"), Backoff(0.001, 0.002)
    trusting = {"url": strict.url, "tls": {"ca_file": strict.ca_file}}
    with pytest.raises(PerfAnalysisError, match="no answer"):
        deliver(report, places_of([{"webhook": trusting}]), ledger, quick)
    known = {"url": strict.url, "tls": strict.files}
    sent, _ = deliver(report, places_of([{"webhook": known}]), ledger, quick)
    assert len(sent) == 1
    assert strict.receiver.got[0].body == b"%PDF"


def test_results_by_flags_and_by_the_file_of_receivers(strict: Strict, tmp_path: Path) -> None:
    (tmp_path / "token").write_text(TOKEN)
    (tmp_path / "tenant").write_text("team-secret")
    receivers = [
        {
            "kind": "remote-write",
            "url": strict.url,
            "tls": strict.files,
            "bearer_token_file": str(tmp_path / "token"),
            "header_files": {"X-Scope-OrgID": str(tmp_path / "tenant")},
            "live": False,
        }
    ]
    (tmp_path / "deliver.yaml").write_text(yaml.safe_dump({"destinations": receivers}))
    state = tmp_path / "state"
    ended = perfanalysis(
        [
            *("loadtest", "run", *SHORT),
            *(f"--upload-url={strict.url}", *strict.flags("upload")),
            f"--upload-header-file=X-Scope-OrgID: {tmp_path / 'tenant'}",
            f"--deliver-config={tmp_path / 'deliver.yaml'}",
        ],
        state,
    )
    assert ended.returncode == 0, ended.stderr
    got = {one.headers["content-type"]: one.headers for one in strict.receiver.got}
    assert got.keys() == {"application/json", "application/x-protobuf"}
    assert {one["x-scope-orgid"] for one in got.values()} == {"team-secret"}
    assert got["application/x-protobuf"]["authorization"] == f"Bearer {TOKEN}"
    kept = b"".join(path.read_bytes() for path in state.rglob("*") if path.is_file())
    for secret in (TOKEN, "team-secret"):
        assert secret not in ended.stdout + ended.stderr
        assert secret.encode() not in kept


def test_an_import(strict: Strict, tmp_path: Path) -> None:
    recording = tmp_path / "web-1.jsonl"
    write(recording, 1)
    words = ["import", "capture", str(recording), f"--remote-write={strict.url}", "--machine=a"]
    words += ["--give-up=1"]
    trusting = [f"--remote-write-ca-file={strict.ca_file}"]
    ended = perfanalysis([*words, *trusting], tmp_path / "state")
    assert ended.returncode == 1, ended.stderr
    assert "does not take samples: no answer" in ended.stderr
    ended = perfanalysis([*words, *strict.flags("remote-write")], tmp_path / "state")
    assert ended.returncode == 0, ended.stderr
    assert len(strict.receiver.got) > 0
    assert strict.receiver.got[0].headers["content-encoding"] == "snappy"


def test_push_mode(strict: Strict, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "perfanalysis", "exporter", *SMALL, "--push.interval=100ms"]
    command += [f"--push.remote-write-url={strict.url}", *strict.flags("push", ".")]
    command += [f"--push.queue.directory={tmp_path / 'queue'}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as exporter:
        end = time.monotonic() + 60
        while not strict.receiver.got and time.monotonic() < end:
            time.sleep(0.05)
        exporter.terminate()
        _, said = exporter.communicate(timeout=60)
    assert strict.receiver.got, said
    assert strict.receiver.got[0].headers["content-encoding"] == "snappy"
