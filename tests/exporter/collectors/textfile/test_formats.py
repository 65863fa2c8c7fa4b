"""Small files in every format: each costs its own metrics only, in the eyes of strict readers."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
import requests
from hypothesis import given
from hypothesis import strategies as st
from prometheus_client.openmetrics.parser import text_string_to_metric_families as strict
from prometheus_client.parser import text_string_to_metric_families as lax
from prometheus_client.utils import floatToGoString

from demo.servers import ServerError, start_prometheus
from exporter.collecting import CollectorError
from exporter.collectors.textfile.layout import TextLayout
from exporter.collectors.textfile.parsing import parse
from exporter.collectors.textfile.quantiles import in_openmetrics, shortest
from perfanalysis.exposition.openmetrics import OPENMETRICS
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.collectors.textfile.small_files import SMALL_FILES
from tests.exporter.conftest import StartExporter, scraper_of

OURS = ("node_", "process_", "perf_")
Sample = tuple[str, frozenset[tuple[str, str]], str]


def sample(name: str, labels: dict[str, str], value: float) -> Sample:
    """A sample with its bounds as numbers, for formats spell them in two ways."""
    bounds = {key: str(float(labels[key])) for key in ("le", "quantile") if key in labels}
    kept = {key: text for key, text in (labels | bounds).items() if text}
    return name, frozenset(kept.items()), str(float(value))


def pages_of(folder: Path) -> tuple[str, str]:
    """The page of a machine with these files, in both formats."""
    (folder / "proc").mkdir(exist_ok=True)
    (folder / "sys").mkdir(exist_ok=True)
    (folder / "proc" / "loadavg").write_text("0.1 0.2 0.3 1/2 3\n")
    (folder / "proc" / "stat").write_text("cpu  1 2 3 4 5 6 7 8 9 10\ncpu0 1 2 3 4 5 6 7 8 9 10\n")
    scraper = scraper_of(
        f"--path.procfs={folder / 'proc'}",
        f"--path.sysfs={folder / 'sys'}",
        "--collector.disable-defaults",
        *("--collector.loadavg", "--collector.cpu", "--collector.textfile"),
        f"--collector.textfile.directory={folder}",
    )
    return scraper.scrape(OPENMETRICS).decode(), scraper.scrape(TEXT).decode()


@pytest.mark.parametrize("name", SMALL_FILES)
def test_each_file_alone(name: str, tmp_path: Path) -> None:
    (tmp_path / "x.prom").write_text(SMALL_FILES[name].text)
    page, text = pages_of(tmp_path)
    families = list(strict(page))
    types = {family.name: family.type for family in families}
    assert types["node_cpu_seconds"] == "counter"
    assert types["node_load1"] == "gauge"
    assert all(types.pop(own, "") for own in ("node_load1", "node_load5", "node_load15"))
    theirs = {key: kind for key, kind in types.items() if not key.startswith(OURS)}
    shown = SMALL_FILES[name].types
    assert theirs == {key: kind for key, kind in shown.items() if not key.startswith(OURS)}
    assert shown.items() <= types.items()
    # Both formats have the same samples.
    in_text = {
        sample(one.name if family.type != "counter" else _as_written(one.name, text), *one[1:3])
        for family in lax(text)
        for one in family.samples
    }
    strictly = {sample(*one[:3]) for family in families for one in family.samples}
    assert {one for one in strictly if not one[0].startswith(OURS)} == {
        one for one in in_text if not one[0].startswith(OURS)
    }


def _as_written(name: str, text: str) -> str:
    """A counter's name: the lax parser puts ``_total`` behind all of them."""
    return name if f"\n{name}" in text else name.removesuffix("_total")


def test_all_files_together_cost_no_other_metric(tmp_path: Path) -> None:
    for i, small in enumerate(SMALL_FILES.values()):
        (tmp_path / f"{i:02}.prom").write_text(small.text)
    page, _ = pages_of(tmp_path)
    types = {family.name: family.type for family in strict(page)}
    assert types["node_cpu_seconds"] == "counter"
    assert len(types) > 20


