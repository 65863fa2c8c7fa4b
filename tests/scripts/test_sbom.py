"""The bill of materials: valid by CycloneDX's schema, whole, and the same each time."""

from __future__ import annotations

import hashlib
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from tests.conftest import REPOSITORY
from tests.docs.third_party import packages

# The validator takes half a minute for so many addresses.
pytestmark = pytest.mark.long

Material = dict[str, Any]


@pytest.fixture(scope="module")
def bill(tmp_path_factory: pytest.TempPathFactory) -> Material:
    path = tmp_path_factory.mktemp("bill") / "sbom.cdx.json"
    program = REPOSITORY / "scripts" / "sbom.py"
    done = subprocess.run(
        [sys.executable, program, path], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found: Material = json.loads(path.read_text())
    # Nothing of this machine.
    assert str(REPOSITORY) not in path.read_text()
    return found


@pytest.fixture(scope="module")
def components(bill: Material) -> dict[str, Material]:
    return {component["bom-ref"]: component for component in bill["components"]}


def test_every_pin_is_in_it(components: dict[str, Material]) -> None:
    pins = {
        (canonicalize_name(name), version)
        for name, version in (
            line.split("==") for line in (REPOSITORY / "constraints.txt").read_text().splitlines()
        )
    }
    found = {
        (canonicalize_name(one["name"]), one["version"])
        for one in components.values()
        if one.get("purl", "").startswith("pkg:pypi/")
    }
    assert found == pins


def test_what_only_tests_use_is_not_said_to_be_shipped(components: dict[str, Material]) -> None:
    scopes = {
        canonicalize_name(one["name"]): one["scope"]
        for one in components.values()
        if one.get("purl", "").startswith("pkg:pypi/")
    }
    shipped = {canonicalize_name(name) for name in packages("all")}
    assert {name for name, scope in scopes.items() if scope == "required"} == shipped
    assert {scopes[name] for name in ("pytest", "mypy", "pip-audit")} == {"excluded"}


def test_the_pages_scripts_and_our_c_are_in_it(components: dict[str, Material]) -> None:
    vendored = REPOSITORY / "portal" / "pages" / "static" / "vendor"
    for line in (vendored / "versions.txt").read_text().splitlines()[1:]:
        package, version, _, kept, digest = line.split()
        files = {
            file["name"]: file for file in components[f"npm:{package}@{version}"]["components"]
        }
        file = files[str((vendored / kept).relative_to(REPOSITORY))]
        assert file["hashes"] == [{"alg": "SHA-256", "content": digest}]
    listed = {
        file["name"]: file["hashes"][0]["content"]
        for name in ("c:cffi_burn._burn", "c:exporter.native._numbers")
        for file in components[name]["components"]
    }
    tracked = subprocess.run(
        ["git", "ls-files", "cffi_burn", "exporter"],
        cwd=REPOSITORY,
        capture_output=True,
        text=True,
        check=True,
    ).stdout.splitlines()
    sources = [name for name in tracked if Path(name).suffix in {".c", ".h", ".S"}]
    assert listed == {
        name: hashlib.sha256((REPOSITORY / name).read_bytes()).hexdigest() for name in sources
    }
    assert {"system:libcrypto", "system:zlib", "system:libzstd"} <= set(components)


def test_all_hangs_together(bill: Material, components: dict[str, Material]) -> None:
    """What needs what: the root needs ours, and nobody needs what is not there."""
    needs = {one["ref"]: one.get("dependsOn", []) for one in bill["dependencies"]}
    root = bill["metadata"]["component"]["bom-ref"]
    by_name = {one["name"]: one["bom-ref"] for one in components.values()}
    wanted = {"c:cffi_burn._burn", by_name["htmx.org"], by_name["requests"]}
    assert wanted <= set(needs[root])
    assert {ref for refs in needs.values() for ref in refs} <= {root, *components}
    assert by_name["urllib3"] in needs[by_name["requests"]]


def test_the_schema_is_asked_and_refuses(bill: Material) -> None:
    """The script's own check would have found a fault: this one does."""
    spoilt = json.dumps({**bill, "components": [{"name": "nameless", "type": "fruit"}]})
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(spoilt)
    assert wrong is not None
