"""What pages tell to start is there: modules of Python, cases of benchmarks, units of systemd."""

from __future__ import annotations

import importlib.util
import re

from benchmarks.cases import CASES
from tests.conftest import REPOSITORY
from tests.docs.pages import PAGES

TEXTS = {page.name: page.read_text() for page in PAGES if page.name != "CHANGELOG.md"}
_MODULE = re.compile(r"python3? -m ([a-z_]+(?:\.[a-z_]+)*)((?: [^\s`|]+)*)")
_BENCH = re.compile(r"BENCH_ARGUMENTS=([a-z_]+)")
_SYSTEMCTL = re.compile(r"(?:systemctl|journalctl)((?: +[-\w.]+)+)")
_UNIT = re.compile(r"^perfanalysis-[a-z]+(?:\.[a-z]+)?$")
# Of Python itself, and of packages that the line before installs.
OTHERS = {"venv", "build", "pip"}


def modules() -> list[tuple[str, str, list[str]]]:
    """Page, module, and the words behind it."""
    return [
        (name, match[1], match[2].split())
        for name, text in TEXTS.items()
        for match in _MODULE.finditer(text)
    ]


def test_modules_are_there() -> None:
    found = modules()
    assert len(found) > 20
    wrong = [
        f"{page}: {module}"
        for page, module, _ in found
        if module not in OTHERS and importlib.util.find_spec(module) is None
    ]
    assert wrong == []


def test_cases_of_benchmarks_are_there() -> None:
    known = {case.name for case in CASES}
    named = [
        (page, word)
        for page, module, words in modules()
        if module == "benchmarks"
        for word in words
        if re.fullmatch(r"[a-z_]+", word)
    ]
    named += [(name, case) for name, text in TEXTS.items() for case in _BENCH.findall(text)]
    assert len(named) > 10
    assert [f"{page}: {case}" for page, case in named if case not in known] == []


def test_units_are_there() -> None:
    units = {path.name for path in (REPOSITORY / "deploy" / "systemd").iterdir()}
    named = [
        (name, word)
        for name, text in TEXTS.items()
        for match in _SYSTEMCTL.finditer(text)
        for word in match[1].split()
        if _UNIT.match(word)
    ]
    assert len(named) > 12
    wrong = [f"{page}: {unit}" for page, unit in named if not {unit, f"{unit}.service"} & units]
    assert wrong == []
