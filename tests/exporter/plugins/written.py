"""Modules and packages with collectors, as others write them, in a folder that Python searches."""

from __future__ import annotations

import importlib
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path

import pytest

HEAD = "from prometheus_client.core import GaugeMetricFamily\n"
ONE = """
class One:
    def collect(self):
        yield GaugeMetricFamily("written_one", "One.", value=1)
"""


class Written:
    """A folder of modules; ``write`` adds one under a name that no other test has."""

    def __init__(self, folder: Path, prefix: str) -> None:
        self.folder = folder
        self.prefix = prefix
        self.names: list[str] = []

    def write(self, code: str) -> str:
        """Write a module; its name."""
        name = f"{self.prefix}_{len(self.names)}"
        (self.folder / f"{name}.py").write_text(HEAD + textwrap.dedent(code))
        self.names.append(name)
        importlib.invalidate_caches()
        return name

    def offer(self, package: str, **points: str) -> None:
        """Install a package's metadata, which offers plug-ins."""
        folder = self.folder / f"{package}-1.0.dist-info"
        folder.mkdir()
        (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {package}\nVersion: 1.0\n")
        lines = "".join(f"{name} = {value}\n" for name, value in points.items())
        (folder / "entry_points.txt").write_text(f"[perfanalysis.collectors]\n{lines}")


@pytest.fixture
def written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> Iterator[Written]:
    """The folder; its modules are forgotten when the test ends."""
    folder = tmp_path / "written"
    folder.mkdir()
    monkeypatch.syspath_prepend(str(folder))
    made = Written(folder, f"written_{abs(hash(request.node.nodeid))}")
    yield made
    for name in made.names:
        sys.modules.pop(name, None)
