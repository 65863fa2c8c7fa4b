"""The newest result of each kernel, and that what does not change is not looked at."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.results import newest_results, reading
from perfanalysis.results.document import Document
from perfanalysis.results.families import (
    BASELINE,
    FULL_CONDITIONS,
    INFO,
    NEWEST_VALID,
    RUN,
    RUN_MAX,
    SUSTAINED,
    SUSTAINED_END,
)
from perfanalysis.results.newest_results import NewestResults
from tests.exporter.collectors.test_loadtest import DOCUMENT

LONG_AGO = 1_700_000_000


Parts = tuple[dict[str, Any], ...]
SPOILED: Parts = ({"valid": False, "invalid_reasons": ["steal"]},)
ONE_CPU: Parts = ({"machine": DOCUMENT["machine"] | {"used_cpus": [0]}},)
NICE: Parts = ({"settings": {"spread": "all", "nice": 19}},)
FEW_LEVELS: Parts = ({"profile": "custom"},)
PACKED: Parts = ({"settings": {"spread": "packed"}},)
STEADY: Parts = (
    {
        "schema_version": 2,
        "until_steady": {
            "steady": False,
            "duration_seconds": 9.0,
            "slices": [{"duration_seconds": 0.05, "units": 1.0}],
        },
    },
)


def of_machine(**facts: Any) -> Parts:
    return ({"machine": DOCUMENT["machine"] | facts},)


def write(folder: Path, name: str, ended: float, kernel: str = "rmw", parts: Parts = ()) -> None:
    changes = {"test_id": name, "timestamp_seconds": ended, "kernel": kernel}
    made = folder / "made"
    tree = DOCUMENT | changes
    for part in parts:
        tree |= part
    made.write_text(json.dumps(tree))
    made.rename(folder / f"{name}.json")


def settle(folder: Path) -> None:
    """Make the folder's last change one of long ago."""
    os.utime(folder, (LONG_AGO, LONG_AGO))


def shown(newest: NewestResults) -> dict[str, str]:
    """The id of each kernel's result."""
    return {
        kernel: series.labels[2]
        for kernel, samples in newest.look().items()
        for series, _ in samples
        if series.family is INFO
    }


def test_files_that_come_and_go(tmp_path: Path) -> None:
    folder = tmp_path / "results"
    newest = NewestResults(folder)
    assert shown(newest) == {}
    folder.mkdir()
    write(folder, "b", 20.0)
    write(folder, "a", 10.0)
    write(folder, "i", 5.0, kernel="integer")
    assert shown(newest) == {"rmw": "b", "integer": "i"}
    write(folder, "c", 15.0)
    assert shown(newest) == {"rmw": "b", "integer": "i"}
    # Of two that ended together it is the first name, as for `loadtest show latest`.
    write(folder, "d", 20.0)
    assert shown(newest) == {"rmw": "b", "integer": "i"}
    write(folder, "e", 20.5)
    assert shown(newest) == {"rmw": "e", "integer": "i"}
    (folder / "half.json").write_text("{")
    for name in ("b", "d", "e", "i"):
        (folder / f"{name}.json").unlink()
    assert shown(newest) == {"rmw": "c"}
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert shown(newest) == {}


def test_what_does_not_change_is_not_looked_at(tmp_path: Path) -> None:
    write(tmp_path, "a", 10.0)
    newest = NewestResults(tmp_path)
    settle(tmp_path)
    before = newest.look()
    # Written over in place, which changes no folder.
    path = tmp_path / "a.json"
    path.write_text(path.read_text().replace('"rmw"', '"integer"'))
    assert newest.look() is before
    write(tmp_path, "b", 20.0)
    assert shown(newest) == {"integer": "a", "rmw": "b"}


