"""For which kernel and kinds of work a verdict holds, and the figure of kinds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import pytest

from perfanalysis.kinds import shipped
from perfanalysis.promql import Sample
from reporter.analysis import kinds_verdict
from reporter.analysis.kinds_of_work import against, scores
from reporter.analysis.report_data import ReportData
from reporter.asking.answers import Answers
from reporter.asking.kind_queries import KIND_BASIS, KIND_WORK
from reporter.asking.machines import Machine
from reporter.charts import kinds_of_work as chart
from reporter.figures.catalogue import FIGURES
from reporter.figures.figure import Figure
from reporter.formats.json_kinds import kinds, kinds_table
from reporter.language import ENGLISH, Language
from reporter.pages.html import of_page
from reporter.pages.page import Page
from reporter.settings.report import Config
from tests.reporter.made import machine

MARKS = {kind: learned.models[0].mark for kind, learned in shipped.headlines().items()}
KERNEL = "These are figures of the kernel rmw alone; what it foretells of real work is not known."
CPU = {"a": "Intel Xeon Platinum 8375C", "b": "AMD EPYC 9R45", "c": "AMD EPYC 9R14"}
Works = Mapping[str, Mapping[str, float]]


def measured(name: str, price: float | None = None) -> Machine:
    return replace(machine(name, 100.0, price), cpu_model=CPU.get(name, ""), architecture="x86_64")


def answers(machines: list[Machine], works: Works, marks: Mapping[str, str] = MARKS) -> Answers:
    """What the engine says of machines' work, by machine and kind."""
    values, basis = [], []
    for name, by_kind in works.items():
        for kind, work in by_kind.items():
            labels = {"instance": name, "kind": kind}
            values.append(Sample(labels, 3600.0, work))
            told = {"model": marks[kind], "reference": "r", "kernels": "divide"}
            basis.append(Sample(labels | told, 3600.0, 1.0))
    samples = {KIND_WORK: values, KIND_BASIS: basis}
    return Answers(machines, {}, samples, {}, (), 0.0, 3600.0, 15.0, 60.0, "", ())


def said(machines: list[Machine], works: Works, marks: Mapping[str, str] = MARKS) -> list[str]:
    found = scores(answers(machines, works, marks))
    return kinds_verdict.sentences(machines, found, "rmw", ENGLISH)


@pytest.mark.parametrize(
    ("machines", "works", "sentences"),
    [
        # One kind, one surely better; and one that is not.
        (
            [measured("a"), measured("b")],
            {"a": {"cache-server": 1.0}, "b": {"cache-server": 3.0}},
            ["For cache-server b does the most work."],
        ),
        (
            [measured("a"), measured("b")],
            {"a": {"cache-server": 1.0}, "b": {"cache-server": 1.2}},
            ["For cache-server it cannot be told which machine does the most work."],
        ),
        # Money turns it round: three times the work for ten times the price.
        (
            [measured("a", 0.1), measured("b", 1.0)],
            {"a": {"cache-server": 1.0}, "b": {"cache-server": 3.0}},
            ["For cache-server a does the most work for the money."],
        ),
        # What a burstable machine does is lent.
        (
            [
                measured("a", 0.1),
                measured("b", 0.1),
                replace(measured("c", 0.01), instance_type="t3.micro"),
            ],
            {n: {"crypto": w} for n, w in {"a": 1.0, "b": 9.0, "c": 8.0}.items()},
            [
                "For crypto b does the most work for the money.",
                "Left out: c, whose work by kind, or price, or work beyond a burst, is not known.",
            ],
        ),
        # Kinds disagree, and one cannot tell.
        (
            [measured("a"), measured("b")],
            {
                "a": {"cache-server": 3.0, "compression": 1.0, "general": 1.0},
                "b": {"cache-server": 1.0, "compression": 9.0, "general": 1.1},
            },
            [
                "Which machine is the better one depends on the work. For cache-server a does the"
                " most work. For compression b does the most work. For general it cannot be told"
                " which machine does the most work."
            ],
        ),
        # The best must be told from every other, not from the worst.
        (
            [measured("a"), measured("b"), measured("c")],
            {n: {"crypto": w} for n, w in {"a": 1.0, "b": 9.0, "c": 8.9}.items()},
            ["For crypto it cannot be told which machine does the most work."],
        ),
        # Who was not measured is named.
        (
            [measured("a"), measured("b"), measured("new")],
            {"a": {"crypto": 1.0}, "b": {"crypto": 9.0}},
            ["For crypto b does the most work.", "Left out: new, whose work by kind is not known."],
        ),
        (
            [measured("a"), measured("b")],
            {"a": {"crypto": 1.0}},
            [
                "For no kind of real work can it be told which machine does more: the kernels that"
                " tell it were not measured on two of them (loadtest run --profile kinds)."
            ],
        ),
        ([measured("a")], {"a": {"crypto": 1.0}}, []),
    ],
)
def test_which_machine_does_most_of_which_kind(
    machines: list[Machine], works: Works, sentences: list[str]
) -> None:
    assert said(machines, works) == [KERNEL, *sentences]


