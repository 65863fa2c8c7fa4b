"""Grafana's own code as it is published (``@grafana/data``): what it makes of a panel's answers."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import REPOSITORY

_SCRIPTS = Path(__file__).parent / "transformations"
_TOOLS = REPOSITORY / ".tools" / "grafana-data"

Row = dict[str, Any]
Frame = tuple[list[str], list[Row]]


def panels_of(document: dict[str, Any]) -> list[dict[str, Any]]:
    """The panels of a dashboard's JSON, those in closed rows as well; without the rows."""
    inside = [each for panel in document["panels"] for each in [panel, *panel.get("panels", [])]]
    return [panel for panel in inside if panel["type"] != "row"]


def asked(panel: dict[str, Any], answers: Mapping[str, list[dict[str, Any]]]) -> dict[str, Any]:
    """A panel of a dashboard's JSON with its queries' answers, by their letters."""
    queries = [
        {
            "refId": target["refId"],
            "format": target["format"],
            "legend": target.get("legendFormat", ""),
            "result": answers[target["refId"]],
        }
        for target in panel["targets"]
    ]
    return {"transformations": panel["transformations"], "queries": queries}


def installed() -> Path:
    """The folder with the wanted version of the package; skips where it is not."""
    if not shutil.which("node"):
        pytest.skip("Node is not on this machine: Grafana's transformations are not looked at")
    kept, wanted = (folder / "package.json" for folder in (_TOOLS, _SCRIPTS))
    if not kept.is_file() or kept.read_text() != wanted.read_text():
        pytest.skip("no such @grafana/data on this machine: scripts/setup-tests brings it")
    return _TOOLS


class Transforming:
    """Grafana's code in a process that stays: it takes half a second of CPU time to load."""

    def __init__(self) -> None:
        words = ["node", _SCRIPTS / "transform.cjs", installed()]
        pipe = subprocess.PIPE
        self._node = subprocess.Popen(words, stdin=pipe, stdout=pipe, text=True)

    def transformed(
        self, panels: Sequence[dict[str, Any]]
    ) -> list[list[tuple[list[str], list[Row]]]]:
        """The frames that each panel draws: the names of the fields as people see them, and rows.

        Args:
            panels: for each its ``transformations``, as a dashboard's JSON has them, and its
                ``queries``: ``refId``, ``format``, and ``result`` as the engine's API gives it.
        """
        answered = self._answered(panels)
        return [[_table(fields) for fields in panel["frames"]] for panel in answered]

    def looks(self, panels: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        """How each panel looks: its ``fields``, a list for each frame, and its ``figures``.

        Args:
            panels: as for ``transformed``, each with its ``type``, ``fieldConfig`` and ``options``.
        """
        return [panel["looks"] for panel in self._answered(panels)]

    def _answered(self, panels: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
        assert self._node.stdin is not None
        assert self._node.stdout is not None
        self._node.stdin.write(json.dumps(panels) + "\n")
        self._node.stdin.flush()
        answer = self._node.stdout.readline()
        assert answer, f"node has ended with status {self._node.wait(20)}"
        panels_answered: list[dict[str, Any]] = json.loads(answer)
        return panels_answered

    def close(self) -> None:
        """Let it end."""
        self._node.communicate(timeout=20)


def _table(fields: list[dict[str, Any]]) -> Frame:
    names = [field["name"] for field in fields]
    columns = [field["values"] for field in fields]
    return names, [dict(zip(names, cells, strict=True)) for cells in zip(*columns, strict=True)]
