"""What a reader of a price format is, and the account that it keeps of what it left out. Pure."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path

from prices.price import Price


@dataclass
class ImportAccount:
    """What became of a file's rows; whoever reads one adds to it while it reads.

    Attributes:
        read: rows, products or offers that were looked at.
        left_out: how many were not taken, by reason, in words.
        examples: of each reason, the first place (row, key) at which it was met.
        total: by currency, of a bill: the sum of all its costs as they stand in the file.
        imported, not_imported: by currency, of a bill: how it is shared out; both add up to it.
        remarks: what was taken and is to be known, such as times without a zone, with how often;
            ``examples`` has their first places too.
        costs_left_out: of a bill: what is not imported, by reason and currency.
        costs: of a bill of which several costs are imported: the account of each, by its column.
    """

    read: int = 0
    left_out: Counter[str] = field(default_factory=Counter)
    examples: dict[str, str] = field(default_factory=dict)
    total: dict[str, Decimal] = field(default_factory=dict)
    imported: dict[str, Decimal] = field(default_factory=dict)
    not_imported: dict[str, Decimal] = field(default_factory=dict)
    remarks: Counter[str] = field(default_factory=Counter)
    costs_left_out: dict[tuple[str, str], Decimal] = field(default_factory=dict)
    costs: dict[str, ImportAccount] = field(default_factory=dict)

    def leave_out(self, reason: str, place: str) -> None:
        """Count a row that is not taken."""
        self.left_out[reason] += 1
        self.examples.setdefault(reason, place)

    def remark(self, what: str, place: str) -> None:
        """Count a row that is taken, and of which something is to be known."""
        self.remarks[what] += 1
        self.examples.setdefault(what, place)


# The file, what a person said beside it (by flag, such as ``region``), the account: prices one
# after the other, of which never all are held. Raises ``InputError`` with the file, the place in it
# and what was expected; what was given out before that is thrown away by the caller.
ReadPrices = Callable[[Path, Mapping[str, str], ImportAccount], Iterator[Price]]


@dataclass(frozen=True)
class PriceImporter:
    """A format.

    Attributes:
        name: as ``prices import --format`` has it, such as ``aws-offer``.
        title: what it is, in words for a list.
        documented: where its publisher describes it.
        detects: whether the beginning of a file (64 KiB, unpacked) is in this format.
        read: reads one.
        options: what it can be told beside the file, by name, in words.
        lines: whether a file is lines, of which the last may break off unseen.
    """

    name: str
    title: str
    documented: str
    detects: Callable[[bytes], bool]
    read: ReadPrices
    options: Mapping[str, str] = field(default_factory=dict)
    lines: bool = False
