"""The lists of figures and charts are whole, and each figure of a module is in them."""

from __future__ import annotations

import importlib
from collections.abc import Callable
from pathlib import Path

import pytest

from reporter.figures.every import EVERY
from reporter.figures.figure import Figure, MachineFigure
from tests.conftest import REPOSITORY
from tests.reporter.every_module import of_charts, of_figures


@pytest.mark.parametrize(("room", "made"), [("figures", of_figures), ("charts", of_charts)])
def test_a_list_is_what_its_folder_has(
    room: str, made: Callable[[Path], str], update_golden: bool
) -> None:
    file = REPOSITORY / "reporter" / room / "every.py"
    expected = made(file.parent)
    if update_golden:
        file.write_text(expected)
    assert file.read_text() == expected


def test_no_figure_is_declared_in_another_way() -> None:
    folder = REPOSITORY / "reporter" / "figures"
    modules = [importlib.import_module(f"reporter.figures.{f.stem}") for f in folder.glob("*.py")]
    found = {
        id(one)
        for module in modules
        for one in vars(module).values()
        if isinstance(one, Figure | MachineFigure)
    }
    assert found == {id(one) for one in EVERY}


def test_a_file_that_declares_none_is_not_listed(tmp_path: Path) -> None:
    (tmp_path / "idle.py").write_text('OTHER = 1\nIDLE = Figure("idle")\nBUSY = MachineFigure()\n')
    (tmp_path / "words.py").write_text("WORDS = frozenset()\n")
    text = of_figures(tmp_path)
    assert "import (\n    idle,\n)\n" in text
    assert text.endswith(" = (\n    idle.IDLE,\n    idle.BUSY,\n)\n")
