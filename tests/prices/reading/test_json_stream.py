"""Members of JSON, out of a stream."""

from __future__ import annotations

import gzip
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from prices.reading import json_stream
from prices.reading.json_stream import members

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=9,
)


class TestMembers:
    @settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
    @given(value=st.dictionaries(st.text(), VALUES, max_size=4), window=st.integers(1, 40))
    def test_are_those_of_json(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: Any, window: int
    ) -> None:
        monkeypatch.setattr(json_stream, "_WINDOW", window)
        path = tmp_path / "value.json"
        path.write_text(json.dumps({"of": value}, indent=window % 3), encoding="utf-8")
        found = {key: inner for place, key, inner in members(path, [("of",)]) if place == ("of",)}
        assert found == value

    def test_numbers_are_decimals(self, tmp_path: Path) -> None:
        path = tmp_path / "value.json"
        path.write_text("[0.1, 3, 1.10, 1e-3]")
        found = [value for _, _, value in members(path, [()])]
        assert [str(value) for value in found] == ["0.1", "3", "1.10", "0.001"]
        assert all(isinstance(value, Decimal | int) for value in found)

    def test_lists_in_lists_lines_and_gzip(self, tmp_path: Path) -> None:
        path = tmp_path / "pages.json.gz"
        page = '{"plans": [{"sku": "A", "rates": [1, 2]}, {"sku": "B", "rates": []}]}\n'
        path.write_bytes(gzip.compress((page * 2).encode()))
        found = [
            (place, key, value)
            for place, key, value in members(path, [("plans", "*", "rates")])
            if value != "B"
        ]
        assert found == 2 * [
            (("plans", 0), "sku", "A"),
            (("plans", 0, "rates"), 0, 1),
            (("plans", 0, "rates"), 1, 2),
        ]

    @pytest.mark.parametrize(
        "text",
        [
            "",
            " ",
            "7",
            '{"a": NaN}',
            '{"a": -Infinity}',
            '{"a" 1}',
            '{"a": 1',
            '{"a": 1]',
            "[1 2]",
            "{1: 2}",
            '{"a": [' + "[" * 100000,
            '["\x01"]',
            '{"a": 1}}',
            "[1," + "9" * 5000 + "]",
        ],
    )
    def test_refusals(self, tmp_path: Path, text: str) -> None:
        path = tmp_path / "value.json"
        path.write_text(text)
        with pytest.raises(InputError, match=r"value\.json"):
            list(members(path, [("a",)]))

    def test_files_that_cannot_be_read(self, tmp_path: Path) -> None:
        with pytest.raises(InputError, match="readable"):
            list(members(tmp_path / "none.json", [()]))
        path = tmp_path / "bytes.json"
        path.write_bytes(b'{"a": "\xff"}')
        with pytest.raises(InputError, match="UTF-8"):
            list(members(path, [()]))
        path.write_bytes(gzip.compress(b'{"a": 1}')[:-9])
        with pytest.raises(InputError, match="gzip"):
            list(members(path, [()]))
