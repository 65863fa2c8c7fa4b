"""What push mode does when the receiver, the disk or the flags say no."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import requests

from perfanalysis.delivery.remote_write import decode
from tests.exporter.conftest import Running, StartExporter, samples_of
from tests.exporter.pushing.conftest import SMALL, wait_for
from tests.perfanalysis.delivery.conftest import Got, Receiver, Reply

TOKEN = "s3cret-token-0123456789"


def dropped(running: Running, reason: str) -> float:
    page = samples_of(requests.get(running.url + "/metrics", timeout=10).content)
    return page[f'perf_push_documents_dropped_total{{reason="{reason}"}}']


def sent(running: Running) -> float:
    page = samples_of(requests.get(running.url + "/metrics", timeout=10).content)
    return page["perf_push_documents_sent_total"]


def arguments(url: str, queue: Path, *more: str) -> tuple[str, ...]:
    return (
        *SMALL,
        f"--push.remote-write-url={url}",
        f"--push.queue.directory={queue}",
        "--push.interval=100ms",
        *more,
    )


def test_a_refused_push_is_dropped_counted_and_said_once(
    receiver: Receiver, start_exporter: StartExporter, tmp_path: Path
) -> None:
    receiver.replies += [Reply(400, text="out of order sample")] * 3 + [Reply(204)]
    running = start_exporter(*arguments(receiver.url, tmp_path))
    wait_for(lambda: sent(running) >= 2)
    assert dropped(running, "refused") == 3
    assert (
        running.log.read_text().count(
            "refused a document, or samples of it: status 400: out of order"
        )
        == 1
    )
    assert len({got.headers["idempotency-key"] for got in receiver.got}) == len(receiver.got)
    assert list((tmp_path / "dead").iterdir()) == []


def test_failures_are_retried_and_the_receivers_wish_is_heeded(
    receiver: Receiver, start_exporter: StartExporter, tmp_path: Path
) -> None:
    receiver.replies += [Reply(500), Reply(429, {"Retry-After": "2"})]
    running = start_exporter(*arguments(receiver.url, tmp_path))
    wait_for(lambda: len(receiver.got) >= 2)
    asked = time.monotonic()
    wait_for(lambda: sent(running) >= 3)
    # A lower bound that the receiver set; nothing is said of an upper one.
    assert time.monotonic() - asked >= 1.5
    first = receiver.got[0]
    assert [got.body for got in receiver.got[:3]] == [first.body] * 3
    assert len({got.headers["idempotency-key"] for got in receiver.got[:3]}) == 1
    assert first.headers["content-encoding"] == "snappy"
    assert first.headers["x-prometheus-remote-write-version"] == "0.1.0"
    assert dropped(running, "refused") == 0


def test_token_headers_and_labels(
    receiver: Receiver, start_exporter: StartExporter, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text(TOKEN + "\n")
    running = start_exporter(
        *arguments(receiver.url, tmp_path / "queue"),
        f"--push.bearer-token-file={tmp_path / 'token'}",
        "--push.header=X-Scope-OrgID: team-a",
        "--push.label=cluster=eu-1",
        "--push.label=job=edge",
        "--log.level=debug",
    )
    wait_for(lambda: sent(running) >= 1)
    got = receiver.got[0]
    assert got.headers["authorization"] == f"Bearer {TOKEN}"
    assert got.headers["x-scope-orgid"] == "team-a"
    labels = [series.labels for series in decode(got.body)]
    assert {(one["cluster"], one["job"]) for one in labels} == {("eu-1", "edge")}
    # A token that is replaced is used at once; one that is gone keeps the pushes waiting.
    (tmp_path / "token").write_text("another-token")
    wait_for(lambda: receiver.got[-1].headers["authorization"] == "Bearer another-token")
    (tmp_path / "token").unlink()
    wait_for(lambda: "cannot send" in running.log.read_text())
    written = b"".join(p.read_bytes() for p in tmp_path.rglob("*") if p.is_file())
    assert TOKEN.encode() not in written
    assert TOKEN not in Path(f"/proc/{running.process.pid}/cmdline").read_text()
    # It would else wait for its token.
    running.process.kill()


def test_a_full_disk_drops_and_says_so_and_the_page_is_served(
    small_disk: Path, start_exporter: StartExporter
) -> None:
    filler = small_disk / "filler"
    filler.write_bytes(bytes(230_000))
    # Nobody listens on port 9 (discard).
    running = start_exporter(*arguments("http://127.0.0.1:9/w", small_disk / "queue"))
    wait_for(lambda: dropped(running, "disk_full") >= 3)
    log = running.log.read_text()
    assert log.count("push dropped") == 1
    assert "No space left on device" in log
    filler.unlink()
    wait_for(lambda: "the queue takes pushes again" in running.log.read_text())
    running.process.kill()
    running.process.wait()


def test_a_full_queue_drops_its_oldest_and_counts_them(
    receiver: Receiver, start_exporter: StartExporter, tmp_path: Path
) -> None:
    receiver.replies.append(Reply(503, {"Retry-After": "3600"}))
    running = start_exporter(*arguments(receiver.url, tmp_path, "--push.queue.max-bytes=65536"))
    wait_for(lambda: dropped(running, "queue_full") >= 20)
    assert running.log.read_text().count("the queue is full, and its oldest make room") == 1
    running.process.send_signal(signal.SIGSTOP)
    kept = sorted((tmp_path / "queue").glob("*.entry"))
    assert len(kept) > 10
    assert sum(path.stat().st_size for path in kept) <= 65536
    running.process.send_signal(signal.SIGCONT)
    page = samples_of(requests.get(running.url + "/metrics", timeout=10).content)
    queued, lost = page["perf_push_documents_queued_total"], dropped(running, "queue_full")
    # Others have come and gone between the two pages.
    assert 0 <= page["perf_push_queue_documents"] - (queued - lost) <= 3
    assert page["perf_push_queue_bytes"] <= 65536
    assert page["perf_push_queue_limit_bytes"] == 65536
    running.process.terminate()
    assert running.process.wait(20) == 0
    # What came last is there, and what came first is not.
    left = sorted((tmp_path / "queue").glob("*.entry"))
    assert left[0] >= kept[0]
    assert left[-1] > kept[-1]
    assert "pushes wait for the next start" in running.log.read_text()


URL = "--push.remote-write-url=https://127.0.0.1:1/w"


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--push.interval=5s"], "--push.interval: expected --push.remote-write-url beside it"),
        (["--push.label=a=b"], "--push.label: expected --push.remote-write-url beside it"),
        (["--push.remote-write-url=ftp://x/"], "--push.remote-write-url: expected an http://"),
        ([URL.replace("127", "user:pw@127")], "without user and password"),
        ([URL, "--push.interval=fast"], "--push.interval: expected a time from 100ms to 1h"),
        ([URL, "--push.interval=1ms"], "--push.interval: expected a time from 100ms to 1h"),
        ([URL, "--push.label=a"], "--push.label: expected a label such as"),
        ([URL, "--push.label=__name__=a"], "--push.label: expected a label such as"),
        ([URL, "--push.header=nonsense"], "--push.header: expected a header such as"),
        ([URL, "--push.header=Authorization: x"], "--push.header: Authorization: expected another"),
        ([URL, "--push.basic-auth.username=a"], "--push.basic-auth.password-file beside it"),
        ([URL, "--push.basic-auth.password-file=a"], "--push.basic-auth.username beside it"),
        ([URL, "--push.bearer-token-file=/absent"], "/absent: expected a readable key file"),
        (
            [URL, "--push.tls.ca-file=/absent"],
            "--push.tls.ca-file: expected a file of certificates",
        ),
        ([URL, "--push.queue.max-bytes=5"], "--push.queue.max-bytes: expected at least 65536"),
    ],
)
def test_wrong_flags(arguments: list[str], said: str, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "perfanalysis", "exporter", *arguments]
    if "--push.remote-write-url" in arguments[0]:
        command.append(f"--push.queue.directory={tmp_path / 'queue'}")
    ended = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False)
    assert ended.returncode == 2
    assert said in ended.stderr
    assert "Traceback" not in ended.stderr
    assert "pw" not in ended.stderr.replace("--push", "")


def test_pushes_ahead_of_the_receivers_clock_are_held_back_and_counted(
    receiver: Receiver, start_exporter: StartExporter, tmp_path: Path
) -> None:
    receiver.ahead = -3600.0
    running = start_exporter(*arguments(receiver.url, tmp_path))
    wait_for(lambda: len(list((tmp_path / "queue").glob("*.entry"))) >= 5)
    page = samples_of(requests.get(running.url + "/metrics", timeout=10).content)
    assert page["perf_push_clock_ahead_seconds"] == pytest.approx(3600, abs=5)
    assert page["perf_push_queue_held_documents"] >= 1
    assert receiver.got == []
    assert running.log.read_text().count("held back until they have come") == 1
    # What waits for its time is not waited for at the end.
    running.process.terminate()
    assert running.process.wait(20) == 0
    receiver.ahead = 0.0
    again = start_exporter(*arguments(receiver.url, tmp_path))
    wait_for(lambda: sent(again) >= 5)
    assert dropped(again, "refused") == 0


def test_a_wrong_token_costs_no_push(
    receiver: Receiver, start_exporter: StartExporter, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("old")

    def locked(got: Got) -> Reply:
        right = got.headers["authorization"] == "Bearer new"
        return Reply(204) if right else Reply(403, text="no")

    receiver.takes = locked
    more = f"--push.bearer-token-file={tmp_path / 'token'}"
    running = start_exporter(*arguments(receiver.url, tmp_path / "queue", more))
    wait_for(lambda: len(receiver.got) >= 2)
    (tmp_path / "token").write_text("new")
    wait_for(lambda: sent(running) >= 5)
    assert dropped(running, "refused") == 0
    first = decode(next(iter(receiver.stored.values())))
    assert first[0].timestamp == decode(receiver.got[0].body)[0].timestamp
    assert running.log.read_text().count("status 403: (the key has no right to this) no; kept") == 1
