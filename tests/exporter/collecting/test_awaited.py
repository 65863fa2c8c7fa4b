"""Collectors of what few machines have are loaded when it is there, and not before."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from exporter.collecting import NothingToRead
from exporter.collecting.awaited import AwaitedCollector, AwaitedSpecification
from exporter.collectors import ipvs, tapestats
from exporter.on_few_machines import AWAITED
from exporter.sources.files import Paths, Sources
from perfanalysis.exposition.catalogue import Catalogue

DEFAULTS = {"collector_disable_defaults": False}


def sources_below(folder: Path) -> Sources:
    for name in ("proc", "sys"):
        (folder / name).mkdir()
    return Sources(Paths(folder / "proc", folder / "sys", folder, folder))


@pytest.mark.parametrize(
    ("switched", "disabled", "wanted"),
    [(None, False, True), (None, True, False), (True, True, True), (False, False, False)],
)
def test_it_runs_unless_it_is_turned_off(
    switched: bool | None, disabled: bool, wanted: bool
) -> None:
    one = AwaitedSpecification("tapestats", "sys/class/x", lambda: tapestats.SPECIFICATION)
    flags = {"collector_tapestats": switched, "collector_disable_defaults": disabled}
    assert one.is_wanted(flags) is wanted
    assert not one.is_loaded


def test_it_has_nothing_to_read_until_its_place_is_there(tmp_path: Path) -> None:
    sources = sources_below(tmp_path)
    one = AwaitedSpecification("tapestats", "sys/class/tapes", lambda: tapestats.SPECIFICATION)
    collector = one.make(sources, DEFAULTS, Catalogue([]))
    assert isinstance(collector, AwaitedCollector)
    with pytest.raises(NothingToRead):
        collector.collect()
    assert not one.is_loaded
    (tmp_path / "sys" / "class" / "scsi_tape").mkdir(parents=True)
    (tmp_path / "sys" / "class" / "tapes").mkdir()
    assert collector.collect() is not None
    assert one.is_loaded


def test_it_is_made_at_once_where_it_is_loaded_with_what_was_not_given(tmp_path: Path) -> None:
    one = AwaitedSpecification("ipvs", "proc/net/ip_vs_stats", lambda: ipvs.SPECIFICATION)
    assert one.flags == ipvs.SPECIFICATION.flags
    collector = one.make(sources_below(tmp_path), DEFAULTS, Catalogue([]))
    assert isinstance(collector, ipvs.IpvsCollector)


@pytest.mark.parametrize("one", AWAITED, ids=lambda one: one.name)
def test_without_its_place_the_collector_itself_has_nothing_to_read(
    one: AwaitedSpecification, tmp_path: Path
) -> None:
    sources = sources_below(tmp_path)
    flags = {flag.variable: flag.default for flag in one.flags}
    with pytest.raises(NothingToRead):
        one.loaded.create(sources, flags).collect()


def test_a_process_without_their_places_loads_none_of_them(tmp_path: Path) -> None:
    sources_below(tmp_path)
    program = (
        "import sys; from exporter.plain_arguments import read_plainly; "
        "from exporter.start import make_scraper; from exporter.sources.files import Sources; "
        "from exporter.collecting import paths; "
        f"flags = read_plainly(['--path.procfs={tmp_path}/proc', '--path.sysfs={tmp_path}/sys']); "
        "make_scraper(flags, Sources(paths.make_paths(flags))); print(*sys.modules)"
    )
    command = [sys.executable, "-c", program]
    loaded = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split()
    assert "exporter.collectors.cpu" in loaded
    assert {f"exporter.collectors.{one.name}" for one in AWAITED} & set(loaded) == set()
