"""The commands, as people call them: what is printed, kept, and refused."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from perfanalysis.cli import run
from perfanalysis.machines import book_prices
from perfanalysis.machines.identity import Identity
from prices import machine_file
from prices.importers.templates import BY_FORMAT
from tests.prices.importers.focus.exports import export

INVENTORY = """
machines:
  - {name: web-1, provider: aws, region: eu-central-1, instance_type: m7i.large}
  - {name: db-1, provider: our-cloud}
"""


@pytest.fixture(autouse=True)
def state(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty state folder, and a wide terminal."""
    monkeypatch.setenv("PERFANALYSIS_STATE_DIRECTORY", str(tmp_path / "state"))
    monkeypatch.setenv("COLUMNS", "200")
    return tmp_path / "state"


@pytest.fixture
def own(tmp_path: Path) -> str:
    path = tmp_path / "own.csv"
    path.write_text(BY_FORMAT["csv"])
    return str(path)


class Prices:
    """``perfanalysis prices``, and what it printed."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys

    def __call__(self, *words: str, status: int = 0) -> str:
        done = run(["prices", *words])
        said = self._capsys.readouterr()
        assert done == status, said.err
        return said.err if status else said.out


@pytest.fixture
def prices(capsys: pytest.CaptureFixture[str]) -> Prices:
    return Prices(capsys)


class TestPricesCommands:
    def test_the_same_import_twice_changes_nothing(self, prices: Prices, own: str) -> None:
        assert "3 read, 3 prices imported, 0 unchanged" in prices("import", "--cloud=off", own)
        before = prices("export")
        assert "3 read, 0 prices imported, 3 unchanged" in prices("import", "--cloud=off", own)
        assert prices("export") == before

    def test_single_machines_are_listed_when_asked_for(
        self, prices: Prices, tmp_path: Path
    ) -> None:
        path = tmp_path / "mine.csv"
        path.write_text(
            "provider,region,instance_type,machine,amount,currency,valid_from\n"
            "ours,east,large,,0.1,USD,2026-01-01\n"
            "ours,east,large,web-1,0.09,USD,2026-01-01\n"
        )
        prices("import", "--cloud=off", str(path))
        assert "0.09 USD" not in prices("list")
        for flags in (["--wide"], ["--machine=web-1"], ["--json"]):
            assert "0.09" in prices("list", *flags)

    def test_a_bills_account_adds_up(self, prices: Prices, tmp_path: Path) -> None:
        bill = export(tmp_path / "bill.csv", {}, {"ServiceName": "x", "EffectiveCost": "0.00001"})
        of_one = ["--cloud=off", "--set=cost=effective"]
        said = prices("import", *of_one, str(bill))
        assert "2 read, 2 prices imported, 0 unchanged, 1 left out" in said
        assert "left out 1: of a service that is no machine (0.00001 USD); first row 3" in said
        assert "0.34 imported + 0.00001 left out = 0.34001 USD, the file's total" in said
        (account,) = json.loads(prices("import", *of_one, "--json", str(bill)))
        assert account["sums"]["USD"] == {
            "total": "0.34001",
            "imported": "0.34",
            "left_out": "0.00001",
        }

    def test_a_last_line_without_its_end_is_said(
        self, prices: Prices, own: str, tmp_path: Path
    ) -> None:
        assert "may break off" not in prices("check", own)
        (tmp_path / "cut.csv").write_text(BY_FORMAT["csv"].rstrip("\n"))
        said = prices("check", str(tmp_path / "cut.csv"))
        assert "taken 1: a line without its line break, behind which the file may break off" in said

    def test_all_costs_of_a_bill_come_in_one_import(
        self, prices: Prices, tmp_path: Path, state: Path
    ) -> None:
        covered = {"CommitmentDiscountId": "x", "BilledCost": "0", "EffectiveCost": "0.2"}
        bill = export(tmp_path / "bill.csv", {"ContractedCost": "0.36"}, covered)
        said = prices("import", "--cloud=off", str(bill))
        assert "2 read, 8 prices imported, 0 unchanged, 0 left out" in said
        for line in (
            " EffectiveCost: 0 left out\n",
            "  0.54 imported + 0 left out = 0.54 USD, the file's total\n",
            " BilledCost: 1 left out\n  left out 1: covered by a commitment, which BilledCost does "
            "not have (0 USD); first row 3\n",
            "  0.34 imported + 0 left out = 0.34 USD, the file's total\n",
            "  0.7 imported + 0 left out = 0.7 USD, the file's total\n",
            "  0.8 imported + 0 left out = 0.8 USD, the file's total\n",
        ):
            assert line in said
        (account,) = json.loads(prices("check", "--json", str(bill)))
        assert account["sums"] == {}
        assert account["costs"]["ContractedCost"]["sums"]["USD"]["total"] == "0.7"
        machine = Identity(provider="aws", region="us-east-1", instance_type="c5.2xlarge")
        machine_file.write(state / "prices.sqlite", [machine], state)
        priced = book_prices.read(state / "prices.json").completing(machine)
        assert priced.prices == {
            "on_demand": 0.4, "effective": 0.27, "contracted": 0.35
        }  # fmt: skip

    def test_nothing_is_kept_of_an_import_that_is_refused(
        self, prices: Prices, own: str, tmp_path: Path
    ) -> None:
        other = tmp_path / "other.csv"
        other.write_text(BY_FORMAT["csv"].replace("0.1197", "0.12"))
        said = prices("import", "--cloud=off", own, str(other), status=2)
        assert "other.csv: aws eu-central-1 m7i.large linux shared on_demand from" in said
        assert "expected the amount that 'examples' has for it already, 0.1197" in said
        assert "found '0.12'" in said
        assert "all 0 prices are sound; sources: 0" in prices("check")

    def test_show_list_history_and_convert(self, prices: Prices, own: str, tmp_path: Path) -> None:
        later = tmp_path / "later.csv"
        later.write_text(
            BY_FORMAT["csv"].replace("0.1197", "0.14364").replace("2026-01-01", "2026-02-01")
        )
        prices("import", "--cloud=off", own, str(later))
        of_type = ["--provider=aws", "--region=eu-central-1", "--instance-type=m7i.large"]
        assert "0.14364 USD" in prices("show", *of_type)
        assert "0.1197 USD" in prices("show", *of_type, "--at=2026-01-31T23:59:59Z")
        assert "has no such price" in prices("show", *of_type, "--at=2025-12-31", status=1)
        assert "0.0791 USD" in prices("show", *of_type, "--purchase=reserved", "--months=12")
        assert "--months: expected" in prices("show", *of_type, "--purchase=reserved", status=2)
        assert "+20.00%" in prices("history", *of_type, "--purchase=on_demand")
        listed = json.loads(prices("list", "--json", "--provider=our-cloud"))
        assert [one["amount"] for one in listed] == ["0.35", "0.35"]
        rates = tmp_path / "rates.csv"
        rates.write_text("date,from,to,rate\n2026-01-01,EUR,USD,1.25\n")
        both = prices(
            "convert",
            "--to=USD",
            f"--exchange-rates={rates}",
            "--provider=our-cloud",
            "--at=2026-01-01",
        )
        assert "0.35 EUR" in both
        assert "0.4375 USD" in both

    def test_check_changes_nothing_and_finds_contradictions(
        self, prices: Prices, own: str, state: Path
    ) -> None:
        assert "3 prices imported" in prices("check", own)
        assert not state.exists()
        prices("import", "--cloud=off", own)
        assert "all 3 prices are sound; sources: 1" in prices("check")
        path = Path(own)
        path.write_text(BY_FORMAT["csv"].replace("0.1197", "0.2"))
        said = prices("check", own, status=2)
        assert "has for it already, 0.1197" in said

    def test_what_is_exported_can_be_imported(
        self, prices: Prices, own: str, tmp_path: Path
    ) -> None:
        prices("import", "--cloud=off", own)
        out = tmp_path / "out.csv"
        prices("export", f"--output={out}")
        other = f"--price-book={tmp_path / 'other' / 'book.sqlite'}"
        prices("import", "--cloud=off", other, str(out))
        assert prices("export", other) == out.read_text()

    def test_a_source_is_removed_by_its_name(self, prices: Prices, own: str) -> None:
        prices("import", "--cloud=off", own)
        said = prices("remove-source", "nobody", status=2)
        assert "a source that it has (examples), found 'nobody'" in said
        assert "3 prices of 'examples' removed" in prices("remove-source", "examples")
        assert prices("list", "--sources", "--json") == "[]\n"

    def test_what_a_file_says_is_no_markup(self, prices: Prices, own: str) -> None:
        prices("import", "--cloud=off", own, "--set=source=[/b] [red]x")
        Path(own).write_text(BY_FORMAT["csv"].replace("examples", ""))
        prices("import", "--cloud=off", own, "--set=source=[/b] [red]x")
        assert "[/b] [red]x" in prices("list", "--wide")
        assert "[/b] [red]x" in prices("list", "--sources")

    def test_each_import_writes_the_exporters_file(
        self, prices: Prices, own: str, tmp_path: Path, state: Path
    ) -> None:
        inventory = tmp_path / "inventory.yaml"
        inventory.write_text(INVENTORY)
        prices("import", own, f"--inventory={inventory}")

        def written() -> dict[str, dict[str, str]]:
            root = json.loads((state / "prices.json").read_text())
            return {
                one["name"]: {
                    p["purchase"]: f"{p['amount']} {p['currency']}" for p in one["prices"]
                }
                for one in root["machines"]
            }

        expected = {
            "web-1": {"on_demand": "0.1197 USD", "reserved_1y": "0.0791 USD"},
            "db-1": {"effective": "0.35 EUR"},
        }
        assert written() == expected
        # The next import, and a removal, keep to these machines.
        Path(own).write_text(
            BY_FORMAT["csv"].replace("0.1197", "0.5").replace("2026-01-01", "2026-02-01")
        )
        prices("import", own)
        assert written()["web-1"]["on_demand"] == "0.5 USD"
        prices("remove-source", "examples")
        assert written() == {"web-1": {}, "db-1": {}}

    def test_what_begins_later_is_written_ahead(
        self, prices: Prices, own: str, tmp_path: Path, state: Path
    ) -> None:
        ahead = tmp_path / "ahead.csv"
        text = BY_FORMAT["csv"].replace("0.1197", "0.5").replace("2026-01-01", "2999-02-01")
        ahead.write_text(text.replace("examples", "ahead"))
        inventory = tmp_path / "inventory.yaml"
        inventory.write_text(INVENTORY)
        prices("import", own, str(ahead), f"--inventory={inventory}")
        book = book_prices.read(state / "prices.json")
        (machine, *_) = book.machines
        begins = datetime(2999, 2, 1, tzinfo=UTC)
        assert [since for since, _ in book.later] == [begins]
        assert machine.prices["on_demand"] == 0.1197
        found = [
            book.at(moment).completing(machine._replace(prices={})).prices["on_demand"]
            for moment in (begins - timedelta(seconds=1), begins)
        ]
        assert found == [0.1197, 0.5]

    def test_a_bills_machine_is_known_by_its_instance_id(
        self, prices: Prices, tmp_path: Path, state: Path
    ) -> None:
        bill = export(tmp_path / "bill.csv", {}, {"ResourceId": "i-0aaaaaaaaaaaaaaaa"})
        text = bill.read_text().replace("0.34", "0.27", 1).replace("0.34", "0.25", 1)
        bill.write_text(text)
        prices("import", "--cloud=off", str(bill))
        machine = Identity(
            provider="aws",
            region="us-east-1",
            instance_type="c5.2xlarge",
            instance_id="i-081360af1f266f589",
        )
        machine_file.write(state / "prices.sqlite", [machine], state)
        priced = book_prices.read(state / "prices.json").completing(machine)
        assert priced.prices["effective"] == 0.25

    @pytest.mark.parametrize(
        ("words", "message"),
        [
            (["--set=cost"], "--set: expected NAME=VALUE, found 'cost'"),
            (["--set=cost=list"], "--set: expected a setting of csv (source, time-zone)"),
            (["--format=focus-csv"], "expected a column BilledCost"),
        ],
    )
    def test_bad_settings_are_refused(
        self, prices: Prices, own: str, words: list[str], message: str
    ) -> None:
        assert message in prices("import", "--cloud=off", own, *words, status=2)

    def test_a_book_that_is_none_is_refused(self, prices: Prices, tmp_path: Path) -> None:
        path = tmp_path / "x"
        path.write_text("no book" * 100)
        assert "a price book" in prices("list", f"--price-book={path}", status=2)
        assert "`perfanalysis prices import` makes one" in prices("list", status=2)


def test_exporter_and_load_test_load_no_database() -> None:
    code = (
        "import sys; import exporter.app, exporter.registrations, loadtest.app, "
        "loadtest.commands.run, exporter.collectors.machine.collector; "
        "loaded = {'sqlalchemy', 'pyarrow'} & set(sys.modules); sys.exit(str(loaded or '') or 0)"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False, capture_output=True, text=True)
    assert (done.returncode, done.stderr) == (0, "")
