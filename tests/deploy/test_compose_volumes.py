"""No profile of docker-compose.yml deletes what another one keeps."""

from __future__ import annotations

import itertools
import json
import re
import shutil
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.deploy.compose_history import prometheus_of, record_days, values, volume
from tests.deploy.test_compose import SERVICES, compose

KEPT = re.compile(r"retention|storage|agent", re.IGNORECASE)
SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86400, "w": 604800, "y": 31536000}
RETENTION = "--storage.tsdb.retention.time="


def keepers(services: dict[str, dict[str, Any]]) -> dict[str, dict[str, tuple[Any, ...]]]:
    """By volume, the services that write to it, and what decides on what stays in it and whose."""
    found: dict[str, dict[str, tuple[Any, ...]]] = {}
    for name, service in services.items():
        words = [word for word in service.get("command") or () if KEPT.search(word)]
        for mount in service.get("volumes", ()):
            if mount["type"] == "volume" and not mount.get("read_only"):
                how = (service["image"], service.get("user"), mount["target"], sorted(words))
                found.setdefault(mount["source"], {})[name] = how
    return found


def clashes(services: dict[str, dict[str, Any]]) -> list[str]:
    """The pairs of services that write to one volume and do not keep the same in it."""
    return [
        f"{source}: {one} and {other}"
        for source, by_service in keepers(services).items()
        for one, other in itertools.combinations(by_service, 2)
        if by_service[one] != by_service[other]
    ]


def model(folder: Path) -> dict[str, dict[str, Any]]:
    """The services of all profiles as Docker Compose reads them."""
    shutil.copy(REPOSITORY / "docker-compose.yml", folder)
    read = compose(folder, "--profile", "*", "config", "--format", "json")
    assert (read.returncode, read.stderr) == (0, "")
    services: dict[str, dict[str, Any]] = json.loads(read.stdout)["services"]
    return services


def test_services_share_a_volume_only_where_they_keep_the_same(tmp_path: Path) -> None:
    services = model(tmp_path)
    assert set(services) == set(SERVICES)
    shared = {source for source, found in keepers(services).items() if len(found) > 1}
    assert shared == {"prometheus-data", "reports", "textfile"}
    assert clashes(services) == []
    # As it was: the Prometheus of profile scale, which kept less, in the volume of the others.
    scale = services["prometheus-scale"]
    for mount in scale["volumes"]:
        mount["source"] = mount["source"].replace("prometheus-scale-data", "prometheus-data")
    scale["command"] = [word.replace("=31d", "=8d") for word in scale["command"]]
    assert clashes(services) == [
        "prometheus-data: prometheus and prometheus-scale",
        "prometheus-data: prometheus-full and prometheus-scale",
    ]


@pytest.mark.e2e
def test_the_history_is_there_after_each_change_of_profile(tmp_path: Path) -> None:
    volumes = tmp_path / "volumes"
    record_days(volume(volumes, "prometheus-full", "/prometheus"), tmp_path, 28)
    days = [float(day) for day in range(28, 0, -1)]
    profiles = ["prometheus-full", "prometheus-scale", "prometheus", "prometheus-full"]
    for i, service in enumerate(profiles):
        (tmp_path / str(i)).mkdir()
        with prometheus_of(service, volumes, tmp_path / str(i)) as (_, url):
            expected = [] if service == "prometheus-scale" else days
            assert values(url, "history_days") == expected


def seconds(duration: str) -> float:
    """A duration as Prometheus writes it."""
    parts = re.findall(r"(\d+)(ms|[smhdwy])", duration)
    assert "".join(map("".join, parts)) == duration
    return sum(int(number) * SECONDS[unit] for number, unit in parts)


def looks_back(expression: str) -> float:
    """The longest that an expression can look back, in seconds: its windows and offsets."""
    windows = re.findall(r"\[(\w+)(?::\w*)?\]", expression)
    offsets = re.findall(r"\boffset (\w+)", expression)
    longest = max(map(seconds, windows), default=0)
    return longest + max(map(seconds, offsets), default=0)


@pytest.mark.parametrize("name", [name for name in SERVICES if name.startswith("prometheus")])
def test_a_prometheus_keeps_what_its_rules_look_back_on(name: str) -> None:
    rules = [
        rule["expr"]
        for path in (REPOSITORY / "prometheus" / "rules").glob("*.yml")
        for group in load_fast(path.read_text())["groups"]
        for rule in group["rules"]
    ]
    assert looks_back("rate(a[5m] offset 1h) + max_over_time(b[1d12h:5m])") == 1.5 * 86400 + 3600
    (kept,) = [
        word.removeprefix(RETENTION)
        for word in SERVICES[name]["command"]
        if word.startswith(RETENTION)
    ]
    longest = max(map(looks_back, rules))
    assert longest >= 7 * 86400
    # Blocks go whole, and the newest is of the last hours.
    assert seconds(kept) >= longest + 86400


def test_the_page_says_what_each_volume_keeps() -> None:
    page = (REPOSITORY / "docs" / "deployment.md").read_text()
    for name in ("prometheus", "prometheus-full", "prometheus-scale"):
        source = volume(Path(), name, "/prometheus").name
        (row,) = re.findall(rf"^\| `{source}` \| (.*) \| (.*) \|$", page, flags=re.M)
        (kept,) = re.findall(r"series of (\d+) days", row[0])
        assert f"{RETENTION}{kept}d" in SERVICES[name]["command"]
        assert {f"`{profile}`" for profile in SERVICES[name]["profiles"]} <= set(row[1].split(", "))
