"""Files and spools that ``deliver`` sends, whatever became of the sender before."""

from __future__ import annotations

import json
import signal
import subprocess
import time
from dataclasses import replace
from pathlib import Path

import pytest

from loadtest.outputs.options import REMOTE_WRITE, UPLOAD, OutputFlags
from loadtest.outputs.outbox import Outbox, folders
from loadtest.outputs.wanted import find_outputs
from perfanalysis.delivery.spool import Limits, Spool
from perfanalysis.results import writing
from tests.loadtest import documents
from tests.loadtest.outputs.conftest import LOADTEST, Command
from tests.perfanalysis.delivery.conftest import Receiver, Reply


def test_files_are_sent_and_a_second_time_known_again(
    command: Command, receiver: Receiver, tmp_path: Path
) -> None:
    documents.write(tmp_path / "old.json", documents.result("run-7"))
    result = json.loads((tmp_path / "old.json").read_bytes())
    for _ in range(2):
        done = command("deliver", "--upload-url", receiver.url, str(tmp_path / "old.json"))
        assert done.returncode == 0, done.stderr
    assert [json.loads(body) for body in receiver.stored.values()] == [result]
    assert list(receiver.stored) == ["run-7"]
    assert len(receiver.got) == 2


def test_a_file_that_is_no_result_is_refused_before_anything_is_sent(
    command: Command, receiver: Receiver, tmp_path: Path
) -> None:
    (tmp_path / "bad.json").write_text("{}")
    done = command("deliver", "--upload-url", receiver.url, str(tmp_path / "bad.json"))
    assert done.returncode == 2
    assert "bad.json" in done.stderr
    assert receiver.got == []


def test_deliver_killed_at_any_point_loses_nothing(receiver: Receiver, tmp_path: Path) -> None:
    outbox = Outbox(tmp_path, find_outputs(OutputFlags(replace(UPLOAD, url=receiver.url))))
    names = [f"run-{number}" for number in range(60)]
    for name in names:
        outbox.put(writing.encode(documents.result(name)))
    assert outbox.problems == []
    arguments = [*LOADTEST, "deliver", "--state-directory", str(tmp_path)]
    for number in range(4):
        before = len(receiver.got)
        process = subprocess.Popen(arguments, stdout=subprocess.DEVNULL)
        end = time.monotonic() + 60
        while len(receiver.got) < before + 3 + number:
            assert time.monotonic() < end
            time.sleep(0.001)
        process.send_signal(signal.SIGKILL)
        process.wait()
    done = subprocess.run(arguments, check=False, timeout=100, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    assert list(receiver.stored) == names
    (folder,) = folders(tmp_path)
    assert Spool(folder).waiting() == Spool(folder).dead() == []


def test_one_receiver_that_is_away_does_not_hold_up_the_others(
    receiver: Receiver, tmp_path: Path
) -> None:
    flags = OutputFlags(
        replace(UPLOAD, url=receiver.url), replace(REMOTE_WRITE, url="http://127.0.0.1:9/write")
    )
    outbox = Outbox(tmp_path, find_outputs(flags))
    outbox.put(writing.encode(documents.result("run-1")))
    upload, write = outbox.send(0.5)
    assert (upload.sent, upload.waiting) == (1, 0)
    assert (write.sent, write.waiting) == (0, 1)
    assert write.reason.startswith("no answer (Connection refused); see that it runs, and")


def test_a_full_spool_is_a_problem_and_the_others_take_the_result(
    receiver: Receiver, tmp_path: Path
) -> None:
    receiver.replies.append(Reply(503))
    flags = OutputFlags(
        replace(UPLOAD, url=receiver.url), replace(REMOTE_WRITE, url="http://127.0.0.1:9/write")
    )
    outbox = Outbox(tmp_path, find_outputs(flags))
    upload, write = (Spool(folder) for folder in folders(tmp_path))
    if "upload" not in upload.folder.name:
        upload, write = write, upload
    for number in range(Limits().documents):
        (upload.folder / "queue" / f"{number:020d}-1.entry").touch()
    outbox.put(writing.encode(documents.result("run-1")))
    (problem,) = outbox.problems
    assert "the spool is full and did not take the document" in problem
    assert len(write.waiting()) == 1


def test_a_result_ahead_of_the_receivers_clock_is_held_back_and_said(
    command: Command, receiver: Receiver, tmp_path: Path
) -> None:
    now = time.time()
    for name, when in (("run-1", now), ("run-2", now - 7200)):
        documents.write(tmp_path / f"{name}.json", documents.result(name, timestamp_seconds=when))
    receiver.ahead = -3600.0
    files = [str(tmp_path / "run-1.json"), str(tmp_path / "run-2.json")]
    done = command("deliver", "--remote-write-url", receiver.url, *files)
    assert done.returncode == 1
    assert f"delivered to {receiver.url}: 1 result" in done.stdout
    said = "1 result for {} held back: measured at a time ahead of the receiver's clock"
    assert said.format(receiver.url) in done.stderr
    assert list(receiver.stored) == ["run-2"]
    receiver.ahead = 0.0
    assert command("deliver").returncode == 0
    assert list(receiver.stored) == ["run-2", "run-1"]


@pytest.mark.parametrize(
    ("reply", "said"),
    [
        (Reply(401), "status 401: (its key is missing, wrong or too old)"),
        (Reply(404), "status 404: (nothing takes documents at this address"),
        (Reply(308, {"Location": "https://new/x?k=secret"}), "at https://new/x: name that address"),
    ],
)
def test_what_a_person_has_to_mend_waits_and_fails_the_command(
    command: Command, receiver: Receiver, tmp_path: Path, reply: Reply, said: str
) -> None:
    documents.write(tmp_path / "old.json", documents.result("run-7"))
    receiver.takes = lambda _: reply
    words = ["--upload-url", receiver.url, "--deliver-timeout=1", str(tmp_path / "old.json")]
    done = command("deliver", *words)
    assert done.returncode == 1
    assert f"1 result for {receiver.url} waiting (" in done.stderr
    assert said in done.stderr
    assert "mend that, and `perfanalysis loadtest deliver` tries again" in done.stderr
    assert "secret" not in done.stderr
    receiver.takes = lambda _: Reply(204)
    assert command("deliver").returncode == 0
    assert list(receiver.stored) == ["run-7"]
