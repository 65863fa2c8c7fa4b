"""A bill by column says what it says row by row: prices, sums, reasons, row numbers, errors."""

from __future__ import annotations

import csv
import gzip
import io
import random
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.made_bill import write_bill
from perfanalysis.errors import InputError
from prices.importers.focus import importer
from prices.importers.focus.batches import ReadBatches
from prices.importers.focus.csv_rows import csv_rows
from prices.importers.importer import ImportAccount
from prices.price import Price
from tests.conftest import REPOSITORY
from tests.prices.importers.focus.exports import HOUR, export

csv_columns = pytest.importorskip("prices.importers.focus.csv_columns")
Said = tuple[list[Price], ImportAccount] | str


def said(batches: ReadBatches, path: Path, options: dict[str, str]) -> Said:
    """All that an import says of a file by one reader; what is refused: why."""
    account = ImportAccount()
    try:
        prices = list(importer.reader_of("focus-csv", batches)(path, options, account))
    except InputError as error:
        return str(error)
    return prices, account


def both(path: Path, block: int = 4096, **options: str) -> Said:
    """What both readers say, which is the same."""
    told = {name.replace("_", "-"): value for name, value in options.items()}
    expected = said(csv_rows, path, told)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_columns, "BLOCK", block)
        found = said(csv_columns.csv_columns, path, told)
    assert found == expected
    return found


