from __future__ import annotations

import pytest

from cffi_burn.build import kernel_files
from cffi_burn.kernel import all_kernels
from loadtest.kernel_choice import OF_KINDS, choose, find_kernels
from perfanalysis.errors import InputError

SIZES = ("16k", "1m", "8m", "64m", "256m")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("rmw", ["rmw"]),
        ("rmw,divide", ["rmw", "divide"]),
        ("divide,rmw,divide", ["divide", "rmw"]),
        ("memread", [f"memread_{size}" for size in SIZES]),
        # A kernel's own name is that kernel, although others begin so.
        ("memlat", ["memlat"]),
        (
            "memread_8m,memread,rmw",
            ["memread_8m"] + [f"memread_{s}" for s in SIZES if s != "8m"] + ["rmw"],
        ),
    ],
)
def test_names_and_groups(text: str, expected: list[str]) -> None:
    assert [kernel.name for kernel in find_kernels(text)] == expected


def test_the_profile_of_kinds_says_what_it_leaves_out() -> None:
    kernels, left_out = choose(None, "kinds")
    assert [kernel.name for kernel in kernels] == [
        name for name in OF_KINDS if name in all_kernels()
    ]
    assert left_out[0].startswith(
        "not measured: levels below 100 %, and the kernels integer, membw"
    )
    assert len(left_out) == 1 + len(set(OF_KINDS) - set(all_kernels()))
    # All of them that a build can have.
    assert set(OF_KINDS) <= set(kernel_files())


def test_a_kernel_that_is_named_is_measured_whatever_the_profile() -> None:
    assert [kernel.name for kernel in choose("rmw", "kinds")[0]] == ["rmw"]
    assert [kernel.name for kernel in choose(None, "quick")[0]] == ["rmw"]
    assert choose("all", "default") == (list(all_kernels().values()), choose("all", "quick")[1])


def test_all_is_every_kernel_of_the_build() -> None:
    assert [kernel.name for kernel in find_kernels("all")] == list(all_kernels())


@pytest.mark.parametrize("text", ["", "rmw,", "mem", "memread_", "rmw, divide", "all,rmw"])
def test_an_unknown_name_is_refused_with_those_that_there_are(text: str) -> None:
    with pytest.raises(InputError, match=r"--kernel: expected one of .*divide, integer, .*, all"):
        find_kernels(text)
