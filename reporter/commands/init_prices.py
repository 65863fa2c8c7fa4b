"""What ``report init`` proposes of prices: those of the engine, and those of a price book."""

from __future__ import annotations

import importlib.util
import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from perfanalysis.promql import Sample
from perfanalysis.results.state import default_state_directory
from reporter.asking import price_book
from reporter.asking.found_machines import newest_labels
from reporter.asking.machines import Machine
from reporter.language import DOLLARS
from reporter.settings.purchases import CONTRACTED, EFFECTIVE, OPTIONS
from reporter.settings.report import Config

# The book of ``perfanalysis prices``, where nobody names another (``prices.book.opening.FILE``).
FILE = "prices.sqlite"
_MOST_NAMED = 5


@dataclass(frozen=True)
class BookProposal:
    """What a book has of the machines.

    Attributes:
        path: of the book.
        options: of how many machines it has a price, by purchase option.
        machines: how many there are.
        without: those of which it has none.
        currencies: other than dollars.
        readable: whether what reads it is installed.
    """

    path: Path
    options: dict[str, int]
    machines: int
    without: Sequence[str]
    currencies: Sequence[str]
    readable: bool = True


def look(config: Config, seen: Sequence[Sample], now: float) -> BookProposal | None:
    """What the book of the settings, else the one of the state folder, has; None: there is none.

    A proposal is read by a person before it counts: so the usual book is looked at here, and by no
    report that does not name it.

    Args:
        config: of the command.
        seen: ``perf_machine_info`` of the machines.
        now: Unix seconds.

    Raises:
        InputError: the book of the settings is not there, or is none.
        PerfAnalysisError: it cannot be read now.
    """
    path = config.price_book or default_state_directory() / FILE
    if config.price_book is None and not path.exists():
        return None
    if config.price_book is None and importlib.util.find_spec("sqlalchemy") is None:
        return BookProposal(path.absolute(), {}, 0, (), (), readable=False)
    labels = newest_labels(seen)
    machines = [
        Machine(
            name,
            provider=own.get("provider", ""),
            region=own.get("region", ""),
            zone=own.get("zone", ""),
            instance_type=own.get("instance_type", ""),
        )
        for name, own in sorted(labels.items())
    ]
    ids = {name: own.get("instance_id", "") for name, own in labels.items()}
    options = (*OPTIONS, CONTRACTED, EFFECTIVE)
    found = price_book.look(
        replace(config, price_book=path),
        machines,
        ids,
        (now, now),
        {machine.name: options for machine in machines},
    ).prices
    counts = Counter(option for prices in found.values() for option in prices)
    held = [one.last.currency for prices in found.values() for one in prices.values()]
    return BookProposal(
        path.absolute(),
        {option: counts[option] for option in options if counts[option]},
        len(machines),
        [machine.name for machine in machines if not found[machine.name]],
        sorted(set(held) - {DOLLARS.code}),
    )


def lines_of(proposal: BookProposal | None) -> str:
    """The lines of the YAML file about a price book."""
    if proposal is None:
        return (
            "# A price book (perfanalysis prices) adds list and effective prices and idle money,\n"
            "# and prices of machines for which the engine has none:\n# price_book: prices.sqlite"
        )
    path = json.dumps(str(proposal.path))
    if not proposal.readable:
        return (
            "# There is a price book, which pip install 'perfanalysis[prices]' would read:\n"
            f"# price_book: {path}"
        )
    if not proposal.options:
        return f"# The price book has no price of these machines:\n# price_book: {path}"
    lines = [
        f"# Of {proposal.machines} machines the price book has: "
        + ", ".join(f"{option} of {count}" for option, count in proposal.options.items())
    ]
    if proposal.without:
        named = ", ".join(proposal.without[:_MOST_NAMED])
        others = len(proposal.without) - _MOST_NAMED
        more = f" and {others} others" if others > 0 else ""
        lines.append(f"# It has none of {json.dumps(named + more)[1:-1]}")
    lines.append(f"price_book: {path}")
    if proposal.currencies:
        said = ", ".join(proposal.currencies)
        lines.append(f"# Rates to dollars of {said}: the ECB's file, or your own:")
        lines.append("# exchange_rates: eurofxref-hist.csv")
    return "\n".join(lines)


def unpriced(proposal: BookProposal | None) -> str:
    """What to say of machines that the price book has nothing of; "" where it has all."""
    if proposal is None or not proposal.readable or not proposal.without:
        return ""
    some = ", ".join(proposal.without[:_MOST_NAMED])
    others = len(proposal.without) - _MOST_NAMED
    more = f" and {others} others" if others > 0 else ""
    return (
        f"{proposal.path} has no price of {some}{more}: prices are found by provider, region and"
        " instance type, or by name; `perfanalysis prices list --wide` shows what there is"
    )


def purchase_of(engine: Sequence[str], proposal: BookProposal | None) -> str:
    """The purchase option to write: on demand where anybody knows it, else the first that is."""
    known = [*engine, *(proposal.options if proposal else ())]
    choices = [option for option in (*OPTIONS, EFFECTIVE) if option in known]
    return choices[0] if choices else OPTIONS[0]
