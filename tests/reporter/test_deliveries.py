"""Deliveries to real receivers: a folder, an HTTP receiver, an S3 store."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from perfanalysis.cli import run
from perfanalysis.delivery.backoff import Backoff
from perfanalysis.delivery.places.delivering import deliver, places_of
from perfanalysis.delivery.places.document import CoverNote, Finished, digest_of
from perfanalysis.delivery.places.ledger import Ledger
from perfanalysis.errors import InputError, PerfAnalysisError
from tests.perfanalysis.delivery.conftest import Receiver, Reply, receiver
from tests.reporter.conftest import END, START, openmetrics, served

__all__ = ["receiver"]
QUICK = Backoff(0.001, 0.002)
PDF = b"%PDF-1.7 \x00\xff report"
REPORT = Finished(PDF, "pdf", "Web tier, March", 1_760_000_000, 1_760_086_400, digest_of([b"one"]))


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "state" / "reports")


def test_a_name_is_filled_in_and_stays_a_name() -> None:
    assert REPORT.named("{title}-{from}-{to}") == "Web-tier-March-2025-10-09-2025-10-10.pdf"
    assert replace(REPORT, title="../{to}").named("{title}.pdf") == "to.pdf"
    assert REPORT.named("{group}") == "all.pdf"
    assert replace(REPORT, group="a/../b").named("{group}") == "a-..-b.pdf"
    # The days are those of the report's zone: 8:53 of UTC is the day after in Auckland, at 21:53.
    late = replace(REPORT, end=REPORT.end + 4 * 3600, zone=ZoneInfo("Pacific/Auckland"))
    assert late.named("{to}") == "2025-10-11.pdf"
    assert digest_of([b"ab", b"c"]) != digest_of([b"a", b"bc"])


def test_a_folder_gets_a_report_once(tmp_path: Path, ledger: Ledger) -> None:
    places = places_of([{"folder": {"path": str(tmp_path / "out"), "name": "{to}"}}])
    sent, had = deliver(REPORT, places, ledger, QUICK)
    file = tmp_path / "out" / "2025-10-10.pdf"
    assert (len(sent), had, file.read_bytes()) == (1, [], PDF)
    file.unlink()
    assert deliver(REPORT, places, ledger, QUICK) == ([], sent)
    assert not file.exists()
    assert deliver(replace(REPORT, digest=digest_of([b"two"])), places, ledger, QUICK) == (sent, [])


@pytest.mark.parametrize("name", ["../x", "{to}/../../{title}", "/etc/{title}"])
def test_a_name_that_leads_out_of_its_folder_is_refused_before_anything_is_asked(name: str) -> None:
    flag = f"--deliver={{folder: {{path: /srv, name: '{name}'}}}}"
    with pytest.raises(InputError, match=r"deliver: folder\.name: expected a name of a file"):
        places_of([{"folder": {"path": "/srv", "name": name}}])
    # Nobody answers there, and nobody is asked.
    assert run(["report", "--prometheus=http://127.0.0.1:9", "--output=r.pdf", flag]) == 2


def test_a_webhook_is_asked_again_and_gets_a_report_once(
    receiver: Receiver, ledger: Ledger, tmp_path: Path
) -> None:
    (tmp_path / "key").write_text("hunter2")
    places = places_of([{"webhook": {"url": receiver.url, "key_file": str(tmp_path / "key")}}])
    receiver.replies = [Reply(503), Reply(429, {"Retry-After": "0"}), Reply(0), Reply(201)]
    deliver(REPORT, places, ledger, QUICK)
    assert len(receiver.got) == 4
    assert {got.headers["idempotency-key"] for got in receiver.got} == {REPORT.digest}
    got = receiver.got[-1]
    assert (got.body, got.headers["content-type"]) == (PDF, "application/pdf")
    assert got.headers["authorization"] == "Bearer hunter2"
    assert deliver(REPORT, places, ledger, QUICK)[0] == []
    assert len(receiver.got) == 4


@pytest.mark.parametrize("body", ["json", "slack"])
def test_a_webhook_can_be_told_the_verdict_alone(
    receiver: Receiver, ledger: Ledger, body: str
) -> None:
    told = replace(REPORT, cover=CoverNote("Web tier", "March", ("alpha is best.",)))
    deliver(told, places_of([{"webhook": {"url": receiver.url, "body": body}}]), ledger, QUICK)
    (got,) = receiver.got
    assert got.headers["content-type"] == "application/json"
    found = json.loads(got.body)
    assert (
        found.get("verdict", [found.get("text")])
        == {
            "json": ["alpha is best."],
            "slack": ["*Web tier*\nMarch\n• alpha is best."],
        }[body]
    )


def test_who_failed_is_said_and_asked_alone_the_next_time(
    receiver: Receiver, ledger: Ledger, tmp_path: Path
) -> None:
    entries = [{"webhook": {"url": receiver.url}}, {"folder": {"path": str(tmp_path / "out")}}]
    places = places_of(entries)
    receiver.replies = [Reply(403, {}, "not you")]
    with pytest.raises(
        PerfAnalysisError,
        match=r"status 403: \(the key has no right to this\) not you; delivered: folder",
    ):
        deliver(REPORT, places, ledger, QUICK)
    assert len(receiver.got) == 1
    sent, had = deliver(REPORT, places, ledger, QUICK)
    assert (sent[0].split()[0], had[0].split()[0]) == ("webhook", "folder")
    receiver.replies = [Reply(503)] * 9
    with pytest.raises(PerfAnalysisError, match=r"status 503 .*\(5 times\)"):
        deliver(replace(REPORT, digest="0" * 64), places[:1], ledger, QUICK)


def test_an_occasion_remembers_when_it_was_tried_first(tmp_path: Path, ledger: Ledger) -> None:
    assert ledger.first_tried("one", 1000.25) == 1000.25
    assert ledger.first_tried("one", 2000.0) == 1000.25
    assert ledger.first_tried("two", 2000.0) == 2000.0
    (tmp_path / "file").write_text("")
    with pytest.raises(PerfAnalysisError, match="PERFANALYSIS_STATE_DIRECTORY names another"):
        Ledger(tmp_path / "file" / "reports").first_tried("one", 1.0)


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    """URL of an S3-compatible store."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


