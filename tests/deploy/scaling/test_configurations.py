"""The set-ups for many machines: Prometheus', vmauth's and vmalert's own programs read them."""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path
from typing import Any

import pytest

from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.deploy.scaling.programs import built
from tests.prometheus.conftest import Run

FOLDER = REPOSITORY / "deploy" / "scaling"
PAGE = (REPOSITORY / "docs" / "scaling.md").read_text(encoding="utf-8")
SENDING = {
    "shard": "http://victoriametrics:8428/api/v1/write",
    "victoriametrics": "http://victoriametrics:8428/api/v1/write",
    "victoriametrics-cluster": "http://vmauth:8427/api/v1/write",
    "mimir": "http://mimir:8080/api/v1/push",
    "thanos-receive": "http://thanos-receive:19291/api/v1/receive",
    "grafana-cloud": "https://prometheus-prod-01-eu-west-0.grafana.net/api/prom/push",
}
CONFIGURATIONS = [*SENDING, "thanos-sidecar"]
RULES = sorted((REPOSITORY / "prometheus" / "rules").glob("*.yml"))


def read(name: str) -> dict[str, Any]:
    found = load_fast((FOLDER / f"{name}.yml").read_bytes())
    assert isinstance(found, dict)
    return found


def checked(promtool: Run, name: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """What promtool says of one; keys are on the machines that run it."""
    text = (FOLDER / f"{name}.yml").read_text().replace("/etc/prometheus/secrets", str(folder))
    (folder / "remote_write_key").write_text("x")
    (folder / "prometheus.yml").write_text(text)
    agent = ["--agent"] if name == "shard" else []
    return promtool("check", "config", *agent, folder / "prometheus.yml")


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_promtool_takes_each_configuration(promtool: Run, name: str, tmp_path: Path) -> None:
    done = checked(promtool, name, tmp_path)
    assert done.returncode == 0, done.stdout


@pytest.mark.parametrize("name", CONFIGURATIONS)
def test_so_does_the_newest(newest_promtool: Run, name: str, tmp_path: Path) -> None:
    done = checked(newest_promtool, name, tmp_path)
    assert done.returncode == 0, done.stdout


def test_where_each_sends_to() -> None:
    assert {name: read(name)["remote_write"][0]["url"] for name in SENDING} == SENDING
    assert "remote_write" not in read("thanos-sidecar")
    files = {path.stem for path in FOLDER.glob("*.yml")}
    assert files == {*CONFIGURATIONS, "vmauth"}


def test_every_file_is_on_the_page() -> None:
    for path in FOLDER.iterdir():
        assert path.name in PAGE


def test_scrapes_are_as_they_are_elsewhere() -> None:
    (usual,) = load_fast((REPOSITORY / "prometheus/scrape/agent.yml").read_text())["scrape_configs"]
    for name in CONFIGURATIONS:
        (job,) = read(name)["scrape_configs"]
        assert {key: job[key] for key in usual} == usual


def test_mimir_takes_our_rules_as_it_comes() -> None:
    """As shipped a tenant may have 20 rules a group and 70 groups (pkg/util/validation)."""
    groups = [g for path in RULES for g in load_fast(path.read_text())["groups"]]
    assert len({group["name"] for group in groups}) == len(groups) <= 70
    assert max(len(group["rules"]) for group in groups) <= 20


def test_vmalert_takes_our_rules_and_its_flags() -> None:
    flags = (FOLDER / "vmalert.flags").read_text().split()
    own = [flag.replace("/etc/perfanalysis/rules", str(RULES[0].parent)) for flag in flags]
    done = subprocess.run(
        [built("vmalert"), *own, "-dryRun"], capture_output=True, text=True, check=False, timeout=60
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert f"finished reading {len(RULES)} files" in done.stderr


def test_the_pages_commands_make_shards_that_differ_in_their_number_alone(tmp_path: Path) -> None:
    made = [shard(number, 3, tmp_path) for number in range(3)]
    for number, text in enumerate(made):
        first, second = load_fast(text)["scrape_configs"][0]["relabel_configs"]
        assert (first["modulus"], second["regex"]) == (3, str(number))
    lines = [text.splitlines() for text in made]
    assert [sum(a != b for a, b in zip(lines[0], other, strict=True)) for other in lines] == [
        0, 1, 1,
    ]  # fmt: skip


def shard(number: int, shards: int, folder: Path) -> str:
    """The configuration that the page's command makes for one of several agents."""
    (command,) = re.findall(r"^(sed .*shard\.yml) > ", PAGE, re.MULTILINE)
    words = shlex.split(
        command.replace("$AGENTS", str(shards))
        .replace("$NUMBER", str(number))
        .replace("deploy/scaling", str(FOLDER))
    )
    done = subprocess.run(words, capture_output=True, text=True, check=True, cwd=folder)
    return done.stdout
