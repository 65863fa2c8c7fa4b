"""The cffi build of the C kernels; setuptools runs it by ``cffi_modules`` in setup.py.

Kernels are what the C files in ``kernels/`` define: a file has one of its own name, or some whose
names begin with its own. Nothing else lists them.
"""

from __future__ import annotations

import json
import os
import re
import sysconfig
from pathlib import Path

from cffi import FFI

HERE = Path(__file__).resolve().parent
KERNELS = HERE / "kernels"
# What runs them.
ENGINE = HERE / "engine"
FOLDERS = (ENGINE, KERNELS)
# An optimisation of the whole program could not see which of the assembly's functions are used.
FLAGS = ["-O2", "-fno-lto"]
WARNINGS = ["-Wall", "-Wextra"]
# Ours: a compiler to come may warn of what none does today, and that must not keep anybody from
# installing.
STRICT = "PERFANALYSIS_WARNINGS_ARE_ERRORS"

_DEFINITION = re.compile(r"^const struct burn_kernel burn_(\w+) =", re.MULTILINE)

# cffi's generated glue has parameters that it does not use; the kernels' own files are compiled
# with all of WARNINGS.
PREAMBLE = """
#pragma GCC diagnostic ignored "-Wunused-parameter"
#pragma GCC diagnostic ignored "-Wmissing-field-initializers"
#pragma GCC diagnostic ignored "-Wcast-function-type"
#include "burn.h"
"""


def kernel_files(kernels: Path = KERNELS) -> dict[str, Path]:
    """All kernels and the file of each, in the order of their table: by file, and within it.

    Args:
        kernels: the folder of their sources.
    """
    return {
        name: path
        for path in sorted(kernels.glob("*.c"))
        for name in _DEFINITION.findall(path.read_text(encoding="ascii"))
    }


def kernel_names(kernels: Path = KERNELS) -> list[str]:
    """The names of all kernels, in the order of their table.

    Args:
        kernels: the folder of their sources.
    """
    return list(kernel_files(kernels))


def kernel_table(kernels: Path = KERNELS) -> str:
    """The table of all kernels, as C.

    Args:
        kernels: the folder of their sources.
    """
    names = kernel_names(kernels)
    return "\n".join(
        [
            '#include "kernel.h"',
            *(f"extern const struct burn_kernel burn_{name};" for name in names),
            "const struct burn_kernel *const burn_kernel_table[] = {",
            *(f"    &burn_{name}," for name in names),
            "};",
            f"const int burn_kernel_table_size = {len(names)};",
            "",
        ]
    )


def declarations(header: str) -> str:
    """The part of a header that cffi reads: everything but the preprocessor's lines.

    Args:
        header: the text of ``engine/burn.h``.
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


def _relative(path: Path) -> str:
    """A path from the folder of setup.py, as setuptools wants it."""
    return str(path.relative_to(HERE.parent))


ffibuilder = FFI()
ffibuilder.cdef(declarations((ENGINE / "burn.h").read_text(encoding="ascii")))
ffibuilder.set_source(
    "cffi_burn._burn",
    PREAMBLE + kernel_table(),
    sources=sorted(_relative(path) for folder in FOLDERS for path in folder.glob("*.c")),
    depends=sorted(_relative(path) for folder in FOLDERS for path in folder.rglob("*.h")),
    include_dirs=[_relative(folder) for folder in FOLDERS],
    define_macros=[("BURN_FLAGS", json.dumps(effective_flags()))],
    extra_compile_args=[*FLAGS, *warnings()],
)
