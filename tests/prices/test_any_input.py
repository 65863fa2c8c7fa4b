"""Whatever a file holds: it is read, or refused by name; nothing else is raised."""

from __future__ import annotations

import contextlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from perfanalysis.errors import InputError
from prices.currencies import read_rates
from prices.importers.importer import ImportAccount
from prices.importers.registered import IMPORTERS, importer_of
from prices.importers.templates import CSV, YAML
from tests.prices.importers.focus.exports import HOUR

_FOCUS = ",".join(HOUR) + "\n" + ",".join(f'"{value}"' for value in HOUR.values()) + "\n"
_RATES = "date,from,to,rate\n2026-01-02,EUR,USD,1.25\n"
_SEEDS = [text.encode() for text in (_FOCUS, CSV, YAML, _RATES)]
_PIECES = st.sampled_from(
    (
        *(b"", b'"', b"\n", b",", b"\0", b"\xff", b"NULL", b"-1", b"1e99", b"1e999999999"),
        *(b"9" * 60, b"[", b"{", b": ", b"&a *a", b"!!float 1", b"nan", "\u0663".encode()),
        b"9999-12-31T23:59:59-23:59",
    )
)


@st.composite
def damaged(draw: st.DrawFn) -> bytes:
    """A file of some format, with a few pieces put in the place of others."""
    data = draw(st.sampled_from(_SEEDS))
    for _ in range(draw(st.integers(1, 3))):
        begin = draw(st.integers(0, len(data)))
        end = begin + draw(st.integers(0, 12))
        data = data[:begin] + draw(_PIECES) + data[end:]
    return data


@given(damaged())
@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_damaged_files_are_read_or_refused(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "file"
    path.write_bytes(data)
    for importer in IMPORTERS:
        if importer.name != "focus-parquet":
            with contextlib.suppress(InputError):
                list(importer.read(path, {"source": "s"}, ImportAccount()))
    with contextlib.suppress(InputError):
        importer_of(path, None)
    with contextlib.suppress(InputError):
        read_rates(path)


def test_a_folder_and_a_missing_file_are_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "none"):
        with pytest.raises(InputError):
            importer_of(path, None)
