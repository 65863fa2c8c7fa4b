"""Effective prices from FOCUS exports: what is taken, what is left out; nothing is lost."""

from __future__ import annotations

import gzip
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from prices.importers.focus.importer import FOCUS_CSV, FOCUS_PARQUET, hourly
from prices.importers.importer import ImportAccount
from prices.price import Price, Purchase
from tests.conftest import REPOSITORY
from tests.prices.importers.focus.exports import HOUR, export, read

MARCH = datetime(2026, 3, 1, tzinfo=UTC)
AZURE_VM = "/subscriptions/1/resourceGroups/g/providers/Microsoft.Compute/virtualMachines/Web-1"
AZURE = {
    "ProviderName": "Microsoft",
    "ServiceName": "Virtual Machines",
    "ResourceId": AZURE_VM,
    "SkuPriceDetails": '{"InstanceType": "Standard_D2s_v5", "OperatingSystem": "Windows"}',
    "ChargeDescription": "D2s v5",
}


def amounts(prices: list[Price]) -> dict[tuple[str, str], str]:
    return {(p.instance_type, p.machine): str(p.amount.normalize()) for p in prices}


class TestWhatIsTakenOfABill:
    def test_a_machine_and_its_type_cost_what_was_paid_over_the_hours(self, tmp_path: Path) -> None:
        other = {"ResourceId": "arn:aws:ec2:us-east-1:1:instance/i-0aaaaaaaaaaaaaaaa"}
        path = export(
            tmp_path / "a.csv",
            {"EffectiveCost": "0.30"},
            {"EffectiveCost": "0.1", "ConsumedQuantity": "0.5"},
            {**other, "EffectiveCost": "0.21", "BilledCost": "0.21"},
        )
        prices, account = read(path)
        assert amounts(prices) == {
            ("c5.2xlarge", "i-081360af1f266f589"): "0.266666666666667",
            ("c5.2xlarge", "i-0aaaaaaaaaaaaaaaa"): "0.21",
            ("c5.2xlarge", ""): "0.244",
        }
        first = prices[0]
        assert (first.provider, first.region, first.currency) == ("aws", "us-east-1", "USD")
        assert (first.operating_system, first.purchase) == ("linux", Purchase.EFFECTIVE)
        assert first.valid_from == MARCH
        assert account.imported == {"USD": Decimal("0.61")}

    @pytest.mark.parametrize(
        ("cost", "amount", "purchase"),
        [
            ("effective", "0.34", Purchase.EFFECTIVE),
            ("list", "0.4", Purchase.ON_DEMAND),
            ("billed", "0.34", Purchase.BILLED),
            ("contracted", "0.34", Purchase.CONTRACTED),
        ],
    )
    def test_any_cost_can_be_asked_for(
        self, tmp_path: Path, cost: str, amount: str, purchase: Purchase
    ) -> None:
        prices, _ = read(export(tmp_path / "a.csv", {}), cost=cost)
        assert [(str(p.amount.normalize()), p.purchase) for p in prices] == [(amount, purchase)] * 2

    @pytest.mark.parametrize(
        ("row", "expected"),
        [
            (
                {"ChargeDescription": "$1 per Dedicated Windows m5.large Instance Hour"},
                ("m5.large", "i-081360af1f266f589", "windows", "dedicated"),
            ),
            (
                {"ChargeDescription": "m7i-flex.xlarge Linux/UNIX Spot Instance-hour in X"},
                ("m7i-flex.xlarge", "i-081360af1f266f589", "linux", "shared"),
            ),
            (
                {"SkuPriceDetails": '{"InstanceType": "g5.4xlarge"}', "ResourceId": "NULL"},
                ("g5.4xlarge", "", "linux", "shared"),
            ),
            (AZURE, ("Standard_D2s_v5", AZURE_VM.lower(), "windows", "shared")),
            (
                {
                    "ProviderName": "Google Cloud",
                    "ServiceName": "Compute Engine",
                    "ResourceId": "//compute.googleapis.com/projects/p/zones/z/instances/123456789",
                    "ChargeDescription": "Micro Instance with burstable CPU running in EMEA",
                },
                ("", "123456789", "unknown", "shared"),
            ),
        ],
    )
    def test_whose_time_it_is(
        self,
        tmp_path: Path,
        row: dict[str, str],
        expected: tuple[str, str, str, str],
    ) -> None:
        prices, account = read(export(tmp_path / "a.csv", row))
        assert not account.left_out
        first = prices[0]
        found = (first.instance_type, first.machine, first.operating_system, first.tenancy)
        assert found == expected

    def test_a_tag_can_name_the_machine(self, tmp_path: Path) -> None:
        path = export(tmp_path / "a.csv", {"Tags": '{"Name": "web-1"}'}, {"Tags": "NULL"})
        prices, _ = read(path, machine_tag="Name")
        assert {p.machine for p in prices} == {"web-1", "i-081360af1f266f589", ""}

    def test_seconds_count_as_they_are(self, tmp_path: Path) -> None:
        row = {"ConsumedUnit": "Seconds", "ConsumedQuantity": "1800"}
        prices, _ = read(export(tmp_path / "a.csv", row))
        assert amounts(prices)["c5.2xlarge", ""] == "0.68"

    def test_corrections_count_where_they_belong(self, tmp_path: Path) -> None:
        correction = {
            "ChargeClass": "Correction",
            "EffectiveCost": "-0.14",
            "BilledCost": "-0.14",
            "ConsumedQuantity": "0",
        }
        prices, _ = read(export(tmp_path / "a.csv", {}, correction))
        assert amounts(prices)["c5.2xlarge", ""] == "0.2"

    def test_a_correction_of_the_cost_alone_has_no_hours(self, tmp_path: Path) -> None:
        correction = {
            "ChargeClass": "Correction",
            "EffectiveCost": "0.06",
            "ConsumedQuantity": "NULL",
        }
        prices, account = read(export(tmp_path / "a.csv", {}, correction))
        assert amounts(prices)["c5.2xlarge", ""] == "0.4"
        assert account.remarks == {"a correction of what was billed earlier": 1}

    def test_what_a_commitment_covers_costs_its_share(self, tmp_path: Path) -> None:
        used = {
            "CommitmentDiscountId": "arn:x",
            "CommitmentDiscountStatus": "Used",
            "BilledCost": "0",
            "EffectiveCost": "0.2",
        }
        prices, _ = read(export(tmp_path / "a.csv", used))
        assert amounts(prices)["c5.2xlarge", ""] == "0.2"

    def test_the_columns_of_version_1_3(self, tmp_path: Path) -> None:
        header = {name: name.replace("ProviderName", "ServiceProviderName") for name in HOUR}
        prices, _ = read(export(tmp_path / "a.csv", {}, header=header))
        assert prices[0].provider == "aws"

    def test_packed_with_gzip(self, tmp_path: Path) -> None:
        plain = export(tmp_path / "a.csv", {})
        packed = tmp_path / "a.csv.gz"
        packed.write_bytes(gzip.compress(plain.read_bytes()))
        assert amounts(read(packed)[0]) == amounts(read(plain)[0])


