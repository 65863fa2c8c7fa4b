"""The dashboards' JSON is what Grafana's published types say: compiled by TypeScript."""

from __future__ import annotations

import json
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.generation import to_json
from tests.conftest import REPOSITORY

SCHEMA = Path(__file__).parent / "schema"
TOOLS = REPOSITORY / ".tools" / "grafana-schema"
GRAPH = "timeseries"  # kinds of panels whose own fields have a published type in one piece


@pytest.fixture(scope="module")
def compiler() -> Path:
    """TypeScript's compiler beside Grafana's types, from npm; kept in .tools."""
    if not shutil.which("node") or not shutil.which("npm"):
        pytest.skip("Node and npm are not on this machine: Grafana's types are not looked at")
    program = TOOLS / "node_modules" / ".bin" / "tsc"
    wanted = (SCHEMA / "package.json").read_text()
    kept = TOOLS / "package.json"
    if not program.exists() or kept.read_text() != wanted:
        TOOLS.mkdir(parents=True, exist_ok=True)
        kept.write_text(wanted)
        words = ["npm", "install", "--ignore-scripts", "--no-audit", "--no-fund", "--no-save"]
        made = subprocess.run(
            words, cwd=TOOLS, capture_output=True, text=True, timeout=200, check=False
        )
        if made.returncode:
            kept.unlink()
            pytest.skip(f"npm does not give @grafana/schema: {made.stderr.strip()[-200:]}")
    return program


def compiled(compiler: Path, name: str, document: dict[str, Any]) -> str:
    """What the compiler complains of; "" when the document has Grafana's types."""
    folder = TOOLS / "compiled"
    folder.mkdir(exist_ok=True)
    shutil.copy(SCHEMA / "plain.ts", folder)
    graphs = [
        panel["fieldConfig"]["defaults"].get("custom", {})
        for panel in document["panels"]
        if panel["type"] == GRAPH
    ]
    text = (
        "import type { Graph, Whole } from './plain';\n"
        f"export const dashboard: Whole = {json.dumps(document, indent=1)};\n"
        f"export const graphs: Graph[] = {json.dumps(graphs, indent=1)};\n"
    )
    path = folder / f"{name}.ts"
    path.write_text(text)
    flags = ["--noEmit", "--strict", "--module", "esnext", "--moduleResolution", "bundler"]
    words = [compiler, *flags, "--skipLibCheck", path]
    done = subprocess.run(words, capture_output=True, text=True, timeout=120, check=False)
    return done.stdout + done.stderr


@pytest.mark.parametrize("name", DASHBOARDS)
def test_the_json_has_grafanas_types(compiler: Path, name: str) -> None:
    document = json.loads(to_json(DASHBOARDS[name]()))
    assert not compiled(compiler, name.removesuffix(".json"), document)


@pytest.mark.parametrize(
    ("place", "value", "said"),
    [
        (("timezone",), 5, "not assignable to type 'string'"),
        (("panels", 1, "gridPos", "w"), "12", "not assignable to type 'number'"),
        (("panels", 1, "fieldConfig", "defaults", "color"), {"mode": "colourful"}, "colourful"),
        (("panles",), [], "panles"),
    ],
)
def test_what_grafana_would_not_take_is_found(
    compiler: Path, place: tuple[Any, ...], value: object, said: str
) -> None:
    document = json.loads(to_json(DASHBOARDS["phone.json"]()))
    part = document
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    assert said in compiled(compiler, "wrong", document)
