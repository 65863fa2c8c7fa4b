"""What is not read at each scrape is seen all the same, and files stay open within a limit."""

from __future__ import annotations

import resource
from pathlib import Path

import pytest

from exporter.collectors.netclass import collector as netclass
from exporter.sources import attributes as attributes_module
from exporter.sources.attributes import Attributes, most_kept
from exporter.sources.files import ABSENT_SCRAPES, Paths, Sources
from perfanalysis.exposition.rendering import TEXT
from tests.exporter.collectors.conftest import Write
from tests.exporter.conftest import samples_of, scraper_of

ETH0 = {
    "ifindex": "2\n",
    "operstate": "up\n",
    "carrier": "1\n",
    "carrier_changes": "3\n",
    "flags": "0x1003\n",
    "mtu": "1500\n",
}


def test_cpufreq_follows_what_changes(write: Write) -> None:
    folder = "devices/system/cpu/cpu0/cpufreq"
    files = {
        "scaling_cur_freq": "1000\n",
        "cpuinfo_max_freq": "3000\n",
        "scaling_governor": "powersave\n",
        "scaling_available_governors": "performance powersave\n",
    }
    tree = write({f"{folder}/{name}": text for name, text in files.items()})
    scraper = scraper_of(
        f"--path.procfs={tree}/proc",
        f"--path.sysfs={tree}/sys",
        "--collector.disable-defaults",
        "--collector.cpufreq",
    )

    def scrape() -> dict[str, float]:
        page = samples_of(scraper.scrape(TEXT))
        return {name: value for name, value in page.items() if name.startswith("node_cpu_")}

    governors = {
        name: f'node_cpu_scaling_governor{{cpu="0",governor="{name}"}}'
        for name in ("performance", "powersave")
    }
    shown = {
        'node_cpu_scaling_frequency_hertz{cpu="0"}': 1000e3,
        'node_cpu_frequency_max_hertz{cpu="0"}': 3000e3,
        governors["performance"]: 0,
        governors["powersave"]: 1,
    }
    assert scrape() == shown
    write({f"{folder}/scaling_governor": "performance\n", f"{folder}/scaling_cur_freq": "2000\n"})
    shown['node_cpu_scaling_frequency_hertz{cpu="0"}'] = 2000e3
    shown |= {governors["performance"]: 1, governors["powersave"]: 0}
    assert scrape() == shown
    # A new file of a CPU, and then a new CPU.
    for _ in range(ABSENT_SCRAPES):
        write({f"{folder}/scaling_max_freq": "2500\n"})
        last = scrape()
    shown['node_cpu_scaling_frequency_max_hertz{cpu="0"}'] = 2500e3
    assert last == shown
    write({"devices/system/cpu/cpu1/cpufreq/scaling_cur_freq": "1\n"})
    assert scrape() == shown | {'node_cpu_scaling_frequency_hertz{cpu="1"}': 1e3}


def test_netclass_of_a_tree_is_read_again_when_its_state_is_another(
    write: Write, monkeypatch: pytest.MonkeyPatch
) -> None:
    settable = dict.fromkeys(("addr_assign_type", "type", "name_assign_type"), "0\n")
    tree = write({f"class/net/eth0/{name}": text for name, text in (ETH0 | settable).items()})
    flags = ("--collector.disable-defaults", "--collector.netclass")
    scraper = scraper_of(f"--path.procfs={tree}/proc", f"--path.sysfs={tree}/sys", *flags)

    def mtu() -> float:
        return samples_of(scraper.scrape(TEXT))['node_network_mtu_bytes{device="eth0"}']

    assert mtu() == 1500
    write({"class/net/eth0/mtu": "9000\n"})
    assert mtu() == 1500
    write({"class/net/eth0/carrier_changes": "4\n"})
    assert mtu() == 9000
    write({"class/net/eth0/mtu": "1400\n"})
    assert mtu() == 9000
    later = netclass.monotonic() + netclass.REFRESH_SECONDS
    monkeypatch.setattr(netclass, "monotonic", lambda: later)
    assert mtu() == 1400
    # What a person sets changes with it: how the address came about, and the type of the link.
    for attribute, family in (
        ("addr_assign_type", "address_assign_type"),
        ("type", "protocol_type"),
        ("name_assign_type", "name_assign_type"),
    ):
        for value in (1, 3):
            write({f"class/net/eth0/{attribute}": f"{value}\n"})
            later += netclass.REFRESH_SECONDS
            page = samples_of(scraper.scrape(TEXT))
            assert page[f'node_network_{family}{{device="eth0"}}'] == value
    write({"class/net/eth1/mtu": "1\n", "class/net/eth1/ifindex": "9\n"})
    assert samples_of(scraper.scrape(TEXT))['node_network_mtu_bytes{device="eth1"}'] == 1


def test_no_more_files_stay_open_than_allowed_but_all_are_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(attributes_module, "most_kept", lambda: 5)
    sources = Sources(Paths(tmp_path, tmp_path, tmp_path))
    attributes = Attributes(sources)
    for name in "abcdefgh":
        (tmp_path / name).write_text(f"{ord(name)}\n")

    def read(names: str) -> None:
        sources.begin_scrape()
        for name in names:
            assert attributes.read(str(tmp_path / name)) == b"%d" % ord(name)

    def kept() -> set[str]:
        links = [path.readlink() for path in Path("/proc/self/fd").iterdir() if path.is_symlink()]
        return {link.name for link in links if link.parent == tmp_path}

    read("abcdefgh")
    assert kept() == set("abcde")
    for _ in range(3):
        read("defgh")
    # Those that nobody reads any more have given their place to others.
    assert kept() == set("defgh")
    attributes.close()
    assert not kept()


def test_files_that_stay_open_are_a_share_of_what_the_process_may_open(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    for limit, most in (
        (1024, 512),
        (65536, 4096),
        (1 << 20, 8192),
        (resource.RLIM_INFINITY, 8192),
    ):
        monkeypatch.setattr(resource, "getrlimit", lambda _, limit=limit: (limit, limit))
        assert most_kept() == most