class TestWhenABillsPriceBegins:
    @pytest.mark.parametrize(
        ("text", "per", "expected"),
        [
            ("2026-03-01T00:00:00Z", "month", "2026-03-01"),
            ("2026-02-28T23:59:59.999999Z", "month", "2026-02-01"),
            # An offset from UTC is a different month of UTC.
            ("2026-03-01T00:30:00+01:00", "month", "2026-02-01"),
            ("2026-03-31T23:30:00-02:00", "month", "2026-04-01"),
            # The night in which Berlin's clocks go forward, and the one in which they go back.
            ("2026-03-29T01:59:00+01:00", "day", "2026-03-29"),
            ("2026-03-29T03:00:00+02:00", "day", "2026-03-29"),
            ("2026-10-25T00:30:00+02:00", "day", "2026-10-24"),
            ("2026-10-25 02:30:00 UTC", "day", "2026-10-25"),
            ("2026-03-05", "day", "2026-03-05"),
        ],
    )
    def test_in_utc(self, tmp_path: Path, text: str, per: str, expected: str) -> None:
        prices, _ = read(export(tmp_path / "a.csv", {"ChargePeriodStart": text}), per=per)
        assert {p.valid_from for p in prices} == {datetime.fromisoformat(f"{expected}T00:00Z")}

    def test_months_are_apart_and_a_missing_zone_is_said(self, tmp_path: Path) -> None:
        later = {"ChargePeriodStart": "2026-04-01 00:00:00", "EffectiveCost": "0.5"}
        prices, account = read(export(tmp_path / "a.csv", {}, later))
        of_type = [(p.valid_from.month, str(p.amount.normalize())) for p in prices if not p.machine]
        assert of_type == [(3, "0.34"), (4, "0.5")]
        assert account.remarks == {"a time without a zone, taken for UTC": 1}
        assert account.examples["a time without a zone, taken for UTC"] == "row 3"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ({"ServiceName": "Amazon Simple Storage Service"}, "of a service that is no machine"),
        ({"ConsumedUnit": "GB", "PricingUnit": "GB"}, "not counted in hours"),
        ({"ConsumedUnit": "vCPU-Hours"}, "charged by part of a machine"),
        ({"ChargeDescription": "$0.045 per NAT Gateway Hour"}, "hours of what is no machine"),
        (
            {"ChargeDescription": "$0.00 for 175 Mbps per t3a.small instance-hour (or part)"},
            "hours of what is no machine",
        ),
        ({"ChargeCategory": "Credit", "EffectiveCost": "-3"}, "a credit"),
        ({"ChargeCategory": "Tax"}, "a tax"),
        ({"ChargeCategory": "Purchase"}, "a purchase, not usage"),
        ({"ChargeCategory": "Purchase", "CommitmentDiscountId": "x"}, "the purchase of a commit"),
        ({"ChargeCategory": "Adjustment"}, "an adjustment"),
        ({"ChargeCategory": "Gift"}, "a charge category that FOCUS does not have"),
        ({"CommitmentDiscountStatus": "Unused"}, "an unused commitment"),
        ({"CapacityReservationStatus": "Unused"}, "an unused capacity reservation"),
        ({"BillingCurrency": "dollars"}, "a currency that is none of ISO 4217"),
        ({"BillingCurrency": ""}, "a currency that is none of ISO 4217"),
        ({"EffectiveCost": "NULL"}, "EffectiveCost is absent, or no number"),
        ({"EffectiveCost": "nan"}, "EffectiveCost is absent, or no number"),
        ({"EffectiveCost": "1e999999999"}, "EffectiveCost is absent, or no number"),
        ({"EffectiveCost": "0,34"}, "EffectiveCost is absent, or no number"),
        ({"EffectiveCost": "-0.34"}, "a negative cost that is no correction"),
        ({"EffectiveCost": "0", "BilledCost": "0.34"}, "EffectiveCost is 0 beside a BilledCost"),
        ({"EffectiveCost": "1", "BilledCost": "1.14"}, "EffectiveCost is in whole units beside"),
        (
            {"EffectiveCost": "0", "CommitmentDiscountId": "x", "BilledCost": "0"},
            "EffectiveCost is 0 for what a commitment covers",
        ),
        ({"ConsumedQuantity": "NULL"}, "hours that are absent, or no number"),
        ({"ConsumedQuantity": "-1"}, "negative hours that are no correction"),
        ({"ConsumedQuantity": "0"}, "no hours, or none left by corrections"),
        ({"ChargePeriodStart": "soon"}, "ChargePeriodStart is absent, or no time"),
        ({"ChargeClass": "Correction", "EffectiveCost": "-9.5"}, "less than 0 is left"),
    ],
)
def test_what_is_left_out_is_said_with_its_row(
    tmp_path: Path, row: dict[str, str], reason: str
) -> None:
    sound = {"ResourceId": "i-0aaaaaaaaaaaaaaaa"}
    prices, account = read(export(tmp_path / "a.csv", sound, row))
    assert {p.machine for p in prices} == {"i-0aaaaaaaaaaaaaaaa", ""}
    (said, count), *others = account.left_out.items()
    assert said.startswith(reason)
    assert (count, others, account.examples[said], account.read) == (1, [], "row 3", 2)


