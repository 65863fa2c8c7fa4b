"""Data that is spoiled, and engines that answer half: a clear message or a marked gap, never a
wrong number, and no file when it fails."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
import requests

from perfanalysis.cli import run
from tests.reporter.conftest import END, START, served
from tests.reporter.engines import Asked, Reply, misbehaving, refusal
from tests.reporter.test_report import text_of

pytestmark = pytest.mark.e2e

HISTORY_START, HISTORY_END, STEP = 1_760_000_000, 1_760_007_200, 60
RESTART = HISTORY_START + 3600
GAP = range(HISTORY_START + 2400, HISTORY_START + 4800)
MACHINES = ("healthy", "no-number", "restarted", "silent")


def history() -> str:
    """Two hours of machines that are a quarter busy, each with what its name says."""
    times = range(HISTORY_START, HISTORY_END + 1, STEP)
    lines: list[str] = []

    def family(name: str, kind: str, samples: Mapping[str, object]) -> None:
        lines.append(f"# TYPE {name} {kind}")
        lines.extend(f"{labels} {value}" for labels, value in samples.items())

    def over_time(name: str, machine: str, labels: str, values: object) -> dict[str, object]:
        assert callable(values)
        return {
            f'{name}{{instance="{machine}"{labels}}} {values(t)} {t}': ""
            for t in times
            if machine != "silent" or t not in GAP
        }

    def gauge(name: str, labels: str, spoiled: object, value: object) -> None:
        samples: dict[str, object] = {}
        for machine in MACHINES:
            shown = spoiled if machine == "no-number" else value
            samples |= over_time(name, machine, labels, lambda _, shown=shown: shown)
        family(name, "gauge", samples)

    identity: dict[str, object] = {}
    for machine in MACHINES:
        identity |= over_time("perf_machine_info", machine, "", lambda _: 1)
    for replica in "ab":
        identity |= over_time("perf_machine_info", "twice", f',replica="{replica}"', lambda _: 1)
    family("perf_machine_info", "gauge", identity)
    gauge("perf_machine_price_dollars_per_hour", ',purchase="on_demand"', "NaN", 0.5)
    gauge("perf_loadtest_max_units_per_second", ',kernel="rmw"', "NaN", 100)
    for suffix, value in (("", 100), ("_lower", 99), ("_upper", 101)):
        name = f"perf_loadtest_units_per_second{suffix}"
        gauge(name, ',kernel="rmw",busy="100"', "NaN", value)
    cpu: dict[str, object] = {}
    for machine in MACHINES:
        for mode, share in (("user", 0.25), ("idle", 0.75)):

            def counted(t: int, machine: str = machine, share: float = share) -> float:
                began = RESTART if machine == "restarted" and t >= RESTART else HISTORY_START
                return share * (t - began)

            name, labels = "node_cpu_seconds_total", f',cpu="0",mode="{mode}"'
            cpu |= over_time(name, machine, labels, counted)
    family("node_cpu_seconds", "counter", cpu)
    return "\n".join([*(line.rstrip() for line in lines), "# EOF", ""])


@pytest.fixture(scope="module")
def spoiled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a Prometheus with the spoiled history."""
    with served(tmp_path_factory.mktemp("spoiled"), history()) as url:
        yield url


def words_of(url: str, output: Path, *more: str) -> list[str]:
    words = ["report", "--prometheus", url, "--from", str(HISTORY_START)]
    words += ["--to", str(HISTORY_END), "--output", str(output), "--prometheus-retries", "1"]
    return [*words, *more]


def test_no_wrong_number_comes_of_spoiled_data(spoiled: str, tmp_path: Path) -> None:
    output = tmp_path / "report.json"
    assert run(words_of(spoiled, output, "--machines", ",".join(MACHINES))) == 0
    document = json.loads(output.read_bytes())
    machines = {machine["name"]: machine for machine in document["machines"]}
    assert machines["healthy"]["test"]["max"] == {"value": 100.0, "lower": 99.0, "upper": 101.0}
    assert machines["healthy"]["price"] == 0.5
    # NaN is unknown, and unknown is absent.
    assert "price" not in machines["no-number"]
    assert "max" not in machines["no-number"]["test"]
    assert "units_per_dollar" not in machines["no-number"]
    busy = {
        series["labels"]["instance"]: series["points"]
        for series in document["figures"]["CPU busy"]["series"]
    }
    # A counter that begins anew is no negative rate, and no burst.
    assert all(abs(value - 0.25) < 0.01 for _, value in busy["healthy"])
    assert all(0.2 < value < 0.3 for _, value in busy["restarted"])
    # The gap is a gap: no point says anything of its middle, and none is 0.
    middle = range(GAP.start + 600, GAP.stop - 60)
    assert not [t for t, _ in busy["silent"] if int(t) in middle]
    assert all(abs(value - 0.25) < 0.01 for _, value in busy["silent"])


