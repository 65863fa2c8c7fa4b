"""Programs that run the kernels without Python, made by any compiler, and the code in them."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

from cffi_burn.build import ENGINE, KERNELS, WARNINGS, choose, kernel_files, kernel_table
from tests.compilers import compile_program

HERE = Path(__file__).parent
STRICT = (*WARNINGS, "-Werror")


def build(
    folder: Path, compiler: str, *flags: str, program: str = "checksums", kernels: Path = KERNELS
) -> Path:
    """Compile PROGRAM.c of this folder with all kernels but those of libraries, or skip the test
    where that cannot be.

    Args:
        folder: for the program.
        compiler: its name.
        flags: of the compiler, which it must know.
        program: the file's name, without its ending.
        kernels: the folder of their sources.
    """
    table = folder / "kernel_table.c"
    # Libraries for another architecture, or for a sanitizer, are not there.
    choice = choose(lambda _: False, kernels)
    table.write_text(kernel_table(choice))
    files = [*ENGINE.glob("*.c"), *choice.files, table, HERE / f"{program}.c"]
    includes = [f"-I{ENGINE}", f"-I{kernels}"]
    rest = [*STRICT, '-DBURN_FLAGS="test"', *includes, *sorted(map(str, files))]
    return compile_program(folder / program, compiler, flags, *rest)


def machine_code(program: Path) -> dict[str, bytes]:
    """The functions of each name that starts with ``burn_`` and a kernel's file's, and their bytes.

    Args:
        program: an ELF file, a program or a shared library, with its symbols.
    """
    command = ["readelf", "--wide", "--sections", "--symbols", str(program)]
    listing = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    # [14] .text PROGBITS 0000000000001120 001120 ...
    sections = {
        found[1]: (int(found[2], 16), int(found[3], 16))
        for found in re.finditer(r"^ *\[ *(\d+)\] \S+ +\w+ +(\w{16}) (\w+)", listing, re.MULTILINE)
    }
    content = program.read_bytes()
    names = "|".join(dict.fromkeys(path.stem for path in kernel_files().values()))
    # 31: 000000000000364b   168 FUNC    LOCAL  HIDDEN    14 burn_integer_grain
    symbol = rf"(\w{{16}}) +(0x[0-9a-f]+|\d+) FUNC +\w+ +\w+ +(\d+) (burn_(?:{names})_\w+)$"
    found = {}
    for match in re.finditer(symbol, listing, re.MULTILINE):
        address, offset = sections[match[3]]
        start = int(match[1], 16) - address + offset
        found[match[4]] = content[start : start + int(match[2], 0)]
    return found
