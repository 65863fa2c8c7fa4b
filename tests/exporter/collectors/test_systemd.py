"""systemd's units, from a service with its interface on a real dbus-daemon.

No machine of the tests has a systemd running that could be asked; see ``systemd_on_a_bus.py``.
"""

from __future__ import annotations

import re
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from exporter.collectors.systemd import SPECIFICATION
from exporter.collectors.systemd import collector as systemd_collector
from exporter.collectors.systemd.families import STATES
from exporter.sources.files import Paths, Sources
from perfanalysis.errors import InputError, PerfAnalysisError
from perfanalysis.exposition.rendering import TEXT, render_page
from tests.exporter.collectors.systemd_on_a_bus import (
    MANAGER,
    Systemd,
    on_a_bus,
    on_its_own_socket,
    path_of,
)
from tests.exporter.conftest import flags_of, samples_of, scraper_of
from tests.exporter.peer.node_exporter import NodeExporter
from tests.exporter.peer.pages import differences, read
from tests.exporter.test_peer import node_exporter

__all__ = ["node_exporter"]

FLAG = "--collector.systemd"
ALL = [
    FLAG,
    "--collector.systemd.enable-task-metrics",
    "--collector.systemd.enable-restarts-metrics",
    "--collector.systemd.enable-start-time-metrics",
]


@pytest.fixture
def systemd() -> Systemd:
    return Systemd()


