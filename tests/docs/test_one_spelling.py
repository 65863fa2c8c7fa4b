"""One thing has one flag in all commands; older spellings are taken, and shown nowhere."""

from __future__ import annotations

import re

import click
import pytest

from perfanalysis.renamed_option import RenamedOption
from tests.docs.cli_reference import contexts
from tests.docs.pages import PAGES

CONTEXTS = {context.command_path: context for context in contexts()}
# Command, the flag, and what it was called before; the same everywhere but where a row says so.
RENAMED = [
    ("import capture", "--inventory", "--machines"),
    ("import results", "--machine", "--machine-name"),
    ("import results", "--output", "--out-directory"),
    ("loadtest agent", "--machine", "--machine-name"),
    ("loadtest bridge", "--duration", "--seconds"),
    ("loadtest bridge", "--output", "--out"),
    ("loadtest disk", "--duration", "--seconds"),
    ("loadtest disk", "--machine", "--machine-name"),
    ("loadtest disk", "--output", "--out"),
    ("loadtest fleet", "--output", "--out"),
    ("loadtest import", "--machine", "--machine-name"),
    ("loadtest list", "--from", "--since"),
    ("loadtest network", "--duration", "--seconds"),
    ("loadtest network", "--machine", "--machine-name"),
    ("loadtest network", "--output", "--out"),
    ("loadtest run", "--machine", "--machine-name"),
    ("loadtest run", "--output", "--out"),
    ("portal ask tests", "--from", "--since"),
    ("portal ask tests", "--to", "--until"),
    ("portal serve", "--prometheus", "--prometheus-url"),
    ("prices convert", "--exchange-rates", "--rates"),
    ("prices import", "--price-book", "--book"),
    ("prices list", "--price-book", "--book"),
    ("report", "--label", "--labels"),
    ("report", "--prometheus", "--prometheus-url"),
    ("report check", "--prometheus", "--prometheus-url"),
    ("report init", "--prometheus", "--prometheus-url"),
    ("workload plan", "--headroom", "--head-room"),
    ("workload plan", "--price-book", "--book"),
    ("workload plan", "--prometheus", "--from-prometheus"),
    ("workload plan", "--prometheus-timeout", "--query-timeout"),
    ("workload predict", "--price-book", "--book"),
    ("workload predict", "--prometheus", "--from-prometheus"),
    ("workload predict", "--prometheus-timeout", "--query-timeout"),
    ("workload record", "--from", "--start"),
    ("workload record", "--prometheus", "--from-prometheus"),
    ("workload record", "--prometheus-timeout", "--query-timeout"),
    ("workload record", "--to", "--end"),
]
# `--machines` and `--labels` go on meaning something else elsewhere.
GONE = {old for _, _, old in RENAMED} - {"--machines", "--labels"}


@pytest.mark.parametrize(("words", "new", "old"), RENAMED)
def test_both_spellings_set_the_same(words: str, new: str, old: str) -> None:
    context = CONTEXTS[f"perfanalysis {words}"]
    parser = context.command.make_parser(context)
    (option,) = (one for one in context.command.params if new in one.opts)
    assert isinstance(option, RenamedOption)
    assert option.old_names == (old,)
    taken = [parser.parse_args([flag, "x"])[0] for flag in (new, old)]
    assert taken[0] == taken[1] != {}


@pytest.mark.parametrize("context", CONTEXTS.values(), ids=list(CONTEXTS))
def test_no_help_shows_an_older_spelling(context: click.Context) -> None:
    shown = set(re.findall(r"(?<![\w-])--[a-z][a-z-]*", context.get_help()))
    assert not shown & GONE


def test_no_page_shows_an_older_spelling() -> None:
    found = [
        f"{page.name}: {flag}"
        for page in PAGES
        if page.name != "CHANGELOG.md"
        for line in page.read_text().splitlines()
        if "perfanalysis " in line and "aws " not in line
        for flag in re.findall(r"(?<![\w-])--[a-z][a-z-]*", line)
        if flag in GONE
    ]
    assert found == []