def test_a_real_prometheus_takes_them_all(start_exporter: StartExporter, tmp_path: Path) -> None:
    """Each of them from an exporter of its own would take long: a folder has what fits together."""
    folder = tmp_path / "text"
    folder.mkdir()
    for i, small in enumerate(SMALL_FILES.values()):
        # Families of one name would be left out but for the first.
        prefix = f"f{i}_"
        text = small.text if "node_" in small.text else _prefixed(small.text, prefix)
        (folder / f"{i:02}.prom").write_text(text)
    running = start_exporter(f"--collector.textfile.directory={folder}")
    configuration = tmp_path / "prometheus.yml"
    configuration.write_text(
        "global: {scrape_interval: 1s}\nscrape_configs:\n  - job_name: node\n"
        f'    static_configs: [{{targets: ["127.0.0.1:{running.port}"]}}]\n'
    )
    try:
        server, url = start_prometheus(configuration, tmp_path / "data", tmp_path / "log")
    except ServerError as error:
        pytest.skip(str(error))
    try:
        end = time.monotonic() + 60
        query = 'up == 1 and on () {__name__="node_load1"}'
        while not requests.get(url + "/api/v1/query", {"query": query}, timeout=10).json()["data"][
            "result"
        ]:
            assert time.monotonic() < end, requests.get(url + "/api/v1/targets", timeout=10).text
            time.sleep(0.1)
        query = 'count({__name__=~"f[0-9]+_.*"})'
        answer = requests.get(url + "/api/v1/query", {"query": query}, timeout=10).json()
        strictly = requests.get(
            running.url + "/metrics", headers={"Accept": "application/openmetrics-text"}, timeout=10
        ).text
        expected = [line for line in strictly.splitlines() if line[0] == "f"]
        assert int(answer["data"]["result"][0]["value"][1]) == len(expected) > 60
    finally:
        server.stop()


def _prefixed(text: str, prefix: str) -> str:
    lines = []
    for line in text.splitlines(keepends=True):
        words = line.split(" ", 3)
        if line.startswith("# "):
            words[2] = prefix + words[2]
            lines.append(" ".join(words))
        else:
            lines.append(prefix + line)
    return "".join(lines)


@pytest.mark.parametrize(
    ("value", "text", "strict_text"),
    [
        (0.0, "0", "0.0"),
        (1.0, "1", "1.0"),
        (-2.5, "-2.5", "-2.5"),
        (0.005, "0.005", "0.005"),
        (0.0001, "0.0001", "0.0001"),
        (0.00001234, "1.234e-05", "1.234e-05"),
        (100000.0, "100000", "100000.0"),
        (1e6, "1e+06", "1e+06"),
        (1234567.0, "1.234567e+06", "1.234567e+06"),
        (123456.5, "123456.5", "123456.5"),
        (5e-324, "5e-324", "5e-324"),
        (float("inf"), "+Inf", "+Inf"),
        (float("-inf"), "-Inf", "-Inf"),
    ],
)
def test_bounds_are_spelled_as_go_spells_them(value: float, text: str, strict_text: str) -> None:
    assert shortest(value) == text
    assert in_openmetrics(text) == strict_text


@given(st.floats(allow_nan=False))
def test_bounds_stay_the_numbers_that_they_are(value: float) -> None:
    assert float(shortest(value)) == value
    if 1e-4 <= value < 1e15:
        assert in_openmetrics(shortest(value)) == floatToGoString(value)


KINDS = ("counter", "gauge", "histogram", "summary", "untyped")
SUFFIXES = ("", "_total", "_created", "_sum", "_count", "_bucket")
LABELS = ("", '{le="1"}', '{le="+Inf"}', '{quantile="0.5"}', '{j="a"}', '{j="a",le="+Inf"}')
SAMPLES = st.builds(
    "{}{}{} {}\n".format,
    st.sampled_from("ab"),
    st.sampled_from(SUFFIXES),
    st.sampled_from(LABELS),
    st.sampled_from(["0", "1", "2", "-1", "NaN", "+Inf", "0.5"]),
)
TYPE_LINES = st.builds(
    "# TYPE {}{} {}\n".format,
    st.sampled_from("ab"),
    st.sampled_from(SUFFIXES[:3]),
    st.sampled_from(KINDS),
)


@given(st.lists(st.one_of(SAMPLES, TYPE_LINES), max_size=14))
def test_what_is_shown_at_all_can_be_read_strictly(lines: list[str]) -> None:
    try:
        families = parse("".join(lines).encode(), "x.prom")
    except CollectorError:
        return
    page = TextLayout(families).render((), OPENMETRICS).decode()
    read = sum(len(family.samples) for family in strict(page + "# EOF\n"))
    assert read == sum(len(family.series) for family in families)
