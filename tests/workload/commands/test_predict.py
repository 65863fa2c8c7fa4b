"""`perfanalysis workload predict`, on recordings and results as they are written."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result

from exporter.collectors.cpu.collector import SECONDS
from perfanalysis.errors import InputError
from perfanalysis.exposition.families import Family, Series
from perfanalysis.kinds import shipped
from perfanalysis.promql import QueryError
from perfanalysis.recordings.writing import RecordingWriter
from prices.book.opening import opened
from prices.book.writing import write
from prices.price import Price
from tests.grafana.hour.stores import empty_victoria_metrics
from tests.importing.victoria import vmauth
from tests.workload.candidates.documents import GIB, tree
from tests.workload.candidates.test_engine import fill, lines
from workload.app import workload
from workload.commands.engine_flags import ENGINE, CandidateFlags

CANDIDATES = """
candidates:
  - {{name: small, results: small.json, instance_type: m7i.large, provider: aws, price: 0.1}}
  - {{name: large, results: [large.json], instance_type: m7i.xlarge, provider: aws, {large}}}
  - {{name: unmeasured, instance_type: m9i.large, cpus: 2, memory_gib: 8, price: 0.05}}
"""


def recorded(path: Path, machine: str, busy: float, ticks: int = 300) -> Path:
    """Two CPUs so busy, and 2 of 8 GiB, each minute."""
    total, available = (
        Family(f"node_memory_{word}_bytes", "gauge", "", (), "", "")
        for word in ("MemTotal", "MemAvailable")
    )
    series = [
        *(Series(SECONDS, (str(cpu), mode)) for cpu in (0, 1) for mode in ("idle", "user")),
        Series(total),
        Series(available),
    ]
    with RecordingWriter(path, machine, durable=False) as writer:
        for tick in range(ticks):
            used, idle = f"{60 * tick * busy:.3f}", f"{60 * tick * (1 - busy):.3f}"
            values = [idle, used, idle, used, str(8 * GIB), str(6 * GIB)]
            writer.tick(1.7e9 + 60 * tick, series, [value.encode() for value in values])
    return path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A recording of web-1, results of it and of a machine of twice the work, and their list."""
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path / "state"))
    recorded(tmp_path / "web-1.om.gz", "web-1", 0.5)
    (tmp_path / "small.json").write_text(json.dumps(tree("web-1", 100)))
    (tmp_path / "large.json").write_text(json.dumps(tree("big", 200)))
    (tmp_path / "c.yaml").write_text(CANDIDATES.format(large="price: 0.18"))
    return tmp_path


def run(folder: Path, *words: str, files: tuple[str, ...] = ("web-1.om.gz",)) -> Result:
    given = [str(folder / name) for name in files]
    if "--prometheus" not in words:
        given += ["--candidates", str(folder / "c.yaml")]
    arguments = ["predict", *given, *words]
    return CliRunner().invoke(workload, arguments, catch_exceptions=False)


def answered(result: Result) -> Any:
    assert result.exit_code == 0
    return json.loads(result.stdout)


def test_json(folder: Path) -> None:
    (found,) = answered(run(folder, "--json"))
    assert found["machine"] == "web-1"
    assert found["source"] == "small"
    small, large, unmeasured = found["candidates"]
    assert small["busy"]["p99.5"] == pytest.approx({"value": 0.5, "lower": 0.5, "upper": 0.5})
    assert large["busy"]["p99.5"]["value"] == pytest.approx(0.25, abs=0.001)
    assert large["busy"]["p99.5"]["lower"] < 0.25 < large["busy"]["p99.5"]["upper"]
    assert large["used"]["memory"]["max"] == pytest.approx(0.25)
    assert large["performance_risk"]["any"]["value"] == 0
    assert (large["price_per_month"], large["saving_per_month"]) == ("131.40", "-58.40")
    assert unmeasured["measured"] is False
    assert "busy_mean" not in unmeasured
    assert found["cheapest"] == "small"
    # Five hours are no basis for a finding.
    assert found["finding"] == {"state": "Unknown", "reasons": ["TooLittleData"], "used": {}}


def test_utilisation_over_time(folder: Path) -> None:
    (found,) = answered(run(folder, "--json", "--over-time"))
    assert len(found["times"]) == 299
    over = found["candidates"][1]["over_time"]
    assert over["cpu"] == pytest.approx([0.25] * 299, abs=0.001)
    assert over["memory"] == pytest.approx([0.25] * 299)
    assert over["network"] == [None] * 299
    bands = zip(over["cpu_lower"], over["cpu"], over["cpu_upper"], strict=True)
    assert all(lower < value < upper for lower, value, upper in bands)
    assert found["recorded"]["cpu"] == pytest.approx([0.5] * 299)
    assert found["times"][0] - found["starts"][0] == 60


def test_csv_of_several_recordings(folder: Path) -> None:
    recorded(folder / "other.om.gz", "web-1", 0.9)
    result = run(folder, "--csv", files=("web-1.om.gz", "other.om.gz"))
    rows = list(csv.DictReader(io.StringIO(result.stdout)))
    assert [row["candidate"] for row in rows] == ["small", "large", "unmeasured"] * 2
    assert [row["machines"] for row in rows] == ["1.0", "1.0", "", "2.0", "1.0", ""]
    assert [row["cheapest"] for row in rows] == ["True", "False", "False", "False", "True", "False"]


