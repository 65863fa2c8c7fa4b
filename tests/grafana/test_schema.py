"""The dashboards' JSON is what Grafana's published types say: compiled by TypeScript."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import pytest

from grafana.dashboards.collection import DASHBOARDS
from grafana.dashboards.generation import to_json
from tests.conftest import REPOSITORY
from tests.grafana.published import installed, panels_of

SCHEMA = Path(__file__).parent / "schema"
TOOLS = REPOSITORY / ".tools" / "grafana-schema"
WRONG: list[tuple[tuple[Any, ...], object, str]] = [
    (("timezone",), 5, "not assignable to type 'string'"),
    (("panels", 1, "gridPos", "w"), "12", "not assignable to type 'number'"),
    (("panels", 1, "fieldConfig", "defaults", "color"), {"mode": "colourful"}, "colourful"),
    (("panles",), [], "panles"),
    (("panels", 1, "options", "colorMode"), "backdrop", "backdrop"),
    (("panels", 1, "options", "grpahMode"), "area", "grpahMode"),
]


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


@pytest.fixture(scope="module", params=["oldest", "newest"])
def complaints(request: pytest.FixtureRequest, compiler: Path) -> dict[str, str]:
    """What the compiler says of each document, in one go: Grafana's types are read once.

    By the types of the oldest Grafana that dashboards are made for, and of the newest.
    """
    tools = TOOLS if request.param == "oldest" else installed()
    # Below the folder in which the compiler looks for them.
    with tempfile.TemporaryDirectory(dir=tools, prefix="compiled-") as folder:
        return compiled(compiler, Path(folder))


def compiled(compiler: Path, folder: Path) -> dict[str, str]:
    """What the compiler complains of, by document; "" of one that has Grafana's types."""
    types = (SCHEMA / "plain.ts").read_text()
    if folder.parent == TOOLS:
        # The chart of Grafana 11 has its types under the name that it had in the making.
        types = types.replace("/xychart/", "/xychart2/")
    (folder / "plain.ts").write_text(types)
    whole = {name: json.loads(to_json(make())) for name, make in DASHBOARDS.items()}
    documents = whole | {".".join(map(str, place)): spoiled(place, v) for place, v, _ in WRONG}
    paths = {name: folder / f"document{i}.ts" for i, name in enumerate(documents)}
    for name, document in documents.items():
        paths[name].write_text(source_of(document))
    flags = ["--noEmit", "--strict", "--module", "esnext", "--moduleResolution", "bundler"]
    words = [compiler, *flags, "--skipLibCheck", "--pretty", "false", *paths.values()]
    done = subprocess.run(
        words, cwd=folder, capture_output=True, text=True, timeout=240, check=False
    )
    # Lines of a complaint's own are behind that of its file.
    said = re.split(r"^(?:\S*/)?(document\d+)\.ts", done.stdout, flags=re.MULTILINE)
    assert said[0] + done.stderr == ""
    by_file = dict.fromkeys((path.stem for path in paths.values()), "")
    for file, text in zip(said[1::2], said[2::2], strict=True):
        by_file[file] += text
    return {name: by_file[path.stem] for name, path in paths.items()}


def source_of(document: dict[str, Any]) -> str:
    """A document as TypeScript that claims to be of Grafana's types."""
    panels = [
        {
            "type": panel["type"],
            "options": panel["options"],
            "custom": panel["fieldConfig"]["defaults"].get("custom", {}),
        }
        for panel in panels_of(document)
    ]
    return (
        "import type { One, Whole } from './plain';\n"
        f"export const dashboard: Whole = {json.dumps(document, indent=1)};\n"
        f"export const panels: One[] = {json.dumps(panels, indent=1)};\n"
    )


def spoiled(place: tuple[Any, ...], value: object) -> dict[str, Any]:
    """A dashboard with another value in that place."""
    document: dict[str, Any] = json.loads(to_json(DASHBOARDS["phone.json"]()))
    part = document
    for step in place[:-1]:
        part = part[step]
    part[place[-1]] = value
    return document


@pytest.mark.parametrize("name", DASHBOARDS)
def test_the_json_has_grafanas_types(complaints: dict[str, str], name: str) -> None:
    assert complaints[name] == ""


@pytest.mark.parametrize(("place", "value", "said"), WRONG)
def test_what_grafana_would_not_take_is_found(
    complaints: dict[str, str], place: tuple[Any, ...], value: object, said: str
) -> None:
    del value
    assert said in complaints[".".join(map(str, place))]
