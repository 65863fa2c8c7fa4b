"""A report of its own for each value of a label: files, deliveries, names, failures."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.cli import run
from reporter.commands.making import safe_name
from tests.reporter.conftest import END, START, served

pytestmark = pytest.mark.e2e

STEP = 300
# By machine: its team, and in the second half of the range another one.
TEAMS = {
    "a-1": ("web", "web"),
    "a-2": ("web", "web"),
    "b-1": ("../Büro & Co", "../Büro & Co"),
    "c-1": ("web", "db"),
    "d-1": ("", ""),
}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a Prometheus in which machines have teams."""
    lines = ["# TYPE perf_machine_info gauge"]
    middle = (START + END) // 2
    for name, (first, last) in TEAMS.items():
        for team, begin, end in ((first, START, middle), (last, middle, END + 1)):
            told = f',team="{team}"' if team else ""
            labels = f'job="node",instance="{name}",provider="p"{told}'
            lines += [f"perf_machine_info{{{labels}}} 1 {t}" for t in range(begin, end, STEP)]
    lines.append("# TYPE perf_machine_price_dollars_per_hour gauge")
    for number, name in enumerate(TEAMS, 1):
        labels = f'job="node",instance="{name}",purchase="on_demand"'
        price = f"perf_machine_price_dollars_per_hour{{{labels}}} {number / 100}"
        lines += [f"{price} {t}" for t in range(START, END + 1, STEP)]
    with served(tmp_path_factory.mktemp("teams"), "\n".join([*lines, "# EOF", ""])) as url:
        yield url


def words(store: str, *more: str) -> list[str]:
    times = ["--from", str(START), "--to", str(END), "--template=fleet", "--quiet"]
    return ["report", "--prometheus", store, *times, *more]


def test_each_group_has_a_report_a_place_and_tables(
    store: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path / "state"))
    out = tmp_path / "out"
    out.mkdir()
    folder = f"{{folder: {{path: {tmp_path / 'sent'}, name: '{{group}}-{{digest}}'}}}}"
    every = words(store, "--report-per=team", f"--output={out / 'report.json'}")
    assert run([*every, f"--deliver={folder}", f"--csv={tmp_path / 'tables'}"]) == 0
    found = {path.name: json.loads(path.read_text()) for path in out.iterdir()}
    odd = f"report-{safe_name('../Büro & Co')}.json"
    assert {name: [m["name"] for m in one["machines"]] for name, one in found.items()} == {
        "report-web.json": ["a-1", "a-2"],
        # What the label was last counts.
        "report-db.json": ["c-1"],
        odd: ["b-1"],
        "report-without-team.json": ["d-1"],
    }
    titles = {one["title"] for one in found.values()}
    assert "Price-performance report: ../Büro & Co" in titles
    assert "Price-performance report: without team" in titles
    delivered = sorted(path.name.rpartition("-")[0] for path in (tmp_path / "sent").iterdir())
    assert delivered == ["B-ro-Co", "db", "web", "without-team"]
    assert {path.name for path in (tmp_path / "tables").iterdir()} == {
        "web",
        "db",
        "without-team",
        safe_name("../Büro & Co"),
    }
    # Nobody gets a second copy.
    for path in (tmp_path / "sent").iterdir():
        path.unlink()
    assert run([*every, f"--deliver={folder}"]) == 0
    assert list((tmp_path / "sent").iterdir()) == []


def test_a_group_without_a_report_costs_the_others_nothing(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    target = tmp_path / "report-web.json"
    target.mkdir()
    assert run(words(store, "--report-per=team", f"--output={tmp_path / 'report.json'}")) == 1
    error = capsys.readouterr().err
    assert error.startswith("perfanalysis: team=web: ")
    assert "cannot be written" in error
    assert (tmp_path / "report-db.json").is_file()


def test_totals_by_label(store: str, tmp_path: Path) -> None:
    output = tmp_path / "r.html"
    assert run(words(store, "--group-by=team", f"--output={output}")) == 0
    text = " ".join(output.read_text().split())
    assert '<h2 id="groups">By team</h2>' in text
    # Two cents' machines a-1 and a-2: $0.03 an hour.
    row = '<td class="name">web</td><td class="n">2</td>'
    assert row in text
    assert "$21.90" in text
    assert "<i>without this label</i>" in text
    assert "../Büro &amp; Co" in text


def test_a_machine_has_the_label_that_it_had_last(store: str, tmp_path: Path) -> None:
    output = tmp_path / "r.json"
    assert run(words(store, "--label=team=web", f"--output={output}")) == 0
    found = json.loads(output.read_text())["machines"]
    assert [machine["name"] for machine in found] == ["a-1", "a-2"]


def test_labels_that_no_machine_has_are_said(
    store: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = f"--output={tmp_path / 'r.json'}"
    assert run(words(store, "--label=team=none", output)) == 1
    assert "no machine with team=none in the range" in capsys.readouterr().err
    assert run(words(store, "--label=team=web", "--machines=b-1", output)) == 2
    assert "expected machines with team=web that" in capsys.readouterr().err
    assert run(words(store, "--label=no-label=x", output)) == 2
    assert (
        "--label: expected a label's name such as team, found 'no-label'" in capsys.readouterr().err
    )
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("name", "safe"),
    [("web", "web"), ("web_1-a", "web_1-a"), ("x" * 60, "x" * 60)],
)
def test_names_that_are_safe_stay(name: str, safe: str) -> None:
    assert safe_name(name) == safe


@pytest.mark.parametrize(
    "names",
    [
        ("a b", "a/b"),
        ("Web", "web"),
        ("x" * 60 + "a", "x" * 60 + "b"),
        ("Büro", "Bäro"),
        ("..", "."),
        ("without-team", "without team"),
    ],
)
def test_names_that_look_alike_have_a_file_each(names: tuple[str, str]) -> None:
    one, other = map(safe_name, names)
    assert one.lower() != other.lower()
    # Nor that of the machines without the label.
    assert "without-team" not in {one, other}


@given(st.lists(st.text(max_size=300), unique=True, min_size=2, max_size=2))
def test_no_two_groups_have_one_file(names: list[str]) -> None:
    made = [safe_name(name) for name in names if name]
    assert len({name.lower() for name in made}) == len(made)
    for name in made:
        assert name
        assert name.isascii()
        assert len(name) < 80
        assert not set(name) & set('/\\.:*?"<>|\0 ')
