"""What a template shows is what is asked: no list of queries stands anywhere else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import jinja2
import pytest
from jinja2 import nodes

from reporter.asking.query import Query
from reporter.asking.usage_queries import DEFAULT_ROUTE, DISK_BUSY, FILE_SYSTEMS
from reporter.figures.catalogue import FIGURES, QUERIES
from reporter.figures.cores import CPU_BY_CORE
from reporter.figures.load import LOAD_PER_CPU
from reporter.figures.modes import CPU_BY_MODE
from reporter.pages.template_files import TEMPLATES as FOLDER
from reporter.pages.template_queries import TEMPLATES, plan_of, queries_of, shown_by
from reporter.pages.template_scan import Shown, shown
from reporter.settings.report import Config
from tests.reporter.test_templates import NAMES

FILES = sorted(str(path.relative_to(FOLDER)) for path in FOLDER.rglob("*.j2"))


def asked(template: str, folder: Path | None = None) -> set[Query]:
    plan = plan_of(Config(template=template, templates=folder))
    return {*plan.instant, *plan.range}


def of_jinja(file: str) -> Iterator[tuple[str, str]]:
    """What Jinja itself reads: ("draw", figure) and ("uses", query) of one file alone."""
    tree = jinja2.Environment().parse((FOLDER / file).read_text())
    loops: dict[str, list[str]] = {}
    for loop in tree.find_all(nodes.For):
        if isinstance(loop.target, nodes.Name) and isinstance(loop.iter, nodes.Tuple):
            texts = [one.value for one in loop.iter.items if isinstance(one, nodes.Const)]
            loops.setdefault(loop.target.name, []).extend(texts)
    for call in tree.find_all(nodes.Call):
        match call.node:
            case nodes.Getattr(node=nodes.Name(name="page"), attr="draw"):
                first = call.args[0]
                # Another form than these could not be read, and would ask for nothing.
                assert isinstance(first, nodes.Const | nodes.Name), (file, call.lineno)
                of_loop = loops[first.name] if isinstance(first, nodes.Name) else [first.value]
                yield from (("draw", name) for name in of_loop)
            case nodes.Getattr(node=nodes.Name(name="page"), attr="uses"):
                assert all(isinstance(one, nodes.Const) for one in call.args), (file, call.lineno)
                yield from (("uses", one.value) for one in call.args[1:])


@pytest.mark.parametrize("file", FILES)
def test_a_template_is_read_as_jinja_reads_it(file: str, tmp_path: Path) -> None:
    # Alone in its folder: nothing of what it includes is there.
    (tmp_path / "one.j2").write_text((FOLDER / file).read_text())
    found = shown("one.j2", [tmp_path])
    calls = set(of_jinja(file))
    assert {("draw", name) for name in found.figures} == {c for c in calls if c[0] == "draw"}
    assert {("uses", name) for name in found.queries} == {c for c in calls if c[0] == "uses"}


@pytest.mark.parametrize("name", NAMES)
def test_what_a_template_names_exists_and_is_asked(name: str) -> None:
    found = shown_by(Config(template=name))
    assert set(found.figures) <= FIGURES.keys()
    assert set(found.queries) <= QUERIES.keys()
    assert set(queries_of(found)) - TEMPLATES[name].without <= asked(name)


def test_a_figure_that_no_template_shows_is_none() -> None:
    every = [figure for name in NAMES for figure in shown_by(Config(template=name)).figures]
    assert set(every) == FIGURES.keys()


def test_a_template_of_ours_asks_for_nothing_that_it_does_not_need() -> None:
    assert CPU_BY_CORE in asked("machine")
    assert CPU_BY_CORE not in asked("comparison")
    assert CPU_BY_MODE not in asked("executive")
    assert DISK_BUSY not in asked("fleet")
    assert LOAD_PER_CPU not in asked("capacity")
    assert {FILE_SYSTEMS, DEFAULT_ROUTE} <= asked("machine")


def test_a_template_that_is_not_ours_asks_for_all() -> None:
    assert asked("house") == set(QUERIES.values())


def test_a_part_of_ones_own_asks_for_what_it_shows(tmp_path: Path) -> None:
    (tmp_path / "parts").mkdir()
    (tmp_path / "parts" / "quality.html.j2").write_text(
        '{% for m in page.machines %}{{ page.draw("cores", m).title }}{% endfor %}'
    )
    assert asked("comparison", tmp_path) - asked("comparison") == {CPU_BY_CORE}


@pytest.mark.parametrize(
    ("text", "figures", "queries"),
    [
        ('{{ page.draw("cpu") }}{{ page.draw("cpu") }}', ("cpu",), ()),
        ("{{ page.draw( 'cores', machine) }}", ("cores",), ()),
        ('{# {{ page.draw("cpu") }} #}', (), ()),
        ('{% for n in ("a", "b") %}{{ page.draw(n, m) }}{% endfor %}', ("a", "b"), ()),
        ("{%- for n in ['a'] %}{{ page.draw(n) }}{% endfor %}", ("a",), ()),
        ('{% for n in ("a", "b") %}{{ n }}{% endfor %}', (), ()),
        ('{{ page.uses("a table", "Price", "CPUs") }}', (), ("Price", "CPUs")),
        ('{% include "other.j2" %}{% include "one.j2" %}', ("of_other",), ("Run",)),
        ('{% from "other.j2" import x %}', ("of_other",), ("Run",)),
        ('{% include "absent.j2" %}', (), ()),
    ],
)
def test_what_is_read(
    tmp_path: Path, text: str, figures: tuple[str, ...], queries: tuple[str, ...]
) -> None:
    (tmp_path / "one.j2").write_text(text)
    (tmp_path / "other.j2").write_text('{{ page.draw("of_other") }}{{ page.uses("t", "Run") }}')
    assert shown("one.j2", [tmp_path]) == Shown(figures, queries)
