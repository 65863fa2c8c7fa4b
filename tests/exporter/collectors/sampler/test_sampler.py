"""The sampler over made sequences, over a tree, and in the real process beside a real burst."""

from __future__ import annotations

import multiprocessing
import os
import time
from pathlib import Path

import pytest
import requests

from exporter.collectors.sampler.readings import StatReading
from exporter.collectors.sampler.sampler import Sampler
from exporter.sources.own_threads import counted_in
from perfanalysis.cli import run
from tests.exporter.conftest import StartExporter, samples_of


def ticks(busy: int, idle: int, steal: int = 0) -> list[int]:
    return [busy, 0, 0, idle, 0, 0, 0, steal]


def test_a_burst_between_scrapes_is_in_the_maximum_and_the_histogram(tmp_path: Path) -> None:
    sampler = Sampler(tmp_path, 10, 1)
    busy = idle = 0
    for look in range(151):
        now = look / 10
        sampler.take(now, StatReading(ticks(busy, idle), 1, 1))
        burst = 50 <= look < 53
        busy, idle = busy + (10 if burst else 1), idle + (0 if burst else 9)
    seen = sampler.observed["busy"]
    assert seen.recent.over(15.0, 15) == 1.0
    at_most = dict(zip(seen.histogram.bounds, seen.histogram.cumulative(), strict=False))
    assert at_most[1.0] - at_most[0.95] == 3
    assert seen.histogram.sum / 150 == pytest.approx(0.118)


def test_idle_time_that_runs_backwards_makes_no_negative_ratio(tmp_path: Path) -> None:
    sampler = Sampler(tmp_path, 10, 1)
    for now, idle in enumerate((100, 110, 90, 105, 115)):
        sampler.take(float(now), StatReading(ticks(10 * now, idle), 1, 1))
    counts = sampler.observed["busy"].histogram
    assert counts.cumulative()[-1] == 4
    assert counts.sum == pytest.approx(0.5 + 1.0 + 1.0 + 10 / 15)


def test_pressure_is_the_share_of_the_time_between_looks(tmp_path: Path) -> None:
    sampler = Sampler(tmp_path, 10, 1)
    for now, total in ((0.0, 1000), (0.1, 26_000), (0.2, 226_000), (0.3, 226_000)):
        sampler.take_pressure(now, ("io", b"full"), total)
    maximum = sampler.pressures["io", b"full"]
    assert maximum.over(1.0, 15) == 1.0
    assert sampler.pressures["io", b"some"].over(1.0, 15) is None


def test_a_recorded_tree_does_not_count_our_threads(tree: Path) -> None:
    assert counted_in(Path("/proc")) == 1
    assert counted_in(tree / "proc") == 0


def test_files_are_read_whole_and_again(tree: Path) -> None:
    sampler = Sampler(tree / "proc", 10, 0)
    sampler.read(1.0)
    stat = tree / "proc" / "stat"
    text = stat.read_text().replace("cpu  ", "cpu  1", 1)
    # Longer than the buffer, as on machines with thousands of interrupts.
    stat.write_text(text.replace("intr ", f"intr {'7 ' * 60_000}", 1))
    sampler.read(2.0)
    assert sampler.observed["busy"].histogram.cumulative()[-1] == 1


def test_a_file_that_is_malformed_fails_the_collector(
    tree: Path, start_exporter: StartExporter
) -> None:
    (tree / "proc" / "stat").write_text("nonsense\n")
    running = start_exporter(
        f"--path.procfs={tree / 'proc'}", "--collector.disable-defaults", "--collector.sampler"
    )
    end = time.monotonic() + 20
    failed = False
    while not failed:
        page = samples_of(requests.get(running.url + "/metrics", timeout=10).content)
        failed = page['node_scrape_collector_success{collector="sampler"}'] == 0
        assert failed or time.monotonic() < end
    assert "perf_sampler_missed_total" not in page


@pytest.mark.parametrize("frequency", ["0.5", "11"])
def test_a_frequency_out_of_bounds_ends_with_status_2(
    frequency: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert (
        run(["exporter", "--collector.sampler", f"--collector.sampler.frequency={frequency}"]) == 2
    )
    assert "--collector.sampler.frequency" in capsys.readouterr().err


def burn(seconds: float) -> None:
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        pass


@pytest.mark.e2e
def test_a_real_burst_of_300_ms_is_seen(start_exporter: StartExporter) -> None:
    running = start_exporter("--collector.sampler", "--no-collector.cgroup")
    url = running.url + "/metrics"
    time.sleep(0.5)
    before = samples_of(requests.get(url, timeout=10).content)
    context = multiprocessing.get_context("fork")
    burners = [context.Process(target=burn, args=(0.4,)) for _ in range(os.cpu_count() or 1)]
    for burner in burners:
        burner.start()
    for burner in burners:
        burner.join()
    time.sleep(1.0)
    after = samples_of(requests.get(url, timeout=10).content)
    assert after['perf_sampler_busy_ratio_max{window="15s"}'] > 0.9
    full = [
        page["perf_sampler_busy_ratio_count"] - page['perf_sampler_busy_ratio_bucket{le="0.9"}']
        for page in (before, after)
    ]
    assert full[1] - full[0] >= 1
    assert after["perf_sampler_cpu_seconds_total"] > before["perf_sampler_cpu_seconds_total"]
    again = samples_of(requests.get(url, timeout=10).content)
    assert again['perf_sampler_busy_ratio_max{window="15s"}'] > 0.9
