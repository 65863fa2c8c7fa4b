"""Which figures and tables a template shows, read from its text: what it shows is what is asked.

Looked for are the calls of a template and of all that it extends, includes or imports:
``page.draw("name")``, also over a loop's literal names, and ``page.uses("place", "query", …)``. A
reading by Jinja itself would find the same (the tests hold both against each other), and take 60 ms
of each report before anybody is asked.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

_COMMENT = re.compile(r"\{#.*?#\}", re.DOTALL)
_OTHER_FILE = re.compile(r"""\{%-?\s*(?:extends|include|from|import)\s+["']([^"']+)["']""")
_DRAW = re.compile(r"""\bpage\.draw\(\s*(?:["'](?P<text>[^"']*)["']|(?P<variable>\w+))""")
_LOOP = re.compile(r"\{%-?\s*for\s+(?P<variable>\w+)\s+in\s+[(\[](?P<names>[^)\]]*)[)\]]")
_USES = re.compile(r"\bpage\.uses\((?P<texts>[^)]*)\)")
_TEXT = re.compile(r"""["']([^"']*)["']""")


@dataclass(frozen=True)
class Shown:
    """Names of figures, and names of queries that feed tables; each once, in order of places."""

    figures: tuple[str, ...]
    queries: tuple[str, ...]


def shown(name: str, folders: Sequence[Path]) -> Shown:
    """What a template and all that it includes show.

    Args:
        name: of the template's file.
        folders: where templates are; the first that has a file counts. What none has is left out:
            whoever renders the template says so.
    """
    texts = [_COMMENT.sub("", text) for text in _files(name, folders)]
    figures = [figure for text in texts for figure in _figures(text)]
    queries = [
        query
        for text in texts
        for call in _USES.finditer(text)
        for query in _TEXT.findall(call["texts"])[1:]
    ]
    return Shown(tuple(dict.fromkeys(figures)), tuple(dict.fromkeys(queries)))


def _files(name: str, folders: Sequence[Path]) -> Iterator[str]:
    left, read = [name], set[str]()
    while left:
        one = left.pop(0)
        place = next((folder / one for folder in folders if (folder / one).is_file()), None)
        if one in read or place is None:
            continue
        read.add(one)
        text = place.read_text(encoding="utf-8", errors="replace")
        left += _OTHER_FILE.findall(text)
        yield text


def _figures(text: str) -> Iterator[str]:
    loops: dict[str, list[str]] = {}
    for loop in _LOOP.finditer(text):
        loops.setdefault(loop["variable"], []).extend(_TEXT.findall(loop["names"]))
    for call in _DRAW.finditer(text):
        if call["text"] is not None:
            yield call["text"]
        else:
            yield from loops.get(call["variable"], ())
