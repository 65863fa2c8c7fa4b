"""Command lines that were written for node_exporter."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest
import requests

from exporter.app import all_options
from exporter.node_exporter_flags import THEIRS, translated
from perfanalysis.errors import InputError
from tests.conftest import REPOSITORY
from tests.exporter.conftest import StartExporter, flags_of, run_exporter, scraper_of
from tests.exporter.test_peer import node_exporter

__all__ = ["node_exporter"]

# What node_exporter can do and this exporter cannot: docs/exporter.md says so.
LEFT = {
    *("help-man", "completion-script-bash", "completion-script-zsh"),
    *("collector.netdev.address-info", "collector.netdev.label-ifalias"),
    *("collector.netdev.enable-detailed-metrics", "collector.netclass_rtnl.with-stats"),
}
# Which kingpin hides from its help, and the programs' users pass all the same.
HIDDEN = {
    *("collector.filesystem.mount-timeout", "collector.filesystem.stat-workers"),
    *("collector.filesystem.ignored-fs-types", "collector.filesystem.ignored-mount-points"),
    *("collector.diskstats.ignored-devices", "collector.netdev.device-blacklist"),
    *("collector.netdev.device-whitelist", "collector.systemd.unit-whitelist"),
    *("collector.systemd.unit-blacklist", "collector.systemd.private"),
    *("collector.qdisk.device-include", "collector.qdisk.device-exclude"),
}


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        (["--no-collector.runit", "--no-collector.cpu"], ["--no-collector.cpu"]),
        (
            ["--collector.filesystem.ignored-mount-points=^/(a|b=c)"],
            ["--collector.filesystem.mount-points-exclude=^/(a|b=c)"],
        ),
        (
            ["--collector.netdev.device-blacklist", "lo"],
            ["--collector.netdev.device-exclude", "lo"],
        ),
        (
            ["--collector.systemd.unit-whitelist=a.+", "--collector.qdisk.device-include", "eth0"],
            ["--collector.systemd.unit-include=a.+", "--collector.qdisc.device-include", "eth0"],
        ),
        (["--log.level=debug", "check", "--json"], ["--log.level=debug", "check", "--json"]),
    ],
)
def test_words_that_mean_the_same_here(given: list[str], meant: list[str]) -> None:
    assert translated(given) == (meant, [])


@pytest.mark.parametrize(
    ("given", "meant", "ignored"),
    [
        (["--runtime.gomaxprocs=4", "--log.level=info"], ["--log.level=info"], 1),
        (["--runtime.gomaxprocs", "4", "--collector.cpu"], ["--collector.cpu"], 1),
        (["--collector.filesystem.stat-workers", "8"], [], 1),
        (["--collector.arp.netlink", "--no-collector.netdev.netlink"], [], 2),
        (["--no-collector.netdev.label-ifalias", "--no-collector.netdev.address-info"], [], 0),
        (["--collector.qdisc.fixtures=/a", "--collector.wifi.fixtures", "x"], [], 2),
        (["--collector.runit.servicedir", "/a", "--no-collector.ntp.server-is-local"], [], 2),
        (["-h"], ["--help"], 0),
    ],
)
def test_words_that_mean_nothing_here(given: list[str], meant: list[str], ignored: int) -> None:
    translation = translated(given)
    assert (translation.words, len(translation.ignored)) == (meant, ignored)


def test_a_file_of_arguments(tmp_path: Path) -> None:
    (tmp_path / "inner").write_text("--collector.cpu\n")
    path = tmp_path / "flags"
    path.write_text(f"# As kingpin reads them.\n\n--path.procfs\n/a b\n@{tmp_path / 'inner'}\n")
    words = ["--log.level=info", f"@{path}", "--web.max-requests=1"]
    assert translated(words).words == [
        *("--log.level=info", "--path.procfs", "/a b", "--collector.cpu", "--web.max-requests=1")
    ]
    with pytest.raises(InputError, match=r"a readable file of arguments, one a line \(No such"):
        translated([f"@{tmp_path / 'missing'}"])
    path.write_text(f"@{path}\n")
    with pytest.raises(InputError, match="that do not name each other"):
        translated([f"@{path}"])
    ended = run_exporter(f"@{tmp_path / 'missing'}")
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1)


def test_what_would_show_more_is_refused() -> None:
    with pytest.raises(InputError, match=r"address-info: expected a flag of this exporter; what"):
        translated(["--collector.netdev.address-info"])


def test_a_collector_that_is_not_here_is_refused_by_its_name() -> None:
    with pytest.raises(InputError, match=r"--collector\.supervisord: expected a collector of th"):
        translated(["--collector.supervisord"])
    ended = run_exporter("--collector.ntp")
    assert (ended.returncode, len(ended.stderr.splitlines())) == (2, 1)


def test_old_names_have_an_effect() -> None:
    flags = flags_of("--collector.diskstats.ignored-devices=^vd", "--no-collector.ntp")
    assert flags["collector_diskstats_device_exclude"] == "^vd"


@pytest.mark.parametrize(
    ("flags", "shown"),
    [
        ([], True),
        (["--web.disable-exporter-metrics"], False),
        (["--web.disable-exporter-metrics", "--collector.process"], True),
        (["--no-collector.process"], False),
    ],
)
def test_the_exporters_own_process(flags: list[str], shown: bool) -> None:
    assert ("process" in scraper_of(*flags).names) is shown


def test_the_version() -> None:
    ended = run_exporter("--version")
    assert ended.returncode == 0
    assert re.fullmatch(r"perfanalysis exporter, version [0-9.]+\n", ended.stdout)


@pytest.mark.e2e
def test_every_flag_of_node_exporter_is_known_or_documented(node_exporter: Path) -> None:
    manual = subprocess.run(
        [str(node_exporter), "--help-man"], capture_output=True, text=True, check=True
    ).stdout.replace("\\-", "-")
    theirs = set(re.findall(r"--(?:\[no-\])?([a-z][\w.-]*)", manual))
    assert len(theirs) > 150
    here = {option.name for option in all_options()} | {"help"}
    missing = set()
    for name in (theirs | HIDDEN) - LEFT:
        try:
            translation = translated([f"--{name}=1"])
        except InputError:
            # A collector that is not here; a flag of it is ignored.
            assert name.count(".") == 1
            continue
        flag = "".join(translation.words).removeprefix("--").partition("=")[0]
        if not translation.ignored and flag.replace(".", "_").replace("-", "_") not in here:
            missing.add(name)
    assert missing == set()
    documented = (REPOSITORY / "docs" / "exporter.md").read_text()
    assert {name for name in LEFT | HIDDEN if f"`--{name}`" not in documented} == set()


@pytest.mark.e2e
def test_their_collectors_are_those_of_node_exporter(node_exporter: Path) -> None:
    told = subprocess.run(
        [str(node_exporter), "--help"], capture_output=True, text=True, check=True
    )
    assert set(re.findall(r"--\[no-\]collector\.(\w+)(?=\s)", told.stdout)) == THEIRS


CHARTS_EXCLUDE = (
    "^/(dev|proc|sys|run/containerd/.+|var/lib/docker/.+|var/lib/kubelet/.+"
    "|var/lib/containers/storage/.+)($|/)"
)
FILE_SYSTEMS = (
    "^(autofs|binfmt_misc|bpf|cgroup2?|configfs|debugfs|devpts|fusectl|overlay|proc|sysfs)$"
)
LINKS = "^(veth.*|[a-f0-9]{15})$"
# As the Helm chart, kube-prometheus and the manual's container start it, but for the port.
OTHERS = {
    "chart": [
        *("--path.procfs=/proc", "--path.sysfs=/sys", "--path.rootfs=/"),
        "--path.udev.data=/run/udev/data",
        "--web.listen-address=[127.0.0.1]:0",
        f"--collector.filesystem.mount-points-exclude={CHARTS_EXCLUDE}",
        f"--collector.filesystem.fs-types-exclude={FILE_SYSTEMS}",
    ],
    "kube-prometheus": [
        "--web.listen-address=127.0.0.1:0",
        *("--path.procfs=/proc", "--path.sysfs=/sys", "--path.rootfs=/"),
        *("--no-collector.wifi", "--no-collector.btrfs"),
        f"--collector.filesystem.mount-points-exclude={CHARTS_EXCLUDE}",
        f"--collector.netclass.ignored-devices={LINKS}",
        f"--collector.netdev.device-exclude={LINKS}",
    ],
    "old": [
        "--web.listen-address=127.0.0.1:0",
        "--collector.filesystem.ignored-mount-points=^/(sys|proc|dev)($|/)",
        *("--web.disable-exporter-metrics", "--log.level=info", "--log.format=json"),
    ],
}


@pytest.mark.e2e
@pytest.mark.parametrize("name", OTHERS)
def test_command_lines_of_others(name: str, start_exporter: StartExporter) -> None:
    running = start_exporter(*OTHERS[name])
    page = requests.get(f"{running.url}/metrics", timeout=20)
    assert page.status_code == 200
    assert "node_filesystem_size_bytes{" in page.text
    assert 'mountpoint="/proc' not in page.text
