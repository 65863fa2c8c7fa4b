"""The chart as Helm renders it, and the table of its values."""

from __future__ import annotations

import functools
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import kubernetes_validate.utils
import pytest
import yaml

from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY

CHART = REPOSITORY / "helm" / "perfanalysis"
MANIFESTS = REPOSITORY / "helm" / "manifests"
CASES = sorted(path.name.removesuffix("-values.yaml") for path in (CHART / "ci").iterdir())
# The oldest that the chart takes, and the newest whose schemas are known.
RELEASES = ("1.29", "1.31", "1.34", "1.37")

Manifest = dict[str, Any]


def helm_program() -> str:
    """Helm from PATH, or the one that scripts/build-helm built; the test is skipped without."""
    built = REPOSITORY / ".tools" / "helm" / "helm"
    found = shutil.which("helm") or (str(built) if built.is_file() else None)
    if found is None:
        pytest.skip("no helm here: scripts/build-helm builds it where Go is present")
    return found


def helm(*words: str | Path) -> subprocess.CompletedProcess[str]:
    """Run Helm."""
    return subprocess.run(
        [helm_program(), *map(str, words)], capture_output=True, text=True, check=False
    )


@functools.cache
def rendered(*words: str, namespace: str = "perf", release: str = "p") -> str:
    """What `helm template` prints with these words."""
    command = ["template", release, str(CHART), "--namespace", namespace]
    done = helm(*command, "--kube-version", RELEASES[-1], *words)
    assert done.returncode == 0, done.stderr
    return done.stdout


def values_of(case: str) -> str:
    """The word that names a case's values."""
    return f"--values={CHART / 'ci' / f'{case}-values.yaml'}"


class OneKeyLoader(yaml.CSafeLoader):
    """Refuses a mapping that has a key twice: Helm takes one of them, and says nothing."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        """The mapping of a node."""
        keys = [key.value for key, _ in node.value]
        twice = {key for key in keys if keys.count(key) > 1}
        assert not twice, f"line {node.start_mark.line + 1}: twice: {sorted(twice)}"
        return super().construct_mapping(node, deep)


# It reads them anew for each object, a megabyte every time.
kubernetes_validate.utils.schema_contents = functools.cache(
    kubernetes_validate.utils.schema_contents
)


def kubernetes_takes(manifest: Manifest, release: str) -> None:
    """Hold an object to the schema of a release of Kubernetes, in which nothing else may stand.

    Raises:
        kubernetes_validate.ValidationError: it is no such object.
    """
    kubernetes_validate.validate(manifest, release, strict=True)


def manifests(text: str) -> list[Manifest]:
    """The objects of a rendering."""
    found = yaml.load_all(text, OneKeyLoader)
    return [document for document in found if document]


def objects_of(case: str) -> list[Manifest]:
    """The objects of a case."""
    return manifests(rendered(values_of(case)))


def pod_of(manifest: Manifest) -> Manifest | None:
    """The specification of the pods that an object makes, if it makes any."""
    spec: Manifest = manifest.get("spec", {})
    if manifest["kind"] == "Pod":
        return spec
    if manifest["kind"] == "CronJob":
        spec = spec["jobTemplate"]["spec"]
    pod: Manifest | None = spec.get("template", {}).get("spec")
    return pod


def values(lines: list[str], node: yaml.MappingNode, path: str = "") -> Iterator[tuple[str, ...]]:
    """Name, default and comment of each value; mappings in one line are values themselves."""
    for key, value in node.value:
        name = f"{path}{key.value}"
        if isinstance(value, yaml.MappingNode) and not value.flow_style:
            plain = load_fast(yaml.serialize(value))
            above = comment(lines, key.start_mark.line)
            if above:
                yield name, json.dumps(plain), above
            else:
                yield from values(lines, value, f"{name}.")
        else:
            plain = load_fast(yaml.serialize(value))
            yield name, json.dumps(plain), comment(lines, key.start_mark.line)


def comment(lines: list[str], line: int) -> str:
    """The comment that stands right above a line."""
    found: list[str] = []
    while line and lines[line - 1].lstrip().startswith("#"):
        line -= 1
        found.insert(0, lines[line].strip().removeprefix("#").strip())
    return " ".join(found)


def values_table() -> str:
    """The table of values.yaml for the README."""
    text = (CHART / "values.yaml").read_text()
    root = yaml.compose(text, yaml.SafeLoader)
    assert isinstance(root, yaml.MappingNode)
    rows = ["| value | default | meaning |", "|---|---|---|"]
    for name, default, meaning in values(text.splitlines(), root):
        assert meaning, f"values.yaml: {name}: expected a comment above it"
        rows.append(f"| `{name}` | `{default}` | {meaning.replace('|', ',')} |")
    return "\n".join(rows) + "\n"