def test_costs_in_whole_units_throughout_are_not_believed(tmp_path: Path) -> None:
    whole = {"EffectiveCost": "2", "BilledCost": "2.0"}
    suspicious = {"EffectiveCost": "0", "BilledCost": "0.2"}
    azure = {**AZURE, "EffectiveCost": "0.25"}
    prices, account = read(export(tmp_path / "a.csv", whole, suspicious, azure))
    assert {p.provider for p in prices} == {"azure"}
    assert account.left_out["EffectiveCost of aws is in whole units throughout"] == 1


class TestUnusableExports:
    @pytest.mark.parametrize(
        ("text", "message"),
        [
            (b"", "a FOCUS export, with a header"),
            (b"a,b\n1,2\n", "header: expected a column BilledCost, as FOCUS has it"),
            (b"BilledCost,BilledCost\n", "header: expected the column BilledCost once"),
            (b"\xff\xfe", "text in UTF-8"),
            (b"\x1f\x8bnot packed", "gzip"),
        ],
    )
    def test_what_is_no_export_is_refused(self, tmp_path: Path, text: bytes, message: str) -> None:
        path = tmp_path / "a.csv"
        path.write_bytes(text)
        with pytest.raises(InputError, match=message):
            read(path)

    @pytest.mark.parametrize("cut", [1, 8, 60])
    def test_one_that_breaks_off_is_refused(self, tmp_path: Path, cut: int) -> None:
        path = export(tmp_path / "a.csv", {"Tags": '{"a": "b"}'}, {"Tags": '{"a": "b"}'})
        path.write_bytes(path.read_bytes().removesuffix(b"\r\n")[:-cut])
        with pytest.raises(InputError, match=r"row 3: expected"):
            read(path)

    def test_a_packed_one_that_breaks_off_is_refused(self, tmp_path: Path) -> None:
        path = tmp_path / "a.csv.gz"
        packed = gzip.compress(export(tmp_path / "a.csv", {}).read_bytes())
        path.write_bytes(packed[:-20])
        with pytest.raises(InputError, match="a whole gzip file; this one breaks off"):
            read(path)

    def test_an_unknown_cost_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="--set cost: expected one of all, effective, billed"):
            read(export(tmp_path / "a.csv", {}), cost="mine")


