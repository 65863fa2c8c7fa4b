"""What ``every.py`` of figures and charts is to hold: what the files beside it declare."""

from __future__ import annotations

import ast
from pathlib import Path

OWN = {"__init__.py", "every.py"}
KINDS = {"Figure", "MachineFigure"}

FIGURES = '''\
"""Every figure, as the files of this folder declare them; `make golden` writes this list."""

from __future__ import annotations

from reporter.figures import (
{modules}
)
from reporter.figures.figure import AnyFigure

EVERY: tuple[AnyFigure, ...] = (
{names}
)
'''
CHARTS = '''\
"""Loads all that draws, for a process that waits for its order; `make golden` writes this list."""

from __future__ import annotations


def load() -> None:
    """Import every chart, and matplotlib with them."""
    from reporter.charts import (  # noqa: F401 - loaded for those who import them later
{modules}
    )
'''


def of_figures(folder: Path) -> str:
    """The list of the figures of a folder."""
    declared = {file.stem: _figures_in(file) for file in _files(folder)}
    names = [f"{module}.{name}" for module in declared for name in declared[module]]
    modules = [module for module, found in declared.items() if found]
    return FIGURES.format(modules=_lines(modules, 4), names=_lines(names, 4))


def of_charts(folder: Path) -> str:
    """The imports of the charts of a folder."""
    return CHARTS.format(modules=_lines([file.stem for file in _files(folder)], 8))


def _files(folder: Path) -> list[Path]:
    return sorted(file for file in folder.glob("*.py") if file.name not in OWN)


def _figures_in(file: Path) -> list[str]:
    """The names at a module's top level that a figure is given."""
    return [
        target.id
        for statement in ast.parse(file.read_text()).body
        if isinstance(statement, ast.Assign)
        and isinstance(statement.value, ast.Call)
        and isinstance(statement.value.func, ast.Name)
        and statement.value.func.id in KINDS
        for target in statement.targets
        if isinstance(target, ast.Name)
    ]


def _lines(words: list[str], indent: int) -> str:
    return "\n".join(f"{' ' * indent}{word}," for word in words)
