"""The pages for people: their links, headings, and the commands in their blocks of code."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

from tests.conftest import REPOSITORY

PAGES = sorted(
    [
        *REPOSITORY.glob("*.md"),
        *(REPOSITORY / "docs").rglob("*.md"),
        *(REPOSITORY / "helm").rglob("*.md"),
    ]
)
_CODE = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_LINK = re.compile(r"!?\[[^\]]*\]\(([^)\s]+)\)")


def prose(text: str) -> str:
    """A page without its blocks of code."""
    return _CODE.sub("", text)


def anchors(text: str) -> set[str]:
    """The anchors that GitHub gives to a page's headings."""
    headings = re.findall(r"^#+ +(.*?) *$", prose(text), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}


def links(text: str) -> list[str]:
    """Links to other pages and files; code between backticks holds none."""
    found = _LINK.findall(re.sub(r"`[^`\n]*`", "", prose(text)))
    return [link for link in found if not re.match(r"[a-z]+:", link)]


def target(page: Path, link: str) -> tuple[Path, str]:
    """The file that a link leads to, and the anchor in it."""
    path, _, anchor = link.partition("#")
    return ((page.parent / path).resolve() if path else page), anchor


def named_files(text: str) -> list[str]:
    """Files of this repository that are named by their path between backticks.

    Words in capitals stand for a name, and `out` is there after a run only.
    """
    words = re.findall(r"`([a-z][\w-]*(?:/[\w.-]+)+)`", prose(text))
    words = [word for word in words if not re.search(r"/[A-Z]+\b", word)]
    return [w for w in words if (REPOSITORY / (top := w.split("/")[0])).is_dir() and top != "out"]


def commands(text: str) -> list[list[str]]:
    """The words of each call of `perfanalysis` in a page's blocks of shell and indented lines."""
    blocks = [body for language, body in _CODE.findall(text) if language in {"sh", ""}]
    blocks += re.findall(r"^ {4}(?=\S*perfanalysis )((?:.*\\\n)*.*)$", prose(text), re.MULTILINE)
    found = []
    for line in "\n".join(blocks).replace("\\\n", " ").splitlines():
        for part in re.split(r"&&|\||;", line):
            try:
                words = shlex.split(part, comments=True)
            except ValueError:
                continue
            programs = [number for number, word in enumerate(words) if is_program(word)]
            # The program comes first, or after `sudo`, `exec` and their like.
            if programs and programs[0] <= 1:
                found.append(words[programs[0] + 1 :])
    return found


def is_program(word: str) -> bool:
    """Whether a word of a command is our program."""
    return word == "perfanalysis" or word.endswith("bin/perfanalysis")
