"""The curve of a machine's load test, as work by busy level."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from perfanalysis.errors import InputError
from perfanalysis.results.archive import Archive
from perfanalysis.results.document import Document
from perfanalysis.results.reading import read as read_document
from workload.prediction.candidate import WorkCurve


def curve_of(document: Document) -> WorkCurve:
    """The curve of a result: the work done, at the busy level that was reached."""
    levels = document.levels
    nan = float("nan")
    return WorkCurve(
        np.array(
            [level.busy / 100 if level.busy_ratio is None else level.busy_ratio for level in levels]
        ),
        np.array([level.mean_units_per_second or level.units_per_second for level in levels]),
        np.array([nan if level.lower is None else level.lower for level in levels]),
        np.array([nan if level.upper is None else level.upper for level in levels]),
        document.single_units_per_second,
    )


def document_of(path: Path) -> Document:
    """A result document in a file.

    Raises:
        InputError: it cannot be read, or is none.
    """
    return read_document(path)


def newest_of(state: Path, kernel: str) -> Document:
    """This machine's newest result of a kernel.

    Raises:
        InputError: there is none.
    """
    try:
        return Archive(state, kernel).find_one("latest").document
    except InputError as error:
        expected = (
            f"a result of `loadtest run --kernel {kernel}` on this machine in {state}: name one, "
            "measure, or reproduce utilisation by --literal"
        )
        raise InputError("--target-result", "", expected) from error


def check_same_work(source: Document, target: Document, where: str) -> None:
    """Units of two kernels, or of two versions of one, cannot be held against each other.

    Raises:
        InputError: they are not the same.
    """
    one, other = (f"{found.kernel} {found.kernel_version}" for found in (source, target))
    if one != other:
        raise InputError(where, "", f"a result of {other}, as the target's", one)
