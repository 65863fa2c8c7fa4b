"""Grafana's own code as it is published (``@grafana/data``): what it makes of a panel's answers."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY

_SCRIPTS = Path(__file__).parent / "transformations"
_TOOLS = REPOSITORY / ".tools" / "grafana-data"

Row = dict[str, Any]


def installed() -> Path:
    """The folder with the wanted version of the package; skips where it is not."""
    if not shutil.which("node"):
        pytest.skip("Node is not on this machine: Grafana's transformations are not looked at")
    kept, wanted = (folder / "package.json" for folder in (_TOOLS, _SCRIPTS))
    if not kept.is_file() or kept.read_text() != wanted.read_text():
        pytest.skip("no such @grafana/data on this machine: scripts/setup-tests brings it")
    return _TOOLS


def transformed(panels: Sequence[dict[str, Any]]) -> list[list[tuple[list[str], list[Row]]]]:
    """The frames that each panel draws: the names of the fields as people see them, and rows.

    Args:
        panels: for each its ``transformations``, as a dashboard's JSON has them, and ``queries``:
            ``refId``, ``format``, and ``result`` as the engine's HTTP API gives it.
    """
    words = ["node", _SCRIPTS / "transform.cjs", installed()]
    done = subprocess.run(
        words, input=json.dumps(panels), capture_output=True, text=True, timeout=120, check=False
    )
    assert not done.returncode, done.stderr
    return [[_table(fields) for fields in frames] for frames in json.loads(done.stdout)]


def _table(fields: list[dict[str, Any]]) -> tuple[list[str], list[Row]]:
    names = [field["name"] for field in fields]
    columns = [field["values"] for field in fields]
    return names, [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
