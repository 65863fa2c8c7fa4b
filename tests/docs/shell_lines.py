"""The lines that the pages' blocks of shell tell people to type."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

from tests.conftest import REPOSITORY
from tests.docs.pages import PAGES

_BLOCK = re.compile(r"^( *)```(?:sh|bash|console)\n(.*?)^\1```$", re.MULTILINE | re.DOTALL)
_HERE = re.compile(r"<<-? *'?(\w+)'?$")


@dataclass(frozen=True)
class ShellBlock:
    """One block of a page."""

    page: Path
    line: int
    text: str

    @property
    def place(self) -> str:
        """Where it stands, for people."""
        return f"{self.page.relative_to(REPOSITORY)}:{self.line}"


def blocks(page: Path) -> list[ShellBlock]:
    """A page's blocks of shell, in their order."""
    text = page.read_text()
    found = []
    for match in _BLOCK.finditer(text):
        indent = len(match[1])
        body = "".join(line[indent:] + "\n" for line in match[2].splitlines())
        found.append(ShellBlock(page, text.count("\n", 0, match.start()) + 1, body))
    return found


def typed_lines(block: ShellBlock) -> list[str]:
    """Its lines as a shell takes them: continued ones joined, without comments and documents."""
    lines: list[str] = []
    until = ""
    for line in re.sub(r"\\\n *", " ", block.text).splitlines():
        if until:
            until = "" if line == until else until
            continue
        if here := _HERE.search(line):
            until = here[1]
        if line.strip() and not line.lstrip().startswith("#"):
            lines.append(line)
    return lines


def all_blocks() -> list[ShellBlock]:
    """Of all pages but the changelog, which tells of what has gone."""
    return [block for page in PAGES if page.name != "CHANGELOG.md" for block in blocks(page)]


def starting_with(program: str) -> list[tuple[str, str]]:
    """Place and line of each command of a program, also of one behind ``sudo``, ``&&`` or a bar."""
    found = []
    for block in all_blocks():
        for line in typed_lines(block):
            for part in re.split(r"&&|\|\||\||;", re.sub(r"(?<!\S)#.*", "", line)):
                words = re.sub(r"^\s*(sudo |exec |until |if |while )*", "", part)
                if words.split()[:1] == [program]:
                    found.append((block.place, words.strip()))
    return found
