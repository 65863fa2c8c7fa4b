"""Prices from FOCUS exports: what each machine cost over the hours that it was used."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal
from importlib.util import find_spec
from pathlib import Path

from perfanalysis.errors import InputError
from prices.importers.focus.batches import Batch, ReadBatches
from prices.importers.focus.bill import Bill
from prices.importers.focus.columns import COSTS, detects
from prices.importers.focus.csv_rows import csv_rows
from prices.importers.focus.ledger import CostLedger, Used, Whose
from prices.importers.focus.parquet_columns import PARQUET, parquet_columns
from prices.importers.focus.values import day_of, month_of
from prices.importers.importer import ImportAccount, PriceImporter, ReadPrices
from prices.price import Price, Purchase

_ALL = "all"
# What a bill has under each name; its list price is that on demand.
_PURCHASES = {
    "effective": Purchase.EFFECTIVE,
    "billed": Purchase.BILLED,
    "contracted": Purchase.CONTRACTED,
    "list": Purchase.ON_DEMAND,
}
_CHOICES = {_ALL: tuple(COSTS), **{cost: (cost,) for cost in COSTS}}
_PERIODS = {"month": month_of, "day": day_of}
_OPTIONS = {
    "cost": f"which cost: {', '.join(COSTS)}, or {_ALL}, each as a price of its own; default: all",
    "per": "a price a month or a day, in UTC; default: month",
    "machine-tag": "the tag whose value is the machine's name; default: the resource's id",
    "source": "the source's name; default: the file's",
}
# A quotient has no end: this is as much of it as is kept.
PRICE_DECIMALS = 15
_WIDE = Context(prec=60, rounding=ROUND_HALF_EVEN)
_DOCUMENTED = "https://focus.finops.org/focus-specification/"


def csv_batches(path: Path, costs: Sequence[str], account: ImportAccount) -> Iterator[Batch]:
    """A file in CSV by column where pyarrow and numpy are installed, else by row.

    Raises:
        InputError: see ``csv_rows``, whose messages both give.
    """
    if find_spec("pyarrow") is None or find_spec("numpy") is None:
        return csv_rows(path, costs, account)
    from prices.importers.focus.csv_columns import csv_columns

    return csv_columns(path, costs, account)


def reader_of(name: str, batches: ReadBatches) -> ReadPrices:
    """What reads the prices of a format, of which some reader gives batches."""

    def read(path: Path, said: Mapping[str, str], account: ImportAccount) -> Iterator[Price]:
        costs = _CHOICES[_choice(said, "cost", _CHOICES, _ALL)]
        period_of = _PERIODS[_choice(said, "per", _PERIODS, "month")]
        bill = Bill(_ledgers(costs, account), said.get("machine-tag", ""), period_of, account)
        bill.take(batches(path, costs, account))
        source = said.get("source") or f"{name}: {path.name}"
        for ledger in bill.ledgers:
            yield from prices_of(ledger.used, f"{source} ({COSTS[ledger.cost]})", ledger.cost)

    return read


def _ledgers(costs: Sequence[str], account: ImportAccount) -> list[CostLedger]:
    """One a cost; of several each has an account of its own."""
    if len(costs) > 1:
        account.costs = {COSTS[cost]: ImportAccount() for cost in costs}
    return [CostLedger(cost, account.costs.get(COSTS[cost], account)) for cost in costs]


def _choice(said: Mapping[str, str], option: str, known: Mapping[str, object], usual: str) -> str:
    chosen = said.get(option, usual)
    if chosen not in known:
        raise InputError(f"--set {option}", "", f"one of {', '.join(known)}", chosen)
    return chosen


def prices_of(used: Mapping[Whose, Used], source: str, cost: str) -> Iterator[Price]:
    """A price of each machine, and of each type over all of its machines."""
    types: defaultdict[Whose, Used] = defaultdict(Used)
    for whose, time in used.items():
        if whose.machine.machine:
            yield _price(whose, time, source, cost)
        if whose.machine.instance_type:
            of_type = whose._replace(machine=whose.machine._replace(machine=""))
            types[of_type].add(time.first_row, time.cost, time.seconds)
    for whose, time in types.items():
        yield _price(whose, time, source, cost)


def _price(whose: Whose, used: Used, source: str, cost: str) -> Price:
    return Price(
        provider=whose.machine.provider,
        region=whose.region,
        instance_type=whose.machine.instance_type,
        amount=hourly(used.cost, used.seconds),
        currency=whose.currency,
        valid_from=whose.period,
        source=source,
        machine=whose.machine.machine,
        operating_system=whose.machine.operating_system,
        tenancy=whose.machine.tenancy,
        purchase=_PURCHASES[cost],
    )


def hourly(cost: Decimal, seconds: Decimal) -> Decimal:
    """What an hour costs, of which 15 decimals are kept, half to even."""
    exact = _WIDE.divide(_WIDE.multiply(cost, 3600), seconds)
    return exact.quantize(Decimal(1).scaleb(-PRICE_DECIMALS), context=_WIDE)


FOCUS_CSV = PriceImporter(
    "focus-csv",
    "FOCUS cost and usage export, CSV",
    _DOCUMENTED,
    detects,
    reader_of("focus-csv", csv_batches),
    _OPTIONS,
    lines=True,
)
FOCUS_PARQUET = PriceImporter(
    "focus-parquet",
    "FOCUS cost and usage export, Parquet",
    _DOCUMENTED,
    lambda beginning: beginning.startswith(PARQUET),
    reader_of("focus-parquet", parquet_columns),
    _OPTIONS,
)
