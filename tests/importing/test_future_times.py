"""Times ahead of now: refused by every reader, before any output is published."""

from __future__ import annotations

import json
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest
import requests

from demo.servers import start_prometheus
from importing.backfilling import FOLDER
from perfanalysis.cli import run
from perfanalysis.errors import InputError
from perfanalysis.future_times import TOLERANCE_SECONDS, refuse_ahead
from tests.exporter.validation.made_captures import BEGIN, ticks, write_flat
from tests.importing.conftest import CONFIGURATION
from tests.importing.openmetrics import parse, series
from tests.importing.test_csv import CONTAINER_CSV, PORTAL_CSV

DAY = 86_400
CURVE = '{"siteid": 1, "host": 0, "busy": 100, "units": 274}\n'
LOAD = "0.5 0.2 0.3 1/2 3\n"
SERIES = 'node_load1{instance="m"}'


def shown(when: float) -> str:
    return datetime.fromtimestamp(int(when), UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def flat(folder: Path, when: int) -> Path:
    path = write_flat(folder / "flat.jsonl", ticks())
    for step in range(3):
        moved = path.read_text().replace(str(BEGIN + 10 * step), str(when + 10 * step))
        path.write_text(moved)
    return path


def loads(folder: Path, times: list[float]) -> Path:
    """A flat capture of the load average alone."""
    record = {"subsystem": "/proc/loadavg", "measurement": LOAD}
    path = folder / "loads.jsonl"
    path.write_text("".join(json.dumps({"timestamp": when} | record) + "\n" for when in times))
    return path


def nested(folder: Path, when: int) -> Path:
    inner = {"Timestamp": shown(when), "System": "/proc/loadavg", "Measurement": LOAD}
    path = folder / "nested.jsonl"
    path.write_text(json.dumps({"Site": 1, "Host": 0, "Measurement": inner}) + "\n")
    return path


def csv(folder: Path, when: int, text: str) -> Path:
    """A made CSV, whose second row is the first that lies ahead."""
    path = folder / "rows.csv"
    # The other rows of the container stay before it: it is no single wrong clock.
    heading, first, second = text.splitlines()[:3]
    path.write_text(f"{heading}\n{first}\n{when}{second[second.index(',') :]}\n")
    return path


def result(folder: Path, when: int) -> Path:
    curve = folder / "curve.jsonl"
    curve.write_text(CURVE)
    words = ["import", "results", str(curve), "--timestamp=2026-01-15", "--machine=m"]
    assert run([*words, f"--output={folder}"]) == 0
    (path,) = folder.glob("*.json")
    document = json.loads(path.read_bytes())
    path.write_text(json.dumps(document | {"timestamp_seconds": when}))
    return path


READERS = {
    "flat": (flat, "line 1"),
    "nested": (nested, "line 1"),
    "container CSV": (lambda folder, when: csv(folder, when, CONTAINER_CSV), "line 3"),
    "portal CSV": (lambda folder, when: csv(folder, when, PORTAL_CSV), "line 3"),
    "result": (result, ""),
}


def outputs(folder: Path, promtool: Path) -> dict[str, list[str]]:
    """The flags of every output; nobody listens where remote write would go."""
    (folder / "data").mkdir(exist_ok=True)
    nobody = ["--remote-write=http://127.0.0.1:9/w", "--give-up=0"]
    return {
        "output": [f"--output={folder}/out.om"],
        "backfill": [f"--backfill={folder}/data", f"--promtool={promtool}"],
        "remote write": [*nobody, f"--state-directory={folder}/state"],
    }


@pytest.mark.parametrize("output", ["output", "backfill", "remote write"])
@pytest.mark.parametrize("reader", READERS)
def test_every_reader_refuses_times_ahead_for_every_output(
    tmp_path: Path,
    promtool_path: Path,
    capsys: pytest.CaptureFixture[str],
    reader: str,
    output: str,
) -> None:
    make, place = READERS[reader]
    when = int(time.time()) + 30 * DAY
    path = make(tmp_path, when)
    flags = outputs(tmp_path, promtool_path)[output]
    assert run(["import", "capture", str(path), "--machine=m", *flags]) == 2
    where = f"{path}: {place}: " if place else f"{path}: "
    said = capsys.readouterr().err
    assert f"{where}expected a time at most 60 s ahead of now, " in said
    assert f"found '{shown(when)}'" in said
    assert "correct the times of the file, or this machine's clock" in said
    assert "--allow-future-times" in said
    assert not list(tmp_path.glob("*.om"))
    assert not list(tmp_path.glob("data/*/meta.json"))
    assert not list(tmp_path.glob(f"data/{FOLDER}/*"))
    assert not list(tmp_path.glob("state/*/*/taken.json"))


@pytest.mark.parametrize("output", ["output", "backfill"])
@pytest.mark.parametrize("reader", READERS)
def test_who_insists_gets_them(
    tmp_path: Path, promtool_path: Path, reader: str, output: str
) -> None:
    path = READERS[reader][0](tmp_path, int(time.time()) + 30 * DAY)
    flags = [*outputs(tmp_path, promtool_path)[output], "--allow-future-times"]
    assert run(["import", "capture", str(path), "--machine=m", *flags]) == 0
    assert list(tmp_path.glob("data/*/meta.json" if output == "backfill" else "out.om"))


@pytest.mark.parametrize("ahead", [-0.001, 0.0, 59.9, TOLERANCE_SECONDS])
def test_clocks_may_differ_by_a_minute(ahead: float) -> None:
    refuse_ahead(1_800_000_000 + ahead, 1_800_000_000, "f", "wait")


def test_what_is_said_of_a_time_ahead() -> None:
    with pytest.raises(InputError) as raised:
        refuse_ahead(1_800_000_061, 1_800_000_000.9, "f: line 2", "wait")
    assert str(raised.value) == (
        "f: line 2: expected a time at most 60 s ahead of now, 2027-01-15T08:00:00Z (wait), "
        "found '2027-01-15T08:01:01Z'"
    )


def test_one_wrong_clock_is_left_out_as_before(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = loads(tmp_path, [BEGIN, time.time() + 30 * DAY, BEGIN + 20])
    output = tmp_path / "out.om"
    assert run(["import", "capture", str(path), "--machine=m", f"--output={output}"]) == 0
    assert [when for _, when in series(parse(output), "node_load1")] == [BEGIN, BEGIN + 20]
    assert "1 out of order" in capsys.readouterr().err


def test_blocks_of_an_import_that_was_allowed_are_not_moved_by_one_that_is_not(
    tmp_path: Path, promtool_path: Path
) -> None:
    path = loads(tmp_path, [BEGIN, time.time() + 30 * DAY])
    data = tmp_path / "data"
    flags = outputs(tmp_path, promtool_path)["backfill"]
    command = ["import", "capture", str(path), "--machine=m", *flags]
    assert run([*command, "--allow-future-times"]) == 0
    # As a kill leaves it before the move of the first block.
    (work,) = (data / FOLDER).iterdir()
    for block in blocks(data):
        (data / block).rename(work / "blocks" / block)
    (work / "done").unlink()
    assert run(command) == 2
    assert blocks(data) == []
    assert run([*command, "--allow-future-times"]) == 0
    assert len(blocks(data)) == 2


def test_a_result_is_not_measured_ahead_of_now(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "curve.jsonl").write_text(CURVE)
    words = [str(tmp_path / "curve.jsonl"), f"--timestamp={int(time.time()) + DAY}"]
    assert run(["import", "results", *words, f"--output={tmp_path}"]) == 2
    assert "--timestamp: expected a time at most 60 s ahead of now" in capsys.readouterr().err
    assert [path.name for path in tmp_path.iterdir()] == ["curve.jsonl"]


def test_the_retention_that_an_import_needs_is_said(
    tmp_path: Path, promtool_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    flags = outputs(tmp_path, promtool_path)["backfill"]
    said = []
    # The day after the first; long before it; between both, which asks for no more than those do.
    for days in (40, 41, 0, 20):
        path = loads(tmp_path, [BEGIN + days * DAY])
        assert run(["import", "capture", str(path), "--machine=m", *flags]) == 0
        said.append(capsys.readouterr().out.strip().partition(" in ")[2])
    note = "Prometheus deletes the oldest unless its retention is above 41.0 days (15 by default)"
    assert said == ["1 blocks", "1 blocks", f"1 blocks; {note}", "1 blocks"]


def blocks(data: Path) -> list[str]:
    return sorted(path.parent.name for path in data.glob("*/meta.json"))


@pytest.fixture
def older(tmp_path: Path, promtool_path: Path) -> Path:
    """A data folder with blocks of the past ten days."""
    now = time.time()
    path = loads(tmp_path, [now - days * DAY for days in range(10, 0, -1)])
    flags = outputs(tmp_path, promtool_path)["backfill"]
    assert run(["import", "capture", str(path), "--machine=m", *flags]) == 0
    data = tmp_path / "data"
    assert len(blocks(data)) == 10
    return data


def samples_after_a_start(data: Path) -> int:
    """What a Prometheus with its default retention finds in a folder; it deletes when it starts."""
    with_data = running(data)
    count = counted(next(with_data))
    next(with_data, None)
    return count


def running(data: Path) -> Iterator[str]:
    """A Prometheus over a folder, until it is asked for again."""
    configuration = data.parent / "prometheus.yml"
    configuration.write_text(CONFIGURATION)
    server, url = start_prometheus(configuration, data, data.parent / "prometheus.log")
    try:
        yield url
    finally:
        server.stop()


def counted(url: str) -> int:
    query = {"query": f"count_over_time({SERIES}[400d])", "time": str(time.time() + 60 * DAY)}
    answer = requests.get(f"{url}/api/v1/query", params=query, timeout=30)
    assert answer.ok, answer.text
    found = answer.json()["data"]["result"]
    return int(found[0]["value"][1]) if found else 0


@pytest.mark.e2e
def test_a_refused_import_costs_a_prometheus_none_of_its_blocks(
    older: Path, promtool_path: Path
) -> None:
    before = blocks(older)
    path = loads(older.parent, [time.time() - 30, time.time() + 30 * DAY])
    flags = outputs(older.parent, promtool_path)["backfill"]
    command = ["import", "capture", str(path), "--machine=m", *flags]
    server = running(older)
    assert counted(next(server)) == 10
    assert run(command) == 2
    next(server, None)
    assert samples_after_a_start(older) == 10
    assert blocks(older) == before
    # The same with the flag does what its help says.
    assert run([*command, "--allow-future-times"]) == 0
    samples_after_a_start(older)
    assert not set(before) & set(blocks(older))


@pytest.mark.e2e
def test_remote_write_sends_nothing_of_a_recording_that_ends_ahead(tmp_path: Path) -> None:
    now = time.time()
    path = loads(tmp_path, [now - 20, now - 10, now + 30 * DAY])
    server = running(tmp_path / "data")
    url = next(server)
    command = ["import", "capture", str(path), "--machine=m", f"--state-directory={tmp_path}/state"]
    command += [f"--remote-write={url}/api/v1/write"]
    assert run(command) == 2
    assert counted(url) == 0
    loads(tmp_path, [now - 20, now - 10])
    assert run(command) == 0
    assert counted(url) == 2
    next(server, None)
