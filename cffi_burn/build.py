"""The cffi build of the C kernels; setuptools runs it by ``cffi_modules`` in setup.py."""

from __future__ import annotations

import json
import os
import sysconfig
from pathlib import Path

from cffi import FFI

KERNELS = Path(__file__).resolve().parent / "kernels"
# Relative to the folder of setup.py, as setuptools wants them.
SOURCES = sorted(f"cffi_burn/kernels/{path.name}" for path in KERNELS.glob("*.c"))
HEADERS = sorted(f"cffi_burn/kernels/{path.relative_to(KERNELS)}" for path in KERNELS.rglob("*.h"))
# An optimisation of the whole program could not see which of the assembly's functions are used.
FLAGS = ["-O2", "-fno-lto"]
WARNINGS = ["-Wall", "-Wextra"]
# Ours: a compiler to come may warn of what none does today, and that must not keep anybody from
# installing.
STRICT = "PERFANALYSIS_WARNINGS_ARE_ERRORS"

# cffi's generated glue has parameters that it does not use; the kernels' own files are compiled
# with all of WARNINGS.
PREAMBLE = """
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wcast-function-type"
#include "burn.h"
"""


def declarations(header: str) -> str:
    """The part of a header that cffi reads: everything but the preprocessor's lines.

    Args:
        header: the text of ``kernels/burn.h``.
    """
    return "\n".join(line for line in header.splitlines() if not line.startswith("#"))


def effective_flags() -> str:
    """The compiler flags that shape the machine code: Python's own, then CFLAGS, then ours.

    Paths and warnings are left out; of two flags that contradict each other the last one wins.
    """
    inherited = f"{sysconfig.get_config_var('CFLAGS') or ''} {os.environ.get('CFLAGS', '')}"
    shaping = [
        flag
        for flag in inherited.split()
        if flag.startswith(("-O", "-f", "-m", "-std=")) and "prefix-map" not in flag
    ]
    return " ".join([*shaping, *FLAGS])


def warnings() -> list[str]:
    """The compiler flags that warn; as errors where ``STRICT`` is in the environment."""
    return [*WARNINGS, "-Werror"] if os.environ.get(STRICT) else WARNINGS


ffibuilder = FFI()
ffibuilder.cdef(declarations((KERNELS / "burn.h").read_text(encoding="ascii")))
ffibuilder.set_source(
    "cffi_burn._burn",
    PREAMBLE,
    sources=SOURCES,
    depends=HEADERS,
    include_dirs=["cffi_burn/kernels"],
    define_macros=[("BURN_FLAGS", json.dumps(effective_flags()))],
    extra_compile_args=[*FLAGS, *warnings()],
)