def test_a_gap_and_a_missing_price_are_said(spoiled: str, tmp_path: Path) -> None:
    output = tmp_path / "report.pdf"
    assert run(words_of(spoiled, output, "--machines", ",".join(MACHINES))) == 0
    text = text_of(output)
    assert "silent: CPU time is missing for" in text
    assert "no-number" in text
    assert "nan" not in text.lower().split()


def test_a_machine_that_is_stored_twice_is_refused(
    spoiled: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(words_of(spoiled, tmp_path / "report.json")) == 1
    error = capsys.readouterr().err
    assert "twice is stored more than once at the same time (replica: a, b)" in error
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["--machines", "unknown"], 2, "machines: expected machines that"),
        (
            ["--machines", "healthy", "--baseline", "unknown"],
            2,
            "--baseline: expected a machine of",
        ),
        (["--to", str(HISTORY_START)], 2, "expected a time before 'to'"),
        (["--from", "1000000000", "--to", "1000003600"], 1, "no machine in the range"),
    ],
)
def test_what_is_not_there_is_said(  # noqa: PLR0917 - three fixtures, three values
    spoiled: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    status: int,
    message: str,
) -> None:
    for form in ("pdf", "html", "json", "csv"):
        assert run(words_of(spoiled, tmp_path / f"report.{form}", *words)) == status
        assert message in capsys.readouterr().err
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("which", ["perf_loadtest_max", "mode"])
def test_an_engine_that_answers_half_leaves_no_file(
    prometheus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], which: str
) -> None:
    """A real Prometheus, behind something that cuts some of its answers off."""

    def between(asked: Asked) -> Reply:
        answer = requests.post(f"{prometheus}{asked.path}", data=asked.form, timeout=30)
        half = which in asked.form.get("query", "")
        return Reply(
            answer.status_code, answer.content, sent=len(answer.content) // 2 if half else None
        )

    old = tmp_path / "report.json"
    old.write_text("the last one")
    with misbehaving(between) as (url, _):
        words = ["report", "--prometheus", url, "--from", str(START), "--to", str(END)]
        assert run([*words, "--prometheus-retries", "1", "--output", str(old)]) == 1
    error = capsys.readouterr().err
    assert "broke off in the middle of its answer 2 times; the query was: " in error
    assert old.read_text() == "the last one"
    assert list(tmp_path.iterdir()) == [old]


def test_what_the_engine_could_not_give_is_said(prometheus: str, tmp_path: Path) -> None:
    def partial(asked: Asked) -> Reply:
        answer = requests.post(f"{prometheus}{asked.path}", data=asked.form, timeout=30)
        document = answer.json()
        document["warnings"] = ["store 3 did not answer"]
        return Reply(answer.status_code, json.dumps(document).encode())

    with misbehaving(partial) as (url, _):
        words = ["report", "--prometheus", url, "--from", str(START), "--to", str(END)]
        for form in ("json", "html"):
            output = tmp_path / f"report.{form}"
            assert run([*words, "--output", str(output)]) == 0
            assert "store 3 did not answer" in output.read_text()


def test_machines_can_be_asked_one_by_one(prometheus: str, tmp_path: Path) -> None:
    """Also when the engine finds more than one machine too large."""

    def small_only(asked: Asked) -> Reply:
        query = asked.form.get("query", "")
        if "alpha" in query and "beta" in query and "node_memory" in query:
            return refusal(422, "execution", "query processing would load too many samples")
        answer = requests.post(f"{prometheus}{asked.path}", data=asked.form, timeout=30)
        return Reply(answer.status_code, answer.content)

    words = ["report", "--from", str(START), "--to", str(END), "--machines", "alpha,beta"]
    found = []
    with misbehaving(small_only) as (url, server):
        for address, most in ((prometheus, 1000), (prometheus, 1), (url, 1000)):
            output = tmp_path / f"{len(found)}.json"
            limits = ["--prometheus-machines-per-query", str(most)]
            given = ["--prometheus", address, "--output", str(output)]
            assert run([*words, *limits, *given]) == 0
            document = json.loads(output.read_bytes())
            del document["engine"]
            found.append(document)
        assert len(server.asked) > len(found[0]["figures"])
    assert found[0] == found[1] == found[2]
