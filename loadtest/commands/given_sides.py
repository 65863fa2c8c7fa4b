"""The sides that the words of `loadtest compare` name."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from loadtest import sides
from loadtest.sides import Side
from perfanalysis.errors import InputError
from perfanalysis.results.archive import Archive, Entry

Found = Sequence[tuple[str, Sequence[Entry]]]


def find(words: Sequence[str], state: Path, kernel: str, *, valid_only: bool) -> Found:
    """The results of each word: of folders those of all kernels, else of one.

    Args:
        words: files, folders, ids, ``latest``, ``latest~N``.
        state: the state folder.
        kernel: of which the others are; empty: of any.
        valid_only: whether those that are not valid are left out.

    Raises:
        InputError: a word names none.
    """
    found = []
    for word in words:
        known = Archive(state, "" if Path(word).is_dir() else kernel)
        entries = [e for e in known.find(word) if not valid_only or e.document.valid is True]
        if not entries:
            expected = "at least one result that is valid, as --valid-only asks"
            raise InputError(word, "valid", expected)
        found.append((word, entries))
    return found


def of_kernel(found: Found, kernel: str) -> Found:
    """The results of one kernel; empty: of all.

    Raises:
        InputError: a word has none of it.
    """
    kept = [(word, [e for e in own if kernel in {"", e.document.kernel}]) for word, own in found]
    for word, entries in kept:
        if not entries:
            raise InputError(word, "", f"a folder that holds a result of kernel {kernel}")
    return kept


def made(found: Found, group_by: str | None) -> list[Side]:
    """A side for each word, or all results by ``group_by``.

    Raises:
        InputError: there is one side, or a result does not tell whose it is.
    """
    if group_by is not None:
        each = {e.document.test_id: e.document for _, entries in found for e in entries}
        return sides.group(list(each.values()), group_by)
    if len(found) < 2:
        raise InputError("RESULTS", "", "at least two to compare, or --group-by", found[0][0])
    return [Side(word, tuple(e.document for e in entries)) for word, entries in found]


def several_kernels(given: Sequence[Side]) -> bool:
    """Whether the sides have results of more than one kernel."""
    return len({run.kernel for side in given for run in side.documents}) > 1
