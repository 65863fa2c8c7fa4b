"""``compare`` on real files: where verdicts come from, and what keeps them back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from perfanalysis import cli
from tests.loadtest.documents import level, tree
from tests.loadtest.test_compare_command import compare, figures, write

MAX = "max_units_per_second"
EARLIER = (0.998, 1.001, 1.002, 0.999, 1.0)


def archive(state: Path, count: int = 5, **changes: Any) -> None:
    for i, off in enumerate(EARLIER[:count]):
        write(state / "results", f"e{i}", 1000 * off, **changes)


def test_other_runs_of_the_machine_make_a_verdict_of_one_run_each(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first, second = write(tmp_path, "a"), write(tmp_path, "b", 900.0)
    state = f"--state-directory={tmp_path / 'state'}"
    gate = "--fail-if-slower=2"
    found = compare(capsys, first, second, state, gate)["comparisons"][0]
    assert (found["basis"], found["verdict"]) == ("slices", "cannot tell")
    assert found["gate"] == {"slower_percent": 2, "outcome": "unsure"}
    assert found["power"].keys() == {"text"}
    assert cli.run(["loadtest", "compare", first, second, state, gate, "--fail-if-unsure"]) == 1
    assert "of these two runs only" in capsys.readouterr().err

    archive(tmp_path / "state")
    assert cli.run(["loadtest", "compare", first, second, state, gate, "--json"]) == 1
    assert "b.json is slower by" in capsys.readouterr().err
    found = compare(capsys, first, second, state)["comparisons"][0]
    assert (found["basis"], found["verdict"]) == ("known", "slower")
    assert "of 5 other runs of the same machine" in found["remarks"][0]
    assert 0 < found["power"]["seen_in_80_of_100_percent"] < 5
    # The spread is of other runs: an archive that holds these two only knows nothing.
    for name in ("e2", "e3", "e4"):
        (tmp_path / f"state/results/{name}.json").unlink()
    own = [str(tmp_path / f"state/results/e{i}.json") for i in (0, 1)]
    assert compare(capsys, *own, state)["comparisons"][0]["basis"] == "slices"


@pytest.mark.parametrize(
    "changes",
    [
        {"machine": "web-2"},
        {"facts": {"cpu_model": "another"}},
        {"settings": {"spread": "all", "nice": 10}},
        {"profile": "quick"},
        {"kernel_version": "2"},
        {"valid": False, "invalid_reasons": ["steal: 5%"]},
    ],
)
def test_only_valid_runs_of_the_machine_under_its_conditions_tell_its_spread(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, changes: dict[str, Any]
) -> None:
    facts = {"cpu_model": "one"}
    first, second = write(tmp_path, "a", facts=facts), write(tmp_path, "b", 900.0, facts=facts)
    archive(tmp_path / "state", **({"facts": facts} | changes))
    found = compare(capsys, first, second, f"--state-directory={tmp_path / 'state'}")
    assert found["comparisons"][0]["basis"] == "slices"


def test_a_spread_is_taken_from_where_one_says(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    first, second = write(tmp_path, "a"), write(tmp_path, "b", 900.0)
    archive(tmp_path / "elsewhere")
    state = f"--state-directory={tmp_path / 'state'}"
    words = ["loadtest", "compare", first, second, "--spread-from=/absent"]
    assert cli.run(words) == 2
    assert "expected a file, a folder" in capsys.readouterr().err
    found = compare(capsys, first, second, state, f"--spread-from={tmp_path / 'elsewhere'}")
    assert found["comparisons"][0]["basis"] == "known"


def test_what_an_update_changed_is_no_spread(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    facts = {"kernel_release": "6.1.0"}
    first, second = write(tmp_path, "a", facts=facts), write(tmp_path, "b", 970.0, facts=facts)
    archive(tmp_path / "state", 4, facts=facts)
    for i, rate in enumerate((801.0, 800.0, 802.0)):
        write(tmp_path / "state/results", f"o{i}", rate, facts={"kernel_release": "5.4.0"})
    found = compare(capsys, first, second, f"--state-directory={tmp_path / 'state'}")
    assert found["comparisons"][0]["verdict"] == "slower"


def before_and_after(folder: Path, before: str, after: str, change: float = 0.98) -> list[str]:
    for i, name in enumerate(before):
        write(folder / "before", f"b{i}", 1000.0 + 50 * i, name)
    for i, name in enumerate(after):
        off = change * (1 + 0.002 * (-1) ** i)
        write(folder / "after", f"a{i}", off * (1000.0 + 50 * i), name)
    return [str(folder / "before"), str(folder / "after")]


def test_the_same_machines_before_and_after_are_paired(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = before_and_after(tmp_path, "uvwxyz", "uvwxyz")
    found = compare(capsys, *words)["comparisons"][0]
    assert (found["basis"], found["paired"], found["verdict"]) == ("pairs", True, "slower")
    assert (found["pairs"], found["left_out"]) == (list("uvwxyz"), [])
    row = figures({"comparisons": [found]})[MAX]
    assert 0.975 < row["lower"] < 0.98 < row["upper"] < 0.99
    assert "paired: 6 machines stand on both sides" in found["remarks"][0]
    whole = compare(capsys, *words, "--unpaired")["comparisons"][0]
    assert (whole["basis"], whole["paired"], whole["verdict"]) == ("machines", False, "cannot tell")


def test_machines_of_one_side_only_are_left_out_of_the_pairs_and_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = before_and_after(tmp_path, "uvwxyz", "uvwxyq")
    found = compare(capsys, *words)["comparisons"][0]
    assert found["pairs"] == list("uvwxy")
    assert found["left_out"] == [
        {"machine": "z", "side": words[0]},
        {"machine": "q", "side": words[1]},
    ]
    row = figures({"comparisons": [found]})[MAX]
    assert row["baseline"] == pytest.approx(1096, rel=0.01)
    assert any(r.startswith("z stands only in") for r in found["remarks"])


def test_machines_of_one_name_are_told_apart_by_their_ids(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for i, rate in enumerate((1000.0, 1400.0)):
        facts = {"machine_id": f"{i}" * 32}
        write(tmp_path / "before", f"b{i}", rate, "localhost", facts=facts)
        write(tmp_path / "after", f"a{i}", rate, "localhost", facts=facts)
    found = compare(capsys, str(tmp_path / "before"), str(tmp_path / "after"))
    assert found["comparisons"][0]["pairs"] == ["localhost (00000000)", "localhost (11111111)"]
    grouped = compare(capsys, str(tmp_path / "before"), "--group-by=machine")
    assert grouped["baseline"]["name"] == "localhost (00000000)"


def levels(rows: dict[str, dict[str, Any]]) -> dict[str, tuple[bool, str, str | None]]:
    return {n: (r["primary"], r["verdict"], r.get("withheld")) for n, r in rows.items()}


def test_the_other_figures_are_tested_behind_the_primary_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    price = {"price_dollars_per_hour": 0.5}
    for i, off in enumerate((0.998, 1.0, 1.002)):
        write(tmp_path / "a", f"a{i}", 1000 * off, facts=price)
        write(tmp_path / "b", f"b{i}", 1001 * off, facts=price, single_units_per_second=600 * off)
        write(tmp_path / "c", f"c{i}", 950 * off, facts=price)
    found = compare(capsys, *(str(tmp_path / name) for name in "abc"))
    same = {
        "units_per_second[50]": (False, "cannot tell", None),
        "units_per_second[100]": (True, "cannot tell", None),
        "max_units_per_second": (True, "cannot tell", None),
        # At one price this is the same figure.
        "units_per_dollar": (True, "cannot tell", None),
    }
    assert levels(figures(found)) == same
    assert found["comparisons"][0]["primary_figure"] == MAX
    slower = {name: (primary, "slower", None) for name, (primary, _, _) in same.items()}
    assert levels(figures(found, 1)) == slower
    assert figures(found, 1)["units_per_second[50]"]["adjusted_p_value"] <= 0.05


def test_a_figure_behind_one_that_is_not_told_apart_has_no_verdict(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for i, off in enumerate((0.998, 1.0, 1.002)):
        write(tmp_path / "a", f"a{i}", 1000 * off, single_units_per_second=500 * off)
        write(tmp_path / "b", f"b{i}", 1000 * off, single_units_per_second=600 * off)
    words = [str(tmp_path / "a"), str(tmp_path / "b")]
    row = figures(compare(capsys, *words))["single_units_per_second"]
    assert row["lower"] > 1.1
    assert (row["verdict"], row["withheld"]) == ("cannot tell", "primary figure")
    assert cli.run(["loadtest", "compare", *words]) == 0
    out = " ".join(capsys.readouterr().out.split())
    assert "* primary: max_units_per_second, and what says the same; the other figures" in out


def three(folder: Path, name: str, rate: float = 1000.0, **changes: Any) -> str:
    for i, off in enumerate((0.999, 1.0, 1.001)):
        write(folder / name, f"{name}{i}", rate * off, **changes)
    return str(folder / name)


@pytest.mark.parametrize(
    ("changes", "difference"),
    [
        ({"settings": {"spread": "all", "nice": 5}}, ("nice", "0", "5")),
        ({"settings": {"spread": "all"}}, ("nice", "0", "unknown")),
        ({"profile": "quick"}, ("profile", "default", "quick")),
        ({"build": {"compiler": "clang 18", "flags": "-O2"}}, ("compiler_family", "gcc", "clang")),
        ({"facts": {"cgroup_quota_cpus": 4.0}}, ("quota_cpus", "unknown", "4.0")),
        ({"facts": {"used_cpus": [0]}}, ("used_cpus", "2", "1")),
    ],
)
def test_unlike_conditions_keep_the_verdict_back(
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    changes: dict[str, Any],
    difference: tuple[str, str, str],
) -> None:
    condition, before, after = difference
    settings = {"settings": {"spread": "all", "nice": 0}}
    words = [three(tmp_path, "a", **settings), three(tmp_path, "b", 700.0, **settings | changes)]
    found = compare(capsys, *words, "--fail-if-slower=5")["comparisons"][0]
    assert found["conditions"] == [{"condition": condition, "baseline": before, "value": after}]
    assert (found["verdict"], found["gate"]["outcome"]) == ("cannot tell", "unsure")
    assert figures({"comparisons": [found]})[MAX]["withheld"] == "conditions"
    label = condition.replace("_", " ")
    assert f"no verdict, the conditions differ: {label} {before} -> {after}" in found["remarks"]


def test_what_no_side_tells_is_taken_for_alike_and_said(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    found = compare(capsys, three(tmp_path, "a"), three(tmp_path, "b", 700.0))["comparisons"][0]
    assert found["verdict"] == "slower"
    assert any(r.startswith("conditions unknown, taken for alike: instr") for r in found["remarks"])


def test_machines_of_other_sizes_are_compared(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    larger = {"logical_cpus": 4, "used_cpus": [0, 1, 2, 3]}
    words = [three(tmp_path, "a"), three(tmp_path, "b", 2000.0, machine="web-2", facts=larger)]
    assert compare(capsys, *words)["comparisons"][0]["verdict"] == "faster"


def test_two_machines_with_a_run_each_need_the_spread_of_both(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = [write(tmp_path, "a"), write(tmp_path, "b", 900.0, "web-2")]
    state = f"--state-directory={tmp_path / 'state'}"
    archive(tmp_path / "state")
    assert compare(capsys, *words, state)["comparisons"][0]["basis"] == "slices"
    for i, off in enumerate(EARLIER):
        write(tmp_path / "state/results", f"f{i}", 900 * off, "web-2")
    found = compare(capsys, *words, state)["comparisons"][0]
    assert (found["basis"], found["verdict"]) == ("known", "slower")
    assert "of 10 other runs of the same two machines" in found["remarks"][0]
    # One machine is not its type.
    assert sum("differ by is unknown" in remark for remark in found["remarks"]) == 2


def test_without_full_load_the_highest_level_decides(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    for name, rate in (("a", 400.0), ("b", 200.0)):
        for i, off in enumerate((0.999, 1.0, 1.001)):
            levels = [level(20, [rate * off / 2] * 9), level(50, [rate * off] * 9)]
            made = tree(f"{name}{i}", machine={"name": "w"}) | {"levels": levels}
            del made["max_units_per_second"]
            (tmp_path / name).mkdir(exist_ok=True)
            (tmp_path / name / f"{i}.json").write_text(json.dumps(made))
    found = compare(capsys, str(tmp_path / "a"), str(tmp_path / "b"))["comparisons"][0]
    assert (found["primary_figure"], found["verdict"]) == ("units_per_second[50]", "slower")


@pytest.mark.parametrize(
    ("rate", "percent", "outcome"),
    [
        (1000.0, 5, "no slower"),
        (1100.0, 0, "no slower"),
        (900.0, 5, "slower"),
        (950.0, 5, "unsure"),
    ],
)
def test_a_gate_has_three_outcomes(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, rate: float, percent: int, outcome: str
) -> None:
    words = ["loadtest", "compare", three(tmp_path, "a"), three(tmp_path, "b", rate), "--json"]
    words.append(f"--fail-if-slower={percent}")
    assert cli.run(words) == (outcome == "slower")
    found = json.loads(capsys.readouterr().out)["comparisons"][0]
    assert found["gate"] == {"slower_percent": percent, "outcome": outcome}
    assert cli.run([*words, "--fail-if-unsure"]) == (outcome != "no slower")


def with_means(path: Path, name: str, rate: float, mean: float, price: float) -> str:
    """Three runs whose mean is a share of their median."""
    for i, off in enumerate((0.999, 1.0, 1.001)):
        made = write(path / name, f"{name}{i}", rate * off, facts={"price_dollars_per_hour": price})
        tree = json.loads(Path(made).read_text())
        full = tree["levels"][-1]
        done = mean * full["units_per_second"]
        full |= {
            "mean_units_per_second": done,
            "mean_lower": done * 0.99,
            "mean_upper": done * 1.01,
        }
        tree["noise"] = {"covered_seconds": 4, "bimodal": {"slow_ratio": 0.82, "slow_share": 0.3}}
        Path(made).write_text(json.dumps(tree))
    return str(path / name)


def test_units_per_dollar_are_of_the_mean_where_all_runs_have_one(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    steady = with_means(tmp_path, "a", 1000.0, 1.0, 0.5)
    swinging = with_means(tmp_path, "b", 1000.0, 0.946, 0.5)
    cheap = with_means(tmp_path, "c", 1000.0, 0.946, 0.4)
    without = three(tmp_path, "d", facts={"price_dollars_per_hour": 0.5})
    found = compare(capsys, steady, swinging, cheap, without)
    rows = [figures(found, number)["units_per_dollar"] for number in range(3)]
    assert [row["ratio"] for row in rows] == pytest.approx([0.946, 0.946 * 1.25, 1.0], rel=0.005)
    # At one price it differs where the primary figure does, and nowhere else.
    assert (rows[0]["upper"] < 1, rows[0]["withheld"]) == (True, "primary figure")
    assert [row["verdict"] for row in rows] == ["cannot tell", "faster", "cannot tell"]
    assert any(
        "b0 was at two speeds, 18% slower" in said for said in found["comparisons"][0]["remarks"]
    )


def test_a_known_price_tells_units_per_dollar_whatever_the_rates_say(
    capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    words = [
        three(tmp_path, name, facts={"price_dollars_per_hour": price})
        for name, price in (("a", 0.5), ("b", 0.4))
    ]
    rows = levels(figures(compare(capsys, *words)))
    assert rows[MAX] == (True, "cannot tell", None)
    assert rows["units_per_dollar"] == (True, "faster", None)
