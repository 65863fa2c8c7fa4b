"""What the pages lead to is there, and what they tell to type is taken."""

from __future__ import annotations

from pathlib import Path

import click
import pytest

from perfanalysis.cli import cli
from tests.conftest import REPOSITORY
from tests.docs.pages import PAGES, anchors, commands, links, named_files, target


def shown(path: Path) -> str:
    return str(path.relative_to(REPOSITORY))


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_link_leads_to_something(page: Path) -> None:
    dead = []
    for link in links(page.read_text()):
        path, anchor = target(page, link)
        if not path.exists() or (anchor and anchor not in anchors(path.read_text())):
            dead.append(link)
    assert dead == []


def test_every_page_is_found_from_the_readme() -> None:
    reached: set[Path] = set()
    waiting = [REPOSITORY / "README.md"]
    while waiting:
        page = waiting.pop()
        if page not in reached:
            reached.add(page)
            found = [target(page, link)[0] for link in links(page.read_text())]
            waiting += [path for path in found if path.suffix == ".md"]
    lost = [shown(page) for page in PAGES if page not in reached]
    assert lost == []


@pytest.mark.parametrize("page", PAGES, ids=shown)
def test_every_file_that_is_named_is_there(page: Path) -> None:
    if page.name == "CHANGELOG.md":
        pytest.skip("it tells of files that have gone, too")
    named = named_files(page.read_text())
    assert [name for name in named if not (REPOSITORY / name).exists()] == []


COMMANDS = [(page, words) for page in PAGES for words in commands(page.read_text())]


def test_commands_are_found_in_the_pages() -> None:
    first = {words[0] for _, words in COMMANDS if words}
    assert {"exporter", "loadtest", "report", "import", "dashboards"} <= first


@pytest.mark.parametrize(
    ("page", "words"), COMMANDS, ids=[f"{shown(p)}:{' '.join(w)}" for p, w in COMMANDS]
)
def test_every_command_has_flags_that_we_take(page: Path, words: list[str]) -> None:
    del page
    command: click.Command = cli
    context = click.Context(cli)
    rest = words[: words.index("--")] if "--" in words else list(words)
    while isinstance(command, click.Group) and rest and not rest[0].startswith("-"):
        found = command.get_command(context, rest[0])
        if found is None:
            break
        command, context = found, click.Context(found, parent=context)
        rest.pop(0)
    known = {
        name for one in command.get_params(context) for name in (*one.opts, *one.secondary_opts)
    }
    known |= {"--help", "-h"}
    asked = {word.partition("=")[0] for word in rest if word.startswith("--")}
    assert command is not cli or not words or words[0].startswith("-")
    assert asked <= known
