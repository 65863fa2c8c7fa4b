"""Modules of ours are imported by ``import`` alone, which type checks and the linter see."""

from __future__ import annotations

import ast
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.conftest import REPOSITORY

ROOMS: list[str] = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"][
    "importlinter"
]["root_packages"]
# What imports a module by a text, or finds those of a folder.
DYNAMIC = {"import_module", "__import__", "pkgutil", "runpy", "zipimport", "exec", "eval"}
DYNAMIC |= {
    "spec_from_file_location",
    "module_from_spec",
    "exec_module",
    "load_module",
}
# Packages of others by their names, and no module of ours.
OF_OTHERS = {
    "exporter/collectors/textfile/parsing.py": "prometheus_client's parser without its package",
    "exporter/plugins/loading.py": "plug-ins, which people write",
    "exporter/plugins/starting.py": "whether prometheus_client and psutil are there",
}


def words(source: str) -> Iterator[str]:
    """The names in a source by which modules are imported by a text."""
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Name(id=name) | ast.Attribute(attr=name) | ast.alias(name=name):
                yield from {name, name.rpartition(".")[2]} & DYNAMIC


def files() -> list[Path]:
    return [file for room in ROOMS for file in sorted((REPOSITORY / room).rglob("*.py"))]


def test_no_file_imports_by_a_text_but_those_that_load_what_others_made() -> None:
    found = {str(file.relative_to(REPOSITORY)) for file in files() if set(words(file.read_text()))}
    assert found == set(OF_OTHERS)


@pytest.mark.parametrize("file", OF_OTHERS)
def test_what_they_load_is_not_ours(file: str) -> None:
    source = (REPOSITORY / file).read_text()
    texts = {
        node.value
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
    }
    assert not {text for text in texts if text.partition(".")[0] in ROOMS and "." in text} - {
        "perfanalysis.collectors"  # the group of entry points
    }


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ("import importlib\nimportlib.import_module('a')", {"import_module"}),
        ("from importlib import import_module as load", {"import_module"}),
        ("from importlib.util import module_from_spec", {"module_from_spec"}),
        ("import pkgutil", {"pkgutil"}),
        ("__import__('a')", {"__import__"}),
        ("from exporter import page", set()),
    ],
)
def test_every_spelling_is_seen(source: str, found: set[str]) -> None:
    assert set(words(source)) == found
