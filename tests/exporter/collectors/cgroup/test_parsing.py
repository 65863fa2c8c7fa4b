"""The files of a group, by tables of literal values."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from exporter.collecting import CollectorError
from exporter.collectors.cgroup.reading import GroupFiles, Pairs, parse_number, parse_pairs
from exporter.collectors.cgroup.version1 import parse_block
from exporter.collectors.cgroup.version2 import parse_io, shares_of
from perfanalysis.errors import MalformedError
from perfanalysis.machines.cpu_quota import parse_cfs_quota, parse_cpu_max

Parser = Callable[[bytes], object]
PARSERS: list[Parser] = [
    parse_block,
    parse_io,
    parse_cpu_max,
    lambda data: parse_cfs_quota(data, data),
    lambda data: parse_pairs(data, "memory.stat"),
    lambda data: Pairs(b"max", b"a")(data, "memory.stat"),
    lambda data: parse_number(data, "memory.max"),
]


@pytest.mark.parametrize("parser", PARSERS)
@given(data=st.binary() | st.text("0123456789: =\nmaxRrbytesTotal", max_size=60).map(str.encode))
def test_no_parser_raises_anything_but_its_own_error(parser: Parser, data: bytes) -> None:
    try:
        parser(data)
    except MalformedError as error:
        assert "expected" in str(error)


@pytest.mark.parametrize(
    ("texts", "found"),
    [
        ([b"anon 1\nfile 22\nslab 3\n"], [{b"anon": b"1", b"slab": b"3"}]),
        # The same words with other numbers, then other words, then the first ones again.
        (
            [
                b"anon 1\nfile 2\n",
                b"anon 18446744073709551615\nfile 0\n",
                b"slab 3\n",
                b"anon 4\nfile 5\n",
            ],
            [{b"anon": b"1"}, {b"anon": b"18446744073709551615"}, {b"slab": b"3"}, {b"anon": b"4"}],
        ),
        ([b"", b"file 1\n", b"slab 2\nanon 1\n"], [{}, {}, {b"slab": b"2", b"anon": b"1"}]),
    ],
)
def test_wanted_pairs(texts: list[bytes], found: list[dict[bytes, bytes]]) -> None:
    pairs = Pairs(b"anon", b"slab")
    assert [pairs(text, "memory.stat") for text in texts] == found


_NAMES = st.sampled_from([b"anon", b"file", b"slab", b"max", b"a"])


@given(
    st.lists(
        st.dictionaries(_NAMES, st.integers(0, 2**64 - 1).map(lambda number: b"%d" % number)),
        max_size=8,
    )
)
def test_wanted_pairs_are_those_of_all_pairs(files: list[dict[bytes, bytes]]) -> None:
    pairs = Pairs(b"anon", b"slab")
    for numbers in files:
        text = b"".join(b"%s %s\n" % pair for pair in numbers.items())
        wanted = {name: numbers[name] for name in (b"anon", b"slab") if name in numbers}
        assert pairs(text, "memory.stat") == wanted


def test_pairs_with_a_number_that_is_none() -> None:
    pairs = Pairs(b"anon")
    pairs(b"anon 1\nfile 2\n", "memory.stat")
    for text in (b"anon x\nfile 2\n", b"anon -1\nfile 2\n", b"anon 1\nfile\n"):
        with pytest.raises(CollectorError, match=r"memory\.stat: expected"):
            pairs(text, "memory.stat")


def test_files_that_are_read_together(tmp_path: Path) -> None:
    files = {"a": b"1\n", "empty": b"", "long": b"x" * 5000 + b"\n", "longest": b"y" * 100_000}
    for name, data in files.items():
        (tmp_path / name).write_bytes(data)
    together = GroupFiles("a", "none", "longest", "empty", "long", "a")
    for _ in range(2):
        assert together.read(str(tmp_path)) == files | {"none": None}
    assert set(together.read(str(tmp_path / "gone")).values()) == {None}
    (tmp_path / "none").mkdir()
    with pytest.raises(IsADirectoryError):
        together.read(str(tmp_path))
    with pytest.raises(NotADirectoryError):
        together.read(str(tmp_path / "a"))


def test_pairs() -> None:
    assert parse_pairs(b"anon 1\nfile 22\n", "f") == {b"anon": b"1", b"file": b"22"}


@pytest.mark.parametrize("data", [b"anon\n", b"anon -1\n", b"anon 1 file 2\n", b"a 1\nb 2"])
def test_pairs_refused(data: bytes) -> None:
    with pytest.raises(CollectorError):
        parse_pairs(data, "f")


@pytest.mark.parametrize(("data", "number"), [(b"12\n", b"12"), (b"max\n", None), (b"0\n", b"0")])
def test_a_number(data: bytes, number: bytes | None) -> None:
    assert parse_number(data, "f") == number


@pytest.mark.parametrize(("weight", "shares"), [(1, 2), (100, 2597), (10000, 262144)])
def test_shares(weight: int, shares: int) -> None:
    assert shares_of(weight) == shares


def test_io_stat_of_a_device_that_has_gone_and_of_a_later_kernel() -> None:
    data = b"8:16 \n8:0 rbytes=1 wios=2 cost.usage=3 new=4\n"
    assert parse_io(data) == {
        b"8:0": {b"rbytes": b"1", b"wios": b"2", b"usage": b"3", b"new": b"4"}
    }


def test_block() -> None:
    data = b"8:0 Read 1\n8:0 Write 2\n8:0 Total 3\nTotal 3\n"
    rows = [(b"8:0", b"Read", b"1"), (b"8:0", b"Write", b"2"), (b"8:0", b"Total", b"3")]
    assert parse_block(data) == rows