def test_a_store_gets_a_report_once_also_without_a_ledger(
    store: str, tmp_path: Path, ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in [name for name in os.environ if name.startswith("AWS_")]:
        monkeypatch.delenv(name)
    keys = tmp_path / "credentials"
    keys.write_text("[default]\naws_access_key_id = k\naws_secret_access_key = hunter2\n")
    settings = {
        "bucket": "reports",
        "key": "{to}/{digest}",
        "endpoint": store,
        "region": "us-east-1",
        "credentials_file": str(keys),
    }
    places = places_of([{"s3": settings}])
    with pytest.raises(PerfAnalysisError, match="NoSuchBucket") as caught:
        deliver(REPORT, places, ledger, QUICK)
    assert "hunter2" not in str(caught.value)
    client = places[0]._client()  # type: ignore[attr-defined]
    client.create_bucket(Bucket="reports")
    client.put_bucket_versioning(Bucket="reports", VersioningConfiguration={"Status": "Enabled"})
    assert len(deliver(REPORT, places, ledger, QUICK)[0]) == 1
    assert deliver(REPORT, places, ledger, QUICK)[0] == []
    assert len(deliver(REPORT, places, Ledger(tmp_path / "lost"), QUICK)[0]) == 1
    (version,) = client.list_object_versions(Bucket="reports")["Versions"]
    assert version["Key"] == f"2025-10-10/{REPORT.digest[:12]}.pdf"
    got = client.get_object(Bucket="reports", Key=version["Key"])
    assert (got["Body"].read(), got["ContentType"]) == (PDF, "application/pdf")


@pytest.mark.e2e
def test_the_command_delivers_a_report_once_whenever_it_is_made(
    prometheus: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path / "state"))
    folder = tmp_path / "out"
    words = ["report", "--prometheus", prometheus, "--from", str(START), "--to", str(END)]
    words += ["--format", "html", "--deliver", f"{{folder: {{path: {folder}}}}}"]
    for epoch, said in (("1", "delivered: folder"), ("2", "had it already: folder")):
        monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
        assert run(words) == 0
        assert said in capsys.readouterr().out
    (file,) = folder.iterdir()
    assert file.suffix == ".html"
    assert run([*words, "--title", "Another"]) == 0
    assert len(list(folder.iterdir())) == 2
    assert run([*words, "--kernel", "none"]) == 1
    assert len(list(folder.iterdir())) == 2


@pytest.mark.e2e
def test_a_job_that_is_tried_again_sends_no_second_copy_of_a_range_that_ends_now(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    receiver: Receiver,
) -> None:
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path / "state"))
    folder = tmp_path / "out"
    # What ends now began lately, or the report grew with each day.
    began = int(time.time()) - (END - START)
    with served(tmp_path, openmetrics(began)) as prometheus:
        words = ["report", "--prometheus", prometheus, "--from", str(began), "--to", "now"]
        words += ["--format", "json", "--deliver", f"{{folder: {{path: {folder}}}}}"]
        words += ["--deliver", f"{{webhook: {{url: {receiver.url}}}}}"]
        receiver.replies = [Reply(403)]
        monkeypatch.setenv("PERFANALYSIS_REPORT_OCCASION", "report-29313330")
        assert run(words) == 1
        assert run(words) == 0
        said = capsys.readouterr().out
        assert "delivered: webhook" in said
        assert "had it already: folder" in said
        (first,) = folder.iterdir()
        # The second try is of the same range, and so of the same bytes.
        assert receiver.got[-1].body == first.read_bytes()
        assert run(words) == 0
        assert len(receiver.got) == 2
        monkeypatch.setenv("PERFANALYSIS_REPORT_OCCASION", "report-29313331")
        assert run(words) == 0
        assert (len(receiver.got), len(list(folder.iterdir()))) == (3, 2)


@pytest.mark.e2e
def test_the_command_tells_the_verdict_of_each_group(
    prometheus: str, receiver: Receiver, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path / "state"))
    words = ["report", "--prometheus", prometheus, "--from", str(START), "--to", str(END)]
    words += ["--template=fleet", "--format=json", "--report-per=region", "--quiet"]
    place = f"{{webhook: {{url: '{receiver.url}', body: json}}}}"
    assert run([*words, "--machines=alpha,beta", f"--deliver={place}"]) == 0
    (got,) = receiver.got
    told = json.loads(got.body)
    assert (told["title"], told["group"]) == ("Price-performance report: r", "r")
    assert told["verdict"][0].startswith("In one run of each, alpha did the most work for the mon")
