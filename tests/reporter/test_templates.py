"""Every template on real data, also in German; own ones and logos; what is broken is named."""

from __future__ import annotations

import re
from pathlib import Path

import pypdf
import pytest

from perfanalysis.cli import run
from reporter.pages.template_files import TEMPLATES
from tests.reporter.conftest import END, START

pytestmark = pytest.mark.e2e

MIDDLE = (START + END) // 2
NAMES = sorted(
    path.name.removesuffix(".html.j2")
    for path in TEMPLATES.glob("*.html.j2")
    if path.name not in {"base.html.j2", "macros.html.j2"}
)


def report(url: str, output: Path, *more: str) -> int:
    words = ["report", "--prometheus", url, "--from", str(MIDDLE), "--to", str(END), "--quiet"]
    return run([*words, "--output", str(output), *more])


def text_of(path: Path) -> str:
    return " ".join(" ".join(p.extract_text() for p in pypdf.PdfReader(path).pages).split())


def test_all_that_are_promised_are_there() -> None:
    promised = "capacity comparison container executive fleet machine regression rightsizing"
    assert promised.split() == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_each_says_its_data_in_german(prometheus: str, tmp_path: Path, name: str) -> None:
    output = tmp_path / "report.html"
    assert report(prometheus, output, "--template", name, "--language", "de") == 0
    page = output.read_text()
    assert 'lang="de"' in page
    assert "beta" in page
    # Sentences end with these in English only.
    assert not re.search(r"\b(the machine|of the range|is unknown|are known)\b", page)


def test_two_pages_for_executives(prometheus: str, tmp_path: Path) -> None:
    output = tmp_path / "report.pdf"
    assert report(prometheus, output, "--template", "executive") == 0
    assert len(pypdf.PdfReader(output).pages) <= 2


def test_the_pdf_is_tagged_and_says_so(prometheus: str, tmp_path: Path) -> None:
    output = tmp_path / "report.pdf"
    assert report(prometheus, output, "--language", "de") == 0
    document = pypdf.PdfReader(output)
    root = document.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "de"
    assert root["/StructTreeRoot"]
    assert b"pdfuaid" in root["/Metadata"].get_data()
    assert document.metadata
    assert document.metadata.title == "Preis-Leistungs-Bericht"
    figures, heads = [], []
    nodes = [root["/StructTreeRoot"]]
    while nodes:
        node = nodes.pop().get_object()
        if not isinstance(node, dict):
            continue
        if node.get("/S") == "/Figure":
            figures.append(node.get("/Alt"))
        if node.get("/S") == "/TH":
            heads.append(node)
        kids = node.get("/K", [])
        nodes += kids if isinstance(kids, list) else [kids]
    assert len(figures) >= 5
    assert all(figures)
    assert len(heads) > 20
    # Each bookmark leads to a page, and the contents have the numbers of these.
    assert len(document.outline) > 5
    assert len(document.attachments) == len(figures)


def test_own_templates_and_a_logo(prometheus: str, tmp_path: Path) -> None:
    own = tmp_path / "own"
    own.mkdir()
    (own / "house.html.j2").write_text(
        '{% extends "base.html.j2" %}\n{% block body %}\n{{ page.section("v", "Verdict") }}\n'
        "<p>House: {{ page.machines[0].name }}</p>\n{% endblock %}\n"
    )
    (own / "logo.svg").write_text(
        '<svg xmlns="http://www.w3.org/2000/svg" width="10" height="10">'
        '<rect width="9" height="9"/></svg>'
    )
    config = tmp_path / "report.yaml"
    config.write_text("template: house\ntemplates: own\nlogo: own/logo.svg\n")
    output = tmp_path / "report.html"
    assert report(prometheus, output, "--config", str(config)) == 0
    assert "House: a-machine-with-a-very" in output.read_text()
    assert 'class="logo" src="data:image/svg+xml;base64,' in output.read_text()


@pytest.mark.parametrize(
    ("body", "message"),
    [
        ("one\n{% if %}\n", "broken.html.j2: line 2: expected a template of Jinja"),
        ("one\ntwo\n{{ page.nothing }}\n", "broken.html.j2: line 3: expected a template that can"),
        ("{{ 1 / 0 }}\n", "broken.html.j2: line 1: expected a template that can be rendered"),
        ("{{ page.__class__.__mro__ }}", "broken.html.j2: line 1: expected a template that can"),
        ('{% include "none.j2" %}', "expected a file none.j2"),
        (
            "one\n{{ page.draw('cpus') }}\n",
            "broken.html.j2: line 2: expected a template that can be rendered (expected one of",
        ),
        (
            "{{ page.draw('cores') }}\n",
            "line 1: expected a template that can be rendered (the figure cores is one of one",
        ),
        (
            "one\n{{ page.material.summary('CPU bussy', page.machines[0]) }}\n",
            "line 2: expected a template that can be rendered (expected a query of the report,",
        ),
        (
            "{{ page.trend('Price', page.machines[0]) }}\n",
            "line 1: expected a template that can be rendered (expected a query over the range,",
        ),
        (
            "{{ page.uses('table', 'Prices') }}\n",
            "line 1: expected a template that can be rendered (expected a query of the report,",
        ),
    ],
)
def test_a_broken_template_is_named_with_its_line(
    prometheus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str], body: str, message: str
) -> None:
    (tmp_path / "broken.html.j2").write_text(body)
    (tmp_path / "report.yaml").write_text("template: broken\ntemplates: .\n")
    output = tmp_path / "report.pdf"
    assert report(prometheus, output, "--config", str(tmp_path / "report.yaml")) == 2
    error = capsys.readouterr().err
    assert message in error
    assert len(error.strip().splitlines()) == 1
    assert not output.exists()


def test_a_template_that_is_not_there(
    prometheus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert report(prometheus, tmp_path / "report.pdf", "--template", "nowhere") == 2
    assert "template: expected a file nowhere.html.j2" in capsys.readouterr().err


def test_a_template_reaches_no_key(
    prometheus: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "house.html.j2").write_text("{{ page.config.access.endpoint.secrets() }}\n")
    (tmp_path / "key").write_text("a-secret-key")
    output = tmp_path / "report.html"
    flags = ["--prometheus-bearer-token-file", str(tmp_path / "key")]
    flags += ["--templates", str(tmp_path), "--template", "house"]
    assert report(prometheus, output, *flags) == 2
    said = capsys.readouterr().err
    assert "house.html.j2: line 1: expected a template that can be rendered" in said
    assert "a-secret-key" not in said
    assert not output.exists()


@pytest.mark.parametrize(
    ("flags", "said"),
    [
        (["--template", "house"], "template: expected a file house.html.j2, found 'house'"),
        (["--logo", "absent.png"], "absent.png: logo: expected a readable picture (No such file"),
        (["--logo", "notes.txt"], "notes.txt: logo: expected a picture (.svg, .png, .jpg)"),
    ],
)
def test_what_is_not_there_is_said_before_anybody_is_asked(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], flags: list[str], said: str
) -> None:
    nobody = "http://127.0.0.1:1"
    assert report(nobody, tmp_path / "report.pdf", *flags) == 2
    assert said in capsys.readouterr().err
