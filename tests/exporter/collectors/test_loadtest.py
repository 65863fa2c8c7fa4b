"""Result documents as gauges."""

from __future__ import annotations

import contextlib
import json
import logging
import os
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collectors.loadtest import SPECIFICATION
from perfanalysis.atomic_write import write_atomically
from perfanalysis.errors import MalformedError
from perfanalysis.exposition.rendering import TEXT
from perfanalysis.results.running import parse as parse_running
from tests.exporter.conftest import Collect, samples_of, scraper_of
from tests.loadtest import documents

DOCUMENT: dict[str, Any] = documents.tree(
    "t1",
    schema_version=1,
    timestamp_seconds=1700000000.5,
    duration_seconds=12.5,
    max_units_per_second=900.0,
    levels=[
        {
            "busy": busy,
            "units_per_second": busy * 9.0,
            "lower": busy * 8.9,
            "upper": busy * 9.1,
            "busy_ratio": busy / 100,
            "duration_seconds": 1.0,
            "slices_excluded": 0,
            "slices": [{"duration_seconds": 0.05, "units": busy * 0.45}],
        }
        for busy in (50, 100)
    ],
)


def write(folder: Path, name: str, **changes: Any) -> Path:
    results = folder / "state" / "results"
    results.mkdir(parents=True, exist_ok=True)
    (folder / "proc").mkdir(exist_ok=True)
    path = results / f"{name}.json"
    path.write_text(json.dumps(DOCUMENT | changes))
    return path


def test_the_newest_document_of_each_kernel_is_shown(tmp_path: Path, collect: Collect) -> None:
    write(tmp_path, "old", timestamp_seconds=1, levels=[DOCUMENT["levels"][1]])
    write(tmp_path, "new")
    write(tmp_path, "other", kernel="integer", test_id="t2", valid=False, invalid_reasons=["a"])
    samples = collect(
        SPECIFICATION, tmp_path, f"--collector.loadtest.directory={tmp_path / 'state'}"
    )
    assert samples['perf_loadtest_max_units_per_second{kernel="rmw"}'] == 900
    assert samples['perf_loadtest_units_per_second{kernel="rmw",busy="50"}'] == 450
    assert samples['perf_loadtest_units_per_second_lower{kernel="rmw",busy="100"}'] == 890
    assert samples['perf_loadtest_valid{kernel="integer"}'] == 0
    info = 'perf_loadtest_info{kernel="rmw",kernel_version="1",test_id="t1",profile="default"}'
    assert samples[info] == 1
    assert not any("single_units" in series or "steal" in series for series in samples)
    assert not any("running" in series for series in samples)


def test_a_broken_document_is_skipped_with_one_line(
    tmp_path: Path, collect: Collect, caplog: pytest.LogCaptureFixture
) -> None:
    write(tmp_path, "good")
    half = write(tmp_path, "half", timestamp_seconds=1.9e9)
    half.write_text(half.read_text()[:300])
    write(tmp_path, "wrong", timestamp_seconds=2e9, levels=[{"busy": 10}])
    with caplog.at_level(logging.WARNING):
        samples = collect(
            SPECIFICATION, tmp_path, f"--collector.loadtest.directory={tmp_path / 'state'}"
        )
    assert samples['perf_loadtest_timestamp_seconds{kernel="rmw"}'] == 1700000000.5
    assert sorted("half" in r.message for r in caplog.records) == [False, True]
    assert any("expected a JSON document (it " in r.message for r in caplog.records)
    assert any("levels[0].units_per_second" in r.message for r in caplog.records)


def test_no_state_folder_is_no_error(tmp_path: Path, collect: Collect) -> None:
    (tmp_path / "proc").mkdir()
    arguments = f"--collector.loadtest.directory={tmp_path / 'none'}"
    assert collect(SPECIFICATION, tmp_path, arguments) == {}


