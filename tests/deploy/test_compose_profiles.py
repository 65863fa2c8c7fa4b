"""The commands of docs/deployment.md that bring series from one profile of Compose to another."""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import time
from contextlib import ExitStack
from pathlib import Path

import pytest
import requests

from demo.servers import free_port, prometheus_program
from perfanalysis.fast_yaml import load_fast
from tests.conftest import REPOSITORY
from tests.deploy.compose_history import DAY, SERIES, prometheus_of, record_days, values, volume
from tests.deploy.test_compose import compose
from tests.deploy.test_compose_services import start_victoriametrics

PAGE = (REPOSITORY / "docs" / "deployment.md").read_text()
SECTION = PAGE.split("### From one profile to another\n")[1].split("\n## ")[0]
TO_SCALE, TO_FULL = re.findall(r"^```sh\n(.*?)^```$", SECTION, flags=re.M | re.S)
PROMTOOL = re.compile(r"docker compose run (?:(?!\bdocker\b)[^|])*?promtool prometheus-full\b")
EXTERNAL = load_fast((REPOSITORY / "prometheus" / "prometheus-scale.yml").read_text())["global"][
    "external_labels"
]

UP = 'up{job="node",instance="docker-host"}'


def commands(text: str) -> list[list[str]]:
    """The words of Compose in a block of the page."""
    joined = text.replace("\\\n", " ")
    found = re.findall(r"docker compose ([^|&\n]*)", joined)
    return [shlex.split(words.replace("$PWD", "/here")) for words in found]


def test_compose_takes_the_pages_commands_up_to_the_daemon(tmp_path: Path) -> None:
    shutil.copy(REPOSITORY / "docker-compose.yml", tmp_path)
    given = [*commands(TO_SCALE), *commands(TO_FULL)]
    assert len(given) == 7
    for words in given:
        refused = compose(
            tmp_path, *words, environment={"DOCKER_HOST": f"unix://{tmp_path}/nothing"}
        )
        assert "failed to connect to the docker API" in refused.stderr, (words, refused.stderr)


def run_here(text: str, promtool: Path, data: Path, store: str, folder: Path) -> tuple[int, str]:
    """Run a block of the page with the programs that are here instead of those in containers.

    Returns:
        Its exit status, and what it printed of errors.
    """
    text = PROMTOOL.sub(str(promtool), text)
    text = re.sub(r"docker compose [^|&\n]*", "true ", text)
    text = text.replace("127.0.0.1:8428", store).replace(" /history.om", " history.om")
    text = text.replace(" /prometheus", f" {data}")
    assert "docker" not in text
    done = subprocess.run(
        ["bash", "-c", text],
        cwd=folder,
        env={"PATH": os.environ["PATH"]},
        capture_output=True,
        text=True,
        check=False,
    )
    return done.returncode, done.stderr


def exported(store: str, selector: str) -> list[str]:
    """The lines that VictoriaMetrics has of what a selector finds."""
    requests.get(f"http://{store}/internal/force_flush", timeout=30)
    form = {"match[]": selector, "format": "prometheus"}
    return sorted(
        requests.post(f"http://{store}/api/v1/export", data=form, timeout=30).text.splitlines()
    )


def send(store: str, lines: list[str]) -> None:
    """Give VictoriaMetrics these samples, and have it show them."""
    url = f"http://{store}/api/v1/import/prometheus"
    sent = requests.post(url, data="\n".join(lines).encode(), timeout=30)
    assert sent.status_code == 204
    requests.get(f"http://{store}/internal/force_flush", timeout=30)


def shortened(text: str) -> str:
    """The block without most of its 360 files, each of which costs a start of promtool."""
    assert "30 * 86400" in text
    return text.replace("30 * 86400", "4 * 86400")


