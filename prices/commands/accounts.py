"""What an import says of a file: what was read and became of it, and whether a bill adds up."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from decimal import Decimal

from perfanalysis import progress
from perfanalysis.errors import PerfAnalysisError
from prices.book.writing import Written
from prices.commands.options import digits
from prices.importers.focus.values import EXACT
from prices.importers.importer import ImportAccount

_SECONDS = 10.0
_ZERO = Decimal(0)


@contextmanager
def shown(name: str, account: ImportAccount) -> Iterator[None]:
    """Say on standard error every 10 seconds how many rows have been read."""
    done = threading.Event()

    def say() -> None:
        while not done.wait(_SECONDS):
            progress.say("prices", f"{name}: {account.read:,} rows read")

    thread = threading.Thread(target=say, daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()


def lines(name: str, account: ImportAccount, written: Written) -> list[str]:
    """The account of a file, for people."""
    said = [
        f"{name}: {account.read:,} read, {written.imported:,} prices imported, "
        f"{written.unchanged:,} unchanged, {sum(account.left_out.values()):,} left out",
        *_account_lines(account),
    ]
    for cost, of_cost in account.costs.items():
        said.append(f" {cost}: {sum(of_cost.left_out.values()):,} left out")
        said += _account_lines(of_cost)
    return said


def _account_lines(account: ImportAccount) -> list[str]:
    said = []
    for reason, count in account.left_out.most_common():
        costs = [
            f"{digits(cost)} {currency}"
            for (why, currency), cost in account.costs_left_out.items()
            if why == reason
        ]
        costs_ = f" ({', '.join(costs)})" if costs else ""
        said.append(f"  left out {count:,}: {reason}{costs_}; first {account.examples[reason]}")
    for what, count in account.remarks.most_common():
        said.append(f"  taken {count:,}: {what}; first {account.examples[what]}")
    for currency, total in sorted(account.total.items()):
        imported = account.imported.get(currency, _ZERO)
        gone = account.not_imported.get(currency, _ZERO)
        said.append(
            f"  {digits(imported)} imported + {digits(gone)} left out = {digits(total)} "
            f"{currency or 'of no currency'}, the file's total"
        )
    return said


def as_json(name: str, account: ImportAccount, written: Written) -> dict[str, object]:
    """The account of a file, for programs; sums are texts."""
    return {
        "file": name,
        "read": account.read,
        "imported": written.imported,
        "unchanged": written.unchanged,
        **_account_as_json(account),
        "costs": {cost: _account_as_json(of_cost) for cost, of_cost in account.costs.items()},
    }


def _account_as_json(account: ImportAccount) -> dict[str, object]:
    return {
        "left_out": [
            {"reason": reason, "rows": count, "first": account.examples[reason]}
            for reason, count in account.left_out.most_common()
        ],
        "remarks": [
            {"remark": what, "rows": count, "first": account.examples[what]}
            for what, count in account.remarks.most_common()
        ],
        "sums": {
            currency: {
                "total": digits(total),
                "imported": digits(account.imported.get(currency, _ZERO)),
                "left_out": digits(account.not_imported.get(currency, _ZERO)),
            }
            for currency, total in sorted(account.total.items())
        },
    }


def refuse_what_does_not_add_up(name: str, account: ImportAccount) -> None:
    """Hold the sums of a bill against its total.

    Raises:
        PerfAnalysisError: they do not add up: a fault of the importer.
    """
    sums = [one for each in (account, *account.costs.values()) for one in _sums(each)]
    for currency, total, imported, gone in sums:
        if EXACT.add(imported, gone) != total:
            raise PerfAnalysisError(
                f"{name}: {digits(imported)} imported and {digits(gone)} left out are not the "
                f"file's total of {digits(total)} {currency}: nothing was kept; please report this"
            )


def _sums(account: ImportAccount) -> list[tuple[str, Decimal, Decimal, Decimal]]:
    """Each currency, its total, what of it was imported and what was left out."""
    return [
        (
            currency,
            total,
            account.imported.get(currency, _ZERO),
            account.not_imported.get(currency, _ZERO),
        )
        for currency, total in sorted(account.total.items())
    ]
