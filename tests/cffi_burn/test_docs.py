"""docs/kernels.md: its table is made of the kernels, and each has a section."""

from __future__ import annotations

import re
from collections.abc import Iterable
from pathlib import Path

from cffi_burn.build import kernel_files
from cffi_burn.kernel import Kernel, all_kernels

PAGE = Path(__file__).parents[2] / "docs/kernels.md"
TABLE = re.compile(r"(?m)^\| kernel \| version \|.*\n\|[-|]+\|\n(?:\|.*\n)*")
HEAD = (
    "| kernel | version | one unit | operations | bytes read and written | memory a worker |\n"
    "|---|---|---|---|---|---|\n"
)


def size(memory_bytes: int) -> str:
    if not memory_bytes:
        return "beyond the caches"
    return (
        f"{memory_bytes / (1 << 20):g} MiB"
        if memory_bytes >> 20
        else f"{memory_bytes / 1024:g} KiB"
    )


def table(kernels: Iterable[Kernel]) -> str:
    rows = (
        (
            f"`{kernel.name}`",
            # Without the compiler of what is compiled.
            kernel.version.partition("-")[0],
            kernel.unit,
            # 0: unknown, or none.
            f"{kernel.operations_per_unit:,}" if kernel.operations_per_unit else "",
            f"{kernel.bytes_per_unit:,}" if kernel.bytes_per_unit else "",
            size(kernel.memory_bytes),
        )
        for kernel in kernels
    )
    return HEAD + "".join(f"| {' | '.join(row)} |\n" for row in rows)


def test_the_table_is_that_of_the_kernels(update_golden: bool) -> None:
    wanted = table(all_kernels().values())
    text = PAGE.read_text()
    if update_golden:
        text = TABLE.sub(lambda _: wanted, text)
        PAGE.write_text(text)
    (found,) = TABLE.findall(text)
    assert found == wanted, "run `make golden`, and read the diff"


def test_the_kernels_of_every_file_have_a_section_of_their_own() -> None:
    first = PAGE.read_text().partition("\n## ")[0]
    files = dict.fromkeys(path.stem for path in kernel_files().values())
    assert re.findall(r"(?m)^### (.*)$", first) == list(files)
