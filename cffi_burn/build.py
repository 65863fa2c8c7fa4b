"""The cffi build of the C kernels; setuptools runs it by ``cffi_modules`` in setup.py.

Kernels are what the C files in ``kernels/`` define: a file has one of its own name, or some whose
names begin with its own. Nothing else lists them. A file that includes the header of a library is
left out where that library is not; the build then says so, and what is built knows it.
"""

from __future__ import annotations

import json
import os
import re
import shlex
import subprocess
import sys
import sysconfig
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

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


class Library(NamedTuple):
    """A library that kernels use.

    Attributes:
        header: by which a kernel's file says that it needs it.
        symbol: that the library must have.
        link: its name for the linker.
        words: what it is, for people.
    """

    header: str
    symbol: str
    link: str
    words: str


LIBRARIES = (
    Library(
        "openssl/evp.h", "EVP_MD_fetch", "crypto", "OpenSSL 3 with its headers (Debian: libssl-dev)"
    ),
    Library("zlib.h", "deflateInit2_", "z", "zlib with its headers (Debian: zlib1g-dev)"),
    Library(
        "zstd.h", "ZSTD_defaultCLevel", "zstd", "zstd 1.5 with its headers (Debian: libzstd-dev)"
    ),
)


def installed(library: Library) -> bool:
    """Whether the compiler that builds the kernels finds a library and its header."""
    compiler = os.environ.get("CC") or sysconfig.get_config_var("CC") or "cc"
    flags = " ".join(os.environ.get(name, "") for name in ("CFLAGS", "CPPFLAGS", "LDFLAGS"))
    program = (
        f"#include <{library.header}>\nint main(void) {{ return (long)&{library.symbol} == 1; }}\n"
    )
    command = [*shlex.split(compiler), *shlex.split(flags), "-x", "c", "-", "-o", os.devnull]
    try:
        done = subprocess.run(
            [*command, f"-l{library.link}"],
            input=program.encode(),
            capture_output=True,
            check=False,
        )
    except OSError:
        return False
    return done.returncode == 0


class Choice(NamedTuple):
    """The kernels of a build.

    Attributes:
        names: in the order of their table.
        files: their sources.
        links: the libraries that they need, as the linker knows them.
        absent: those that are left out, and what each of them needs.
    """

    names: list[str]
    files: list[Path]
    links: list[str]
    absent: dict[str, str]


def choose(has: Callable[[Library], bool] = installed, kernels: Path = KERNELS) -> Choice:
    """All kernels whose libraries are there.

    Args:
        has: whether a library is.
        kernels: the folder of the kernels' sources.
    """
    missing = {library.header: library for library in LIBRARIES if not has(library)}
    choice = Choice([], [], [library.link for library in LIBRARIES if has(library)], {})
    for name, path in kernel_files(kernels).items():
        text = path.read_text(encoding="ascii")
        lacks = [found for header, found in missing.items() if f"#include <{header}>" in text]
        if lacks:
            choice.absent[name] = lacks[0].words
            continue
        choice.names.append(name)
        if path not in choice.files:
            choice.files.append(path)
    return choice


def kernel_table(choice: Choice) -> str:
    """The table of a build's kernels, and that of those which it leaves out, as C."""
    return "\n".join(
        [
            '#include "kernel.h"',
            *(f"extern const struct burn_kernel burn_{name};" for name in choice.names),
            "const struct burn_kernel *const burn_kernel_table[] = {",
            *(f"    &burn_{name}," for name in choice.names),
            "};",
            f"const int burn_kernel_table_size = {len(choice.names)};",
            "const struct burn_absence burn_absence_table[] = {",
            *(f'    {{"{name}", {json.dumps(needs)}}},' for name, needs in choice.absent.items()),
            "    {NULL, NULL},",
            "};",
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


CHOICE = choose()
for _name, _needs in CHOICE.absent.items():
    print(f"cffi_burn: without the kernel {_name}: it needs {_needs}", file=sys.stderr)

ffibuilder = FFI()
ffibuilder.cdef(declarations((ENGINE / "burn.h").read_text(encoding="ascii")))
ffibuilder.set_source(
    "cffi_burn._burn",
    PREAMBLE + kernel_table(CHOICE),
    sources=sorted(map(_relative, [*ENGINE.glob("*.c"), *CHOICE.files])),
    depends=sorted(_relative(path) for folder in FOLDERS for path in folder.rglob("*.h")),
    include_dirs=[_relative(folder) for folder in FOLDERS],
    libraries=CHOICE.links,
    define_macros=[("BURN_FLAGS", json.dumps(effective_flags()))],
    extra_compile_args=[*FLAGS, *warnings()],
)