@pytest.fixture
def bus(tmp_path: Path, systemd: Systemd, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """The system's bus of this test."""
    with on_a_bus(tmp_path, systemd) as address:
        monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def sources() -> Iterator[Sources]:
    made = Sources(Paths())
    yield made
    made.close()


def collected(sources: Sources, *arguments: str) -> dict[str, float]:
    collector = SPECIFICATION.create(sources, flags_of(FLAG, *arguments))
    return samples_of(render_page(collector.collect(), TEXT))


def states(name: str, kind: str, now: str) -> dict[str, float]:
    return {
        f'node_systemd_unit_state{{name="{name}",state="{state}",type="{kind}"}}': state == now
        for state in STATES
    }


ABOUT = {
    'node_systemd_version{version="252.38-1~deb12u1"}': 252.38,
    'node_systemd_virtualization_info{virtualization_type="kvm"}': 1,
    "node_systemd_system_running": 1,
    'node_systemd_units{state="active"}': 5,
    'node_systemd_units{state="activating"}': 0,
    'node_systemd_units{state="deactivating"}': 0,
    'node_systemd_units{state="inactive"}': 1,
    'node_systemd_units{state="failed"}': 1,
}
SHOWN = {
    **ABOUT,
    **states("web.service", "notify", "active"),
    **states("broken.service", "oneshot", "failed"),
    **states("daily.timer", "", "active"),
    **states("ssh.socket", "", "active"),
    **states("multi-user.target", "", "active"),
    'node_systemd_timer_last_trigger_seconds{name="daily.timer"}': 1_700_000_100,
    'node_systemd_socket_accepted_connections_total{name="ssh.socket"}': 9,
    'node_systemd_socket_current_connections{name="ssh.socket"}': 2,
    'node_systemd_socket_refused_connections_total{name="ssh.socket"}': 1,
}


@pytest.mark.usefixtures("bus")
def test_units(sources: Sources) -> None:
    assert collected(sources) == SHOWN


@pytest.mark.usefixtures("bus")
def test_what_flags_add(sources: Sources) -> None:
    found = collected(sources, *ALL)
    assert {name: value for name, value in found.items() if name not in SHOWN} == {
        'node_systemd_service_restart_total{name="web.service"}': 3,
        'node_systemd_service_restart_total{name="broken.service"}': 0,
        # Nothing is counted of the other one, and it has no limit.
        'node_systemd_unit_tasks_current{name="web.service"}': 12,
        'node_systemd_unit_tasks_max{name="web.service"}': 4915,
        'node_systemd_unit_start_time_seconds{name="web.service"}': 1_700_000_000.25,
        'node_systemd_unit_start_time_seconds{name="broken.service"}': 0,
        'node_systemd_unit_start_time_seconds{name="daily.timer"}': 1_600_000_000,
        'node_systemd_unit_start_time_seconds{name="ssh.socket"}': 1_600_000_000,
        'node_systemd_unit_start_time_seconds{name="multi-user.target"}': 1_600_000_000,
    }


@pytest.mark.usefixtures("bus")
@pytest.mark.parametrize(
    ("flags", "expected"),
    [
        (["unit-include=web.+"], {"web.service"}),
        (["unit-whitelist=web|broken.service"], {"broken.service"}),
        (["unit-exclude=.+e.+"], set()),
        (["unit-include=home.+", "unit-exclude="], {"home.mount"}),
    ],
)
def test_units_that_flags_name(flags: list[str], expected: set[str], sources: Sources) -> None:
    found = collected(sources, *(f"--collector.systemd.{flag}" for flag in flags))
    assert {name.split('"')[1] for name in found if "unit_state" in name} == expected
    assert ABOUT.items() <= found.items()


@pytest.mark.usefixtures("bus")
def test_an_old_systemd_tells_less(systemd: Systemd, sources: Sources) -> None:
    for name in ("SystemState", "Virtualization", "Version"):
        del systemd.properties[MANAGER, "Manager", name]
    del systemd.properties[path_of("ssh.socket"), "Socket", "NRefused"]
    found = collected(sources)
    assert "node_systemd_system_running" not in found
    assert not any("version" in name or "refused" in name for name in found)
    assert found['node_systemd_virtualization_info{virtualization_type="unknown"}'] == 1
    systemd.properties[MANAGER, "Manager", "Virtualization"] = ("s", "")
    assert collected(sources)['node_systemd_virtualization_info{virtualization_type="none"}'] == 1


@pytest.mark.usefixtures("bus")
def test_types_are_asked_for_once(systemd: Systemd, sources: Sources) -> None:
    collector = SPECIFICATION.create(sources, flags_of(FLAG))
    collector.collect()
    first = len(systemd.asked)
    collector.collect()
    # Of the two services.
    assert len(systemd.asked) - first == first - 2


def test_a_bus_that_is_started_anew(
    tmp_path: Path, systemd: Systemd, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    collector = SPECIFICATION.create(sources, flags_of(FLAG))
    for _ in range(2):
        with on_a_bus(tmp_path, systemd) as address:
            monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", address)
            assert samples_of(render_page(collector.collect(), TEXT)) == SHOWN
    with pytest.raises(OSError, match=r"."):
        collector.collect()


def test_the_managers_own_socket(
    tmp_path: Path, systemd: Systemd, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    with on_its_own_socket(tmp_path, systemd) as path:
        monkeypatch.setattr(systemd_collector, "PRIVATE_SOCKET", str(path))
        assert collected(sources, "--collector.systemd.private") == SHOWN
        sources.close()


@pytest.mark.usefixtures("bus")
def test_systemd_refuses(systemd: Systemd, sources: Sources) -> None:
    del systemd.lists["ListUnits"]
    with pytest.raises(OSError, match=r"systemd1: ListUnits: expected a list"):
        collected(sources)


def test_nobody_answers(tmp_path: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/none")
    with pytest.raises(FileNotFoundError, match=re.escape(f"'{tmp_path}/none'")):
        collected(sources)
    # A page without it comes all the same.
    page = samples_of(scraper_of("--collector.disable-defaults", FLAG).scrape(TEXT))
    assert page['node_scrape_collector_success{collector="systemd"}'] == 0


def test_a_bus_that_never_answers(
    tmp_path: Path, sources: Sources, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("exporter.sources.system_bus._LIMIT", 0.2)
    monkeypatch.setenv("DBUS_SYSTEM_BUS_ADDRESS", f"unix:path={tmp_path}/mute")
    with socket.socket(socket.AF_UNIX) as mute:
        mute.bind(f"{tmp_path}/mute")
        mute.listen()
        with pytest.raises(TimeoutError):
            collected(sources)


def test_a_regular_expression_that_is_none() -> None:
    with pytest.raises(InputError, match=r"--collector\.systemd\.unit-include: expected a regular"):
        scraper_of(FLAG, "--collector.systemd.unit-include=(")


def test_a_machine_without_the_library(sources: Sources, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "exporter.collectors.systemd.manager", None)
    with pytest.raises(PerfAnalysisError, match=r"needs the Python package 'jeepney'.*systemd\]'"):
        SPECIFICATION.create(sources, flags_of(FLAG))


@pytest.mark.e2e
@pytest.mark.usefixtures("bus")
def test_beside_node_exporter(node_exporter: Path, tmp_path: Path) -> None:
    flags = ["--collector.disable-defaults", *ALL, "--collector.systemd.unit-exclude=x"]
    ours = read(scraper_of(*flags).scrape(TEXT), "our page")
    with NodeExporter(node_exporter, flags, tmp_path / "log") as server:
        answer = server.page()
    assert answer is not None
    theirs = read(answer[1], "node_exporter's page")
    mine = {name: family for name, family in ours.items() if name.startswith("node_systemd_")}
    assert len(mine) == len(SPECIFICATION.families)
    other = {name: family for name, family in theirs.items() if name.startswith("node_systemd_")}
    assert list(differences(mine, other)) == []
