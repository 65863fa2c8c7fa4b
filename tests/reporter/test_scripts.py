"""Names in any script: charts make room for them, pages draw them or say that they cannot."""

from __future__ import annotations

import io
import re
import shutil
import unicodedata
import warnings
from dataclasses import replace
from pathlib import Path

import pypdf
import pytest
import weasyprint

from reporter.analysis.report_data import ReportData
from reporter.charts.canvas import measurable
from reporter.language import ENGLISH, Language
from reporter.pages import whole_texts
from reporter.pages.fonts import names_in, remark, without_font
from reporter.pages.html import of_page
from reporter.pages.page import Page
from reporter.pages.pdf import pdf
from tests.reporter.crowd import END, data

FAMILIES = ("Inter", "DejaVu Sans")
NAMES = {
    "Chinese": "数据库-1",
    "Japanese": "データベース-東京",
    "Korean": "서버-서울",
    "Arabic": "خادم-الرياض",
    "Hebrew": "שרת-1",
    "Thai": "เซิร์ฟเวอร์-๑",
    "Hindi": "सर्वर-१",
    "emoji": "web-🚀-1",
}
DEJAVU = Path("/usr/share/fonts/truetype/dejavu")
FONTS = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "urn:fontconfig:fonts.dtd">
<fontconfig><dir>{}</dir><cachedir>{}</cachedir></fontconfig>
"""


def named(*names: str, language: str = "en") -> ReportData:
    """A report of machines of these names."""
    made = data(len(names), language=language)
    machines = [replace(one, name=name) for one, name in zip(made.machines, names, strict=True)]
    renamed = dict(zip((one.name for one in made.machines), names, strict=True))
    series = {
        query: [
            replace(one, labels={**one.labels, "instance": renamed[one.labels["instance"]]})
            for one in found
        ]
        for query, found in made.answers.series.items()
    }
    answers = replace(made.answers, machines=machines, series=series, matched=list(names))
    return ReportData(made.config, answers, Language(language))


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("node-1", "node-1"),
        ("é · …", "é · …"),
        ("a数b", "a—b"),
        ("🚀", "—"),
        # A vowel above its consonant has no breadth, and an end of a direction none either.
        ("\N{THAI CHARACTER KO KAI}\N{THAI CHARACTER SARA I}", "n"),
        ("a\N{RIGHT-TO-LEFT MARK}b\N{COMBINING ACUTE ACCENT}", None),
    ],
)
def test_what_fonts_lack_is_measured_as_something_like_it(text: str, expected: str | None) -> None:
    found = measurable(text, FAMILIES)
    assert found == expected or expected is None
    assert len(found) <= len(text)


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_name_makes_python_warn(language: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        text = of_page(Page(named(*NAMES.values(), language=language), END)).html
    for name in NAMES.values():
        assert name in text


def test_a_text_of_a_chart_is_laid_out_whole() -> None:
    assert whole_texts.keep_whole()
    svg = "<svg xmlns='http://www.w3.org/2000/svg' width='90' height='20'>{}</svg>"

    def placed(text: str) -> int:
        page = f'<img src="data:image/svg+xml;utf8,{svg.format(text)}">'
        content = weasyprint.HTML(string=page).write_pdf(uncompressed_pdf=True)
        return len(re.findall(rb" Tm\b", content))

    assert placed("<text x='1' y='9'>node</text>") == 1
    # Letters that have places of their own keep them.
    assert placed("<text x='1 9 17 25' y='9'>node</text>") == 4
    assert placed("<text x='1' y='9' dx='1 1'>node</text>") == 4


def test_other_versions_are_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(weasyprint, "__version__", "999.0")
    assert not whole_texts.keep_whole()


@pytest.fixture
def few_fonts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Only DejaVu is there."""
    if not (DEJAVU / "DejaVuSans.ttf").is_file() or not shutil.which("fc-list"):
        pytest.skip("no DejaVu in Debian's place, or no fc-list")
    (tmp_path / "fonts.conf").write_text(FONTS.format(DEJAVU, tmp_path / "cache"))
    monkeypatch.setenv("FONTCONFIG_FILE", str(tmp_path / "fonts.conf"))


@pytest.mark.usefixtures("few_fonts")
def test_what_no_font_has_is_found() -> None:
    assert without_font(["node-1", "é·…", "\N{GEORGIAN LETTER AN}", "ابجد"]) == ""
    assert without_font(["数a据", "数", "ก"]) == "ก据数"
    # Marks, signs of format and unassigned ones have no shape of their own.
    assert without_font(["a\N{RIGHT-TO-LEFT MARK}\ufe0f\ue000"]) == ""


@pytest.mark.usefixtures("few_fonts")
@pytest.mark.parametrize("template", ["comparison", "executive"])
def test_it_is_said_on_the_pages_and_to_the_caller(template: str) -> None:
    made = named("数据库", "b")
    made = ReportData(replace(made.config, template=template), made.answers, ENGLISH)
    printed = of_page(Page(made, END))
    assert len(printed.said) == 1
    assert "U+6570" in printed.said[0]
    assert "fonts-noto-cjk" in printed.said[0]
    assert "U+6570" in printed.html
    # A browser has fonts of its own.
    shown = of_page(Page(made, END, "html"))
    assert shown.said == ()
    assert "U+6570" not in shown.html


def test_without_fontconfig_nothing_is_claimed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    assert without_font(["数据"]) == ""


@pytest.mark.parametrize(
    ("missing", "package"),
    [("数", "fonts-noto-cjk"), ("🚀", "fonts-noto-color-emoji"), ("ก", "fonts-noto-core")],
)
def test_the_remark_names_a_package(missing: str, package: str) -> None:
    assert package in remark(missing, ENGLISH)
    assert f"U+{ord(missing):04X}" in remark(missing, ENGLISH)


def test_many_are_counted() -> None:
    assert remark("", ENGLISH) == ""
    said = remark("".join(chr(0x4E00 + i) for i in range(11)), ENGLISH)
    assert said.count("U+") == 8
    assert "and 3 more" in said


def test_names_come_from_data_and_settings() -> None:
    made = named("数据库", "b")
    found = set(names_in(ReportData(replace(made.config, title="שלום"), made.answers, ENGLISH)))
    assert {"数据库", "שלום"} <= found


def test_right_to_left_reads_as_it_is_written() -> None:
    content, _ = pdf(of_page(Page(named("שרת-צפון", "b"), END)), END)
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
    letters = {one for one in text if unicodedata.bidirectional(one) == "R"}
    assert letters == set("שרתצפון")
