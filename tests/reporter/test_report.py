"""The command on a real Prometheus: what the pages say, and how it fails."""

from __future__ import annotations

import io
from pathlib import Path

import pypdf
import pytest

from demo.servers import free_port
from perfanalysis.cli import run
from tests.reporter.conftest import END, LONG, START

pytestmark = pytest.mark.e2e

RANGE = ["--from", str(START), "--to", str(END)]


def text_of(path: Path) -> str:
    pages = pypdf.PdfReader(io.BytesIO(path.read_bytes())).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


@pytest.fixture(scope="module")
def pdf(prometheus: str, tmp_path_factory: pytest.TempPathFactory) -> Path:
    output = tmp_path_factory.mktemp("report") / "report.pdf"
    assert run(["report", "--prometheus", prometheus, *RANGE, "--output", str(output)]) == 0
    return output


def test_the_verdict_and_the_summary_have_the_numbers(pdf: Path) -> None:
    text = text_of(pdf)
    assert "In one run of each, alpha did the most work for the money: 14,000 units per" in text
    assert "40 % (38 to 42 %) more than beta" in text
    assert "900.0" in text
    assert "13,860 to 14,140" in text
    assert "$0.0400" in text
    assert "8.0 GiB" in text


def test_what_is_missing_is_said(pdf: Path) -> None:
    text = text_of(pdf)
    assert "untested <b>&: no load test in the range." in text
    assert "no price is known, so no units per dollar." in text


def test_the_appendix_has_the_query_of_each_figure(pdf: Path) -> None:
    text = text_of(pdf).replace(" ", "")
    assert "last_over_time(instance_kernel:perf_loadtest_units:paid{" in text
    assert "rate(node_cpu_seconds_total{" in text


def test_bookmarks_and_metadata(pdf: Path) -> None:
    document = pypdf.PdfReader(io.BytesIO(pdf.read_bytes()))
    assert document.metadata
    assert document.metadata.title == "Price-performance report"
    assert document.outline


def test_html_escapes_names_and_fetches_nothing(prometheus: str, tmp_path: Path) -> None:
    output = tmp_path / "report.html"
    assert run(["report", "--prometheus", prometheus, *RANGE, "--output", str(output)]) == 0
    page = output.read_text()
    assert "untested &lt;b&gt;&amp;" in page
    assert "<b>&" not in page
    assert LONG in page
    assert 'src="http' not in page


def test_machines_in_the_asked_order(prometheus: str, tmp_path: Path) -> None:
    output = tmp_path / "report.pdf"
    words = ["report", "--prometheus", prometheus, *RANGE, "--machines", "beta", "--output"]
    assert run([*words, str(output)]) == 0
    text = text_of(output)
    assert "beta does 10,000 units per second for a dollar an hour" in text
    assert "alpha" not in text


@pytest.mark.parametrize(
    ("words", "status", "message"),
    [
        (["--machines", "gamma"], 2, "command line: machines: expected machines that"),
        (
            ["--from", "1000000000", "--to", "1000003600"],
            1,
            "no machine in the range, 2001-09-09T01:46:40Z to 2001-09-09T02:46:40Z: take",
        ),
        (["--from", "soon"], 2, "command line: --from: expected a time"),
        (["--kernel", "none"], 1, "no load test in the range: run one"),
        (
            ["--prometheus", f"http://127.0.0.1:{free_port()}", "--prometheus-retries=1"],
            1,
            "cannot be reached",
        ),
        (["--prometheus", "nowhere"], 2, "command line: --prometheus: expected a URL"),
        (["--config", "/nonexistent.yaml"], 2, "/nonexistent.yaml: expected a readable"),
        (["--machines", " , "], 2, "command line: --machines: expected a list of machine names"),
    ],
)
def test_failures_are_one_line_and_no_file(  # noqa: PLR0917 - three fixtures, three values
    prometheus: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    status: int,
    message: str,
) -> None:
    output = tmp_path / "report.pdf"
    every = ["report", "--prometheus", prometheus, *RANGE, "--output", str(output), *words]
    assert run(every) == status
    error = capsys.readouterr().err
    assert message in error
    *retries, last = error.strip().splitlines()
    assert all(line.endswith("; trying again") for line in retries)
    assert "trying again" not in last
    assert list(tmp_path.iterdir()) == []


def test_the_ending_says_the_format(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["report", "--output", str(tmp_path / "report.doc")]) == 2
    assert "--output: expected a file that ends in .pdf, .html" in capsys.readouterr().err
