"""Real, short runs whose results go to real receivers."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import time
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import requests

from demo.servers import start_prometheus
from loadtest.outputs.outbox import folders
from perfanalysis import cli
from perfanalysis.delivery.remote_write import decode
from perfanalysis.delivery.spool import Spool
from perfanalysis.results import reading, writing
from perfanalysis.results.state import RESULTS
from tests.exporter.pushing.test_encoding import is_stale
from tests.loadtest.outputs.conftest import BESIDE_OTHERS, LOADTEST, SHORT, Command
from tests.perfanalysis.delivery.conftest import Receiver, Reply

KEY = "s3cret-key-0123456789"


def only_result(state: Path) -> Path:
    (path,) = (state / RESULTS).iterdir()
    return path


def test_a_document_is_encoded_once_and_checked_once(
    receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    calls: list[str] = []

    def count(module: ModuleType, name: str) -> None:
        real = getattr(module, name)

        def counted(*arguments: Any, **more: Any) -> Any:
            calls.append(name)
            return real(*arguments, **more)

        monkeypatch.setattr(module, name, counted)

    count(writing, "as_json")
    count(reading, "parse")
    out = tmp_path / "out.json"
    words = ["loadtest", "run", *SHORT, "--output", str(out), "--upload-url", receiver.url]
    words += ["--remote-write-url", receiver.url, "--state-directory", str(tmp_path / "state")]
    assert cli.run(words) == 0
    assert calls == ["as_json", "parse"]
    path = only_result(tmp_path / "state")
    bodies = [got.body for got in receiver.got if got.body.startswith(b"{")]
    assert bodies == [path.read_bytes()]
    assert out.read_bytes() == path.read_bytes()


def test_the_document_is_uploaded_with_its_key(
    command: Command, receiver: Receiver, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text(KEY)
    flags = ["--upload-url", receiver.url, "--upload-key-file", str(tmp_path / "key")]
    done = command("run", *SHORT, *flags)
    assert done.returncode == 0, done.stderr
    path = only_result(tmp_path / "state")
    (got,) = receiver.got
    # Byte for byte: it is encoded once.
    assert got.body == path.read_bytes()
    assert got.headers["authorization"] == f"Bearer {KEY}"
    assert got.headers["content-type"] == "application/json"
    assert got.headers["idempotency-key"] == path.stem
    assert KEY not in done.stdout + done.stderr
    (folder,) = folders(tmp_path / "state")
    assert Spool(folder).waiting() == []


def test_a_result_waits_for_its_receiver_and_is_delivered_later(
    command: Command, receiver: Receiver, tmp_path: Path
) -> None:
    flags = ["--upload-url", receiver.url, "--deliver-timeout", "0.1"]
    variable = {"PERFANALYSIS_UPLOAD_KEY": KEY}
    receiver.replies += [Reply(503), Reply(503)]
    done = command("run", *[f for f in SHORT if f != "--quiet"], *flags, environment=variable)
    assert done.returncode == 0, done.stderr
    assert "1 result for" in done.stderr
    assert "waiting (status 503)" in done.stderr
    shown = json.loads(command("deliveries", "--json").stdout)
    assert [(one["kind"], one["waiting"], one["refused"]) for one in shown] == [("upload", 1, [])]
    failed = command("deliver", "--deliver-timeout", "0", environment=variable)
    assert failed.returncode == 1
    assert "1 result for" in failed.stdout
    sent = command("deliver", environment=variable)
    assert sent.returncode == 0, sent.stderr
    assert "delivered to" in sent.stdout
    assert receiver.stored[only_result(tmp_path / "state").stem] == receiver.got[-1].body
    assert len({got.headers["idempotency-key"] for got in receiver.got}) == 1


def test_a_refused_result_is_shown_with_the_answer_and_retried(
    command: Command, receiver: Receiver, tmp_path: Path
) -> None:
    receiver.replies.append(Reply(422, text="no such tenant"))
    done = command("run", *SHORT, "--upload-url", receiver.url)
    assert done.returncode == 1
    assert "refused 1 result (status 422: no such tenant)" in done.stderr
    name = only_result(tmp_path / "state").stem
    shown = command("deliveries")
    assert f"{name}: status 422: no such tenant" in shown.stdout.replace("\n", "")
    assert command("deliver").returncode == 0
    assert receiver.stored == {}
    again = command("deliver", "--retry-dead")
    assert again.returncode == 0, again.stderr
    assert list(receiver.stored) == [name]
    assert "refused by" not in command("deliveries").stdout


def test_remote_write_to_a_real_prometheus_with_progress(command: Command, tmp_path: Path) -> None:
    (tmp_path / "prometheus.yml").write_text("global: {scrape_interval: 1h}\n")
    server, url = start_prometheus(tmp_path / "prometheus.yml", tmp_path / "data", tmp_path / "log")
    try:
        done = command(
            "run",
            *["--seconds-per-level", "0.4", "--quiet", *BESIDE_OTHERS],
            *["--remote-write-url", f"{url}/api/v1/write", "--machine", "web-1"],
            *["--remote-write-label", "cluster=eu-1", "--price", "0.5"],
        )
        assert done.returncode == 0, done.stderr
        found = reading.read(only_result(tmp_path / "state"))

        def ask(query: str) -> list[dict[str, object]]:
            asked = requests.get(f"{url}/api/v1/query", params={"query": query}, timeout=10)
            result: list[dict[str, object]] = asked.json()["data"]["result"]
            return result

        labels = 'instance="web-1",job="node",cluster="eu-1"'
        (rate,) = ask(f'perf_loadtest_units_per_second{{busy="10",{labels}}}[5m]')
        assert rate["values"] == [
            [round(found.timestamp_seconds, 3), str(found.levels[0].units_per_second)]
        ]
        (price,) = ask(f"perf_machine_price_dollars_per_hour{{{labels}}}[5m]")
        assert price["values"][0][1] == "0.5"  # type: ignore[index]
        for name in ("running", "progress_ratio", "live_units_per_second"):
            (live,) = ask(f'perf_loadtest_{name}{{kernel="rmw",{labels}}}[5m]')
            assert len(live["values"]) >= 2  # type: ignore[arg-type]
            # The run is over, and said so.
            assert ask(f"perf_loadtest_{name}") == []
        # A run on a part of the machine leaves all that as it is.
        part = command(
            "run",
            *["--levels", "100", "--nice", "5", "--seconds-per-level", "2", "--quiet"],
            *[*BESIDE_OTHERS, "--remote-write-url", f"{url}/api/v1/write"],
            *["--machine", "web-1", "--remote-write-label", "cluster=eu-1"],
        )
        assert part.returncode == 0, part.stderr
        before = round(found.timestamp_seconds, 3)
        for name in ("max_units_per_second", "valid", "live_units_per_second"):
            (series,) = ask(f'perf_loadtest_{name}{{kernel="rmw",{labels}}}[5m]')
            assert all(at <= before for at, _ in series["values"])  # type: ignore[attr-defined]
        runs = ask(f"perf_loadtest_run_max_units_per_second{{{labels}}}[5m]")
        assert sorted(one["metric"]["full"] for one in runs) == ["false", "true"]  # type: ignore[index]
    finally:
        server.stop()


def test_progress_ends_also_when_the_run_is_killed(
    command: Command, receiver: Receiver, tmp_path: Path
) -> None:
    del command
    flags = ["--levels", "50", "--seconds-per-level", "60", *BESIDE_OTHERS]
    arguments = ["run", "--state-directory", str(tmp_path), *flags]
    process = subprocess.Popen(
        [*LOADTEST, *arguments, "--remote-write-url", receiver.url], stderr=subprocess.PIPE
    )
    try:
        end = time.monotonic() + 200
        while len(receiver.got) < 2:
            assert time.monotonic() < end
            time.sleep(0.05)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.communicate()
    while not all(is_stale(one.value) for one in decode(receiver.got[-1].body)):
        assert time.monotonic() < end
        time.sleep(0.05)
    first, last = decode(receiver.got[0].body), decode(receiver.got[-1].body)
    assert [one.name for one in first] == [one.name for one in last]
    assert (first[0].name, first[0].value) == ("perf_loadtest_running", 1.0)
    assert [one.labels for one in first] == [one.labels for one in last]


def test_a_full_disk_is_an_error_and_leaves_nothing_half_written(
    small_disk: Path, receiver: Receiver, tmp_path: Path
) -> None:
    """The state folder is elsewhere, the outbox on a disk without room."""
    state = tmp_path / "state"
    state.mkdir()
    (state / "outbox").symlink_to(small_disk)
    arguments = ["run", "--state-directory", str(state), *SHORT, "--upload-url", receiver.url]
    first = subprocess.run([*LOADTEST, *arguments], capture_output=True, text=True, check=False)
    assert first.returncode == 0, first.stderr
    with (small_disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(bytes(4096)):
            pass
    full = subprocess.run([*LOADTEST, *arguments], capture_output=True, text=True, check=False)
    assert full.returncode == 1
    assert "No space left on device" in full.stderr
    assert "Traceback" not in full.stderr
    queues = list(small_disk.glob("*/queue/*"))
    assert queues == []


def test_a_state_folder_on_a_full_disk_is_an_error_with_nothing_half_written(
    small_disk: Path,
) -> None:
    state = small_disk / "state"
    (state / RESULTS).mkdir(parents=True)
    with (small_disk / "filler").open("wb", buffering=0) as filler, contextlib.suppress(OSError):
        while filler.write(bytes(4096)):
            pass
    arguments = ["run", "--state-directory", str(state), *SHORT]
    full = subprocess.run([*LOADTEST, *arguments], capture_output=True, text=True, check=False)
    assert full.returncode == 1
    assert "No space left on device" in full.stderr
    assert "Traceback" not in full.stderr
    assert [path for path in state.rglob("*") if path.is_file()] == []
