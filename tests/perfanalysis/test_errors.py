"""What people read when something is wrong."""

from __future__ import annotations

import pytest

from perfanalysis.errors import InputError


@pytest.mark.parametrize(
    ("found", "shown"),
    [
        ("text", "'text'"),
        ("a\x1b[31mb", r"'a\x1b[31mb'"),
        (-1, "-1"),
        (float("nan"), "nan"),
        (True, "true"),
        (False, "false"),
        ({"password": "x"}, "a mapping"),
        (["x"], "a list"),
        (("x",), "a list"),
        ([], "an empty list"),
        ({}, "an empty mapping"),
        (10**400, "a number of 1329 bits"),
        ("x" * 1000, f"'{'x' * 199}…"),
    ],
)
def test_a_value_is_shown_in_nobody_elses_words(found: object, shown: str) -> None:
    error = InputError("file.yaml", "a.b", "another value", found)
    assert str(error) == f"file.yaml: a.b: expected another value, found {shown}"


def test_a_number_that_python_refuses_to_write_out() -> None:
    error = InputError("file.yaml", "", "a price", 10**9000)
    assert str(error) == "file.yaml: expected a price, found a number of 29898 bits"


def test_what_is_not_given_is_not_shown() -> None:
    assert str(InputError("--flag", "", "a value")) == "--flag: expected a value"
