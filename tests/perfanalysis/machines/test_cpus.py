from __future__ import annotations

import os

import pytest

from perfanalysis.errors import InputError
from perfanalysis.machines.cpus import usable


@pytest.mark.parametrize("text", ["", " ", "a", "3-1", "1,,2"])
def test_what_is_no_list_of_cpus_names_the_flag(text: str) -> None:
    with pytest.raises(InputError, match="--cpus: expected a list of CPUs such as 0-3,8, found"):
        usable(text)


def test_a_cpu_that_we_may_not_use_is_refused() -> None:
    with pytest.raises(InputError, match=r"--cpus: expected CPUs of .*, found '4095'"):
        usable("4095")


def test_the_usable_cpus_are_of_the_affinity_mask() -> None:
    found = usable(None)
    assert found.cpus
    assert set(found.cpus) <= os.sched_getaffinity(0)
