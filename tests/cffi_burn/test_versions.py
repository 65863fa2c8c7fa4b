"""A kernel whose compiled work changes must get a new version."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from cffi_burn.build import FLAGS, KERNELS, kernel_files
from cffi_burn.kernel import all_kernels

GOLDEN = Path(__file__).with_name("versions.json")
LOOK = (
    "the compiled work of {name} may have changed. If it has, raise its version in {name}.c; "
    "then run `make golden`"
)


def code(path: Path) -> str:
    """A source without its comments and spaces."""
    return re.sub(r"/\*.*?\*/|\s+", " ", path.read_text(), flags=re.DOTALL)


def included(path: Path) -> list[Path]:
    """A source, and the headers of the same folder that it includes, but for the interface."""
    found = [path]
    for name in re.findall(r'#include "([^"]+)"', path.read_text()):
        if name not in {"kernel.h", "machine_code.h"}:
            found += [header for header in included(KERNELS / name) if header not in found]
    return found


def fingerprint(name: str) -> str:
    sources = [code(path) for path in included(kernel_files()[name])]
    text = " ".join([*sources, opaque(), *FLAGS])
    return hashlib.sha256(text.encode()).hexdigest()


def opaque() -> str:
    header = code(KERNELS / "kernel.h")
    return header[header.index("#define BURN_OPAQUE") : header.index("extern")]


def present() -> dict[str, dict[str, str]]:
    return {
        # Without the compiler of what is compiled.
        name: {"version": kernel.version.partition("-")[0], "fingerprint": fingerprint(name)}
        for name, kernel in all_kernels().items()
    }


def test_changed_work_has_a_new_version(update_golden: bool) -> None:
    if update_golden:
        GOLDEN.write_text(json.dumps(present(), indent=1) + "\n")
    golden = json.loads(GOLDEN.read_text())
    for name, entry in present().items():
        assert entry == golden[name], LOOK.format(name=name)
