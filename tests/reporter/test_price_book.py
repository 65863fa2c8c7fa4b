"""A report with a price book, on a real Prometheus and through all that shows it."""

from __future__ import annotations

import csv
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.cli import run
from tests.reporter import book_history
from tests.reporter.book_history import END, START
from tests.reporter.conftest import served

pytestmark = pytest.mark.e2e
near = pytest.approx


@pytest.fixture(scope="module")
def engine(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("two-days")
    with served(folder, book_history.openmetrics(), blocks="48h") as url:
        yield url


@pytest.fixture(scope="module")
def book(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return book_history.book(tmp_path_factory.mktemp("book"))


@pytest.fixture(scope="module")
def rates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return book_history.rates(tmp_path_factory.mktemp("rates"))


def made(url: str, output: Path, *words: str) -> bytes:
    times = ["--from", str(START), "--to", str(END), "--quiet"]
    assert run(["report", "--prometheus", url, *times, "--output", str(output), *words]) == 0
    return output.read_bytes()


def document(url: str, folder: Path, *words: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(made(url, folder / "r.json", *words))
    return found


@pytest.fixture(scope="module")
def found(
    engine: str, book: Path, rates: Path, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, Any]:
    words = ["--price-book", str(book), "--exchange-rates", str(rates)]
    return document(engine, tmp_path_factory.mktemp("found"), *words)


def test_what_each_machine_costs(found: dict[str, Any]) -> None:
    machines = found["findings"]["book"]["machines"]
    one = machines["web-1"]
    assert one["list"]["mean"] == near((0.10 + 0.12) / 2)
    assert [(s["since"] - START, s["amount"]) for s in one["list"]["steps"]] == [
        (0, 0.10),
        (86_400, 0.12),
    ]
    # The test was a month before the range, when another list held.
    assert (one["list"]["at_test"]["amount"], one["list"]["at_test"]["source"]) == (
        0.09,
        "list of January",
    )
    assert one["effective"]["mean"] == near(0.07)
    assert "at_test" not in one["effective"]
    assert [s["of_machine"] for s in one["effective"]["steps"]] == [True, True]
    assert [s["of_machine"] for s in machines["web-2"]["effective"]["steps"]] == [False, False]
    abroad = machines["eur-1"]["list"]
    assert (abroad["steps"][0]["amount"], abroad["steps"][0]["currency"]) == (0.2, "EUR")
    assert abroad["mean"] == near(0.25)
    assert abroad["steps"][0]["rate_days"] == ["2026-09-09"]
    assert machines["lone"] == {}


def test_what_commitments_save_and_idle_time_costs(found: dict[str, Any]) -> None:
    book = found["findings"]["book"]
    # 24 h at $0.10 and 24 at $0.12 by the list, $3.36 by the bill.
    assert book["machines"]["web-1"]["saving"] == {
        "list": near(5.28),
        "effective": near(3.36),
        "hours": near(48),
        "dollars": near(1.92),
        "share": near(1.92 / 5.28),
    }
    idle = {name: one.get("idle") for name, one in book["machines"].items()}
    # 75 % of $1.44, and 25 % of $1.92.
    assert idle["web-1"]["idle"] == near(1.08 + 0.48)
    assert idle["web-1"]["month"] == near(1.56 / 48 * 730)
    assert idle["web-1"]["busy"] == near(1 - 1.56 / 3.36)
    # Half of the 36 hours that are known; twelve at $0.06 are not.
    assert idle["web-2"]["idle"] == near(0.5 * (12 * 0.06 + 1.92))
    assert idle["web-2"]["unknown"] == near(0.72)
    assert [idle["web-2"][key] for key in ("least", "month", "most")] == near(
        [1.32 / 48 * 730, 1.32 / 36 * 730, 2.04 / 48 * 730]
    )
    assert idle["eur-1"]["idle"] == near(48 * 0.25 * 0.8)
    assert idle["lone"] is None
    totals = book["totals"]
    assert (totals["machines"], totals["both"], totals["counted"]) == (4, 2, 3)
    assert totals["saving"]["dollars"] == near(3.84)
    assert totals["idle"] == near(1.56 + 1.32 + 9.6)


def test_units_per_dollar_on_both_prices(found: dict[str, Any]) -> None:
    first, second = found["findings"]["book"]["worth"]
    middle = (1000 * 1010) ** 0.5
    assert (first["name"], first["machines"]) == ("aws m7i.large", 2)
    assert first["list"]["units_per_dollar"]["value"] == near(middle / 0.11)
    assert first["effective"]["units_per_dollar"]["value"] == near(middle / 0.07)
    bounds = first["effective"]["units_per_dollar"]
    assert bounds["lower"] < bounds["value"] < bounds["upper"]
    assert (first["list"]["rank"], first["effective"]["rank"]) == (2, 1)
    assert (second["name"], second["list"]["rank"]) == ("eur-1", 1)
    assert second["list"]["units_per_dollar"] == {
        "value": near(12_000),
        "lower": near(11_760),
        "upper": near(12_240),
    }
    assert "effective" not in second


def test_the_book_prices_what_the_engine_does_not(found: dict[str, Any]) -> None:
    machines = {one["name"]: one for one in found["machines"]}
    one = machines["web-1"]
    assert one["price"] == near(0.11)
    assert one["pricing"]["source"] == "list"
    assert (one["pricing"]["lowest"], one["pricing"]["highest"]) == (0.10, 0.12)
    assert one["units_per_dollar"]["value"] == near(1000 / 0.11)
    # What the engine has counts before the book, and that they differ is said.
    assert (machines["web-2"]["price"], machines["web-2"]["pricing"].get("source")) == (0.1, None)
    assert "price" not in machines["lone"]
    remarks = found["findings"]["remarks"]
    assert (
        "web-2: the engine has $0.1000 an hour on demand and the price book $0.1100; amounts"
        " elsewhere in the report are by the engine's."
    ) in remarks
    assert (
        "lone: the price book book.sqlite has no price of its provider, region and type." in remarks
    )
    assert "web-1: the engine has no price; that of the price book counts (list)." in remarks
    assert not any("recording rule" in remark for remark in remarks)


def test_effective_prices_can_be_what_counts(engine: str, book: Path, tmp_path: Path) -> None:
    words = ["--price-book", str(book), "--purchase", "effective"]
    machines = {one["name"]: one for one in document(engine, tmp_path, *words)["machines"]}
    assert {name: one.get("price") for name, one in machines.items()} == {
        "web-1": near(0.07),
        "web-2": near(0.07),
        "eur-1": None,
        "lone": None,
    }


def test_without_a_rate_a_price_is_shown_and_part_of_no_sum(
    engine: str, book: Path, tmp_path: Path
) -> None:
    words = ["--template=machine", "--machines=eur-1", "--price-book", str(book)]
    page = made(engine, tmp_path / "r.html", *words).decode()
    assert "0.2000 EUR" in page
    assert "Nobody gave a rate from EUR to US dollars for the end of the range" in page
    found = document(engine, tmp_path, "--price-book", str(book))["findings"]["book"]
    assert found["without_rate"] == ["EUR"]
    assert "mean" not in found["machines"]["eur-1"]["list"]
    assert found["totals"]["counted"] == 2
    # A rate of the settings is one, too.
    euros = ["--currency-code=EUR", "--currency-rate=0.8", "--currency-date=2026-09-01"]
    found = document(engine, tmp_path, "--price-book", str(book), *euros)["findings"]["book"]
    assert found["machines"]["eur-1"]["list"]["mean"] == near(0.25)


def test_pages_say_prices_sources_and_money(
    engine: str, book: Path, rates: Path, tmp_path: Path
) -> None:
    words = ["--price-book", str(book), "--exchange-rates", str(rates)]
    page = " ".join(made(engine, tmp_path / "r.html", *words).decode().split())
    for text in (
        "List, effective and idle money",
        "Of 2 of 4 machines list and effective price are known: by the list, the hours of the range"
        " cost $10.56, and $6.72 was paid. Commitments and discounts saved $3.84 (36.4 %).",
        "Idle CPU time of 3 of 4 machines cost $12.48 of $18.72 in the range; a month of it costs"
        " $196.49.",
        "$0.1000 to $0.1200",
        "0.2000 EUR",
        "focus-csv: bill.csv (EffectiveCost)",
        "effective, of its type",
        "$26.77",
        "List and effective prices over the range",
        "book.sqlite",
    ):
        assert text in page, text


@pytest.mark.parametrize("template", ["machine", "fleet", "rightsizing"])
def test_other_templates_say_what_it_comes_to(
    engine: str, book: Path, rates: Path, tmp_path: Path, template: str
) -> None:
    words = [f"--template={template}", "--price-book", str(book), "--exchange-rates", str(rates)]
    page = " ".join(made(engine, tmp_path / "r.html", *words).decode().split())
    assert "Commitments and discounts saved $3.84 (36.4 %)." in page
    assert "where prices are from" in page


def test_tables_of_numbers(engine: str, book: Path, rates: Path, tmp_path: Path) -> None:
    words = ["--price-book", str(book), "--exchange-rates", str(rates)]
    made(engine, tmp_path / "r.json", *words, "--csv", str(tmp_path / "tables"))

    def rows(name: str, by: str) -> dict[str, dict[str, str]]:
        text = (tmp_path / "tables" / f"{name}.csv").read_text()
        return {row[by]: row for row in csv.DictReader(text.splitlines())}

    prices = rows("book_prices", "machine")
    assert float(prices["web-1"]["saved_dollars"]) == near(1.92)
    assert prices["web-1"]["list_source"] == "list"
    assert prices["eur-1"]["effective_dollars_per_hour"] == ""
    known = {name: row["price_source"] for name, row in rows("machines", "machine").items()}
    assert known == {"web-1": "list", "web-2": "engine", "eur-1": "invoice", "lone": ""}
    idle = rows("idle_money", "machine")
    assert set(idle) == {"web-1", "web-2", "eur-1"}
    assert float(idle["web-2"]["unknown_dollars"]) == near(0.72)
    worth = rows("worth_by_price", "type_or_machine")
    assert worth["aws m7i.large"]["effective_rank"] == "1"


def test_without_a_book_nothing_is_said_of_one(engine: str, tmp_path: Path) -> None:
    page = made(engine, tmp_path / "r.html", "--csv", str(tmp_path / "tables")).decode()
    assert "List, effective" not in page
    assert "price_book" not in page
    assert not (tmp_path / "tables" / "book_prices.csv").exists()
    assert "book" not in document(engine, tmp_path)["findings"]


def test_its_database_is_loaded_for_a_book_alone(engine: str, tmp_path: Path) -> None:
    code = (
        "import sys; from perfanalysis.cli import run; status = run(sys.argv[1:]);"
        " print(status, 'sqlalchemy' in sys.modules)"
    )
    times = ["--from", str(START), "--to", str(END), "--quiet"]
    words = ["report", "--prometheus", engine, *times, "--output", str(tmp_path / "r.json")]
    every = [sys.executable, "-c", code, *words]
    done = subprocess.run(every, capture_output=True, text=True, check=False)
    assert done.stdout.split() == ["0", "False"], done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--price-book", "{folder}/none.sqlite"], "none.sqlite: expected a price book"),
        (["--price-book", "{folder}/text"], "text: expected a price book"),
        (
            ["--price-book", "{book}", "--exchange-rates", "{folder}/text"],
            "text: header: expected the ECB's reference rates",
        ),
    ],
)
def test_what_is_no_book_is_refused_before_anybody_is_asked(
    book: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    words: list[str],
    message: str,
) -> None:
    (tmp_path / "text").write_text("hello\n" * 1000)
    told = [word.format(folder=tmp_path, book=book) for word in words]
    output = tmp_path / "r.html"
    nobody = "http://127.0.0.1:9"
    assert run(["report", "--prometheus", nobody, "--output", str(output), *told]) == 2
    assert message in capsys.readouterr().err
    assert not output.exists()


def test_init_proposes_the_book_and_writes_what_makes_a_report(
    engine: str, book: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = tmp_path / "report.yaml"
    words = ["report", "init", "--prometheus", engine, "--to", str(END), "--output", str(settings)]
    assert run([*words, "--price-book", str(book)]) == 0
    assert f"report init: {book} has no price of lone: prices are" in capsys.readouterr().err
    text = settings.read_text()
    assert "# Of 4 machines the price book has: on_demand of 3, effective of 2\n" in text
    assert "# It has none of lone\n" in text
    assert f'price_book: "{book}"\n' in text
    assert "# Rates to dollars of EUR: the ECB's file, or your own:\n# exchange_rates: " in text
    assert run(["report", "--config", str(settings), "--output", str(tmp_path / "r.json")]) == 0
    found = json.loads((tmp_path / "r.json").read_text())
    assert found["findings"]["book"]["totals"]["both"] == 2
    capsys.readouterr()


def test_init_looks_at_the_usual_book_and_a_report_does_not(
    engine: str,
    book: Path,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path))
    words = ["report", "init", "--prometheus", engine, "--to", str(END)]
    assert run(words) == 0
    assert "# price_book: prices.sqlite\n" in capsys.readouterr().out
    usual = tmp_path / "prices.sqlite"
    usual.write_bytes(book.read_bytes())
    assert run(words) == 0
    assert f'\nprice_book: "{usual}"\n' in capsys.readouterr().out
    assert "book" not in document(engine, tmp_path)["findings"]
    with_none = book_without_prices(tmp_path / "other.sqlite")
    assert run([*words, "--price-book", str(with_none)]) == 0
    out, err = capsys.readouterr()
    assert "# The price book has no price of these machines:\n# price_book: " in out
    assert f"report init: {with_none} has no price of " in err


def book_without_prices(path: Path) -> Path:
    from prices.book.opening import opened

    with opened(path, make=True):
        return path
