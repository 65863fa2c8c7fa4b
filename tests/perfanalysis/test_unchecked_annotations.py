"""Named tuples whose fields' types nobody looks at are as all others."""

from __future__ import annotations

import typing
from typing import ForwardRef, NamedTuple

import pytest

from perfanalysis.unchecked_annotations import unchecked_annotations


def made() -> type[tuple[object, ...]]:
    class Point(NamedTuple):
        x: int
        y: str = "b"

    return Point


def test_they_are_as_all_others_but_for_what_was_compiled() -> None:
    with unchecked_annotations():
        believed = made()
    usual = made()
    assert believed(1) == usual(1) == (1, "b")
    assert repr(believed(x=1)) == repr(usual(x=1))
    assert typing.get_type_hints(believed) == typing.get_type_hints(usual) == {"x": int, "y": str}
    assert isinstance(usual.__annotations__["x"], ForwardRef)
    assert believed.__annotations__["x"] == "int"


def test_the_check_comes_back_whatever_happens() -> None:
    check = typing._type_check  # type: ignore[attr-defined]
    with pytest.raises(ZeroDivisionError), unchecked_annotations():
        1 / 0  # noqa: B018
    assert typing._type_check is check  # type: ignore[attr-defined]


def test_without_such_a_check_nothing_happens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delattr(typing, "_type_check")
    with unchecked_annotations():
        assert not hasattr(typing, "_type_check")
