"""Each contract of the floor plan is broken once, on purpose, and must be seen."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY

LINTER = Path(sys.executable).with_name("lint-imports")
PLAN = tomllib.loads((REPOSITORY / "pyproject.toml").read_text())["tool"]["importlinter"]
CONTRACTS: list[dict[str, Any]] = PLAN["contracts"]


def broken(tree: Path) -> str:
    """What the linter says of a tree, with its line breaks taken out."""
    environment = {**os.environ, "PYTHONPATH": str(tree), "COLUMNS": "1000"}
    done = subprocess.run(
        [LINTER, "--no-logo"],
        cwd=tree,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return " ".join(done.stdout.split())


@pytest.fixture(scope="module")
def tree(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The packages and their contracts."""
    folder = tmp_path_factory.mktemp("plan")
    for package in PLAN["root_packages"]:
        shutil.copytree(
            REPOSITORY / package,
            folder / package,
            ignore=lambda folder, names: {
                name
                for name in names
                if not name.endswith((".py", ".so")) and not (Path(folder) / name).is_dir()
            },
        )
    shutil.copy(REPOSITORY / "pyproject.toml", folder)
    return folder


def a_file_of(tree: Path, module: str) -> Path:
    """A file of a module or package, but for the start of the package when there are others."""
    path = tree / module.replace(".", "/")
    if not path.is_dir():
        return path.with_suffix(".py")
    others = sorted(file for file in path.glob("*.py") if file.stem not in {"__init__", "cli"})
    return others[0] if others else path / "__init__.py"


def offence(tree: Path, contract: dict[str, Any]) -> tuple[Path, str]:
    """A file, and an import that its contract does not allow there."""
    if contract["type"] == "forbidden":
        file = a_file_of(tree, contract["source_modules"][0])
        return file, contract["forbidden_modules"][-1]
    if contract["type"] == "layers":
        (room,) = contract["containers"]
        low, high = (contract["layers"][i].split("|")[0].strip() for i in (-1, 0))
        return a_file_of(tree, f"{room}.{low}"), f"{room}.{high}"
    assert contract["type"] == "acyclic_siblings"
    return tree / "loadtest" / "run.py", "loadtest.session"


def test_the_tree_keeps_them_all(tree: Path) -> None:
    assert f"Contracts: {len(CONTRACTS)} kept, 0 broken." in broken(tree)


@pytest.mark.parametrize("contract", CONTRACTS, ids=lambda contract: contract["name"])
def test_what_breaks_it_is_seen(tree: Path, contract: dict[str, Any]) -> None:
    file, module = offence(tree, contract)
    before = file.read_text()
    file.write_text(f"{before}\nimport {module}\n")
    try:
        assert f"{contract['name']} BROKEN" in broken(tree)
    finally:
        file.write_text(before)
