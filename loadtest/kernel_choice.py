"""Which kernels ``--kernel`` names, and which a profile has without it."""

from __future__ import annotations

from collections.abc import Iterable

from cffi_burn.kernel import Kernel, absent_kernels, all_kernels
from loadtest.driving.settings import KINDS_OF_WORK
from perfanalysis.errors import InputError

ALL = "all"
DEFAULT = "rmw"
# What tells kinds of work apart; the first ones say most, and are measured if time is short.
OF_KINDS = (
    "divide",
    "memread_16k",
    "memread_1m",
    "memread_8m",
    "memread_64m",
    "memread_256m",
    "crypto_aes256cbc",
    "crypto_sha256",
    "crypto_blake2b",
    "memlat_16k",
    "memlat_1m",
    "memlat_8m",
    "memlat_64m",
    "memlat_256m",
    "compress_zlib5",
    "compress_zstd7",
    "interpreter",
    "system_call",
    "system_fault",
)


def choose(text: str | None, profile: str) -> tuple[list[Kernel], list[str]]:
    """The kernels of a run, and what it leaves out, one line each.

    Args:
        text: what ``--kernel`` says; None: nothing.
        profile: its name.

    Raises:
        InputError: there is none of a name.
    """
    kernels = all_kernels()
    if text is None and profile == KINDS_OF_WORK:
        chosen = [kernels[name] for name in OF_KINDS if name in kernels]
        others = [name for name in kernels if name not in OF_KINDS]
        left = [
            f"not measured: levels below 100 %, and the kernels {', '.join(others)}: --profile "
            f"{KINDS_OF_WORK} has none of them"
        ]
        return chosen, [*left, *_absent(OF_KINDS)]
    return find_kernels(text or DEFAULT), _absent(absent_kernels()) if text == ALL else []


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


def _absent(names: Iterable[str]) -> list[str]:
    needs = absent_kernels()
    return [
        f"not measured: kernel {name} is not of this build, which needs {needs[name]} for it"
        for name in names
        if name in needs
    ]
