"""What the pages tell to type is taken by the programs that they name, as far as it is not run.

`test_page_commands.py` runs pages from top to bottom; this holds each command that there is.
"""

from __future__ import annotations

import itertools
import re
import shlex
import shutil
import subprocess
import uuid
from pathlib import Path
from unittest import mock

import click
import pytest

from demo.servers import prometheus_program
from perfanalysis.cli import cli
from perfanalysis.fast_yaml import load_fast
from portal.tenancy.snippets import helm
from portal.tenancy.snippets.settings import SnippetSettings
from tests.conftest import REPOSITORY
from tests.deploy.chart import rendered
from tests.docs.pages import PAGES, commands
from tests.docs.shell_lines import all_blocks, starting_with

_REDIRECTION = re.compile(r"\d?[<>]+&?\d?|&")
COMMANDS = [
    (str(page.relative_to(REPOSITORY)), words)
    for page in PAGES
    if page.name != "CHANGELOG.md"
    for words in commands(page.read_text())
]


def parsed(words: list[str]) -> click.Context:
    """The context of a command line as its own parser makes it; paths need not be there.

    Raises:
        click.UsageError: it is not taken.
    """

    def unseen(self: click.Path, value: object, param: object, context: object) -> object:
        del self, param, context
        return value

    with mock.patch.object(click.Path, "convert", unseen):
        context = cli.make_context("perfanalysis", list(words))
        while isinstance(context.command, click.Group):
            rest = [*context._protected_args, *context.args]
            if not rest and context.command.invoke_without_command:
                break
            name, command, arguments = context.command.resolve_command(context, rest)
            assert command is not None
            context = command.make_context(name, arguments, parent=context)
    return context


def before_redirections(words: list[str]) -> list[str]:
    """A command's own words."""
    for number, word in enumerate(words):
        if _REDIRECTION.match(word):
            return words[:number]
    return words


def test_commands_of_every_part_are_found() -> None:
    first = {words[0] for _, words in COMMANDS if words}
    assert {"exporter", "loadtest", "report", "import", "dashboards", "doctor"} <= first
    assert len(COMMANDS) > 150


def test_a_wrong_command_is_seen() -> None:
    for wrong in (["exporter", "--no-such-flag"], ["prices", "nothing"], ["loadtest", "run", "x"]):
        with pytest.raises(click.UsageError):
            parsed(wrong)


@pytest.mark.parametrize(
    ("page", "words"), COMMANDS, ids=[f"{page}:{' '.join(words)}" for page, words in COMMANDS]
)
def test_ours_are_taken_by_their_parsers(page: str, words: list[str]) -> None:
    del page
    words = before_redirections(words)
    # A file of arguments that an earlier command of the page writes; that page's own test runs it.
    words = [word for word in words if not word.startswith("@")]
    if words:
        try:
            parsed(words)
        except click.exceptions.Exit as error:  # --help, --version
            assert error.exit_code == 0


def test_targets_of_make_are_there() -> None:
    makefile = (REPOSITORY / "Makefile").read_text()
    targets = set(re.findall(r"^([a-z-]+):", makefile, re.MULTILINE))
    told = [(place, shlex.split(line)) for place, line in starting_with("make")]
    for page in PAGES:
        if page.name != "CHANGELOG.md":
            found = re.findall(r"`(make [a-z][^`]*)`", page.read_text())
            told += [(page.name, shlex.split(line)) for line in found]
    wrong = []
    for place, (_, *words) in told:
        for word in words:
            name, is_variable, _ = word.partition("=")
            known = f"$({name})" in makefile or name == "PYTHON"
            if not (known if is_variable else name in targets):
                wrong.append(f"{place}: make {' '.join(words)}")
    assert len(told) > 10
    assert wrong == []


def test_curl_takes_its_flags() -> None:
    if shutil.which("curl") is None:
        pytest.skip("no curl on PATH")
    told = starting_with("curl")
    assert len(told) >= 8
    for place, line in told:
        words = before_redirections(shlex.split(line))
        # Flags are read in their order, and --version ends it before anything is asked.
        done = subprocess.run(
            [*words, "--version"], capture_output=True, text=True, check=False, timeout=60
        )
        assert (done.returncode, done.stdout[:5]) == (0, "curl "), (place, line, done.stderr)


def test_promtool_has_the_commands() -> None:
    told = starting_with("promtool")
    assert len(told) >= 4
    program = prometheus_program("promtool")
    for group in {tuple(re.findall(r"^promtool ([a-z]+ [a-z-]+)", line)) for _, line in told}:
        words = " ".join(group).split()
        # Of a command that it does not have, its help ends with 1.
        done = subprocess.run(
            [program, *words, "--help"], capture_output=True, timeout=60, check=False
        )
        assert done.returncode == 0, words


# Charts of others, which are not here.
OTHERS_CHARTS = ("prometheus-community/",)
# What needs a cluster and renders nothing.
WITHOUT_CHART = ("uninstall", "test", "list")


def charts() -> list[tuple[str, str]]:
    """Commands that install our chart."""
    found = [one for one in starting_with("helm") if one[1].split()[1] not in WITHOUT_CHART]
    return [one for one in found if not any(name in one[1] for name in OTHERS_CHARTS)]


@pytest.mark.parametrize(("place", "line"), charts(), ids=[place for place, _ in charts()])
def test_our_chart_renders_as_told(place: str, line: str, tmp_path: Path) -> None:
    # What the portal writes for a tenant, whose name is the folder's.
    values = helm.snippet(SnippetSettings(uuid.UUID(int=1), "search")).text
    (tmp_path / "values.yaml").write_text(values)
    line = re.sub(r"(?<=--values )\"?\$?\w+/values\.yaml\"?", str(tmp_path / "values.yaml"), line)
    words = [word for word in shlex.split(line)[2:] if word != "--install"]
    assert words[1] == "helm/perfanalysis", place
    given: list[str] = []
    namespace = "default"
    rest = iter(words[2:])
    for word in rest:
        if word in {"--namespace", "-n"}:
            namespace = next(rest)
        elif word not in {"--create-namespace", "--reset-then-reuse-values", "--wait"}:
            given.append(word)
    assert "kind:" in rendered(*given, namespace=namespace, release=words[0])


def test_files_of_the_repository_that_commands_name_are_there() -> None:
    rooms = "helm|deploy|scripts|demo|prometheus|docs"
    named = re.compile(rf"(?<![\w/.-])((?:{rooms})/[\w./*-]*[\w*])(?![\w{{-])")
    missing = []
    found = 0
    for block in all_blocks():
        for name in named.findall(block.text):
            found += 1
            if not list(REPOSITORY.glob(name)):
                missing.append(f"{block.place}: {name}")
    assert found > 10
    assert missing == []


def test_profiles_and_services_of_compose_are_there() -> None:
    services = load_fast((REPOSITORY / "docker-compose.yml").read_text())["services"]
    profiles = {name for service in services.values() for name in service.get("profiles", ())}
    told = [shlex.split(line) for _, line in starting_with("docker") if "compose" in line]
    assert len(told) > 5
    for words in told:
        for flag, name in itertools.pairwise(words):
            if flag == "--profile":
                assert name in profiles, words
        if "run" in words:
            flags_with_values = {"--entrypoint", "--volume"}
            rest = words[words.index("run") + 1 :]
            while rest[0].startswith("-"):
                rest = rest[2:] if rest[0] in flags_with_values else rest[1:]
            assert rest[0] in services, words
