"""Files of monitors that are cut off or damaged at any place: said or refused, never half."""

from __future__ import annotations

import gzip
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from perfanalysis.cli import run
from tests.importing.monitors.reading import FIXTURES, FLAGS
from tests.importing.openmetrics import parse

NAMES = sorted(path.name for path in FIXTURES.iterdir())
# Those whose one JSON must be whole; of the others what stands before the cut can be read.
DOCUMENTS = ("sadf", "pcp2json")
CUTS = 25


def outcome(data: bytes, folder: Path) -> tuple[int, int]:
    """Status, and how many samples came out; nothing but the output may be left behind."""
    path, output = folder / "in", folder / "out"
    path.write_bytes(data)
    output.unlink(missing_ok=True)
    status = run(["import", "capture", str(path), *FLAGS, f"--output={output}"])
    assert status in {0, 2}
    assert {entry.name for entry in folder.iterdir()} == ({"in", "out"} if status == 0 else {"in"})
    samples = sum(len(values) for values in parse(output).values()) if status == 0 else 0
    output.unlink(missing_ok=True)
    return status, samples


@pytest.mark.parametrize("name", [name for name in NAMES if not name.endswith("-raw.csv")])
def test_a_file_that_is_cut_off(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    data = (FIXTURES / name).read_bytes()
    status, whole = outcome(data, tmp_path)
    assert (status, whole > 0) == (0, True)
    capsys.readouterr()
    for i in range(CUTS):
        size = len(data) * i // CUTS
        status, samples = outcome(data[:size], tmp_path)
        said = capsys.readouterr().err
        assert str(tmp_path / "in") in said or status == 0
        if name.startswith(DOCUMENTS):
            assert status == 2, size
        assert samples < whole


@pytest.mark.parametrize("name", ["sadf-12.6.1-A.json", "atop-2.8.1-P.txt", "vmstat-4.0.2.txt"])
def test_gzip_that_is_cut_off(
    name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    packed = gzip.compress((FIXTURES / name).read_bytes())
    assert outcome(packed, tmp_path)[0] == 0
    status, _ = outcome(packed[:-6], tmp_path)
    assert "a whole gzip file" in capsys.readouterr().err
    assert status == (2 if name.startswith("sadf") else 0)


@settings(max_examples=60, deadline=None)
@given(data=st.data())
def test_a_file_with_anything_in_it(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    folder = tmp_path_factory.mktemp("damaged")
    name = data.draw(st.sampled_from(NAMES))
    whole = (FIXTURES / name).read_bytes()
    at = data.draw(st.integers(0, len(whole)))
    more = data.draw(st.binary(max_size=6) | st.sampled_from([b"-1", b"NaN", b"1e999", b"{", b","]))
    outcome(whole[:at] + more + whole[at + data.draw(st.integers(0, 6)) :], folder)
