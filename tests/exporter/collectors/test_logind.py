"""Sessions, from a service with logind's interface on a real dbus-daemon."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.collecting import CollectorError
from exporter.collectors.logind import SERVICE, SPECIFICATION
from exporter.sources.files import Paths, Sources
from perfanalysis.errors import PerfAnalysisError
from perfanalysis.exposition.rendering import TEXT, render_page
from tests.exporter.collectors.systemd_on_a_bus import BusService, on_a_bus
from tests.exporter.conftest import flags_of, samples_of, scraper_of
from tests.exporter.peer.node_exporter import NodeExporter
from tests.exporter.peer.pages import differences, read
from tests.exporter.test_peer import node_exporter

__all__ = ["node_exporter"]

FLAG = "--collector.logind"
PATH = "/org/freedesktop/login1/session/"
# Seat, whether from afar, type, class.
SESSIONS = {
    "_31": ("seat0", False, "wayland", "user"),
    "_32": ("", True, "tty", "user"),
    "_33": ("", True, "tty", "user"),
    "_34": ("", False, "hologram", "manager"),
}


@pytest.fixture
def logind(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[BusService]:
    service = BusService(SERVICE)
    service.lists["ListSeats"] = ("a(so)", [("seat0", "/org/freedesktop/login1/seat/seat0")])
    rows = [(name, 1000, "ann", told[0], PATH + name) for name, told in SESSIONS.items()]
    service.lists["ListSessions"] = ("a(susso)", [*rows, ("5", 0, "b", "", f"{PATH}ended")])
    for name, (_, remote, type_, class_) in SESSIONS.items():
        service.properties |= {
            (PATH + name, "Session", "Remote"): ("b", remote),
            (PATH + name, "Session", "Type"): ("s", type_),
            (PATH + name, "Session", "Class"): ("s", class_),
        }
    with on_a_bus(tmp_path, service) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield service


def collected() -> dict[str, float]:
    collector = SPECIFICATION.create(Sources(Paths()), flags_of(FLAG))
    return samples_of(render_page(collector.collect(), TEXT))


def series(seat: str, remote: str, type_: str, class_: str) -> str:
    labels = f'seat="{seat}",remote="{remote}",type="{type_}",class="{class_}"'
    return f"node_logind_sessions{{{labels}}}"


@pytest.mark.usefixtures("logind")
def test_sessions() -> None:
    found = collected()
    assert len(found) == 2 * 2 * 7 * 5
    assert {name: value for name, value in found.items() if value} == {
        series("seat0", "false", "wayland", "user"): 1,
        series("", "true", "tty", "user"): 2,
        series("", "false", "other", "other"): 1,
    }


def test_logind_refuses(logind: BusService) -> None:
    del logind.lists["ListSeats"]
    with pytest.raises(OSError, match=r"login1: ListSeats: expected a list"):
        collected()


def test_rows_that_are_others(logind: BusService) -> None:
    logind.lists["ListSeats"] = ("a(s)", [("seat0",)])
    with pytest.raises(CollectorError, match="ListSeats: expected rows of 2 fields"):
        collected()


def test_a_machine_without_the_library(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "exporter.sources.system_bus", None)
    with pytest.raises(PerfAnalysisError, match=r"--collector\.logind needs .* 'jeepney'"):
        collected()


@pytest.mark.e2e
@pytest.mark.usefixtures("logind")
def test_beside_node_exporter(node_exporter: Path, tmp_path: Path) -> None:
    flags = ["--collector.disable-defaults", FLAG]
    ours = read(scraper_of(*flags).scrape(TEXT), "our page")
    with NodeExporter(node_exporter, flags, tmp_path / "log") as server:
        answer = server.page()
    assert answer is not None
    theirs = read(answer[1], "node_exporter's page")
    name = "node_logind_sessions"
    assert list(differences({name: ours[name]}, {name: theirs[name]})) == []
