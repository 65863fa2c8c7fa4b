"""A kernel whose compiled work changes must get a new version."""

from __future__ import annotations

import hashlib
import json
import re
from pathlib import Path

from cffi_burn.build import FLAGS, KERNELS
from cffi_burn.kernel import all_kernels

GOLDEN = Path(__file__).with_name("versions.json")
# What a kernel's file takes its work from besides itself.
SHARED = {"vector": ("simd.h", "vector_tile.h"), "membw": ("simd.h",)}
LOOK = (
    "the compiled work of {name} may have changed. If it has, raise its version in {name}.c; "
    "then run `make golden`"
)


def code(path: Path) -> str:
    """A source without its comments and spaces."""
    return re.sub(r"/\*.*?\*/|\s+", " ", path.read_text(), flags=re.DOTALL)


def fingerprint(name: str) -> str:
    files = (f"{name}.c", *SHARED.get(name, ()))
    text = " ".join([*(code(KERNELS / file) for file in files), opaque(), *FLAGS])
    return hashlib.sha256(text.encode()).hexdigest()


def opaque() -> str:
    header = code(KERNELS / "kernel.h")
    return header[header.index("#define BURN_OPAQUE") : header.index("extern")]


def present() -> dict[str, dict[str, str]]:
    return {
        name: {"version": kernel.version, "fingerprint": fingerprint(name)}
        for name, kernel in all_kernels().items()
    }


def test_changed_work_has_a_new_version(update_golden: bool) -> None:
    if update_golden:
        GOLDEN.write_text(json.dumps(present(), indent=1) + "\n")
    golden = json.loads(GOLDEN.read_text())
    for name, entry in present().items():
        assert entry == golden[name], LOOK.format(name=name)