def test_table_of_80_columns(folder: Path) -> None:
    result = run(folder)
    assert result.exit_code == 0
    assert max(map(len, result.stdout.splitlines())) <= 80
    words = " ".join(result.stdout.split())
    assert "The cheapest that surely meets the wish: small." in words
    assert "Only the kernel rmw was measured" in words
    assert "One machine was measured of large" in words


def test_wishes(folder: Path) -> None:
    (found,) = answered(run(folder, "--json", "--family", "m7i", "--headroom-percent", "60"))
    assert found["cheapest"] == "large"
    assert found["candidates"][0]["not_recommended"] == "too small"
    (found,) = answered(run(folder, "--json", "--provider", "azure"))
    assert "cheapest" not in found


def test_prices_come_from_the_book(folder: Path) -> None:
    (folder / "c.yaml").write_text(CANDIDATES.format(large="region: eu-1"))
    price = Price(
        "aws", "eu-1", "m7i.xlarge", Decimal("0.07"), "USD", datetime(2026, 1, 1, tzinfo=UTC), "x"
    )
    with opened(folder / "book.sqlite", make=True) as connection:
        write(connection, iter([price]), datetime.now(UTC))
    (found,) = answered(run(folder, "--json", "--price-book", str(folder / "book.sqlite")))
    assert found["cheapest"] == "large"
    assert found["candidates"][1]["price_per_hour"] == "0.07"


def test_types_come_from_lists(folder: Path) -> None:
    kind = {
        "InstanceType": "m9i.large",
        "VCpuInfo": {"DefaultVCpus": 2, "DefaultCores": 1},
        "MemoryInfo": {"SizeInMiB": 4096},
        "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
        "EbsInfo": {"EbsOptimizedInfo": {"BaselineThroughputInMBps": 81.25, "BaselineIops": 3600}},
        "NetworkInfo": {"NetworkCards": [{"BaselineBandwidthInGbps": 0.8}]},
    }
    (folder / "types.json").write_text(json.dumps({"InstanceTypes": [kind]}))
    (folder / "c.yaml").write_text(
        "types: [{source: aws-instance-types, file: types.json}]\n"
        "candidates: [{instance_type: m9i.large, provider: aws}]"
    )
    (found,) = answered(run(folder, "--json"))
    assert found["candidates"][0]["used"]["memory"]["max"] == pytest.approx(0.5)


def test_a_machine_that_no_candidate_is(folder: Path) -> None:
    recorded(folder / "x.om.gz", "x", 0.5)
    (found,) = answered(run(folder, "--json", files=("x.om.gz",)))
    assert "source" not in found
    assert "busy_mean" not in found["candidates"][0]
    assert any("--source names one" in line for line in found["remarks"])
    (found,) = answered(run(folder, "--json", "--source", "large", files=("x.om.gz",)))
    assert found["candidates"][0]["busy"]["max"]["value"] == pytest.approx(1.0, abs=0.01)


def test_series_for_a_collector_of_text_files(folder: Path) -> None:
    file = folder / "predicted.prom"
    result = run(folder, "--csv", "--metrics", str(file), "--label", "cluster=eu-1")
    assert result.exit_code == 0
    samples = dict(line.rsplit(" ", 1) for line in file.read_text().splitlines() if line[0] != "#")
    own = 'instance="web-1",job="node",cluster="eu-1"'
    assert samples[f'perf_predicted_source_busy_ratio{{{own},busy="30"}}'] == "0.3"
    large = f'{own},candidate="large",bound="value"'
    at = [float(samples[f'perf_predicted_curve_ratio{{{large},busy="{b}"}}']) for b in (0, 50, 100)]
    assert at == pytest.approx([0, 0.25, 0.5], abs=0.002)
    assert samples[f"perf_predicted_risk_ratio{{{large}}}"] == "0.0"
    assert samples[f"perf_predicted_machines{{{large}}}"] == "1.0"
    price = f'perf_predicted_price_per_hour{{{own},candidate="large",currency="USD"}}'
    assert samples[price] == "0.18"
    assert not any("unmeasured" in name for name in samples)


FAULTS: list[tuple[tuple[str, ...], str]] = [
    (("--source", "nobody"), "--source: expected a candidate, such as small, large"),
    (("--mix", "rmw=1,membw=1"), "--mix: membw: expected kernels that were measured: rmw"),
    (("--mix", "rmw"), "--mix: expected each kernel once with its share"),
    (("--kind", "poetry"), "--kind: expected one of cache-server"),
    (("--kind", "crypto"), "--kind: expected results of small by the kernels of this kind"),
    (("--json", "--csv"), "--csv: expected either it or --json"),
    (("--prometheus", "http://localhost:1", "--candidates", "c.yaml"), "which machines may be"),
    (("--type", "m1"), "--type: expected an instance type of a candidate: m7i.large"),
    (("--types", "a=b"), "--types: expected --prometheus beside it"),
    (("--prometheus-header", "a: b"), "--prometheus-header: expected --prometheus beside it"),
    (("--metrics", "a.txt"), "--metrics: expected a file whose name ends in .prom"),
    (("--metrics", "a.prom", "--label", "busy=1"), "--label: expected a name that series do not"),
    (("--label", "a=b"), "--label: expected --metrics beside it"),
    (("--price-book", "/nowhere/book"), "/nowhere/book: expected a price book"),
]


