"""``compare`` on real files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from perfanalysis import cli
from tests.loadtest.documents import result
from tests.loadtest.documents import write as store


def rates(seed: int, truth: float) -> list[float]:
    random = np.random.default_rng(seed)
    return [float(rate) for rate in truth * (1 + 0.01 * random.standard_normal(50))]


def write(
    folder: Path, name: str, truth: float = 1000.0, machine: str = "web-1", **changes: Any
) -> str:
    facts = {"name": machine} | changes.pop("facts", {})
    made = result(name, rates(sum(map(ord, name)), truth), machine=facts, **changes)
    folder.mkdir(parents=True, exist_ok=True)
    store(folder / f"{name}.json", made)
    return str(folder / f"{name}.json")


def compare(capsys: pytest.CaptureFixture[str], *arguments: str) -> dict[str, Any]:
    assert cli.run(["loadtest", "compare", *arguments, "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    assert isinstance(found, dict)
    return found


def figures(found: dict[str, Any], index: int = 0) -> dict[str, dict[str, Any]]:
    return {row["figure"]: row for row in found["comparisons"][index]["figures"]}


def test_two_runs_by_their_slices(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    price = {"price_dollars_per_hour": 0.5}
    first = write(tmp_path, "a", facts=price)
    second = write(tmp_path, "b", 1050.0, facts=price | {"microcode": "0x2"})
    found = compare(capsys, first, second)
    assert found["comparisons"][0]["basis"] == "slices"
    rows = figures(found)
    assert list(rows) == [
        "units_per_second[50]",
        "units_per_second[100]",
        "max_units_per_second",
        "units_per_dollar",
    ]
    for row in rows.values():
        # What the two runs differ by is shown; of the machines it says nothing.
        assert row["lower"] < 1.05 < row["upper"]
        assert (row["verdict"], row["withheld"]) == ("cannot tell", "one run")
        assert "of these two runs only), at least" in row["text"]
    assert rows["units_per_dollar"]["baseline"] == pytest.approx(2000, rel=0.01)
    assert {"fact": "microcode", "baseline": "unknown", "value": "0x2"} in (
        found["comparisons"][0]["differences"]
    )
    assert "one run of each side" in found["comparisons"][0]["remarks"][0]


def test_the_price_of_both_sides_decides_units_per_dollar(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first = write(tmp_path, "a", facts={"price_dollars_per_hour": 0.5})
    second = write(tmp_path, "b", facts={"price_dollars_per_hour": 0.4})
    assert figures(compare(capsys, first, second))["units_per_dollar"]["ratio"] == pytest.approx(
        1.25, rel=0.01
    )
    third = write(tmp_path, "c")
    assert "units_per_dollar" not in figures(compare(capsys, first, third))


def test_several_runs_of_one_machine_over_time(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for i, off in enumerate((0.98, 1.0, 1.01, 1.02)):
        write(tmp_path / "before", f"a{i}", 1000 * off)
        write(tmp_path / "after", f"b{i}", 930 * off)
    found = compare(capsys, str(tmp_path / "before"), str(tmp_path / "after"))
    row = figures(found)["max_units_per_second"]
    assert found["comparisons"][0]["basis"] == "runs"
    assert found["comparisons"][0]["test_ids"] == ["b0", "b1", "b2", "b3"]
    assert row["verdict"] == "slower"
    assert row["lower"] < 0.93 < row["upper"]
    words = ["loadtest", "compare", str(tmp_path / "before"), str(tmp_path / "after")]
    assert cli.run([*words, "--fail-if-slower", "2"]) == 1
    out, errors = capsys.readouterr()
    assert "slower by" in out
    assert "perfanalysis: slower than" in errors
    assert cli.run([*words, "--fail-if-slower", "20"]) == 0


def test_a_small_difference_needs_more_runs(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for i, off in enumerate((0.97, 1.0, 1.03)):
        write(tmp_path / "before", f"a{i}", 1000 * off)
        write(tmp_path / "after", f"b{i}", 1010 * off)
    words = [str(tmp_path / "before"), str(tmp_path / "after")]
    row = figures(compare(capsys, *words))["max_units_per_second"]
    assert row["verdict"] == "cannot tell"
    assert row["more_runs"] > 30
    assert f"about {row['more_runs']} more runs of each would settle it" in row["text"]
    # What cannot be told fails no pipeline that does not ask for it.
    gate = ["loadtest", "compare", *words, "--fail-if-slower"]
    assert cli.run([*gate, "0"]) == 0
    unsure = "unsure whether slower than"
    assert unsure in capsys.readouterr().err
    assert cli.run([*gate, "3", "--fail-if-unsure"]) == 1
    assert unsure in (said := capsys.readouterr().err)
    assert "a difference of 3 % would have been seen in" in said
    assert cli.run([*gate, "50", "--fail-if-unsure"]) == 0
    assert cli.run(["loadtest", "compare", *words, "--fail-if-unsure"]) == 2
    assert "--fail-if-unsure: expected --fail-if-slower PERCENT" in capsys.readouterr().err


def test_types_are_compared_by_their_machines(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for i, off in enumerate((0.98, 1.0, 1.02)):
        write(tmp_path, f"a{i}", 1000 * off, f"a-{i}", facts={"instance_type": "m7i.large"})
        write(tmp_path, f"b{i}", 1300 * off, f"b-{i}", facts={"instance_type": "m8i.large"})
    write(tmp_path, "c", 900, "c-0", facts={"instance_type": "m6i.large"})
    found = compare(capsys, str(tmp_path), "--group-by", "instance_type")
    assert found["baseline"]["name"] == "m7i.large"
    assert [side["name"] for side in found["comparisons"]] == ["m8i.large", "m6i.large"]
    assert [side["basis"] for side in found["comparisons"]] == ["machines", "machines"]
    assert figures(found)["max_units_per_second"]["verdict"] == "faster"
    assert (
        "m6i.large has one machine: the spread of m7i.large is taken for it"
        in (found["comparisons"][1]["remarks"])
    )
    by_machine = compare(capsys, str(tmp_path), "--group-by", "machine")
    assert len(by_machine["comparisons"]) == 6


def test_invalid_runs_are_said_or_left_out(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    spoiled = {"valid": False, "invalid_reasons": ["steal: 5.0% of the time was stolen", "late"]}
    write(tmp_path / "a", "a1")
    write(tmp_path / "a", "a2", 1001.0, **spoiled)
    other = write(tmp_path, "b")
    found = compare(capsys, str(tmp_path / "a"), other)
    assert (
        "a2 is not valid: steal: 5.0% of the time was stolen and 1 more"
        in (found["comparisons"][0]["remarks"])
    )
    kept = compare(capsys, str(tmp_path / "a"), other, "--valid-only")
    assert kept["baseline"]["test_ids"] == ["a1"]


def test_packed_load_is_compared_at_full_load_only(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first = write(tmp_path, "a")
    second = write(tmp_path, "b", settings={"spread": "packed"})
    found = compare(capsys, first, second)
    assert "units_per_second[50]" not in figures(found)
    assert "units_per_second[100]" in figures(found)
    assert any("spread in different ways" in r for r in found["comparisons"][0]["remarks"])


@pytest.mark.parametrize(
    ("changes", "words", "message"),
    [
        ({"kernel": "integer"}, ["A", "B"], "b: kernel: expected 'rmw' as in a"),
        ({"kernel_version": "2"}, ["A", "B"], "b: kernel_version: expected '1' as in a"),
        ({}, ["A"], "RESULTS: expected at least two to compare, or --group-by"),
        ({}, ["A", "A"], "expected other results than the side before it has"),
        ({}, ["A", "B", "--group-by", "machine"], "--group-by: expected results of at least two"),
        ({}, ["A", "B", "--group-by", "instance_type"], "a: machine.instance_type: expected"),
        ({"valid": False, "invalid_reasons": ["x"]}, ["A", "B", "--valid-only"], "valid: expected"),
        ({}, ["A", "/absent.json"], "expected a file, a folder, the id"),
    ],
)
def test_what_cannot_be_compared_is_refused(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    changes: dict[str, Any],
    words: list[str],
    message: str,
) -> None:
    files = {"A": write(tmp_path, "a"), "B": write(tmp_path, "b", **changes)}
    words = [files.get(word, word) for word in words]
    if words == [files["A"], files["A"]]:
        words[1] = str(tmp_path)
    assert cli.run(["loadtest", "compare", *words]) == 2
    assert message in capsys.readouterr().err
