"""Result documents as gauges."""

from __future__ import annotations

import copy
import json
import logging
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collectors.loadtest import SPECIFICATION
from perfanalysis.errors import MalformedError
from perfanalysis.results.result_documents import parse, parse_running
from tests.exporter.conftest import Collect

DOCUMENT: dict[str, Any] = {
    "schema_version": 1,
    "test_id": "t1",
    "kernel": "rmw",
    "kernel_version": "1",
    "profile": "default",
    "timestamp_seconds": 1700000000.5,
    "duration_seconds": 12.5,
    "valid": True,
    "invalid_reasons": [],
    "max_units_per_second": 900.0,
    "levels": [
        {
            "busy": busy,
            "units_per_second": busy * 9.0,
            "lower": busy * 8.9,
            "upper": busy * 9.1,
            "busy_ratio": busy / 100,
        }
        for busy in (100, 50)
    ],
}


def write(folder: Path, name: str, **changes: Any) -> Path:
    results = folder / "state" / "results"
    results.mkdir(parents=True, exist_ok=True)
    (folder / "proc").mkdir(exist_ok=True)
    path = results / f"{name}.json"
    path.write_text(json.dumps(DOCUMENT | changes))
    return path


def test_the_newest_document_of_each_kernel_is_shown(tmp_path: Path, collect: Collect) -> None:
    write(tmp_path, "old", timestamp_seconds=1, max_units_per_second=1)
    write(tmp_path, "new")
    write(tmp_path, "other", kernel="integer", test_id="t2", valid=False)
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
    write(tmp_path, "half").write_text(json.dumps(DOCUMENT)[:300])
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
    ("changes", "field"),
    [
        ({"schema_version": 3}, "schema_version"),
        ({"kernel": 'r"mw'}, "kernel"),
        ({"valid": 1}, "valid"),
        ({"max_units_per_second": "many"}, "max_units_per_second"),
        ({"duration_seconds": -1}, "duration_seconds"),
        ({"levels": []}, "levels"),
        ({"levels": [DOCUMENT["levels"][0]] * 2}, "levels[1].busy"),
        ({"test_id": 5}, "test_id"),
    ],
)
def test_a_wrong_field_is_named(changes: dict[str, Any], field: str) -> None:
    with pytest.raises(MalformedError) as error:
        parse(json.dumps(DOCUMENT | changes).encode())
    assert field in str(error.value)


def test_an_imported_curve_shows_what_it_has(tmp_path: Path, collect: Collect) -> None:
    path = write(tmp_path, "old", schema_version=2, imported={}, kernel_version="training-1")
    kept = json.loads(path.read_text())
    for name in ("duration_seconds", "valid", "invalid_reasons"):
        del kept[name]
    kept["levels"] = [{"busy": 100, "units_per_second": 274}]
    path.write_text(json.dumps(kept))
    flag = f"--collector.loadtest.directory={tmp_path / 'state'}"
    samples = collect(SPECIFICATION, tmp_path, flag)
    shown = {name: value for name, value in samples.items() if name.startswith("perf_loadtest")}
    assert shown == {
        'perf_loadtest_units_per_second{kernel="rmw",busy="100"}': 274,
        'perf_loadtest_max_units_per_second{kernel="rmw"}': 900,
        'perf_loadtest_timestamp_seconds{kernel="rmw"}': 1700000000.5,
        'perf_loadtest_info{kernel="rmw",kernel_version="training-1",test_id="t1",'
        'profile="default"}': 1,
    }


@pytest.mark.parametrize("name", ["duration_seconds", "valid"])
def test_only_an_imported_curve_may_lack_a_figure(name: str) -> None:
    kept = {key: value for key, value in DOCUMENT.items() if key != name}
    with pytest.raises(MalformedError, match=name):
        parse(json.dumps(kept).encode())


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(key=st.sampled_from(sorted(DOCUMENT)), value=JSON)
def test_no_document_raises_anything_else(key: str, value: Any) -> None:
    document = copy.deepcopy(DOCUMENT)
    document[key] = value
    for parser in (parse, parse_running):
        try:
            parser(json.dumps(document).encode())
        except MalformedError:
            continue