@pytest.mark.parametrize(("words", "message"), FAULTS)
def test_bad_usage(folder: Path, words: tuple[str, ...], message: str) -> None:
    with pytest.raises(InputError) as caught:
        run(folder, *words)
    assert message in str(caught.value)


def test_series_of_two_recordings_of_one_machine(folder: Path) -> None:
    recorded(folder / "other.om.gz", "web-1", 0.9)
    words = ("--csv", "--metrics", str(folder / "a.prom"))
    with pytest.raises(InputError, match="expected one recording of each machine"):
        run(folder, *words, files=("web-1.om.gz", "other.om.gz"))
    assert not (folder / "a.prom").exists()


def test_a_recording_that_is_none(folder: Path) -> None:
    (folder / "bad.rec").write_text("hello")
    with pytest.raises(InputError, match=r"bad\.rec"):
        run(folder, files=("bad.rec",))


def kinds_of(machine: str, work: float) -> Iterator[str]:
    """What an exporter says of a kind, of which all kernels were measured."""
    model = shipped.kind("cache-server").models[0].mark
    labels = f'instance="{machine}",kind="cache-server"'
    yield f"perf_kind_work_ratio{{{labels}}} {work}"
    yield f'perf_kind_info{{{labels},kernels="k",model="{model}",reference="r"}} 1'


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with empty_victoria_metrics(tmp_path_factory.mktemp("victoria")) as url:
        fill(url, lines("web-1", 100, "m7i.large"))
        fill(url, lines("big", 200, "m7i.xlarge"))
        fill(url, kinds_of("web-1", 1.0))
        fill(url, kinds_of("big", 1.25))
        yield url


def test_credentials_for_the_engine(folder: Path, engine: str) -> None:
    key = folder / "key"
    key.write_text("open sesame")
    user = ("--prometheus-basic-auth-username", "writer")
    secret = ("--prometheus-basic-auth-password-file", str(key))
    with vmauth(folder, engine) as url:
        (found,) = answered(run(folder, "--prometheus", url, *user, *secret, "--json"))
        assert found["source"] == "aws eu-1 m7i.large"
        with pytest.raises(QueryError, match="401"):
            run(folder, "--prometheus", url)


def test_only_some_types_and_their_limits(folder: Path, engine: str) -> None:
    kind = {
        "InstanceType": "m7i.xlarge",
        "VCpuInfo": {"DefaultVCpus": 2, "DefaultCores": 1},
        "MemoryInfo": {"SizeInMiB": 4096},
        "ProcessorInfo": {"SupportedArchitectures": ["x86_64"]},
        "EbsInfo": {"EbsOptimizedInfo": {"BaselineBandwidthInMbps": 800, "BaselineIops": 3000}},
    }
    (folder / "types.json").write_text(json.dumps({"InstanceTypes": [kind]}))
    listed = ("--types", f"aws-instance-types={folder / 'types.json'}")
    words = ("--prometheus", engine, "--type", "m7i.xlarge", *listed, "--json")
    (found,) = answered(run(folder, *words))
    (only,) = found["candidates"]
    assert (only["name"], found["source"]) == ("aws eu-1 m7i.xlarge", "aws eu-1 m7i.large")
    assert only["busy"]["max"]["value"] == pytest.approx(0.25)
    (limited,) = (
        CandidateFlags(
            endpoint=replace(ENGINE, url=engine), lists=(listed[1],), types=("m7i.xlarge",)
        )
        .read()
        .only(("m7i.xlarge",))
        .candidates
    )
    assert (limited.disk_bytes, limited.disk_operations) == (100e6, 3000)


def test_a_kind_of_work_by_an_engine(folder: Path, engine: str) -> None:
    words = ("--prometheus", engine, "--kind", "cache-server")
    (found,) = answered(run(folder, *words, "--json"))
    busy = {one["name"]: one["busy"]["max"] for one in found["candidates"]}
    big = busy["aws eu-1 m7i.xlarge"]
    assert big["value"] == pytest.approx(0.5 / 1.25, rel=0.01)
    assert big["lower"] < big["value"] < big["upper"]


def test_candidates_of_an_engine(folder: Path, engine: str) -> None:
    (found,) = answered(run(folder, "--prometheus", engine, "--json"))
    assert found["source"] == "aws eu-1 m7i.large"
    busy = {one["name"]: one["busy"]["max"]["value"] for one in found["candidates"]}
    assert busy == pytest.approx({"aws eu-1 m7i.large": 0.5, "aws eu-1 m7i.xlarge": 0.25})
