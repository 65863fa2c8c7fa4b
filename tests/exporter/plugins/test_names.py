"""Names that others have cost a plug-in its family, on the page and in its count."""

from __future__ import annotations

import importlib
import sys
import textwrap
from pathlib import Path

import pytest
from prometheus_client.openmetrics.parser import text_string_to_metric_families

from exporter.catalogue import CATALOGUE
from exporter.collectors.textfile.families import TextFamily
from exporter.plugins.names import OwnNames
from perfanalysis.exposition.openmetrics import OPENMETRICS
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.conftest import samples_of, scraper_of
from tests.exporter.plugins.written import Written


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("node_load1", "gauge"),
        ("node_vmstat_pgmajfault", "untyped"),
        ("node_vmstat_anything_at_all", "gauge"),
        ("process_cpu_seconds_total", "counter"),
        ("perf_sampler_busy_ratio_bucket", "gauge"),
        # In OpenMetrics these are the names of one family.
        ("node_load1_total", "counter"),
        ("node_forks_created", "gauge"),
        # A target that shows it is believed, and Prometheus' own is lost.
        ("up", "gauge"),
        ("scrape_duration_seconds", "summary"),
    ],
)
def test_names_that_the_exporter_or_prometheus_can_have_are_taken(name: str, kind: str) -> None:
    assert OwnNames(CATALOGUE.families).have(TextFamily(name, kind, "", ()))


@pytest.mark.parametrize("name", ["python_info", "up_total", "node_other", "written_one"])
def test_other_names_are_free(name: str) -> None:
    assert not OwnNames(CATALOGUE.families).have(TextFamily(name, "gauge", "", ()))


def gauges(*names: str) -> str:
    """A module whose collector shows these gauges."""
    return f"""
    class Some:
        def collect(self):
            for name in {names!r}:
                yield GaugeMetricFamily(name, "Help.", value=1)
    """


def refused(collector: str, reason: str) -> str:
    return f'perf_plugin_refused_families{{collector="python:{collector}",reason="{reason}"}}'


def series(collector: str) -> str:
    return f'perf_plugin_series{{collector="python:{collector}"}}'


def test_a_name_has_one_owner_on_the_page(
    written: Written, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    custom = tmp_path / "custom.yaml"
    custom.write_text(
        textwrap.dedent(f"""
        sources:
          - file: {tmp_path / "value"}
            metrics: [{{name: of_custom, type: gauge, help: Custom., column: 1}}]
        """)
    )
    (tmp_path / "value").write_text("7\n")
    (tmp_path / "a.prom").write_text("of_custom 8\nof_first 8\nof_text 8\nup 0\n")
    first = written.write(gauges("of_first", "of_custom", "node_load1", "up"))
    second = written.write(gauges("of_first", "of_second", "of_text_total"))
    scraper = scraper_of(
        f"--collector.python=first={first}:Some",
        f"--collector.python=second={second}:Some",
        f"--collector.custom.config={custom}",
        f"--collector.textfile.directory={tmp_path}",
    )
    for _ in range(2):
        page = scraper.scrape(TEXT)
        samples = samples_of(page)
        assert samples["of_custom"] == 7
        assert (samples["of_first"], samples["of_second"], samples["of_text"]) == (1, 1, 8)
        assert "up" not in samples
        assert page.count(b"# TYPE of_first gauge\n") == 1
        # node_load1 and up are the exporter's and Prometheus', of_custom is the file's.
        assert (samples[refused("first", "name")], samples[series("first")]) == (3, 1)
        assert (samples[refused("second", "name")], samples[series("second")]) == (1, 2)
        assert samples[refused("second", "invalid")] == 0
        names = {
            f.name for f in text_string_to_metric_families(scraper.scrape(OPENMETRICS).decode())
        }
        assert {"of_first", "of_second", "of_text", "of_custom"} <= names
    said = [r.message for r in caplog.records if "is left out" in r.message]
    assert len(said) == 4
    assert "collector python:first: of_custom is left out: another collector shows it" in said


def test_a_selection_shows_its_own_plugins_alone(written: Written) -> None:
    first, second = (written.write(gauges("of_both", name)) for name in ("of_a", "of_b"))
    scraper = scraper_of(
        f"--collector.python=a={first}:Some", f"--collector.python=b={second}:Some"
    )
    one = samples_of(scraper.scrape(TEXT, scraper.select(["python:b"], [])))
    assert (one["of_both"], one["of_b"], one[series("b")]) == (1, 1, 2)
    assert series("a") not in one
    assert one['node_scrape_collector_success{collector="python:b"}'] == 1
    both = samples_of(scraper.scrape(TEXT, scraper.select([], ["meminfo"])))
    assert (both[series("a")], both[series("b")]) == (2, 1)
    without = samples_of(scraper.scrape(TEXT, scraper.select([], ["python:a", "python:b"])))
    assert not {"of_both", series("a"), series("b")} & set(without)


def test_a_plugin_that_fails_leaves_its_names_to_nobody_else(written: Written) -> None:
    """Its own page is valid, and comes back when it does."""
    module = written.write(gauges("of_a") + "\n    failing = False\n")
    code = Path(sys.path[0], f"{module}.py")
    code.write_text(code.read_text().replace("for name", "if failing: 1 / 0\n        for name", 1))
    importlib.invalidate_caches()
    scraper = scraper_of(f"--collector.python=a={module}:Some")
    success = 'node_scrape_collector_success{collector="python:a"}'
    assert samples_of(scraper.scrape(TEXT))[success] == 1
    sys.modules[module].failing = True  # type: ignore[attr-defined]
    page = samples_of(scraper.scrape(TEXT))
    assert (page[success], "of_a" in page, series("a") in page) == (0, False, False)
    assert page["node_load1"] >= 0
    # It is no contradiction in the kernel's numbers.
    violated = 'perf_validation_violations_total{collector="python:a",rule="malformed_source"}'
    assert page[violated] == 0
    sys.modules[module].failing = False  # type: ignore[attr-defined]
    assert samples_of(scraper.scrape(TEXT))[success] == 1
