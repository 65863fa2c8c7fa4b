"""The cffi build of the exporter's C; setuptools runs it by ``cffi_modules`` in setup.py."""

from __future__ import annotations

from pathlib import Path

from cffi import FFI

FOLDER = Path(__file__).resolve().parent
# Relative to the folder of setup.py, as setuptools wants them.
SOURCES = ["exporter/native/numbers.c"]
HEADERS = ["exporter/native/numbers.h"]
FLAGS = ["-O2", "-Wall", "-Wextra", "-Werror"]

# cffi's generated glue has parameters that it does not use; our own files are compiled with all of
# FLAGS.
PREAMBLE = """
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wcast-function-type"
#include "numbers.h"
"""


def declarations(header: str) -> str:
    """The part of a header that cffi reads: everything but the preprocessor's lines."""
    return "\n".join(line for line in header.splitlines() if not line.startswith("#"))


ffibuilder = FFI()
ffibuilder.cdef(declarations((FOLDER / "numbers.h").read_text(encoding="ascii")))
ffibuilder.set_source(
    "exporter.native._numbers",
    PREAMBLE,
    sources=SOURCES,
    depends=HEADERS,
    include_dirs=["exporter/native"],
    extra_compile_args=FLAGS,
)