def batches_of(path: Path, block: int = 4096) -> list[str]:
    """By what each part of a file is read."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(csv_columns, "BLOCK", block)
        found = []
        for batch in csv_columns.csv_columns(path, ("effective",), ImportAccount()):
            found.append(type(batch).__name__)
            if found[-1] == "generator":
                assert all(batch)
        return found


HEADER = ",".join(HOUR)
SOUND = ",".join(f'"{value}"' for value in HOUR.values())
BROKEN = [
    pytest.param(f"{HEADER}\n{SOUND}\n{SOUND}", id="no break at the end"),
    pytest.param(f"\ufeff{HEADER}\n{SOUND}\n", id="a mark of UTF-8"),
    pytest.param(f'\ufeff"{HEADER.replace(",", chr(34) + "," + chr(34))}"\n{SOUND}\n', id="quoted"),
    pytest.param(f"{HEADER}\r\n{SOUND}\r\n{SOUND}\r\n", id="CRLF"),
    pytest.param(f"{HEADER}\r{SOUND}\r{SOUND}\r", id="CR alone"),
    pytest.param(f"{HEADER}\n{SOUND}\r{SOUND}\n", id="CR between"),
    pytest.param(f"{HEADER}\n{SOUND}\n\n{SOUND}\n", id="an empty line"),
    pytest.param(f"{HEADER}\n\n", id="an empty line at the end"),
    pytest.param(f"{HEADER}\n{SOUND}\na,b\n{SOUND}\n", id="a short row"),
    pytest.param(f"{HEADER}\n{SOUND}\n{SOUND},1\n{SOUND}\n", id="a long row"),
    pytest.param(f"{HEADER}\n{SOUND}\na,b\n", id="broken off"),
    pytest.param(f"{HEADER}\n{SOUND}\n{SOUND[:-1]}", id="broken off within quotes"),
    pytest.param(f"{HEADER}\n{SOUND}\n{SOUND[:60]}", id="broken off within a row"),
    pytest.param(f'{HEADER}\n{SOUND}\n"a"b,{SOUND}\n', id="text behind a quote"),
    pytest.param(f"{HEADER}\n{SOUND.replace('Hours', 'Hours')}\n", id="a quote within"),
    pytest.param(
        f"{HEADER}\n{SOUND.replace('AWS', 'A' + chr(10) + 'WS')}\n{SOUND}\n", id="a break"
    ),
    pytest.param(f"{HEADER}\n{SOUND.replace('AWS', 'A' * 131_073)}\n", id="a field too long"),
    pytest.param(f"{HEADER}\n{SOUND.replace('AWS', 'ÄWS')}\n{SOUND}\n", id="beyond ASCII"),
    pytest.param(f"{HEADER}\n{SOUND}\n\ufeff{SOUND[1:-1]}\n", id="a mark within"),
    pytest.param(f"{HEADER}\n{SOUND.replace('AWS', 'A' + chr(0))}\n{SOUND}\n", id="NUL"),
    pytest.param(f"{HEADER}", id="a header alone"),
    pytest.param(f'"{HEADER}\n', id="a header that breaks off"),
    pytest.param("\n", id="no header"),
]


@pytest.mark.parametrize("block", [64, 700, 1 << 20])
@pytest.mark.parametrize("text", BROKEN)
def test_both_say_the_same_of_odd_files(tmp_path: Path, text: str, block: int) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(text.encode())
    both(path, block)


def test_both_refuse_what_is_no_utf_8(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(f"{HEADER}\n{SOUND}\n{SOUND.replace('AWS', 'Ä')}\n".encode("latin-1"))
    assert "text in UTF-8" in str(both(path))


def test_sound_blocks_are_read_by_column_and_odd_ones_by_row(tmp_path: Path) -> None:
    path = tmp_path / "a.csv"
    path.write_text(f"{HEADER}\n" + f"{SOUND}\n" * 9 + "a,b\n" + f"{SOUND}\n" * 9)
    found = batches_of(path, 2 * len(SOUND))
    assert found.count("generator") == 1
    assert found.count("Columns") > 3
    assert batches_of(export(tmp_path / "b.csv", {"Tags": '{"a": "b"}'}, {})) == ["Columns"]


@pytest.mark.parametrize("per", ["month", "day"])
@pytest.mark.parametrize("block", [5_000, 4 << 20])
def test_a_bill_of_thousands_of_rows(tmp_path: Path, per: str, block: int) -> None:
    path = tmp_path / "a.csv"
    write_bill(path, 1_000)
    found = both(path, block, per=per, machine_tag="application")
    assert not isinstance(found, str)
    assert found[1].read == 1_000
    packed = tmp_path / "a.csv.gz"
    packed.write_bytes(gzip.compress(path.read_bytes()))
    again = both(packed, block, per=per, machine_tag="application", source=path.name)
    assert not isinstance(again, str)
    assert again[1] == found[1]


def test_the_real_sample_and_one_in_which_its_fields_changed_places(tmp_path: Path) -> None:
    path = REPOSITORY.parent / "shared" / "costs" / "focus-1.0-sample.csv"
    if not path.is_file():
        pytest.skip("the sample of a real bill (../shared/costs) is not on this machine")
    for cost in ("all", "billed", "effective"):
        both(path, 10_000, cost=cost)
    header, *rows = csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"), newline=""))
    order = random.Random(1)
    mixed = tmp_path / "mixed.csv"
    with mixed.open("w", newline="", encoding="utf-8") as stream:
        writer = csv.writer(stream)
        writer.writerow(header)
        columns = [list(column) for column in zip(*rows, strict=True)]
        for column in columns:
            if order.random() < 0.3:
                order.shuffle(column)
        writer.writerows(zip(*columns, strict=True))
    for cost in ("all", "billed"):
        both(mixed, 10_000, cost=cost)


COST = st.one_of(
    st.decimals("-100", "1000", places=12, allow_nan=False).map(str),
    st.integers(-3, 9).map(str),
    st.sampled_from(["", "NULL", "1\n2", "1e-5", "+.5", "7.", "1e999", "0,5", " 1", "٣", "-0.0"]),
    st.sampled_from(["0." + "1" * 40, "1" * 21, "9" * 20 + ".5", "0." + "0" * 28 + "1", "0x1"]),
)
ROW = st.fixed_dictionaries(
    {},
    optional={
        "EffectiveCost": COST,
        "BilledCost": COST,
        "ListCost": COST,
        "ConsumedQuantity": COST,
        "PricingQuantity": st.sampled_from(["1", "2.5", ""]),
        "ConsumedUnit": st.sampled_from(["Hours", "GB", "", "Seconds"]),
        "ServiceName": st.sampled_from(["x", "Compute", HOUR["ServiceName"]]),
        "ChargeCategory": st.sampled_from(["Usage", "Tax", "Credit", "Purchase"]),
        "ChargeClass": st.sampled_from(["", "Correction"]),
        "CommitmentDiscountId": st.sampled_from(["", "NULL", "arn:x"]),
        "PricingCategory": st.sampled_from(["Standard", "Dynamic"]),
        "CommitmentDiscountStatus": st.sampled_from(["", "Used", "Unused"]),
        "ProviderName": st.sampled_from(["AWS", "Microsoft", "Oracle"]),
        "BillingCurrency": st.sampled_from(["USD", "EUR", "?", ""]),
        "ResourceId": st.sampled_from(["i-081360af1f266f589", "i-0aaaaaaaaaaaaaaaa", "?", ""]),
        "ChargePeriodStart": st.sampled_from(
            ["2026-03-01T00:00:00Z", "2026-03-02 00:00:00", "2026-04-01T00:30:00+01:00", "soon"]
        ),
        "Tags": st.sampled_from(["", '{"Name": "web-1"}', '{"Name": "web-1"', "Ä\r\nB"]),
    },
)


@given(
    rows=st.lists(ROW, max_size=14),
    per=st.sampled_from(["month", "day"]),
    tag=st.sampled_from(["", "Name"]),
    cost=st.sampled_from(["all", "all", "billed", "list"]),
    absent=st.sampled_from([None, None, "ListCost", "Tags", "ConsumedQuantity", "PricingQuantity"]),
    block=st.sampled_from([300, 1_000, 1 << 20]),
)
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_say_the_same_of_any_rows(  # noqa: PLR0917 - one for each strategy
    tmp_path: Path,
    rows: list[dict[str, str]],
    per: str,
    tag: str,
    cost: str,
    absent: str | None,
    block: int,
) -> None:
    header = {name: name for name in HOUR if name != absent}
    path = export(tmp_path / "a.csv", *rows, header=header)
    both(path, block, per=per, machine_tag=tag, cost=cost)


@given(
    st.lists(
        st.one_of(
            st.just(SOUND),
            st.text(alphabet='a",\r\n\0Ä', max_size=12),
            st.lists(st.text(alphabet='a",\r\n', max_size=3), min_size=24, max_size=24).map(
                ",".join
            ),
        ),
        max_size=8,
    ),
    st.sampled_from(["\n", "\r\n", "\r"]),
    st.sampled_from([100, 1_000, 1 << 20]),
)
@settings(
    max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_both_say_the_same_of_any_text(
    tmp_path: Path, lines: list[str], end: str, block: int
) -> None:
    path = tmp_path / "a.csv"
    path.write_bytes(end.join([HEADER, *lines]).encode())
    both(path, block)


def test_without_pyarrow_it_is_read_by_row(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = export(tmp_path / "a.csv", {}, {"ServiceName": "x"})
    expected = said(csv_rows, path, {})
    monkeypatch.setattr(importer, "find_spec", lambda _: None)
    assert said(importer.csv_batches, path, {}) == expected
    assert next(importer.csv_batches(path, ("billed",), ImportAccount())).__class__.__name__ == (
        "generator"
    )
