"""The PDFs against PDF/UA-1 by veraPDF, an outside tool: every rule that a program can check."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
import weasyprint

from perfanalysis.cli import run
from tests.conftest import REPOSITORY
from tests.reporter.conftest import END, START

CHECKER = Path(__file__).parent / "pdf_ua" / "UaCheck.java"
LIBRARIES = REPOSITORY / ".tools" / "verapdf"

pytestmark = [
    pytest.mark.e2e,
    pytest.mark.skipif(not shutil.which("javac"), reason="no Java compiler for veraPDF"),
    pytest.mark.skipif(not LIBRARIES.is_dir(), reason="no veraPDF: scripts/setup-tests brings it"),
]


def said_of(*files: Path) -> list[str]:
    """What veraPDF says: a line a file, then one for each rule that it breaks."""
    command = ["java", "-cp", f"{LIBRARIES}/*", str(CHECKER), *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=300)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()


def written(url: str, folder: Path, *templates: str) -> list[Path]:
    # What machines lack of load tests and prices is in the data; German and Letter take turns.
    files = []
    for i, template in enumerate(templates):
        files.append(folder / f"{template}.pdf")
        words = ["report", "--prometheus", url, "--from", str((START + END) // 2), "--to", str(END)]
        words += ["--template", template, "--language", ("en", "de")[i % 2]]
        words += ["--page-size", ("Letter", "A4")[i % 2], "--output", str(files[-1]), "--quiet"]
        assert run(words) == 0
    return files


def test_reports_keep_every_rule(prometheus: str, tmp_path: Path) -> None:
    files = written(prometheus, tmp_path, "comparison", "machine", "container")
    assert said_of(*files) == [f"{file}: compliant" for file in files]


@pytest.mark.long
def test_the_other_reports_do_so_too(prometheus: str, tmp_path: Path) -> None:
    files = written(
        prometheus, tmp_path, "executive", "fleet", "regression", "capacity", "rightsizing"
    )
    assert said_of(*files) == [f"{file}: compliant" for file in files]


def test_a_file_without_tags_is_found_out(tmp_path: Path) -> None:
    plain = tmp_path / "plain.pdf"
    weasyprint.HTML(string="<h3>A heading</h3><img src='data:image/svg+xml,<svg/>'>").write_pdf(
        plain
    )
    first, *broken = said_of(plain)
    assert first == f"{plain}: broken"
    assert len(broken) > 3
