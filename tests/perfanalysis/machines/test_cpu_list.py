from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from perfanalysis.errors import MalformedError
from perfanalysis.machines.cpu_list import format_cpu_list, parse_cpu_list


@pytest.mark.parametrize(
    ("text", "cpus"),
    [
        ("", ()),
        ("\n", ()),
        ("0\n", (0,)),
        ("0-3,8", (0, 1, 2, 3, 8)),
        (" 2 , 1 ", (1, 2)),
        ("1,1", (1,)),
        ("1,3-5,9\n", (1, 3, 4, 5, 9)),
    ],
)
def test_lists_of_cpus(text: str, cpus: tuple[int, ...]) -> None:
    assert parse_cpu_list(text, "isolated") == cpus


@pytest.mark.parametrize(
    "text", ["a", "3-1", "1,,2", ",", "-1", "1-", "99999", "0-99999999", "\u0661", "1;2"]
)
def test_what_is_no_list_of_cpus(text: str) -> None:
    with pytest.raises(MalformedError, match="isolated: expected a list of CPUs such as 0-3,8"):
        parse_cpu_list(text, "isolated")


@given(st.sets(st.integers(0, 300)))
def test_a_list_survives_being_written(cpus: set[int]) -> None:
    assert set(parse_cpu_list(format_cpu_list(cpus), "test")) == cpus
