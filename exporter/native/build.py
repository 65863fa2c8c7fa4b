"""The cffi build of the exporter's C; setuptools runs it by ``cffi_modules`` in setup.py."""

from __future__ import annotations

import os
from pathlib import Path

from cffi import FFI

FOLDER = Path(__file__).resolve().parent
# Relative to the folder of setup.py, as setuptools wants them.
NAMES = ("numbers", "system", "checks", "steady")
SOURCES = [f"exporter/native/{name}.c" for name in NAMES]
HEADERS = [f"exporter/native/{name}.h" for name in NAMES]
FLAGS = ["-O2"]
WARNINGS = ["-Wall", "-Wextra"]
# Ours, see cffi_burn/build.py.
STRICT = "PERFANALYSIS_WARNINGS_ARE_ERRORS"

# cffi's generated glue has parameters that it does not use; our own files are compiled with all of
# WARNINGS.
PREAMBLE = """
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wcast-function-type"
#include "numbers.h"
#include "system.h"
#include "checks.h"
#include "steady.h"
"""


def declarations(header: str) -> str:
    """The part of a header that cffi reads: everything but the preprocessor's lines."""
    return "\n".join(line for line in header.splitlines() if not line.startswith("#"))


ffibuilder = FFI()
for name in NAMES:
    ffibuilder.cdef(declarations((FOLDER / f"{name}.h").read_text(encoding="ascii")))
ffibuilder.set_source(
    "exporter.native._numbers",
    PREAMBLE,
    sources=SOURCES,
    depends=HEADERS,
    include_dirs=["exporter/native"],
    extra_compile_args=[*FLAGS, *WARNINGS, *(["-Werror"] if os.environ.get(STRICT) else [])],
)