def test_work_that_stands_on_other_figures_is_not_held_together() -> None:
    machines = [measured("a"), measured("b")]
    works = {"a": {"crypto": 1.0}, "b": {"crypto": 99.0}}
    text = "For crypto it cannot be told which machine does the most work."
    assert said(machines, works, MARKS | {"crypto": "00000000"}) == [KERNEL, text]
    # While an exporter is updated a machine stands on two at once.
    found = answers(machines, works)
    basis = [*found.samples[KIND_BASIS]]
    twice = Sample({**basis[0].labels, "model": "00000000"}, 3600.0, 1.0)
    mixed = replace(found, samples={**found.samples, KIND_BASIS: [*basis, twice]})
    assert list(scores(mixed)["crypto"]) == ["b"]


def test_without_a_load_test_or_when_not_asked_nothing_is_said_of_kinds() -> None:
    bare = [replace(measured(name), test=None) for name in "ab"]
    assert kinds_verdict.sentences(bare, {}, "rmw", ENGLISH) == []
    assert kinds_verdict.sentences([measured("a"), measured("b")], None, "rmw", ENGLISH) == [KERNEL]


def test_the_figure_holds_machines_against_the_baseline() -> None:
    machines = [measured("a"), measured("b"), measured("c")]
    works = {n: dict.fromkeys(MARKS, w) for n, w in {"a": 1.0, "b": 2.0, "c": 0.5}.items()}
    data = ReportData(Config(baseline="a"), answers(machines, works), ENGLISH)
    figure = FIGURES["kinds_of_work"]
    assert isinstance(figure, Figure)
    drawn = figure.draw(data)
    assert drawn is not None
    assert drawn.svg is not None
    assert drawn.machine is machines[0]
    rows = {(row[0], row[1]): row[2:] for row in drawn.table.rows}
    assert len(rows) == 2 * len(MARKS)
    half = shipped.kind("crypto").models[0].between["0.9"]
    assert rows["b", "crypto"] == pytest.approx(
        (2.0, 2.0 * 2.71828182845904**-half, 2.0 * 2.71828182845904**half)
    )
    assert "cache-server" in drawn.svg.decode()
    nothing = ReportData(Config(), answers(machines, {}), ENGLISH)
    empty = figure.draw(nothing)
    assert empty is not None
    assert empty.svg is None
    assert chart.draw(against({}, {}, "a"), {}, ENGLISH) is None


def test_the_verdict_of_a_page_names_kernel_and_kinds() -> None:
    machines = [measured("a"), measured("b")]
    works = {"a": {"crypto": 1.0}, "b": {"crypto": 9.0}}
    page = Page(ReportData(Config(), answers(machines, works), ENGLISH), 3600.0)
    text = " ".join(of_page(page).html.split())
    assert KERNEL in text
    assert "For crypto b does the most work." in text
    german = Page(
        ReportData(Config(language="de"), answers(machines, works), Language("de")), 3600.0
    )
    assert "Für crypto schafft b die meiste Arbeit." in of_page(german).html


def test_programs_get_the_same_of_kinds() -> None:
    machines = [measured("a"), measured("b"), measured("c")]
    works = {n: {"crypto": w} for n, w in {"a": 1.0, "b": 9.0, "c": 1.01}.items()}
    data = ReportData(Config(baseline="a"), answers(machines, works), ENGLISH)
    found = kinds(data)
    assert found is not None
    verdicts = {one["machine"]: one["verdict"] for one in found}
    assert verdicts == {"b": "faster", "c": "cannot tell"}
    (b,) = (one for one in found if one["machine"] == "b")
    ratio = b["ratio"]
    assert (b["kind"], ratio["confidence"]) == ("crypto", 0.9)
    assert ratio["value"] == pytest.approx(9.0)
    assert 1 < ratio["lower"] < 9 < ratio["upper"]
    table = kinds_table(data)
    assert [row[:3] for row in table.rows] == [("crypto", "b", "a"), ("crypto", "c", "a")]
    assert [row[3] for row in table.rows] == pytest.approx([9.0, 1.01])
    back = ReportData(Config(baseline="b"), answers(machines, works), ENGLISH)
    assert {one["machine"]: one["verdict"] for one in kinds(back) or ()} == dict.fromkeys(
        "ac", "slower"
    )


def test_programs_get_no_kinds_where_nobody_asked() -> None:
    found = replace(answers([measured("a")], {}), samples={})
    data = ReportData(Config(), found, ENGLISH)
    assert (kinds(data), list(kinds_table(data).rows)) == (None, [])
