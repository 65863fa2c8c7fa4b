#!/usr/bin/env python3
"""sbom.py [FILE]: write the bill of materials, CycloneDX 1.6 in JSON, valid by its own schema.

Run by .venv's Python (`make sbom`). It has every package of constraints.txt as it is installed
there, with licence and what needs it; those that only tests and checks use have the scope
"excluded". Beside them: the scripts copied into the portal's pages, and our own C code with the
libraries that it is linked with. Default: out/sbom.cdx.json.
"""

from __future__ import annotations

import hashlib
import json
import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from importlib import metadata
from pathlib import Path
from typing import Any

from cyclonedx.model import HashAlgorithm, HashType
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentScope, ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packageurl import PackageURL
from packaging.requirements import Requirement
from packaging.utils import NormalizedName, canonicalize_name

REPOSITORY = Path(__file__).resolve().parent.parent
OURS = "perfanalysis"
VENDORED = REPOSITORY / "portal" / "pages" / "static" / "vendor" / "versions.txt"
# Our extensions of Python: where their C and assembly stand.
EXTENSIONS = {"cffi_burn._burn": "cffi_burn", "exporter.native._numbers": "exporter/native"}
LINKED = {"libcrypto": "openssl/evp.h", "zlib": "zlib.h", "libzstd": "zstd.h"}


def fail(message: str) -> None:
    """End with one line."""
    sys.exit(f"sbom.py: error: {message}")


def pinned() -> dict[NormalizedName, str]:
    """Of constraints.txt: version by canonical name."""
    lines = (REPOSITORY / "constraints.txt").read_text().splitlines()
    pairs = (line.split("==") for line in lines if "==" in line)
    return {canonicalize_name(name): version.strip() for name, version in pairs}


def shipped() -> set[NormalizedName]:
    """Canonical names of what an install with `[all]` brings."""
    found: set[NormalizedName] = set()
    waiting = [(OURS, "all")]
    seen: set[tuple[str, str]] = set()
    while waiting:
        name, extra = waiting.pop()
        if (name, extra) in seen:
            continue
        seen.add((name, extra))
        found.add(canonicalize_name(name))
        for needed in map(Requirement, metadata.requires(name) or ()):
            if needed.marker is None or needed.marker.evaluate({"extra": extra}):
                waiting += [(needed.name, wanted) for wanted in (needed.extras or {""})]
    return found


def of_python() -> Bom:
    """What cyclonedx-py finds installed, of which only what is pinned is kept."""
    with tempfile.TemporaryDirectory() as folder:
        written = Path(folder) / "environment.json"
        words = ["environment", "--no-validate", "--output-reproducible", "--sv", "1.6"]
        words += ["--pyproject", str(REPOSITORY / "pyproject.toml"), "-o", str(written)]
        subprocess.run([sys.executable, "-m", "cyclonedx_py", *words, sys.executable], check=True)
        bom: Bom = Bom.from_json(json.loads(written.read_text()))  # type: ignore[attr-defined]
    wanted, ours = pinned(), shipped()
    found = {canonicalize_name(one.name): one for one in bom.components}
    for name, version in wanted.items():
        have = found[name].version if name in found else "nothing"
        if have != version:
            fail(f"constraints.txt: {name}: expected {version} installed here, found {have}")
    kept = {name: found[name] for name in wanted}
    for name, component in kept.items():
        component.scope = ComponentScope.REQUIRED if name in ours else ComponentScope.EXCLUDED
    gone = {one.bom_ref for name, one in found.items() if name not in kept}
    bom.components = kept.values()
    bom.dependencies = [needs for needs in bom.dependencies if needs.ref not in gone]
    for needs in bom.dependencies:
        needs.dependencies = [one for one in needs.dependencies if one.ref not in gone]
    return bom


def sha256(data: bytes) -> HashType:
    """The digest of a file."""
    return HashType(alg=HashAlgorithm.SHA_256, content=hashlib.sha256(data).hexdigest())


def of_pages() -> Iterable[Component]:
    """The scripts of others that the portal's pages load."""
    rows = [line.split() for line in VENDORED.read_text().splitlines() if line[:1] != "#"]
    for package, version in sorted({(row[0], row[1]) for row in rows}):
        files = [
            Component(
                name=f"{VENDORED.parent.relative_to(REPOSITORY)}/{kept}",
                type=ComponentType.FILE,
                bom_ref=f"file:{kept}",
                hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
            )
            for name, _, _, kept, digest in rows
            if name == package
        ]
        yield Component(
            name=package,
            version=version,
            type=ComponentType.LIBRARY,
            bom_ref=f"npm:{package}@{version}",
            purl=PackageURL("npm", name=package, version=version),
            scope=ComponentScope.REQUIRED,
            components=files,
        )


def of_c() -> Iterable[Component]:
    """Our extensions, file by file, and the libraries that kernels are linked with."""
    sources: list[Path] = []
    for name, folder in EXTENSIONS.items():
        files = [
            path
            for path in sorted((REPOSITORY / folder).rglob("*"))
            if path.suffix in {".c", ".h", ".S"} and not path.name.startswith("_")
        ]
        sources += files
        yield Component(
            name=name,
            type=ComponentType.LIBRARY,
            bom_ref=f"c:{name}",
            description="ours, in C: built at the install, or in the wheel",
            scope=ComponentScope.REQUIRED,
            components=[
                Component(
                    name=str(path.relative_to(REPOSITORY)),
                    type=ComponentType.FILE,
                    bom_ref=f"file:{path.relative_to(REPOSITORY)}",
                    hashes=[sha256(path.read_bytes())],
                )
                for path in files
            ],
        )
    text = "\n".join(path.read_text() for path in sources)
    for name, header in LINKED.items():
        if not re.search(rf"#include <{re.escape(header)}>", text):
            fail(f"no C file includes <{header}> any more: take {name} out of this script")
        yield Component(
            name=name,
            type=ComponentType.LIBRARY,
            bom_ref=f"system:{name}",
            description="of where it is built; a wheel has a copy. Results name its version",
            scope=ComponentScope.OPTIONAL,
        )


def whole() -> str:
    """The document.

    Raises:
        SystemExit: it is not valid, or not all that is pinned is installed here.
    """
    bom = of_python()
    main = bom.metadata.component
    if main is None:
        fail("cyclonedx-py named no main component")
        raise AssertionError
    main.version = metadata.version(OURS)
    more = [*of_pages(), *of_c()]
    bom.components.update(more)
    bom.register_dependency(main, more)
    writer = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6)
    document: dict[str, Any] = json.loads(writer.output_as_string())
    # Two runs over the same files are the same text.
    document.pop("serialNumber", None)
    document["metadata"].pop("timestamp", None)
    text = json.dumps(document, indent=1, sort_keys=True) + "\n"
    wrong = JsonStrictValidator(SchemaVersion.V1_6).validate_str(text)
    if wrong is not None:
        fail(f"not valid by CycloneDX' schema: {wrong}")
    return text


def main(words: list[str]) -> int:
    """The command."""
    if len(words) > 1 or any(word.startswith("-") for word in words):
        print("usage: sbom.py [FILE]", file=sys.stderr)
        return 2
    path = Path(words[0]) if words else REPOSITORY / "out" / "sbom.cdx.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    text = whole()
    path.write_text(text)
    print(f"{path}: {len(json.loads(text)['components'])} components")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
