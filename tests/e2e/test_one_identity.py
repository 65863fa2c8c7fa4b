"""Exporter and load test say the same of the same machine: every label, every price."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path

import pytest
import requests

from loadtest.commands.machine_flags import MachineFlags
from perfanalysis.delivery import remote_write
from perfanalysis.exposition.rendering import TEXT, VaryingSeries, render_page
from perfanalysis.machines.cloud.discovery import AUTO, OFF
from perfanalysis.machines.families import series_of
from perfanalysis.machines.identity import Identity
from perfanalysis.results import reading, series
from tests.exporter.conftest import Running, StartExporter, samples_of, start_exporter
from tests.perfanalysis.machines.cloud import services
from tests.perfanalysis.machines.cloud.services import Answering, Given, serving
from tests.perfanalysis.machines.cloud.test_discovery import ANSWERING, FIRMWARE, sysfs_of

__all__ = ["start_exporter"]

pytestmark = pytest.mark.e2e

INVENTORY = """
machines:
  - name: web-1
    region: of-inventory
    prices: {on_demand: 0.5, spot: 0.125}
  - name: elsewhere
    provider: local
    prices: {spot: 0.05}
"""
CPUINFO = "processor : 0\nProcessor : Old  name\nmodel name\t: A  Fine CPU\n"
NOBODY = {"sys_vendor": "QEMU"}
HELD = "held by the inventory"


def machine_page(running: Running) -> dict[str, float]:
    page = requests.get(f"{running.url}/metrics", params={"collect[]": "machine"}, timeout=10)
    found = samples_of(page.content)
    return {name: value for name, value in found.items() if name.startswith("perf_machine_")}


def as_page(identity: Identity) -> dict[str, float]:
    return samples_of(render_page([VaryingSeries().block(series_of(identity))], TEXT))


def page_when(running: Running, expected: dict[str, float]) -> dict[str, float]:
    """The exporter's page, as soon as the cloud has told what is expected, or after a while."""
    end = time.monotonic() + 10
    while (page := machine_page(running)) != expected and time.monotonic() < end:
        time.sleep(0.05)
    return page


def shown(one: remote_write.Series) -> str:
    labels = ",".join(f'{name}="{value}"' for name, value in one.labels.items())
    return f"{one.name}{{{labels}}}"


# What a person says, by the load test's names; the mode of the cloud; the firmware; the service.
CASES: dict[str, tuple[Mapping[str, str], str, dict[str, str], Answering]] = {
    **{name: ({}, AUTO, FIRMWARE[name], answering) for name, answering in ANSWERING.items()},
    "nothing": ({}, AUTO, NOBODY, services.aws),
    "asked without a hint": ({"name": "web-9"}, "oci", NOBODY, services.oci),
    "off": ({"provider": "mine", "zone": "desk"}, OFF, FIRMWARE["aws"], services.aws),
    "firmware alone": ({}, AUTO, FIRMWARE["aws"], lambda _: Given(b"", 403)),
    "inventory and cloud": ({"name": "web-1", HELD: "yes"}, AUTO, FIRMWARE["gcp"], services.gcp),
    "all sources": (
        {
            "name": "web-1",
            HELD: "yes",
            "zone": "of-flag",
            "instance_type": "own",
            "price": "0.75",
            "purchase": "spot",
        },
        AUTO,
        FIRMWARE["azure"],
        services.azure,
    ),
    "another provider": ({"name": "elsewhere", HELD: "yes"}, AUTO, FIRMWARE["aws"], services.aws),
    "a flag's provider": (
        {"provider": "gcp", "price": "2", "purchase": "on_demand"},
        AUTO,
        FIRMWARE["aws"],
        services.aws,
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_both_say_the_same(case: str, tmp_path: Path, start_exporter: StartExporter) -> None:
    said, mode, firmware, answering = CASES[case]
    root = tmp_path / "host"
    sysfs_of(root / "sys", firmware)
    (root / "proc").mkdir()
    (root / "proc" / "cpuinfo").write_text(CPUINFO)
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(INVENTORY)
    texts = {name: text for name, text in said.items() if name != HELD}
    arguments = [
        f"--machine.{name.replace('_', '-')}={text}"
        for name, text in texts.items()
        if name not in {"price", "purchase"}
    ]
    if "price" in texts:
        arguments.append(f"--machine.price={texts['purchase']}={texts['price']}")
    if HELD in said:
        arguments.append(f"--machine.inventory={inventory}")
    with serving(answering) as service:
        measured = MachineFlags(
            cpus=None,
            machine_name=texts.get("name", ""),
            provider=texts.get("provider", ""),
            region="",
            zone=texts.get("zone", ""),
            instance_type=texts.get("instance_type", ""),
            inventory=inventory if HELD in said else None,
            purchase=texts.get("purchase"),
            cloud=mode,
            cloud_endpoint=service.url,
            price=float(texts["price"]) if "price" in texts else None,
        ).machine(quiet=True, root=root)
        expected = as_page(measured.identity)
        running = start_exporter(
            f"--path.procfs={root / 'proc'}",
            f"--path.sysfs={root / 'sys'}",
            f"--machine.cloud={mode}",
            f"--machine.cloud.endpoint={service.url}",
            *arguments,
        )
        assert page_when(running, expected) == expected
    info = next(iter(expected))
    assert 'cpu_model="A Fine CPU"' in info
    assert f'architecture="{os.uname().machine}"' in info
    if case == "all sources":
        assert sorted(re.findall(r'(\w+)="([^"]+)"', info))[3:] == [
            ("machine", "web-1"),
            ("provider", "azure"),
            ("region", "of-inventory"),
            ("zone", "of-flag"),
        ]
        assert expected['perf_machine_price_dollars_per_hour{purchase="spot"}'] == 0.75
        assert expected['perf_machine_purchase_info{purchase="spot"}'] == 1


def test_a_real_result_has_the_series_of_the_real_page(
    tmp_path: Path, start_exporter: StartExporter
) -> None:
    inventory = tmp_path / "inventory.yaml"
    inventory.write_text(INVENTORY)
    cpu = str(min(os.sched_getaffinity(0)))
    short = ["--levels", "50", "--seconds-per-level", "0.3", "--force", "--wait", "200"]
    with serving(services.oci) as service:
        command = [sys.executable, "-m", "perfanalysis", "loadtest", "run", *short]
        command += ["--json", "--quiet", "--cpus", cpu, "--state-directory", str(tmp_path)]
        command += ["--inventory", str(inventory), "--machine", "web-1", "--purchase", "spot"]
        command += ["--cloud", "oci", "--cloud-endpoint", service.url, "--instance-type", "own"]
        done = subprocess.run(command, capture_output=True, check=True, timeout=280)
        running = start_exporter(
            f"--machine.inventory={inventory}",
            "--machine.name=web-1",
            "--machine.instance-type=own",
            "--machine.cloud=oci",
            f"--machine.cloud.endpoint={service.url}",
        )
        machine = json.loads(done.stdout)["machine"]
        assert machine["instance_id"] == "ocid1.instance.oc1.eu-frankfurt-1.made-up"
        assert (machine["zone"], machine["instance_type"]) == ("fra-ad-3", "own")
        written = {
            shown(one): one.value
            for one in series.series_of(reading.parse(done.stdout, "standard output"))
            if one.name.startswith("perf_machine_")
        }
        # The page has all prices, the document the one that counts.
        other = 'perf_machine_price_dollars_per_hour{purchase="on_demand"}'
        expected = written | {other: 0.5}
        assert len(written) == 2
        assert page_when(running, expected) == expected
