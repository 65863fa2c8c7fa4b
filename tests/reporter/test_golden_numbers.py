"""Machines of known truth through a real Prometheus: the PDF's text and its CSV say just that."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pypdf
import pytest

from perfanalysis.cli import run
from tests.reporter.conftest import END, START

pytestmark = pytest.mark.e2e


def report(url: str, output: Path, *more: str) -> pypdf.PdfReader:
    words = ["report", "--prometheus", url, "--from", str(START), "--to", str(END), "--quiet"]
    assert run([*words, "--baseline", "steady", "--output", str(output), *more]) == 0
    return pypdf.PdfReader(output)


def text_of(document: pypdf.PdfReader) -> str:
    return " ".join(" ".join(page.extract_text() for page in document.pages).split())


def rows_of(document: pypdf.PdfReader, words: str) -> list[dict[str, str]]:
    (name,) = [name for name in document.attachments if words in name]
    (content,) = document.attachments[name]
    return list(csv.DictReader(io.StringIO(content.decode())))


@pytest.fixture(scope="module")
def document(truth: str, tmp_path_factory: pytest.TempPathFactory) -> pypdf.PdfReader:
    return report(truth, tmp_path_factory.mktemp("golden-report") / "report.pdf")


def test_the_verdict(document: pypdf.PdfReader) -> None:
    # Each side is known to 3 %: on logarithms sqrt(ln(1/0.97)^2 + ln(1.03)^2) = 0.04244 joined.
    text = text_of(document)
    assert (
        "In one run of each, steady did the most work for the money: 10,000 units per second for a"
        " dollar an hour, at $0.1000 an hour, 25 % (20 to 30 %) more than double. One run each"
        " cannot say which machine is better value; at least 2 more runs of each are needed."
        in text
    )
    assert (
        "In one run of each, double was the fastest with 2,000 units per second; that was 100 % (92"
        " to 109 %) more than steady." in text
    )


def test_nothing_that_recommends_a_machine_by_one_run_is_bold(document: pypdf.PdfReader) -> None:
    bold: list[str] = []

    def see(text: str, _cm: object, _tm: object, font: dict[str, str] | None, _size: float) -> None:
        if font and "Bold" in font["/BaseFont"]:
            bold.append(text.strip())

    for page in document.pages:
        page.extract_text(visitor_text=see)
    assert "Verdict" in bold
    told = ("the most work", "the fastest", "smallest that fits", "more runs of each")
    assert [text for text in bold if any(words in text for words in told)] == []
    # Units per dollar, at full load and at the observed use, the difference, and the month.
    assert {"10,000", "8,000", "2,500", "2,000", "-20.0 %", "$73.00", "1"} & set(bold) == set()


def test_differences_to_the_baseline(document: pypdf.PdfReader) -> None:
    text = text_of(document)
    assert "+100.0 % +91.7 to +108.7 %" in text
    assert "-20.0 % -23.3 to -16.5 %" in text
    assert "+150.0 %" in text
    rows = {row["figure"]: row for row in rows_of(document, "difference-to-the-baseline")}
    assert float(rows["units"]["ratio_to_baseline"]) == pytest.approx(2)
    assert float(rows["units"]["lower"]) == pytest.approx(1.91689, abs=1e-5)
    assert float(rows["units_per_dollar"]["upper"]) == pytest.approx(0.83469, abs=1e-5)


def test_the_fit(document: pypdf.PdfReader) -> None:
    # 25 % of 1,000 units are 12.5 % of 2,000; a month has 730 hours; memory: 2 of 8 GiB.
    text = text_of(document)
    assert "By one run each, the smallest that fits is steady." in text
    # Both runs are known to 3 %, of work: 12.5 % times and over exp(0.04244); its own is as seen.
    bounds = "12.0 to 13.0"
    row = f"double 12.5 % 12.5 % {bounds} 88 % / 88 % 25.0 % 0.0 % yes 1 $182.50"
    assert row in text
    assert "steady 25.0 % 25.0 % 75 % / 75 % 25.0 % 0.0 % yes 1 $73.00" in text
    # At 25 % busy: 250 units/s of 0.10 dollars, 500 of 0.25.
    assert "1 steady 250.0 242.5 to 257.5 2,500 2,425 to 2,575" in text
    assert "2 double 500.0 485.0 to 515.0 2,000 1,940 to 2,060" in text


def test_percentiles(document: pypdf.PdfReader) -> None:
    text = text_of(document)
    assert "steady CPU busy 25.0 % 25.0 % 25.0 % 25.0 % 25.0 % 0 s 0 s" in text
    assert "60.0 % 60.0 % 60.0 % 0 s 0 s" in text
    assert "Memory used 25.0 % 25.0 % 25.0 % 25.0 % 25.0 %" in text


def test_the_attached_series(document: pypdf.PdfReader) -> None:
    rows = rows_of(document, "cpu-busy-over-time")
    steady = [float(row["busy"]) for row in rows if row["machine"] == "steady"]
    assert len(steady) > 100
    assert steady == pytest.approx([0.25] * len(steady))
    for row in rows:
        if row["machine"] == "double" and abs(float(row["time"]) - START - 3600) > 300:
            expected = 0.1 if float(row["time"]) < START + 3600 else 0.6
            assert float(row["busy"]) == pytest.approx(expected)
    worth = {row["machine"]: row for row in rows_of(document, "work-for-the-money")}
    assert float(worth["double"]["units_per_second_per_dollar_hour"]) == pytest.approx(8000)
    assert float(worth["steady"]["lower"]) == pytest.approx(9700)


def test_the_attached_curve_and_front(document: pypdf.PdfReader) -> None:
    levels = rows_of(document, "work-at-each-busy-level")
    assert len(levels) == 2 * 10
    for row in levels:
        most, busy = {"steady": 1000.0, "double": 2000.0}[row["machine"]], float(row["busy"])
        units = [float(row[name]) for name in ("units_per_second", "lower", "upper")]
        assert units == pytest.approx([most * busy / 100 * share for share in (1, 0.97, 1.03)])
        # What busy level was reached was not measured: unknown is empty, not 0.
        assert row["reached"] == ""
    front = {row["machine"]: row for row in rows_of(document, "pareto-front")}
    # Neither is beaten: the one is cheaper, the other does more.
    assert [row["on_front"] for row in front.values()] == ["1", "1"]
    assert float(front["double"]["dollars_per_hour"]) == 0.25
    assert float(front["double"]["lower"]) == pytest.approx(1940)
    modes = rows_of(document, "cpu-time-by-mode-steady")
    shares = {row["mode"]: float(row["share"]) for row in modes}
    assert shares == {"user": pytest.approx(0.25), "idle": pytest.approx(0.75)}


def test_the_missing_rule_is_said(document: pypdf.PdfReader) -> None:
    rule = "instance_kernel:perf_loadtest_units:paid"
    expected = f"steady, double: the recording rule {rule} has no value"
    assert expected in text_of(document) or expected.replace(
        "steady, double", "double, steady"
    ) in (text_of(document))


def test_same_data_same_bytes(truth: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1760000000")
    for name in ("a.pdf", "b.pdf"):
        report(truth, tmp_path / name)
    assert (tmp_path / "a.pdf").read_bytes() == (tmp_path / "b.pdf").read_bytes()
    assert "on 2025-10-09 08:53:20 UTC." in text_of(pypdf.PdfReader(tmp_path / "a.pdf"))


@pytest.mark.parametrize("epoch", ["yesterday", "-1", "\N{SUPERSCRIPT TWO}", "999999999999"])
def test_an_epoch_that_is_none(
    truth: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    epoch: str,
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    words = ["report", "--prometheus", truth, "--from", str(START), "--to", str(END)]
    assert run([*words, "--output", str(tmp_path / "a.pdf")]) == 2
    assert "SOURCE_DATE_EPOCH: expected Unix seconds" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