def test_once_a_minute_all_is_looked_at(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(newest_results, "LOOK_SECONDS", 0.0)
    write(tmp_path, "a", 10.0)
    settle(tmp_path)
    newest = NewestResults(tmp_path)
    assert shown(newest) == {"rmw": "a"}
    path = tmp_path / "a.json"
    path.write_text(path.read_text().replace('"rmw"', '"integer"'))
    assert shown(newest) == {"integer": "a"}


def test_a_folder_that_has_just_changed_is_looked_at_again(tmp_path: Path) -> None:
    write(tmp_path, "a", 10.0)
    changed = tmp_path.stat().st_mtime_ns
    newest = NewestResults(tmp_path)
    assert shown(newest) == {"rmw": "a"}
    # Within the resolution of the folder's time: it is the same as before.
    write(tmp_path, "b", 20.0)
    os.utime(tmp_path, ns=(changed, changed))
    assert shown(newest) == {"rmw": "b"}


def values(newest: NewestResults) -> tuple[str, float | None, float | None, float | None]:
    """Of rmw: the id, whether valid, whether of full conditions, whether the newest is valid."""
    found = {series.family: value for series, value in newest.look()["rmw"]}
    flags = [found.get(family) for family in (RUN["valid"], FULL_CONDITIONS, NEWEST_VALID)]
    valid, full, last = (None if flag is None else float(flag) for flag in flags)
    return shown(newest)["rmw"], valid, full, last


def runs(newest: NewestResults) -> set[tuple[str, ...]]:
    """Of rmw: id, whether full, and whether valid, of the runs that are shown under their ids."""
    return {
        (series.labels[4], *series.labels[2:4])
        for series, _ in newest.look()["rmw"]
        if series.family is RUN_MAX
    }


@pytest.mark.parametrize("parts", [ONE_CPU, NICE, FEW_LEVELS, PACKED, STEADY])
def test_a_narrower_run_takes_no_machines_place(tmp_path: Path, parts: Parts) -> None:
    newest = NewestResults(tmp_path)
    write(tmp_path, "narrow-before", 5.0, parts=parts)
    # Also alone it is shown under its own id, and not as the machine.
    assert shown(newest) == {}
    assert runs(newest) == {("narrow-before", "false", "true")}
    write(tmp_path, "whole", 10.0)
    assert values(newest) == ("whole", 1, 1, 1)
    write(tmp_path, "narrow", 20.0, parts=parts)
    assert values(newest) == ("whole", 1, 1, 1)
    assert runs(newest) == {("whole", "true", "true"), ("narrow", "false", "true")}
    write(tmp_path, "again", 30.0)
    assert values(newest) == ("again", 1, 1, 1)
    assert runs(newest) == {("again", "true", "true")}


def test_a_spoiled_run_takes_no_valid_ones_place(tmp_path: Path) -> None:
    newest = NewestResults(tmp_path)
    write(tmp_path, "spoiled-before", 5.0, parts=SPOILED)
    assert values(newest) == ("spoiled-before", 0, 1, 0)
    # A part of the machine is less of it, be it valid.
    write(tmp_path, "narrow-before", 6.0, parts=ONE_CPU)
    assert values(newest) == ("spoiled-before", 0, 1, 1)
    write(tmp_path, "whole", 10.0)
    write(tmp_path, "spoiled", 20.0, parts=SPOILED)
    assert values(newest) == ("whole", 1, 1, 0)
    write(tmp_path, "narrow", 30.0, parts=ONE_CPU)
    assert values(newest) == ("whole", 1, 1, 1)


def test_a_run_that_was_cut_down_from_outside(tmp_path: Path) -> None:
    newest = NewestResults(tmp_path)
    write(tmp_path, "whole", 10.0)
    # `taskset -c 0`, and a cgroup of one CPU: the run used all that it saw.
    write(tmp_path, "mask", 20.0, parts=of_machine(used_cpus=[0], allowed_cpus="0"))
    quota = of_machine(used_cpus=[0], cgroup_version=2, cgroup_quota_cpus=1.5)
    write(tmp_path, "quota", 21.0, parts=quota)
    assert values(newest) == ("whole", 1, 1, 1)
    # What all of the latest runs had is what the machine has.
    for number in range(newest_results.LATEST - 1):
        write(tmp_path, f"again-{number}", 30.0 + number, parts=quota)
    assert shown(newest) == {"rmw": f"again-{newest_results.LATEST - 2}"}


def test_a_machine_that_got_smaller_is_another_one(tmp_path: Path) -> None:
    newest = NewestResults(tmp_path)
    write(tmp_path, "large", 10.0, parts=of_machine(used_cpus=[0, 1, 2, 3], logical_cpus=4))
    write(tmp_path, "small", 20.0)
    assert shown(newest) == {"rmw": "small"}


def test_a_curve_of_unknown_conditions_is_shown_where_there_is_nothing_better(
    tmp_path: Path,
) -> None:
    newest = NewestResults(tmp_path)
    imported = {"format": "training-curve", "file": "a", "perfanalysis": "0.1.0"}
    curve = {k: v for k, v in DOCUMENT.items() if k not in {"valid", "invalid_reasons"}}
    path = tmp_path / "curve.json"
    path.write_text(json.dumps(curve | {"test_id": "curve", "imported": imported}))
    changes = {"schema_version": 2, "timestamp_seconds": 5.0}
    path.write_text(json.dumps(json.loads(path.read_text()) | changes))
    assert values(newest) == ("curve", None, None, None)
    write(tmp_path, "spoiled", 10.0, parts=SPOILED)
    write(tmp_path, "narrow", 20.0, parts=ONE_CPU)
    assert values(newest) == ("curve", None, None, 1)
    write(tmp_path, "whole", 2.0)
    assert values(newest) == ("whole", 1, 1, 1)


def test_few_files_are_decoded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    decoded: list[str] = []
    read = reading.read

    def counted(path: Path, *, whole: bool = True) -> Document:
        decoded.append(path.stem)
        return read(path, whole=whole)

    monkeypatch.setattr(reading, "read", counted)
    for number in range(30):
        write(tmp_path, f"night-{number:02}", 100.0 + number)
        write(tmp_path, f"spoiled-{number:02}", 200.0 + number, parts=SPOILED)
    newest = NewestResults(tmp_path)
    assert values(newest) == ("night-29", 1, 1, 0)
    # The newest one, those that tell the usual share, and what is shown once more.
    assert len(decoded) == 1 + newest_results.LATEST + 1
    decoded.clear()
    write(tmp_path, "night-30", 300.0)
    assert values(newest) == ("night-30", 1, 1, 1)
    assert decoded == ["night-30", "night-30"]
    # However many there are of others, the search ends.
    decoded.clear()
    for number in range(newest_results.MOST_DECODED + 5):
        write(tmp_path, f"narrow-{number:02}", 400.0 + number, parts=ONE_CPU)
    assert shown(newest) == {}
    assert len(decoded) == newest_results.MOST_DECODED + 1


def minutes(rate: float, cause: str | None = None) -> dict[str, Any]:
    """What a run has that went on at full load for minutes."""
    part = {"course": "steady", "duration_seconds": 300.0, "cause": cause}
    part["slices"] = [{"duration_seconds": 1.0, "units": rate}]
    return {
        "schema_version": 3,
        "sustained_units_per_second": rate,
        "sustained_interval": {"lower": rate - 1, "upper": rate + 1},
        "sustained": {key: value for key, value in part.items() if value is not None},
    }


def at_full_load(newest: NewestResults) -> tuple[str, float | None, float | None, float | None]:
    """Of rmw: the id, the rate for minutes, when that was, and the baseline."""
    found = {series.family: float(value) for series, value in newest.look()["rmw"]}
    families = (SUSTAINED, SUSTAINED_END, BASELINE)
    rate, ended, baseline = (found.get(family) for family in families)
    return shown(newest)["rmw"], rate, ended, baseline


def test_minutes_at_full_load_stay_while_runs_like_theirs_come(tmp_path: Path) -> None:
    newest = NewestResults(tmp_path)
    write(tmp_path, "a", 10.0)
    assert at_full_load(newest) == ("a", None, None, None)
    write(tmp_path, "b", 20.0, parts=(minutes(900.0),))
    assert at_full_load(newest) == ("b", 900.0, 20.0, None)
    write(tmp_path, "c", 30.0)
    assert at_full_load(newest) == ("c", 900.0, 20.0, None)
    # What ran under other conditions, or was spoiled, says nothing of this.
    write(tmp_path, "d", 40.0, parts=(*NICE, minutes(500.0)))
    write(tmp_path, "e", 50.0, parts=(*SPOILED, minutes(600.0)))
    assert at_full_load(newest) == ("c", 900.0, 20.0, None)
    # Another version is other work.
    write(tmp_path, "f", 60.0, parts=({"kernel_version": "2"},))
    assert at_full_load(newest) == ("f", None, None, None)


def test_a_baseline_that_was_seen_goes_before_that_of_the_type(tmp_path: Path) -> None:
    newest, lent = NewestResults(tmp_path), of_machine(burstable=True, baseline_ratio=0.1)
    write(tmp_path, "a", 10.0, parts=lent)
    most = next(v for s, v in newest.look()["rmw"] if s.family is RUN["max_units_per_second"])
    assert at_full_load(newest) == ("a", None, None, pytest.approx(0.1 * float(most)))
    write(tmp_path, "b", 20.0, parts=(*lent, minutes(120.0, "credit")))
    write(tmp_path, "c", 30.0, parts=lent)
    assert at_full_load(newest) == ("c", 120.0, 20.0, 120.0)
