"""How attribute files of sysfs are read, kept open and given up."""

from __future__ import annotations

import gc
from pathlib import Path

import pytest

from exporter.collecting import CollectorError
from exporter.sources.attributes import SCRAPES_KEPT, Attributes
from exporter.sources.files import Paths, Sources


def test_attributes_of_a_device_that_comes_and_goes(tmp_path: Path) -> None:
    attributes = Attributes(Sources(Paths(sysfs=tmp_path)))
    path = tmp_path / "value"
    path.write_text(" 5 \n")
    assert attributes.number(str(path)) == b"5"
    path.write_text("-7")
    assert attributes.number(str(path)) == b"-7"
    assert attributes.read(str(tmp_path / "no")) is None
    for text in ("", "x", "5 6", "٣", "9" * 30):
        path.write_text(text)
        with pytest.raises(CollectorError, match="value"):
            attributes.number(str(path))
    attributes.close()
    path.unlink()
    assert attributes.number(str(path)) is None


def test_files_of_devices_that_went_away_are_closed(tmp_path: Path) -> None:
    sources = Sources(Paths(tmp_path, tmp_path, tmp_path))
    attributes = Attributes(sources)
    (tmp_path / "gone").write_text("1\n")
    (tmp_path / "there").write_text("2\n")
    attributes.read(str(tmp_path / "gone"))
    gc.collect()
    before = len(list(Path("/proc/self/fd").iterdir()))
    (tmp_path / "gone").unlink()
    for _ in range(SCRAPES_KEPT + 1):
        sources.begin_scrape()
        attributes.names(str(tmp_path))
        assert attributes.read(str(tmp_path / "there")) == b"2"
    assert len(list(Path("/proc/self/fd").iterdir())) == before
    attributes.close()