@given(
    st.lists(
        st.tuples(
            st.decimals("-1000", "100000", places=11, allow_nan=False).map(str),
            st.sampled_from(["0", "0.5", "1", "744"]),
            st.sampled_from([{}, {"ServiceName": "x"}, {"ChargeCategory": "Tax"}, AZURE]),
            st.sampled_from(["USD", "EUR", "?"]),
        ),
        max_size=8,
    )
)
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_bill_adds_up_to_the_last_digit(
    tmp_path: Path, rows: list[tuple[str, str, dict[str, str], str]]
) -> None:
    path = export(
        tmp_path / "a.csv",
        *(
            {**row, "EffectiveCost": cost, "ConsumedQuantity": hours, "BillingCurrency": currency}
            for cost, hours, row, currency in rows
        ),
    )
    _, account = read(path, cost="all")  # which compares the sums
    for currency in {currency for *_, currency in rows}:
        costs = [Decimal(cost) for cost, *_, other in rows if other == currency]
        assert account.costs["EffectiveCost"].total[currency] == sum(costs)
        assert account.costs["ListCost"].total[currency] == Decimal("0.40") * len(costs)


@pytest.mark.parametrize(
    ("cost", "seconds", "amount"),
    [("1", "10800", "0.333333333333333"), ("2", "10800", "0.666666666666667"), ("0", "1", "0")],
)
def test_a_quotient_is_kept_to_15_decimals(cost: str, seconds: str, amount: str) -> None:
    assert hourly(Decimal(cost), Decimal(seconds)) == Decimal(amount)


