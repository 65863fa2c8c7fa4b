"""Files that people write and that have a part which is made: it stands between two marks. Pure."""

from __future__ import annotations

from perfanalysis.errors import InputError

COMMAND = "python -m prometheus.generator"


def with_part(text: str, part: str, begin: str, end: str, where: str) -> str:
    """The text of a file with its made part replaced.

    Args:
        text: the file as it is.
        part: the lines that come between the marks, the last one ended.
        begin, end: the lines that mark it.
        where: the file's name, for messages.

    Raises:
        InputError: the marks are not there, each once and in order.
    """
    before, found, rest = text.partition(f"{begin}\n")
    _, ended, after = rest.partition(f"{end}\n")
    if not found or not ended or text.count(f"{begin}\n") != 1 or end in after:
        raise InputError(where, "", f"the lines `{begin}` and `{end}`, each once")
    return f"{before}{begin}\n{part}{end}\n{after}"
