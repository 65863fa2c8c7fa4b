"""Which kernels ``--kernel`` names."""

from __future__ import annotations

from cffi_burn.kernel import Kernel, all_kernels
from perfanalysis.errors import InputError

ALL = "all"


def find_kernels(text: str) -> list[Kernel]:
    """The kernels that a text names, in its order, each once.

    Args:
        text: names of kernels, separated by commas; that of a group (``memread``) stands for all
            that are named after it, and ``all`` for every kernel, in the order of their table.

    Raises:
        InputError: there is none of a name.
    """
    kernels = all_kernels()
    if text == ALL:
        return list(kernels.values())
    return list({name: kernels[name] for part in text.split(",") for name in _named(part)}.values())


def _named(name: str) -> list[str]:
    kernels = all_kernels()
    if name in kernels:
        return [name]
    group = [kernel for kernel in kernels if kernel.startswith(f"{name}_")]
    if not group:
        raise InputError("--kernel", "", f"one of {', '.join(kernels)}, {ALL}", name)
    return group
