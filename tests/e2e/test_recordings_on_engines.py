"""A recording goes into real engines, and comes out of them as it went in."""

from __future__ import annotations

import json
import random
import subprocess
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
import pytest

from demo.servers import REPOSITORY, prometheus_program, start_prometheus
from perfanalysis.cli import run
from perfanalysis.exposition.families import Family, Series
from perfanalysis.recordings.reading import read
from perfanalysis.recordings.recording import Recording
from perfanalysis.recordings.writing import RecordingWriter
from tests.grafana.hour.stores import empty_victoria_metrics, flush
from workload.recording.whole_text import whole_text

pytestmark = pytest.mark.e2e

CPU = Family("node_cpu_seconds_total", "counter", "Seconds.", ("cpu", "mode"), "seconds")
TOTAL = Series(Family("node_memory_MemTotal_bytes", "gauge", "All."))
FREE = Series(Family("node_memory_MemFree_bytes", "gauge", "Free."))
BOOT = Series(Family("node_boot_time_seconds", "gauge", "Boot."))
READS = Family("node_disk_reads_completed_total", "counter", "Reads.", ("device",))
OTHER = Series(Family("made_by_others", "gauge", "Not of a workload."))
STEP, TICKS, NAME = 5.0, 900, "web-1"
BEGIN = float(int(time.time() // 3600) * 3600 - 7200)


def ticks() -> Iterator[tuple[float, dict[Series, bytes]]]:
    """Late and missing ticks, a restart, a CPU that goes and comes, a disk that was there once."""
    random_ = random.Random(7)
    busy, boot = 0, 1000
    for number in range(TICKS):
        if 300 <= number < 330:
            continue
        if number == 500:
            busy, boot = 0, 90_000
        busy += random_.choice([0, 0, 137, 500])
        samples = {TOTAL: b"8000000000", FREE: b"%d" % random_.randrange(10**9)}
        samples |= {BOOT: b"%d" % boot, OTHER: b"1"}
        for cpu in ("0", "1") if not 100 <= number < 160 else ("0",):
            samples[Series(CPU, (cpu, "user"), b"e-2")] = b"%d" % busy
            samples[Series(CPU, (cpu, "idle"), b"e-2")] = b"%d" % (500 * number - busy)
        if 200 <= number < 260:
            samples[Series(READS, ("sdb",))] = b"17"
        late = random_.choice([0.0, 0.0, 0.003, 0.25])
        yield BEGIN + STEP * number + late, samples


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recorded") / "a.om.gz"
    with RecordingWriter(path, NAME, durable=False) as writer:
        for moment, samples in ticks():
            writer.tick(moment, tuple(samples), tuple(samples.values()))
    return path


def blocks(text: Path, data: Path) -> None:
    promtool = prometheus_program("promtool")
    words = [str(promtool), "tsdb", "create-blocks-from", "openmetrics", str(text), str(data)]
    subprocess.run(words, check=True, capture_output=True, timeout=120)


@pytest.fixture(scope="module")
def prometheus(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("prometheus")
    data = folder / "data"
    data.mkdir()
    words = ["import", "recording", str(recorded), f"--backfill={data}"]
    assert run([*words, f"--promtool={prometheus_program('promtool')}"]) == 0
    (folder / "prometheus.yml").write_text("global: {scrape_interval: 15s}\n")
    log = folder / "prometheus.log"
    server, url = start_prometheus(folder / "prometheus.yml", data, log)
    yield url
    server.stop()


@pytest.fixture(scope="module")
def victoria(recorded: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("victoria")
    with empty_victoria_metrics(folder) as url:
        words = ["import", "recording", str(recorded), f"--remote-write={url}/api/v1/write"]
        assert run([*words, f"--state-directory={folder / 'state'}"]) == 0
        flush(url)
        yield url


def same(found: Recording, expected: Recording, times: Sequence[float]) -> None:
    kept = np.isin(expected.times, times)
    assert found.machine == expected.machine
    assert found.times.tolist() == expected.times[kept].tolist()
    wanted = {s: c[kept] for s, c in expected.columns.items() if s.name != OTHER.family.name}
    assert found.columns.keys() == wanted.keys()
    for series, column in wanted.items():
        np.testing.assert_array_equal(found.columns[series], column)
        assert found.types[series.name] == expected.types[series.name]


@pytest.mark.parametrize("engine", ["prometheus", "victoria"])
def test_a_history_comes_back_as_it_was_stored(
    engine: str, recorded: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    out = tmp_path / "b.om.gz"
    words = ["workload", "record", "--prometheus", request.getfixturevalue(engine)]
    words += ["--machine", NAME, "--from", str(BEGIN), "--to", str(BEGIN + STEP * TICKS + 1)]
    assert run([*words, str(out)]) == 0
    expected = read(recorded)
    same(read(out), expected, expected.times.tolist())
    assert [path.name for path in tmp_path.iterdir()] == [out.name]


@pytest.mark.parametrize("engine", ["prometheus", "victoria"])
def test_a_step_leaves_samples_out_and_makes_none(
    engine: str, recorded: Path, tmp_path: Path, request: pytest.FixtureRequest
) -> None:
    out = tmp_path / "b.om.gz"
    words = ["workload", "record", "--prometheus", request.getfixturevalue(engine)]
    words += ["--machine", NAME, "--from", str(BEGIN), "--to", str(BEGIN + STEP * TICKS + 1)]
    assert run([*words, "--step=30s", str(out)]) == 0
    found, expected = read(out), read(recorded)
    assert np.isin(found.times, expected.times).all()
    assert np.diff(found.times).min() >= 28.5
    assert len(found.times) == pytest.approx(len(expected.times) / 6, abs=5)


def test_promtool_reads_what_was_packed(recorded: Path, tmp_path: Path) -> None:
    """The whole text has each sample; that of zcat those that were not left out as standing."""
    whole = b"".join(whole_text(recorded))
    packed = _unpacked(recorded)
    samples = {}
    for name, text in {"whole": whole, "packed": packed + b"# EOF\n"}.items():
        (tmp_path / f"{name}.om").write_bytes(text)
        blocks(tmp_path / f"{name}.om", tmp_path / name)
        samples[name] = sum(_stored(path) for path in (tmp_path / name).glob("*/meta.json"))
    lines = [line for line in packed.splitlines() if not line.startswith(b"#")]
    assert samples["packed"] == len(lines)
    columns = read(recorded).columns.values()
    assert samples["whole"] == sum(int(np.isfinite(column).sum()) for column in columns)


def _unpacked(recorded: Path) -> bytes:
    return subprocess.run(["zcat", str(recorded)], check=True, capture_output=True).stdout


def _stored(meta: Path) -> int:
    found: int = json.loads(meta.read_bytes())["stats"]["numSamples"]
    return found


def test_what_there_is_not_and_what_there_is_twice_is_said(
    prometheus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["workload", "record", "--prometheus", prometheus, f"--from={BEGIN}"]
    out = tmp_path / "b"
    assert run([*words, "--machine=web-2", str(out)]) == 2
    assert "--machine: expected a machine of which there is" in capsys.readouterr().err
    assert run([*words, "--machine=web.1", str(out)]) == 2
    assert run([*words, "--machine=web-1", "--matcher=job=other", str(out)]) == 2
    capsys.readouterr()
    out.write_text("mine")
    assert run([*words, "--machine=web-1", str(out)]) == 2
    assert "expected a new file" in capsys.readouterr().err
    assert out.read_text() == "mine"


def test_an_engine_that_gives_no_answer_leaves_nothing(
    prometheus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    words = ["workload", "record", f"--prometheus={prometheus}/nothing", "--from=now-1h"]
    assert run([*words, "--machine=web-1", str(tmp_path / "b")]) == 1
    assert "answered HTTP 404 and no PromQL result" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []


def test_promtool_3_takes_it_from_a_pipe(recorded: Path, tmp_path: Path) -> None:
    built = sorted((REPOSITORY / ".tools" / "promtool").glob("promtool-*"))
    if not built:
        pytest.skip("no promtool of Prometheus 3 here: scripts/build-promtool builds it with Go")
    words = [str(built[-1]), "tsdb", "create-blocks-from", "openmetrics", "/dev/stdin"]
    for name, end in (("whole", b""), ("packed", b"# EOF\n")):
        text = b"".join(whole_text(recorded)) if not end else _unpacked(recorded) + end
        data = tmp_path / name
        subprocess.run([*words, str(data)], input=text, check=True, capture_output=True)
        stored = sum(_stored(path) for path in data.glob("*/meta.json"))
        assert stored == sum(not line.startswith(b"#") for line in text.splitlines())
