"""How each template's pages look with 1, 2, 4 and 8 machines that are hard to set in type.

What a program can see is held here. What only a person sees is left in ``out/look``: a picture of
all pages of each report.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import weasyprint
from PIL import Image

from perfanalysis.cli import run
from tests.conftest import REPOSITORY
from tests.reporter import layout
from tests.reporter.conftest import served
from tests.reporter.look_machines import END, MACHINES, MIDDLE, history
from tests.reporter.test_templates import NAMES

pytestmark = pytest.mark.skipif(
    not layout.AVAILABLE, reason="no pdftotext and pdftoppm: scripts/setup-tests brings them"
)
PICTURES = REPOSITORY / "out" / "look"
COUNTS = (1, 2, 4, 8)
FORMS = (("A4", "en"), ("A4", "de"), ("Letter", "en"), ("Letter", "de"))
# Pages at most with so many machines: a tenth above the most that were counted (German on Letter);
# the appendix and the machines' own pages grow with them.
MOST_PAGES = {
    "capacity": (8, 10, 13, 18),
    "comparison": (8, 10, 13, 17),
    "container": (4, 5, 6, 7),
    "executive": (2, 2, 2, 2),
    "fleet": (4, 4, 5, 5),
    "machine": (12, 17, 26, 38),
    "regression": (6, 7, 9, 12),
    "rightsizing": (5, 6, 7, 9),
}


@pytest.fixture(scope="module")
def machines(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """URL of a Prometheus that holds the eight machines."""
    with served(tmp_path_factory.mktemp("look"), history(), blocks="54h") as url:
        yield url


@pytest.mark.long
@pytest.mark.e2e
@pytest.mark.parametrize("form", FORMS, ids="-".join)
@pytest.mark.parametrize("count", COUNTS)
@pytest.mark.parametrize("template", NAMES)
def test_pages(
    machines: str, tmp_path: Path, template: str, count: int, form: tuple[str, str]
) -> None:
    size, language = form
    pdf = tmp_path / "report.pdf"
    words = ["report", "--prometheus", machines, "--from", str(MIDDLE), "--to", str(END), "--quiet"]
    words += ["--template", template, "--page-size", size, "--language", language]
    # A name holds no comma: the list of them stands in one flag.
    words += ["--machines", ",".join(machine.name for machine in MACHINES[:count])]
    assert run([*words, "--output", str(pdf)]) == 0
    picture(pdf, PICTURES / f"{template}-{count}-{size}-{language}.png")
    assert layout.faults(pdf) == []
    assert len(layout.sheets(pdf)) <= MOST_PAGES[template][COUNTS.index(count)]


def picture(pdf: Path, to: Path) -> None:
    """All pages of a file on one sheet, four beside each other."""
    command = ["pdftoppm", "-png", "-r", "60", pdf, pdf.with_suffix("")]
    subprocess.run(command, check=True, capture_output=True)
    pages = [Image.open(path) for path in sorted(pdf.parent.glob(f"{pdf.stem}-*.png"))]
    width, height = (max(page.size[side] for page in pages) for side in (0, 1))
    across = min(4, len(pages))
    sheet = Image.new("RGB", (across * (width + 4), -(-len(pages) // across) * (height + 4)))
    for place, page in enumerate(pages):
        sheet.paste(page, (place % across * (width + 4), place // across * (height + 4)))
    to.parent.mkdir(parents=True, exist_ok=True)
    sheet.save(to)


@pytest.mark.parametrize(
    ("body", "found"),
    [
        ("<p>all is well here now</p>", []),
        (
            "<p style='margin-left: -20mm'>beyond</p><p>a b c d e</p>",
            ["'beyond' stands outside of the mar"],
        ),
        (
            "<p>one</p><p style='margin-top: -15pt'>two</p><p>three four five six</p>",
            ["'one' and 'two' cover each other"],
        ),
        ("<p>a b c d e f</p><p style='break-before: page'>g h i j k l", ["it is empty from"]),
        ("<p>a b c d e f</p><hr style='break-before: page'>", ["it is empty from", "nothing st"]),
        (
            "<div style='height: 245mm'>a b c d e f</div><h2>A heading</h2>"
            "<p style='break-before: page'>g h i j k l",
            ["'A heading' stands alone at the end"],
        ),
    ],
)
def test_faults_are_found(tmp_path: Path, body: str, found: list[str]) -> None:
    style = "<style>@page { size: A4; margin: 16mm } p { margin: 0; line-height: 15pt }</style>"
    weasyprint.HTML(string=f"<html>{style}<body>{body}").write_pdf(tmp_path / "made.pdf")
    faults = layout.faults(tmp_path / "made.pdf")
    assert len(faults) == len(found), faults
    assert all(part in fault for part, fault in zip(found, faults, strict=True)), faults