def test_a_run_that_begins_later_is_seen_and_its_end_too(tmp_path: Path) -> None:
    folder = tmp_path / "state"
    folder.mkdir()
    long_ago = 1_700_000_000
    os.utime(folder, (long_ago, long_ago))
    scraper = scraper_of(
        "--collector.disable-defaults",
        "--collector.loadtest",
        f"--collector.loadtest.directory={folder}",
    )
    running = {"kernel": "rmw", "test_id": "t", "pid": os.getpid(), "progress_ratio": 0.25}
    running |= {"live_units_per_second": None, "updated_seconds": 1}
    series = 'perf_loadtest_running{kernel="rmw"}'
    assert [series in samples_of(scraper.scrape(TEXT)) for _ in range(2)] == [False, False]
    write_atomically(folder / "running.json", json.dumps(running).encode())
    assert [series in samples_of(scraper.scrape(TEXT)) for _ in range(2)] == [True, True]
    (folder / "running.json").unlink()
    assert [series in samples_of(scraper.scrape(TEXT)) for _ in range(2)] == [False, False]


def test_the_run_in_progress(tmp_path: Path, collect: Collect) -> None:
    running = {
        "kernel": "rmw",
        "test_id": "t",
        "pid": os.getpid(),
        "progress_ratio": 0.25,
        "live_units_per_second": None,
        "updated_seconds": 1,
    }
    write(tmp_path, "good")
    path = tmp_path / "state" / "running.json"
    path.write_text(json.dumps(running))
    flag = f"--collector.loadtest.directory={tmp_path / 'state'}"
    samples = collect(SPECIFICATION, tmp_path, flag)
    assert samples['perf_loadtest_running{kernel="rmw"}'] == 1
    assert samples['perf_loadtest_progress_ratio{kernel="rmw"}'] == 0.25
    assert 'perf_loadtest_live_units_per_second{kernel="rmw"}' not in samples
    path.write_text(json.dumps(running | {"pid": 2**22 + 1}))
    assert not any("running" in series for series in collect(SPECIFICATION, tmp_path, flag))
    path.write_text("{")
    assert 'perf_loadtest_valid{kernel="rmw"}' in collect(SPECIFICATION, tmp_path, flag)


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"{", "expected a JSON document (it breaks off"),
        (b"[]", "expected a JSON object"),
        (b'{"kernel": "r\\u0022mw", "pid": 1, "progress_ratio": 0}', "kernel: expected a text"),
        (b'{"kernel": "rmw", "pid": true, "progress_ratio": 0}', "pid: expected a JSON integer"),
        (b'{"kernel": "rmw", "pid": 0, "progress_ratio": 0}', "pid: expected a number of at least"),
        (b'{"kernel": "rmw", "pid": 1}', "progress_ratio: expected this field, which is missing"),
        (b'{"kernel": "rmw", "pid": 1, "progress_ratio": NaN}', "numbers as JSON has them"),
    ],
)
def test_a_wrong_field_of_a_run_in_progress_is_named(content: bytes, said: str) -> None:
    with pytest.raises(MalformedError, match=re.escape(said)):
        parse_running(content)


def test_an_imported_curve_shows_what_it_has(tmp_path: Path, collect: Collect) -> None:
    imported = {"format": "training-curve", "file": "a", "perfanalysis": "0.1.0"}
    path = write(tmp_path, "old", schema_version=2, imported=imported, kernel_version="training-1")
    kept = json.loads(path.read_text())
    for name in ("duration_seconds", "valid", "invalid_reasons"):
        del kept[name]
    kept |= {"levels": [{"busy": 100, "units_per_second": 274}], "max_units_per_second": 274}
    path.write_text(json.dumps(kept))
    flag = f"--collector.loadtest.directory={tmp_path / 'state'}"
    samples = collect(SPECIFICATION, tmp_path, flag)
    shown = {name: value for name, value in samples.items() if name.startswith("perf_loadtest")}
    assert shown == {
        'perf_loadtest_units_per_second{kernel="rmw",busy="100"}': 274,
        'perf_loadtest_max_units_per_second{kernel="rmw"}': 274,
        'perf_loadtest_timestamp_seconds{kernel="rmw"}': 1700000000.5,
        'perf_loadtest_info{kernel="rmw",kernel_version="training-1",test_id="t1",'
        'profile="default"}': 1,
    }


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(key=st.sampled_from(["kernel", "pid", "progress_ratio", "updated_seconds"]), value=JSON)
def test_no_run_in_progress_raises_anything_else(key: str, value: Any) -> None:
    whole = {"kernel": "rmw", "pid": 1, "progress_ratio": 0.5, "updated_seconds": 1.0}
    with contextlib.suppress(MalformedError):
        parse_running(json.dumps(whole | {key: value}).encode())