@pytest.mark.e2e
def test_the_newest_promtool_brings_the_history_of_full_to_scale_and_back(
    tmp_path: Path,
) -> None:
    built = sorted((REPOSITORY / ".tools" / "promtool").glob("promtool-*"))
    if not built:
        pytest.skip("no promtool of Prometheus 3 here: scripts/build-promtool builds it with Go")
    for name in ("before", "after"):
        (tmp_path / name).mkdir()
    data = volume(tmp_path, "prometheus-full", "/prometheus")
    record_days(data, tmp_path, 28)
    with prometheus_of("prometheus-full", tmp_path, tmp_path / "before") as (server, url):
        # What is in no block yet; there is no exporter of this name.
        server.wait_until(lambda: values(url, UP) == [0], "a scrape", 30)
    with ExitStack() as stack:
        store = start_victoriametrics(stack, tmp_path)
        assert run_here(TO_SCALE, built[-1], data, store, tmp_path) == (0, "")
        labels = ",".join(f'{name}="{value}"' for name, value in EXTERNAL.items())
        assert len(exported(store, f"history_days{{{labels}}}")) == 28
        assert len(exported(store, f"{UP.removesuffix('}')},{labels}}}")) == 1
        assert exported(store, '{cluster=""}') == []
        # Of scale itself. Prometheus drops what it has in no block when it finds newer blocks.
        send(store, [f"{UP.removesuffix('}')},{labels}}} 7 {time.time():.3f}"])
        back = run_here(shortened(TO_FULL), built[-1], data, store, tmp_path)
        assert back == (0, "")
    with prometheus_of("prometheus-full", tmp_path, tmp_path / "after") as (_, url):
        assert values(url, "history_days") == list(range(28, 0, -1))
        assert values(url, UP)[:2] == [0, 7]


@pytest.mark.e2e
def test_the_history_of_scale_comes_to_full_beside_what_it_has(tmp_path: Path) -> None:
    data = volume(tmp_path, "prometheus-full", "/prometheus")
    # Three days' samples are in both, as after a change there and back.
    record_days(data, tmp_path, 3)
    now = int(time.time()) // 7200 * 7200
    name, rest = SERIES.split("{", 1)
    labelled = f'{name}{{cluster="default",region="local",{rest}'
    again = (tmp_path / "history.om").read_text().replace(f"{name}{{", labelled[: -len(rest)])
    # At the ends of the two hours of a file.
    edges = [now - DAY - 7200, now - DAY - 1, now - DAY, now - DAY + 7199]
    lines = [f"{labelled.replace('days', 'edges', 1)} {i} {at}.999" for i, at in enumerate(edges)]
    lines += ['plain{cluster="default",region="local"} 5 ' + f"{edges[0]}.5"]
    lines += ['other{cluster="elsewhere",region="local"} 5 ' + f"{edges[0]}.5"]
    with ExitStack() as stack:
        store = start_victoriametrics(stack, tmp_path)
        send(store, [again, *lines])
        assert len(exported(store, '{cluster="default"}')) == 3 + len(edges) + 1
        promtool = prometheus_program("promtool")
        assert run_here(shortened(TO_FULL), promtool, data, store, tmp_path) == (0, "")
    (tmp_path / "full").mkdir()
    with prometheus_of("prometheus-full", tmp_path, tmp_path / "full") as (_, url):
        selector = SERIES.replace("history_days", "")
        assert values(url, f"history_days{selector}") == [3, 2, 1]
        assert values(url, f"history_edges{selector}") == [0, 1, 2, 3]
        assert values(url, 'plain{cluster="",region=""}') == [5]
        assert values(url, '{cluster!=""}') == values(url, "other") == []


@pytest.mark.e2e
def test_a_move_that_fails_says_so_and_stops(tmp_path: Path) -> None:
    nobody = f"127.0.0.1:{free_port()}"
    for text in (TO_SCALE, TO_FULL):
        status, errors = run_here(text, Path("/bin/true"), tmp_path, nobody, tmp_path)
        assert status != 0
        # Once, not for each file.
        assert errors.count("curl: (7)") == 1
    with ExitStack() as stack:
        store = start_victoriametrics(stack, tmp_path)
        for text in (TO_SCALE, TO_FULL):
            assert run_here(text, Path("/bin/false"), tmp_path, store, tmp_path)[0] != 0
