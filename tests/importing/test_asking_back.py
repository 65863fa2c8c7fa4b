"""What a receiver has of what it took: asked of real ones, which drop in silence."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from demo.servers import start_prometheus
from importing import asking_back
from importing.asking_back import Proof, SentSamples, prove, query_endpoint
from perfanalysis.cli import run
from perfanalysis.delivery.credentials import Credentials
from perfanalysis.delivery.endpoint import Endpoint, origin
from tests.importing.conftest import CONFIGURATION
from tests.importing.victoria import victoria, vmauth
from tests.perfanalysis.delivery.conftest import Receiver, receiver

__all__ = ["receiver"]

DAY = 86_400
LOAD = "0.5 0.2 0.3 1/2 3\n"


@pytest.mark.parametrize(
    ("write", "asked"),
    [
        ("http://p:9090/api/v1/write", "http://p:9090"),
        ("http://p/prefix/api/v1/write/?token=t#f", "http://p/prefix"),
        ("http://vm:8428/prometheus/api/v1/write", "http://vm:8428/prometheus"),
        ("http://auth/insert/0/prometheus/api/v1/write", "http://auth/select/0/prometheus"),
        ("https://mimir/api/v1/push", "https://mimir/prometheus"),
        ("https://cloud/api/prom/push", "https://cloud/api/prom"),
        ("https://thanos:19291/api/v1/receive", None),
    ],
)
def test_where_a_receiver_is_asked(write: str, asked: str | None) -> None:
    found = query_endpoint(Endpoint(write, Credentials(file="key"), {"X-Scope-OrgID": "a"}))
    assert (found.url if found else None) == asked
    if found:
        assert origin(found.url) == origin(write)
        assert (found.credentials.file, found.headers) == ("key", {"X-Scope-OrgID": "a"})


def loads(folder: Path, ages: list[float]) -> Path:
    """A capture with a look so many days ago for each."""
    path = folder / "loads.jsonl"
    now = int(time.time())
    with path.open("w") as out:
        for age in sorted(ages, reverse=True):
            record = {"timestamp": now - int(age * DAY), "subsystem": "/proc/loadavg"}
            out.write(json.dumps(record | {"measurement": LOAD}) + "\n")
    return path


def command(path: Path, url: str, *more: str) -> list[str]:
    words = ["import", "capture", str(path), "--machine=m", f"--remote-write={url}/api/v1/write"]
    return [*words, f"--state-directory={path.parent}/state", *more]


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is missing is not waited for as long as people do."""
    monkeypatch.setattr(asking_back, "PATIENCE_SECONDS", 20.0)
    monkeypatch.setattr(asking_back, "SETTLED_SECONDS", 3.0)


@pytest.fixture
def prometheus(tmp_path: Path) -> Iterator[str]:
    (tmp_path / "prometheus.yml").write_text(CONFIGURATION)
    data, log = tmp_path / "data", tmp_path / "log"
    server, url = start_prometheus(tmp_path / "prometheus.yml", data, log)
    yield url
    server.stop()


