"""Columns of plain decimal numbers, exactly: which are, what they are, and their sums."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

Flags = NDArray[np.bool_]
Numbers = NDArray[np.int64]
# Numbers that ``values.number`` takes too, without exponents.
_PLAIN = r"^[+-]?(\d{1,20}(\.\d*)?|\.\d+)$"
_FRACTION = r"\.\d*[1-9]"
# What has so many characters, and the sum of a thousand million of it, fits.
_LONGEST = 30
EXACT_COLUMN = pa.decimal256(76, _LONGEST)


class ExactColumn:
    """A column of texts that may be numbers.

    Attributes:
        plain: which are plain numbers.
        known: which are that, or nothing at all.
        exact: the numbers; 0 where they are not plain.
    """

    def __init__(self, texts: Any, count: int) -> None:
        self._texts = pa.repeat("", count) if texts is None else texts
        plain = pc.and_(
            pc.match_substring_regex(self._texts, _PLAIN),
            pc.less_equal(pc.binary_length(self._texts), _LONGEST),
        )
        self.plain: Flags = plain.to_numpy(zero_copy_only=False)
        self.known = self.plain
        if not self.plain.all():
            self.known = self.plain | pc.equal(self._texts, "").to_numpy(zero_copy_only=False)
            self._texts = pc.if_else(plain, self._texts, "0")
        self.exact = self._texts.cast(EXACT_COLUMN)

    def fractions(self) -> Flags:
        """Which have a part behind the point that is not 0."""
        found = pc.match_substring_regex(self._texts, _FRACTION)
        flags: Flags = found.to_numpy(zero_copy_only=False)
        return flags

    def negative(self) -> Flags:
        """Which have a minus; also -0."""
        flags: Flags = pc.starts_with(self._texts, "-").to_numpy(zero_copy_only=False)
        return flags


class GroupSum(NamedTuple):
    """Rows of a group: their number, the least of their row numbers, and the sum of each column."""

    group: int
    rows: int
    first_row: int
    sums: list[Any]


def sums_of(group: Numbers, row: Numbers, columns: list[Any]) -> list[GroupSum]:
    """The sums of columns of exact numbers, by group."""
    names = [str(at) for at in range(len(columns))]
    table = pa.table({"group": group, "row": row, **dict(zip(names, columns, strict=True))})
    wanted = [("row", "count"), ("row", "min"), *((name, "sum") for name in names)]
    sums = table.group_by("group", use_threads=False).aggregate(wanted).to_pydict()
    of_columns = zip(*(sums[f"{name}_sum"] for name in names), strict=True)
    found = zip(sums["group"], sums["row_count"], sums["row_min"], of_columns, strict=True)
    return [GroupSum(*one[:3], list(one[3])) for one in found]


def texts_of(column: Any, rows: Numbers) -> list[str]:
    """Some texts of a column, a dictionary or not; None: of no column."""
    if column is None:
        return [""] * len(rows)
    if pa.types.is_dictionary(column.type):
        few = column.dictionary.to_pylist()
        return [few[at] for at in column.indices.to_numpy()[rows].tolist()]
    texts: list[str] = column.take(rows).to_numpy(zero_copy_only=False).tolist()
    return texts
