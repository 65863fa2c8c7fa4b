"""What a word of --collector.python asks for, and what is refused with its form."""

from __future__ import annotations

import pytest

from exporter.plugins.settings import (
    PluginReference,
    check_numbers,
    read_reference,
    read_references,
)
from perfanalysis.errors import InputError
from tests.exporter.conftest import flags_of


@pytest.mark.parametrize(
    ("word", "reference"),
    [
        ("processes", PluginReference("python:processes", "", "processes")),
        ("top=processes", PluginReference("python:top", "", "processes")),
        ("queues:Mail", PluginReference("python:queues:Mail", "queues", "Mail")),
        (
            "our.queues:Mail.made",
            PluginReference("python:our.queues:Mail.made", "our.queues", "Mail.made"),
        ),
        ("mail-1=our.queues:Mail", PluginReference("python:mail-1", "our.queues", "Mail")),
        (
            "some-package.queues",
            PluginReference("python:some-package.queues", "", "some-package.queues"),
        ),
    ],
)
def test_a_word_names_a_plugin_or_what_a_module_has(word: str, reference: PluginReference) -> None:
    assert read_reference(word) == reference


@pytest.mark.parametrize(
    "word",
    [
        "",
        ":",
        "a:",
        ":A",
        "a b",
        "a=",
        "=a:B",
        "a b=a:B",
        "a=b=c",
        "a:B:C",
        "1a:B",
        "a..b:C",
        "a:B()",
    ],
)
def test_a_word_of_another_form_is_refused_as_it_is(word: str) -> None:
    with pytest.raises(InputError, match=r"--collector\.python: expected MODULE:NAME") as caught:
        read_reference(word)
    assert caught.value.found == word


def test_two_of_one_name_are_refused() -> None:
    with pytest.raises(InputError, match=r"each name once .*, found 'a:B'"):
        read_references(["a:B", "x=a:C", "a:B"])
    with pytest.raises(InputError, match="found 'x'"):
        read_references(["x=a:B", "x=a:C"])
    assert [r.collector for r in read_references(["a:B", "x=a:B"])] == ["python:a:B", "python:x"]


@pytest.mark.parametrize(
    "argument",
    [
        "--collector.python.max-series=0",
        "--collector.python.processes.top=0",
        "--collector.python.processes.top=1001",
    ],
)
def test_numbers_have_their_ranges(argument: str) -> None:
    with pytest.raises(InputError, match=argument.split("=", maxsplit=1)[0]):
        check_numbers(flags_of(argument))
    check_numbers(flags_of())
