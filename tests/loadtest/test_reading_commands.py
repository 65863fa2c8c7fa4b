"""``show``, ``list`` and ``validate`` on real files."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from loadtest.presentation import reason_lines
from perfanalysis import cli
from perfanalysis.results import reading
from perfanalysis.results.state import RESULTS
from tests.loadtest.documents import result, tree, write


@pytest.fixture
def state(tmp_path: Path) -> Path:
    folder = tmp_path / "state" / RESULTS
    folder.mkdir(parents=True)
    runs = [
        result("run-1", timestamp_seconds=1000.0, machine={"name": "web-1"}),
        result("run-2", timestamp_seconds=2000.0, machine={"name": "web-2"}),
        result("run-3", timestamp_seconds=1500.0, kernel="integer", machine={"name": "web-1"}),
    ]
    for run in runs:
        write(folder / f"{run.test_id}.json", run)
    return tmp_path / "state"


def run(capsys: pytest.CaptureFixture[str], state: Path, *arguments: str) -> tuple[int, str, str]:
    status = cli.run(["loadtest", *arguments, "--state-directory", str(state)])
    return status, *capsys.readouterr()


@pytest.mark.parametrize(
    ("arguments", "test_id"),
    [
        ([], "run-2"),
        (["latest"], "run-2"),
        (["latest~1"], "run-3"),
        (["latest~1", "--kernel", "rmw"], "run-1"),
        (["run-1"], "run-1"),
        (["FOLDER/run-3.json"], "run-3"),
    ],
)
def test_a_result_is_found_by_its_names(
    capsys: pytest.CaptureFixture[str], state: Path, arguments: list[str], test_id: str
) -> None:
    words = [word.replace("FOLDER", str(state / RESULTS)) for word in arguments]
    status, out, _ = run(capsys, state, "show", *words, "--json")
    assert status == 0
    assert json.loads(out)["test_id"] == test_id
    assert json.loads(out) == json.loads((state / RESULTS / f"{test_id}.json").read_bytes())


@pytest.mark.parametrize("word", ["latest~3", "run-9", "../results/run-1", "/absent.json"])
def test_a_result_that_is_not_there(
    capsys: pytest.CaptureFixture[str], state: Path, word: str
) -> None:
    status, _, errors = run(capsys, state, "show", word)
    assert status == 2
    assert f"{state}: expected a file, a folder, the id of a run" in errors
    assert repr(word) in errors


def test_a_folder_without_results_is_named(
    capsys: pytest.CaptureFixture[str], state: Path, tmp_path: Path
) -> None:
    empty = tmp_path / "empty"
    empty.mkdir()
    status, _, errors = run(capsys, state, "compare", "latest", str(empty))
    assert status == 2
    assert errors == f"perfanalysis: {empty}: expected a folder that holds a result\n"
    status, _, errors = run(capsys, state, "spread", str(state), "--kernel", "nosuch")
    assert status == 2
    assert f"{state}: expected a folder that holds a result of kernel nosuch" in errors


def test_a_name_in_brackets_is_shown_as_it_is(
    capsys: pytest.CaptureFixture[str], state: Path
) -> None:
    names = ("db[primary]", "db[/x]")
    for number, name in enumerate(names, 3):
        found = result(f"run-{number + 1}", timestamp_seconds=number * 1e3, machine={"name": name})
        write(state / RESULTS / f"run-{number + 1}.json", found)
    status, out, _ = run(capsys, state, "list")
    assert (status, [name in out for name in names]) == (0, [True, True])
    for word, name in (("latest", "db[/x]"), ("latest~1", "db[primary]")):
        status, out, _ = run(capsys, state, "show", word)
        assert status == 0
        assert out.startswith(f"{name}: kernel rmw")
    assert run(capsys, state, "compare", "latest", "latest~1", "--group-by", "machine")[0] == 0


def test_letters_that_turn_the_order_round_are_written_out(
    capsys: pytest.CaptureFixture[str], state: Path
) -> None:
    evil = "web\u202e1"
    spoiled = {"machine": {"name": evil}, "valid": False, "invalid_reasons": [f"steal: {evil}"]}
    write(state / RESULTS / "run-4.json", result("run-4", timestamp_seconds=3e3, **spoiled))
    for words in (
        ["list"],
        ["show"],
        ["compare", "latest~1", "latest", "--group-by", "machine"],
        ["spread", "latest", "latest~1"],
    ):
        status, out, errors = run(capsys, state, *words)
        assert status == 0, errors
        assert r"\u202e" in out, words
        assert out.replace("\n", "").isprintable(), words


def test_one_result_is_not_a_folder(capsys: pytest.CaptureFixture[str], state: Path) -> None:
    status, _, errors = run(capsys, state, "show", str(state))
    assert status == 2
    assert "expected one result, not the 3 of a folder" in errors


@pytest.mark.parametrize(("cpus", "title"), [([3], "on 1 CPU\n"), ([0, 1], "on 2 CPUs\n")])
def test_how_many_cpus_were_used(
    capsys: pytest.CaptureFixture[str], state: Path, cpus: list[int], title: str
) -> None:
    shown = result("run-4", timestamp_seconds=3e3, machine={"name": "web-1", "used_cpus": cpus})
    write(state / RESULTS / "run-4.json", shown)
    _, out, _ = run(capsys, state, "show")
    assert out.splitlines(keepends=True)[0].rstrip() + "\n" == f"web-1: kernel rmw {title}"


def test_each_kind_of_what_spoiled_a_run_is_said_once() -> None:
    at = [f"steal: 5.0% of the time was stolen at {busy} % busy" for busy in (10, 20, 30)]
    other = "interval: it reaches 20.0% from the estimate at 20 % busy, more than 15%"
    assert reason_lines([at[0], other]) == [at[0], other]
    assert reason_lines([at[0], other, *at[1:]]) == [
        f"{at[0]}, and 2 more like it",
        f"{other} (--json shows all)",
    ]
    assert reason_lines([]) == []


def test_the_table_has_intervals_reasons_facts_and_slices(
    capsys: pytest.CaptureFixture[str], state: Path
) -> None:
    spoiled = tree("run-4", valid=False, invalid_reasons=["steal: 5.0% of the time was stolen"])
    spoiled["levels"][1]["slices"][3]["excluded"] = ["steal", "warm-up"]
    spoiled["levels"][1]["slices_excluded"] = 1
    spoiled["machine"]["cpu_flags"] = ["avx2", "fma"]
    write(state / "other.json", reading.from_json(spoiled, "run-4"))
    status, out, _ = run(capsys, state, "show", str(state / "other.json"), "--slices")
    assert status == 0
    for text in (
        "999.5",
        "990 .. 1009",
        "19/20",
        "not valid: steal: 5.0% of the time was stolen",
        "avx2 fma",
        "slices at 50 % busy",
        "steal, warm-up",
    ):
        assert text in out


@pytest.mark.parametrize(
    ("arguments", "found"),
    [
        ([], ["run-2", "run-3", "run-1"]),
        (["--kernel", "rmw"], ["run-2", "run-1"]),
        (["--machine", "web-1"], ["run-3", "run-1"]),
        (["--from", "1500"], ["run-2", "run-3"]),
        (["--from", "1970-01-01T00:30:00Z"], ["run-2"]),
        (["--from", "now-1h"], []),
    ],
)
def test_the_list_is_filtered_and_newest_first(
    capsys: pytest.CaptureFixture[str], state: Path, arguments: list[str], found: list[str]
) -> None:
    status, out, _ = run(capsys, state, "list", *arguments, "--json")
    assert status == 0
    assert [entry["test_id"] for entry in json.loads(out)] == found
    _, table, _ = run(capsys, state, "list", *arguments)
    assert [word for word in table.split() if word.startswith("run-")] == found


def test_a_broken_file_is_named_and_the_others_are_listed(
    capsys: pytest.CaptureFixture[str], state: Path
) -> None:
    (state / RESULTS / "bad.json").write_text("{")
    status, out, errors = run(capsys, state, "list", str(state))
    assert status == 0
    assert "run-2" in out
    assert f"skipped: {state / RESULTS / 'bad.json'}: expected a JSON document" in errors


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        (
            "timestamp_seconds",
            1e300,
            "timestamp_seconds: expected a number of less than 1e+11, found 1e+300",
        ),
        pytest.param(
            "duration_seconds",
            10**400,
            "duration_seconds: expected numbers as JSON has them, below 1e300",
            id="huge",
        ),
        (
            "duration_seconds",
            float("nan"),
            "duration_seconds: expected numbers as JSON has them, below 1e300",
        ),
        ("duration_seconds", "x", "duration_seconds: expected a JSON number, found 'x'"),
        ("machine", None, "machine: expected a JSON object"),
        ("levels", {}, "levels: expected a JSON array, found an empty mapping"),
    ],
)
def test_numbers_that_no_run_has(
    capsys: pytest.CaptureFixture[str], state: Path, field: str, value: object, message: str
) -> None:
    file = state / RESULTS / "run-2.json"
    broken = json.loads(file.read_bytes()) | {field: value}
    file.write_text(json.dumps(broken))
    status, _, errors = run(capsys, state, "show", str(file))
    assert status == 2
    assert f"{file}: {message}" in errors
    status, out, errors = run(capsys, state, "list")
    assert (status, "run-3" in out) == (0, True)


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "a JSON document (nothing is in it)"),
        (b'{"a": "\xa3"}', "a JSON document (it is no UTF-8)"),
        (b"{", "a JSON document (it breaks off at line 1, column 2)"),
        (b"[" * 100_000, "a JSON document (it is nested too deep)"),
    ],
)
def test_a_file_that_is_no_json(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, content: bytes, message: str
) -> None:
    file = tmp_path / "result.json"
    file.write_bytes(content)
    status, _, errors = run(capsys, tmp_path, "show", str(file))
    assert status == 2
    assert f"{file}: expected {message}" in errors


def test_a_folder_that_is_not_there(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert run(capsys, tmp_path / "new", "list", "--json") == (0, "[]\n", "")
    status, _, errors = run(capsys, tmp_path, "list", str(tmp_path / "absent"))
    assert status == 2
    assert "expected a folder of results" in errors
    status, _, errors = run(capsys, tmp_path, "list", "--from", "some day")
    assert status == 2
    assert "--from: expected a time such as now-6h" in errors


def test_all_files_are_validated_and_each_fault_is_named(
    capsys: pytest.CaptureFixture[str], state: Path
) -> None:
    good, bad = state / RESULTS / "run-1.json", state / "bad.json"
    assert cli.run(["loadtest", "validate", str(good)]) == 0
    assert capsys.readouterr().out == f"{good}: ok (schema version 3)\n"
    broken = json.loads(good.read_bytes())
    broken["max_units_per_second"] = 5
    bad.write_text(json.dumps(broken))
    assert cli.run(["loadtest", "validate", str(bad), str(state / "absent"), str(good)]) == 2
    out, errors = capsys.readouterr()
    assert f"{bad}: max_units_per_second: expected units_per_second of the level 100" in errors
    assert f"{state / 'absent'}: expected a readable file" in errors
    assert "run-1.json: ok" in out