@pytest.mark.e2e
def test_a_receiver_that_has_all_is_said_to_have_it(
    prometheus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = loads(tmp_path, [0.05, 0.04, 0.03])
    assert run(command(path, prometheus)) == 0
    assert "12 samples in 3 requests, and all are there" in capsys.readouterr().out
    assert run(command(path, prometheus)) == 0
    assert "has these files already" in capsys.readouterr().out


@pytest.mark.e2e
def test_what_a_prometheus_will_delete_for_its_age_is_said(
    prometheus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is empty, and takes any time; its retention is 15 days."""
    path = loads(tmp_path, [20])
    assert run(command(path, prometheus)) == 0
    said = capsys.readouterr().out
    assert "4 samples in 1 requests, and all are there; its retention is 15d: it deletes" in said
    loads(tmp_path, [10])
    assert run(command(path, prometheus)) == 0
    assert "retention" not in capsys.readouterr().out


@pytest.mark.e2e
@pytest.mark.usefixtures("impatient")
def test_what_victoria_metrics_drops_in_silence_is_said_and_sent_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its default retention is a month; the same command works when that was mended."""
    path = loads(tmp_path, [60, 45, 2, 1])
    with victoria(tmp_path) as url:
        for _ in range(2):
            assert run(command(path, url)) == 1
            said = capsys.readouterr()
            assert "16 samples in 4 requests were taken, and 8 of them are there" in said.err
            assert "missing are 8 of m from " in said.err
            assert "-retentionPeriod" in said.err
            assert "already" not in said.out
    with victoria(tmp_path, "-retentionPeriod=5y") as other:
        # The journal is of the address: it is another one.
        assert run(command(path, other)) == 0
        assert "16 samples in 4 requests, and all are there" in capsys.readouterr().out
        assert run(command(path, other)) == 0
        assert "has these files already" in capsys.readouterr().out


@pytest.mark.e2e
@pytest.mark.usefixtures("impatient")
def test_what_a_receiver_had_once_is_asked_for_again(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    import requests

    path = loads(tmp_path, [2, 1])
    with victoria(tmp_path) as url:
        assert run(command(path, url)) == 0
        match = {"match[]": 'node_load1{instance="m"}'}
        requests.post(
            f"{url}/api/v1/admin/tsdb/delete_series", params=match, timeout=30
        ).raise_for_status()
        assert run(command(path, url)) == 0
        said = capsys.readouterr()
        assert "does not have all of them: missing are 2 of m" in said.err
        assert "8 samples in 2 requests, and all are there" in said.out


@pytest.mark.e2e
@pytest.mark.usefixtures("impatient")
def test_behind_vmauth_it_is_asked_with_the_same_key(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = loads(tmp_path, [40, 1])
    (tmp_path / "password").write_text("open sesame\n")
    key = ["--remote-write-basic-auth-username=writer"]
    key += [f"--remote-write-basic-auth-password-file={tmp_path}/password"]
    with victoria(tmp_path) as store, vmauth(tmp_path, store) as url:
        assert run(command(path, url, *key)) == 1
        assert "8 samples in 2 requests were taken, and 4 of them" in capsys.readouterr().err


@pytest.mark.e2e
@pytest.mark.usefixtures("impatient")
def test_where_nobody_can_be_asked_nothing_is_said_to_be_proven(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = loads(tmp_path, [40, 1])
    (tmp_path / "password").write_text("open sesame\n")
    key = ["--remote-write-basic-auth-username=writer"]
    key += [f"--remote-write-basic-auth-password-file={tmp_path}/password"]
    with victoria(tmp_path) as store, vmauth(tmp_path, store, reads=False) as url:
        assert run(command(path, url, *key)) == 0
        said = capsys.readouterr().out
        assert "8 samples in 2 requests; nothing proves that it has stored them" in said
        assert "--query-url names where it is asked" in said
        assert "open sesame" not in said
        assert run(command(path, url, *key)) == 0
        said = capsys.readouterr().out
        assert "took these files already; nothing proves that it has stored them" in said
        assert "has these files" not in said
        # The store itself can be asked; it has no password.
        assert run(command(path, url, *key, f"--query-url={store}", "--again")) == 1
        assert "4 of them are there" in capsys.readouterr().err


def test_keys_do_not_go_to_another_origin(
    receiver: Receiver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A receiver that takes all, and another one that is asked: localhost is not 127.0.0.1."""
    path = loads(tmp_path, [2])
    (tmp_path / "key").write_text("s3cret\n")
    words = command(path, receiver.url.removesuffix("/results"))
    words += [f"--remote-write-bearer-token-file={tmp_path}/key"]
    asked = receiver.url.replace("127.0.0.1", "localhost").removesuffix("/results")
    assert run([*words, f"--query-url={asked}"]) == 0
    assert "nothing proves" in capsys.readouterr().out
    by_host = {got.headers["host"].partition(":")[0]: got for got in receiver.got}
    assert by_host["127.0.0.1"].headers["authorization"] == "Bearer s3cret"
    assert "authorization" not in by_host["localhost"].headers
    # Its own keys go there.
    own = f"--query-bearer-token-file={tmp_path}/key"
    assert run([*words, f"--query-url={asked}", own, "--again"]) == 0
    assert receiver.got[-1].headers["authorization"] == "Bearer s3cret"


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--query-url=http://x"], "--query-url: expected --remote-write beside it"),
        (["--query-bearer-token-file=f"], "--query-bearer-token-file: expected --query-url"),
    ],
)
def test_flags_that_stand_alone(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], said: str
) -> None:
    path = loads(tmp_path, [1])
    words = ["import", "capture", str(path), "--machine=m", f"--output={tmp_path}/o"]
    assert run([*words, *flags]) == 2
    assert said in capsys.readouterr().err


def test_nothing_is_proven_without_an_address() -> None:
    sent = {"m": SentSamples({0: 3, 5: 4}, {"node_load1"})}
    found = prove(sent, None)
    assert found == Proof(7, None, "its address does not tell where it can be asked")
    assert not found.whole


def test_samples_ahead_of_the_receivers_clock_are_not_sent(
    receiver: Receiver, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = loads(tmp_path, [2, 1 / 1440])
    receiver.ahead = -3600.0
    words = command(path, receiver.url.removesuffix("/results"))
    assert run(words) == 1
    said = capsys.readouterr().err
    assert "s ahead of the receiver's clock, and were not sent: one of both clocks" in said
    assert "--allow-future-times insists" in said
    assert len(receiver.got) == 1
    assert run([*words, "--allow-future-times"]) == 0
    assert "going on behind the 1 requests" in capsys.readouterr().err
