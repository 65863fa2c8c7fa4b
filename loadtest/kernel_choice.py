"""Which kernels ``--kernel`` names."""

from __future__ import annotations

from collections.abc import Iterable

from cffi_burn.kernel import Kernel, absent_kernels, all_kernels
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
    if group := _group(name, kernels):
        return group
    absent = absent_kernels()
    if lacking := [name] if name in absent else _group(name, absent):
        needs = ", ".join(f"{kernel}: it needs {absent[kernel]}" for kernel in lacking)
        wanted = (
            f"a kernel of this build, which was made without {needs}, then install perfanalysis"
        )
        raise InputError("--kernel", "", f"{wanted} once more", name)
    raise InputError("--kernel", "", f"one of {', '.join(kernels)}, {ALL}", name)


def _group(name: str, kernels: Iterable[str]) -> list[str]:
    return [kernel for kernel in kernels if kernel.startswith(f"{name}_")]


def left_out() -> list[str]:
    """What ``all`` does not measure since this build has it not, one line each."""
    return [
        f"not measured: kernel {name} is not of this build, which needs {needs} for it"
        for name, needs in absent_kernels().items()
    ]