def test_the_real_sample_adds_up_and_names_what_is_unsound() -> None:
    path = REPOSITORY.parent / "shared" / "costs" / "focus-1.0-sample.csv"
    if not path.is_file():
        pytest.skip("the sample of a real bill (../shared/costs) is not on this machine")
    prices, account = read(path)
    # All effective costs of AWS in it are whole; Oracle's rows are by OCPU and GB.
    assert prices == []
    assert account.read == sum(account.left_out.values()) == 1000
    prices, account = read(path, cost="billed")
    assert account.total == {"USD": Decimal("20.52022672899")}
    assert account.imported == {"USD": Decimal("17.157636884")}
    assert {p.amount for p in prices if p.instance_type == "g5.4xlarge"} == {Decimal("1.624")}
    prices, account = read(path, cost="all")
    assert {name: one.total for name, one in account.costs.items()} == {
        "EffectiveCost": {"USD": Decimal("14.97651418586")},
        "BilledCost": {"USD": Decimal("20.52022672899")},
        "ContractedCost": {"USD": Decimal("14.97626039326")},
        "ListCost": {"USD": Decimal("20.39090575119")},
    }


class TestParquet:
    def test_it_says_what_the_csv_says(self, tmp_path: Path) -> None:
        pa = pytest.importorskip("pyarrow")
        pq = pytest.importorskip("pyarrow.parquet")
        rows = [HOUR, {**HOUR, **AZURE}, {**HOUR, "ServiceName": "x", "EffectiveCost": "0.1"}]
        columns = {name: [row[name] or None for row in rows] for name in HOUR}
        table = pa.table(columns)
        for name, kind in (("EffectiveCost", pa.decimal128(20, 8)), ("BilledCost", pa.float64())):
            at = table.schema.names.index(name)
            table = table.set_column(at, name, table[name].cast(kind))
        start = pa.array([datetime.fromisoformat(row["ChargePeriodStart"]) for row in rows])
        at = table.schema.names.index("ChargePeriodStart")
        table = table.set_column(at, "ChargePeriodStart", start)
        tags = pa.array([[("Name", "web-1")], [], None], pa.map_(pa.string(), pa.string()))
        table = table.set_column(table.schema.names.index("Tags"), "Tags", tags)
        path = tmp_path / "a.parquet"
        pq.write_table(table, path)
        account = ImportAccount()
        found = list(
            FOCUS_PARQUET.read(path, {"machine-tag": "Name", "cost": "effective"}, account)
        )
        named = {"Tags": '{"Name": "web-1"}'}
        csv_path = export(tmp_path / "a.csv", named, AZURE, rows[2])
        expected, csv_account = read(csv_path, machine_tag="Name")
        assert amounts(found) == amounts(expected)
        assert account.total == csv_account.total
        assert account.left_out == csv_account.left_out
        path.write_bytes(path.read_bytes()[:-10])
        with pytest.raises(InputError, match="a whole, readable Parquet file"):
            list(FOCUS_PARQUET.read(path, {}, ImportAccount()))


def test_formats_are_told_by_their_begin(tmp_path: Path) -> None:
    assert FOCUS_CSV.detects(export(tmp_path / "a.csv", {}).read_bytes())
    assert not FOCUS_CSV.detects(b"provider,amount\n")
    assert FOCUS_PARQUET.detects(b"PAR1...")
